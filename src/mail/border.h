/* Where the header of a part ends and its body begins, in every way that programs see it (RFC 5322 section 2.1, RFC
 * 2045 section 2.6).
 */
#ifndef CORDON_MAIL_BORDER_H
#define CORDON_MAIL_BORDER_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

enum { MAIL_BORDERS_MOST = 5 };

struct mail_border {
    size_t header_end; /* the header is [from, header_end) */
    size_t body_at;
    const char *how; /* static; for people; NULL for the first one */
    bool is_late;    /* behind an empty line the header goes on: or a message begins, where it is declared */
};

/* Fills `borders_out`, the likeliest first, and returns how many: at least one. All are inside [from, to). Two that
 * give the same body differ in what they take for the header. */
size_t mail_borders_find(struct span bytes, size_t from, size_t to, struct mail_border borders_out[MAIL_BORDERS_MOST]);

#endif
