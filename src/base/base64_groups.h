/* The part of base64 that has to be fast: whole groups of four letters, line by line. Seen by base64.c and the test of
 * both.
 *
 * Each way of doing it gives the same bytes and stops at the same place; base64_groups_best() picks the one for this
 * processor.
 */
#ifndef CORDON_BASE_BASE64_GROUPS_H
#define CORDON_BASE_BASE64_GROUPS_H

#include "span.h"

/* Decodes groups of four letters that stand side by side, and steps over CR LF and LF between them. Stops before
 * anything else, and where the room ends. Returns the bytes written. */
typedef size_t base64_groups(struct span *rest, char *data_out, size_t capacity);

base64_groups base64_groups_portable;
base64_groups base64_groups_ssse3; /* as the portable one where the processor has no SSSE3 at all, like ARM */

base64_groups *base64_groups_best(void);

#endif
