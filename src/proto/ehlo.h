/* What a next hop can do, as its reply to EHLO or LHLO says (RFC 5321 section 4.1.1.1). */
#ifndef CORDON_PROTO_EHLO_H
#define CORDON_PROTO_EHLO_H

#include "base/span.h"

#include <stddef.h>
#include <stdint.h>

/* Bits: what the next hop offers. */
enum hop_ability {
    HOP_8BITMIME = 1U << 0,
    HOP_SMTPUTF8 = 1U << 1,
    HOP_DSN = 1U << 2,
    HOP_SIZE = 1U << 3,
    HOP_PIPELINING = 1U << 4,
    HOP_CHUNKING = 1U << 5,
    HOP_STARTTLS = 1U << 6,
    HOP_XFORWARD = 1U << 7,
    HOP_XCLIENT = 1U << 8,
    HOP_ENHANCED = 1U << 9
};

enum { HOP_ATTRIBUTES_SIZE = 128 };

struct hop_abilities {
    unsigned bits;
    uint64_t size_limit;                /* of SIZE; 0: none */
    char xforward[HOP_ATTRIBUTES_SIZE]; /* the attributes that it takes: "NAME ADDR PORT PROTO HELO IDENT SOURCE" */
    char xclient[HOP_ATTRIBUTES_SIZE];
};

/* Adds one line's ability. `line_index` 0 is the greeting, which names none; `text` is what stands behind the code.
 * Fits smtp_reply_each; `context` is a struct hop_abilities that was zeroed. Unknown ones are passed over. */
void ehlo_add_line(void *context, unsigned line_index, struct span text);

/* The keyword of the lowest of some bits: "SMTPUTF8"; "" for none. */
const char *ehlo_keyword(unsigned bits);

/* Whether a list such as abilities.xforward has the attribute; letter case does not count. */
bool ehlo_has_attribute(const char *list, const char *attribute);

#endif
