/* Blocks between "-----BEGIN label-----" and "-----END" lines: PEM (RFC 7468) and OpenPGP's armour (RFC 9580
 * section 6.2).
 *
 * As lenient as the programs that read them: text before, between and behind; headers; a missing end; what is no letter
 * of base64 is skipped; the first '=' ends the data.
 */
#ifndef CORDON_DOCUMENT_ARMOUR_H
#define CORDON_DOCUMENT_ARMOUR_H

#include "unpack/unpack.h"

struct armour {
    struct span label; /* "PGP MESSAGE" */
    struct span body;  /* behind the headers and their empty line, up to the end line */
    struct span data;  /* the base64 in the body */
};

/* The next block of which a line begins at or behind *at, which then stands behind the block's first line. False: there
 * is none. */
bool armour_next(struct span content, size_t *at, struct armour *armour_out);

/* The first bytes of the decoded data. Returns how many. */
size_t armour_peek(struct span data, char *bytes_out, size_t size);

/* All of the decoded data, as one member. False as unpack_begin. */
bool armour_hand_out(struct unpack *unpack, const struct unpack_member *member, struct span data);

#endif
