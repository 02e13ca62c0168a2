/* The media type of a content by its bytes, for rules on what mail may carry.
 *
 * The names are those of file(1) 5.44 where it has one, so that rules written for it carry over. It is a name for the
 * format that the content begins as, not a promise that it is a sound one: a content may be read in more than one way,
 * and only the first is named.
 */
#ifndef CORDON_MAIL_DETECT_H
#define CORDON_MAIL_DETECT_H

#include "mail/sample.h"

/* The type in lower case, such as "application/zip"; "" where it is unknown. Static text. */
const char *mail_detect(const struct mail_sample *sample);

#endif
