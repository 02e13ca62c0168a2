/* The grammar of ICAP replies (RFC 3507): heads, fields, the Encapsulated list, chunk sizes. Pure, for it reads foreign
 * bytes; all spans point into the caller's.
 */
#ifndef CORDON_PROTO_ICAP_H
#define CORDON_PROTO_ICAP_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct icap_head {
    unsigned status;    /* 100 to 999 */
    struct span reason; /* what stands behind it */
    struct span fields; /* all lines but the first */
};

/* A head is lines, each with its line end, without the empty one at its end. False where the first line is no status
 * line of `protocol` ("ICAP" or "HTTP"), version 1.x. */
bool icap_head_read(struct span head, const char *protocol, struct icap_head *head_out);

/* Cuts one field off *fields: its name, and its value without blanks at both ends, in which the line ends of a folded
 * field still stand. Lines that are no fields are left out. False at the end. */
bool icap_field_next(struct span *fields, struct span *name_out, struct span *value_out);

/* The first field of that name. */
bool icap_field_find(struct span fields, const char *name, struct span *value_out);

enum icap_section { ICAP_REQ_HDR, ICAP_RES_HDR, ICAP_REQ_BODY, ICAP_RES_BODY, ICAP_OPT_BODY, ICAP_NULL_BODY };

enum { ICAP_MOST_SECTIONS = 3, ICAP_LARGEST_HEAD = 65536 };

/* What is encapsulated: up to two heads and at their end a body or none. */
struct icap_encapsulated {
    struct {
        enum icap_section section;
        uint32_t offset;
    } list[ICAP_MOST_SECTIONS];
    size_t count;
};

/* "res-hdr=0, res-body=213" (section 4.4.1). False where it is not in every respect what the RFC allows: offsets rise
 * from 0, the list ends with a body or null-body. */
bool icap_encapsulated_read(struct span value, struct icap_encapsulated *encapsulated_out);

/* The line before a chunk, without its line end: a size in hexadecimal, and perhaps extensions, which don't matter. */
bool icap_chunk_read(struct span line, uint64_t *size_out);

#endif
