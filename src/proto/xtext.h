/* xtext, the encoding of values in SMTP parameters (RFC 3461 section 4): printing ASCII as it is but '+' and '=', every
 * other byte as "+HH".
 */
#ifndef CORDON_PROTO_XTEXT_H
#define CORDON_PROTO_XTEXT_H

#include "base/buf.h"
#include "base/span.h"

#include <stdbool.h>

/* Appends the encoded value. */
void xtext_encode(struct span value, struct buf *text_out);

/* Appends the decoded value. False where the text is not xtext; what was decoded so far stays in *value_out. Lower-case
 * digits are understood, as other servers do. */
bool xtext_decode(struct span text, struct buf *value_out);

/* Whether it is xtext; an empty text is. */
bool xtext_is_valid(struct span text);

#endif
