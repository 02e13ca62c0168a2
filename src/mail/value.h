/* The value of a structured header field as different programs would have it before they look inside: with its line
 * ends taken out, with or without its comments (RFC 5322 section 3.2.2), with encoded words undone (RFC 2047), ended at
 * or freed of NUL bytes.
 */
#ifndef CORDON_MAIL_VALUE_H
#define CORDON_MAIL_VALUE_H

#include "base/buf.h"

enum { MAIL_VALUE_READINGS = 6, MAIL_VALUE_MOST_BYTES = 65536 };

struct mail_value {
    struct buf readings[MAIL_VALUE_READINGS]; /* [0] is the plain one; all differ */
    size_t count;
    bool is_cut; /* longer than MAIL_VALUE_MOST_BYTES */
};

void mail_value_init(struct mail_value *value, struct span text);
void mail_value_fini(struct mail_value *value);

#endif
