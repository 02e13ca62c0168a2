/* The header fields that say how to read a body (RFC 2045, RFC 2183), found as the most lenient program finds them:
 * with spaces before the name or the colon, two colons, none, control bytes between.
 */
#ifndef CORDON_MAIL_MIME_FIELD_H
#define CORDON_MAIL_MIME_FIELD_H

#include "base/span.h"

#include <stdbool.h>

enum mail_mime_name { MAIL_MIME_TYPE, MAIL_MIME_ENCODING, MAIL_MIME_DISPOSITION, MAIL_MIME_NAMES };

struct mail_mime_field {
    enum mail_mime_name name;
    struct span value; /* behind the colon; of this line, or with its folds */
    bool is_strict;    /* written as it should be */
};

/* Is the line such a field's first? The value ends with the line. */
bool mail_mime_field_read(struct span line, struct mail_mime_field *field_out);

/* Cuts the next such field with its folds off *header, past everything else. False at the end. */
bool mail_mime_field_next(struct span *header, struct mail_mime_field *field_out);

#endif
