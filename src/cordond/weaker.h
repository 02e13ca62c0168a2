/* Which of the promised protections this machine, this start or this configuration does not give, as far as the
 * supervisor can see. What a role misses it says itself. */
#ifndef CORDON_CORDOND_WEAKER_H
#define CORDON_CORDOND_WEAKER_H

#include "base/buf.h"
#include "conf/settings.h"
#include "cordond/service_user.h"

/* Lines "weaker=WHY". `settings`: those in use, or NULL. `configuration`: their file. */
void weaker_put(const struct service_user *user, const struct settings *settings, const char *configuration,
                struct buf *out);

#endif
