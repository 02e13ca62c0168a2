/* The attributes of XFORWARD and XCLIENT: where a message came from before our client had it.
 *
 * Postfix's XFORWARD_README and XCLIENT_README are the only definition: "XFORWARD 1*(SP name '=' xtext)", a value of
 * "[UNAVAILABLE]" or "[TEMPUNAVAIL]" for what the client does not know. Who may say so is not decided here.
 */
#ifndef CORDON_PROTO_XFORWARD_H
#define CORDON_PROTO_XFORWARD_H

#include "base/buf.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

enum xforward_attribute {
    XFORWARD_NAME,
    XFORWARD_ADDR,
    XFORWARD_PORT,
    XFORWARD_PROTO,
    XFORWARD_HELO,
    XFORWARD_IDENT,
    XFORWARD_SOURCE,
    XFORWARD_LOGIN,
    XFORWARD_DESTADDR,
    XFORWARD_DESTPORT,
    XFORWARD_ATTRIBUTES
};

enum xforward_command { XFORWARD_COMMAND, XCLIENT_COMMAND };

enum { XFORWARD_VALUE_SIZE = 256 };

/* What one command said: each attribute's value as it stood there, still encoded; data NULL: not given. */
struct xforward_values {
    struct span values[XFORWARD_ATTRIBUTES];
};

const char *xforward_attribute_text(enum xforward_attribute attribute); /* "NAME" */

/* Whether an attribute is one of a command's. */
bool xforward_has_attribute(enum xforward_command command, enum xforward_attribute attribute);

/* Parses what stands behind the command's verb. The spans point into `arguments`; every value given is valid. An
 * attribute that is given twice has its last value. Returns 0 and no reply (NULL), or -1 and the reply. */
int xforward_parse(enum xforward_command command, struct span arguments, struct xforward_values *values_out,
                   const char **reply_out);

/* The meaning of a value that xforward_parse gave: decoded, "" where it is not available, without the "IPV6:" before an
 * address. Bytes that a log or a header field could stumble over (controls, space, non-ASCII and "<>()\";@") become
 * '?', and what is too long is cut, as Postfix does. */
void xforward_value(enum xforward_attribute attribute, struct span value, char value_out[XFORWARD_VALUE_SIZE]);

/* Appends " NAME=value" in the encoding of the wire: "" becomes "[UNAVAILABLE]", an IPv6 address gets its "IPV6:". */
void xforward_put(enum xforward_attribute attribute, const char *value, struct buf *text_out);

#endif
