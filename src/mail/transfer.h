/* Undoing a transfer encoding (RFC 2045 section 6), pull style: the caller asks for as many bytes as it has room for.
 *
 * As lenient as mail programs are: what does not belong into base64 is skipped, an equals sign that stands for nothing
 * is kept, and each such thing is noted. Cost is linear in the encoded bytes, whatever the size of the pulls.
 */
#ifndef CORDON_MAIL_TRANSFER_H
#define CORDON_MAIL_TRANSFER_H

#include "base/span.h"
#include "mail/defect.h"

#include <stdbool.h>
#include <stdint.h>

enum mail_encoding {
    MAIL_ENCODING_IDENTITY, /* 7bit, 8bit, binary, none, and unknown ones */
    MAIL_ENCODING_BASE64,
    MAIL_ENCODING_QP,
    MAIL_ENCODING_UUENCODE, /* x-uuencode: known by name, not undone */
    MAIL_ENCODINGS
};

/* The encoding that the value of a Content-Transfer-Encoding field names. False where it's none that we know, or not
 * written as it should be; *encoding_out is set in any case. */
bool mail_encoding_read(struct span field_value, enum mail_encoding *encoding_out);

struct mail_transfer {
    enum mail_encoding encoding;
    struct span rest; /* not looked at yet */
    mail_defects defects;
    uint32_t group; /* base64: the sextets of a group so far, and how many */
    unsigned sextets;
    bool is_padded;
    struct span line; /* quoted-printable: what is left of this line, and the line end that follows it */
    struct span line_end;
};

void mail_transfer_init(struct mail_transfer *transfer, enum mail_encoding encoding, struct span body);

/* The next decoded bytes, at most `capacity`, which must be at least MAIL_TRANSFER_LEAST. 0 at the end alone. */
enum { MAIL_TRANSFER_LEAST = 4 };
size_t mail_transfer_read(struct mail_transfer *transfer, char *data_out, size_t capacity);

/* The most bytes that the body can become. */
size_t mail_transfer_most(enum mail_encoding encoding, size_t body_size);

#endif
