/* Dividing the body of a multipart at its delimiters (RFC 2046 section 5.1.1), pull style.
 *
 * There are two ways to look for them. Narrow: "--boundary" or "--boundary--" and spaces, as the standard has it. Wide:
 * any line that begins so, indented or not, in letters of any case, as programs do that compare the beginning alone. A
 * delimiter counts wherever it stands, also behind the close delimiter: some programs go on there, and for the others
 * it changes nothing.
 */
#ifndef CORDON_MAIL_SPLIT_H
#define CORDON_MAIL_SPLIT_H

#include "mail/lines.h"

#include <stdint.h>

struct mail_split {
    const struct mail_lines *lines;
    struct span boundary;
    size_t from;
    size_t to;
    bool is_wide;
    size_t next_mark;
    uint64_t steps; /* what it has cost: marks looked at, and bytes compared where these are many */
};

struct mail_cut {
    size_t at;       /* where the delimiter's line begins */
    size_t text_at;  /* where the boundary stands in it */
    size_t body_end; /* where what it ends ends: before the line end that belongs to the delimiter */
    size_t next_at;  /* behind its line */
    bool is_close;
};

/* Looks in [from, to) of lines->bytes. Spaces at the boundary's end don't count. */
void mail_split_init(struct mail_split *split, const struct mail_lines *lines, size_t from, size_t to,
                     struct span boundary, bool is_wide);

/* The next delimiter, in order; false behind the last. */
bool mail_split_next(struct mail_split *split, struct mail_cut *cut_out);

#endif
