/* Which transfer encodings the programs of this world read out of a Content-Transfer-Encoding (RFC 2045 section 6). */
#ifndef CORDON_MAIL_ENCODING_H
#define CORDON_MAIL_ENCODING_H

#include "base/span.h"

#include <stdbool.h>

enum mail_encoding {
    MAIL_ENCODING_IDENTITY, /* 7bit, 8bit, binary, none */
    MAIL_ENCODING_BASE64,
    MAIL_ENCODING_QP,
    MAIL_ENCODING_UUENCODE,
    MAIL_ENCODING_XXENCODE,
    MAIL_ENCODING_YENC,
    MAIL_ENCODING_BINHEX,
    MAIL_ENCODINGS
};

#define MAIL_ENCODING_BIT(encoding) (1U << (encoding))

struct mail_encodings {
    enum mail_encoding main; /* what the standard says, or the likeliest */
    unsigned all;            /* MAIL_ENCODING_BIT of each that some program would take */
    bool is_unknown;         /* a word that nobody knows */
    bool is_odd;             /* not written as the standard has it */
};

const char *mail_encoding_text(enum mail_encoding encoding); /* as in "read as base64", "read as it stands" */

/* Reads one field's value, with its folds. */
void mail_encodings_read(struct span value, struct mail_encodings *encodings_out);

#endif
