/* One SMTP or LMTP command line, taken apart: verb, path, ESMTP parameters (RFC 5321 section 4.1, RFC 3461, RFC 6531).
 *
 * Pure functions over one line without its CRLF. What they refuse they refuse with a reply, which is a constant text
 * without its CRLF. All spans given out point into the line.
 */
#ifndef CORDON_PROTO_SMTP_COMMAND_H
#define CORDON_PROTO_SMTP_COMMAND_H

#include "base/buf.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum smtp_verb {
    SMTP_UNKNOWN,
    SMTP_HELO,
    SMTP_EHLO,
    SMTP_LHLO,
    SMTP_STARTTLS,
    SMTP_XFORWARD,
    SMTP_XCLIENT,
    SMTP_MAIL,
    SMTP_RCPT,
    SMTP_DATA,
    SMTP_BDAT,
    SMTP_RSET,
    SMTP_NOOP,
    SMTP_HELP,
    SMTP_VRFY,
    SMTP_QUIT,
    SMTP_VERBS
};

/* The longest line of any verb, without its CRLF. */
enum { SMTP_LINE_LIMIT = 2048, SMTP_HELLO_LIMIT = 255 };

/* The verb, and what stands behind it without the spaces around. */
enum smtp_verb smtp_verb_parse(struct span line, struct span *arguments_out);

const char *smtp_verb_text(enum smtp_verb verb);     /* "MAIL" */
size_t smtp_verb_line_limit(enum smtp_verb verb);    /* at most SMTP_LINE_LIMIT */
bool smtp_verb_takes_arguments(enum smtp_verb verb); /* else any are a mistake */
bool smtp_hello_is_valid(struct span name);          /* of HELO, EHLO, LHLO: printing ASCII, one word */

/* What has to be offered before a client may use a parameter. Bits. */
enum smtp_extension {
    SMTP_EXT_SIZE = 1U << 0,
    SMTP_EXT_8BITMIME = 1U << 1,
    SMTP_EXT_SMTPUTF8 = 1U << 2,
    SMTP_EXT_DSN = 1U << 3
};

enum smtp_parameter {
    SMTP_PARAMETER_SIZE,
    SMTP_PARAMETER_BODY,
    SMTP_PARAMETER_SMTPUTF8,
    SMTP_PARAMETER_RET,
    SMTP_PARAMETER_ENVID,
    SMTP_PARAMETER_NOTIFY,
    SMTP_PARAMETER_ORCPT,
    SMTP_PARAMETER_AUTH, /* understood and dropped: nobody authenticates here (RFC 4954 section 5) */
    SMTP_PARAMETERS
};

/* MAIL or RCPT. */
struct smtp_envelope {
    struct span address;                     /* without angle brackets and source route; may be empty */
    struct span parameters[SMTP_PARAMETERS]; /* "SIZE=1000" as it stood there; data NULL: not given */
    unsigned extensions;                     /* bits of enum smtp_extension that its parameters use */
    uint64_t size;                           /* of SIZE; 0 where it was not given */
};

/* `arguments` are those of MAIL or RCPT, `offered` the extensions that the client may use. UTF-8 in an address needs
 * SMTPUTF8 in this MAIL, or for RCPT `is_utf8`: that it stood in MAIL. Returns 0 and no reply (NULL), or -1
 * and the reply. */
int smtp_envelope_parse(enum smtp_verb verb, struct span arguments, unsigned offered, bool is_utf8,
                        struct smtp_envelope *envelope_out, const char **reply_out);

/* Appends the parameters, parted by single spaces, that use one of these extensions: what is to be said to a next hop
 * that has them. */
void smtp_envelope_put_parameters(const struct smtp_envelope *envelope, unsigned extensions, struct buf *text_out);

/* The arguments of BDAT (RFC 3030 section 2). */
bool smtp_bdat_parse(struct span arguments, uint64_t *size_out, bool *is_last_out);

#endif
