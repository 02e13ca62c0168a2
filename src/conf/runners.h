/* Which scanners are foreign programs, and which runner starts them: one for each user, in the order in which the users
 * are first named. */
#ifndef CORDON_CONF_RUNNERS_H
#define CORDON_CONF_RUNNERS_H

#include "conf/settings.h"

/* Its program is started by a runner, or it is a daemon that is lent files by one. */
bool scanner_is_run(const struct scanner_settings *scanner);
bool scanner_is_lent(const struct scanner_settings *scanner); /* the latter alone */

size_t runners_count(const struct settings *settings);                       /* at most SETTINGS_MOST_RUNNERS */
const char *runners_user(const struct settings *settings, size_t runner);    /* NULL: there is no such runner */
size_t runners_of(const struct settings *settings, size_t scanner);          /* of a scanner that is run */
size_t runners_find(const struct settings *settings, const char *user_text); /* the count where there is none */

#endif
