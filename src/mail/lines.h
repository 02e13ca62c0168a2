/* An index of the lines of a buffer that could be delimiters of a multipart (RFC 2046 section 5.1.1), made in one pass.
 *
 * Whatever boundary is looked for later, and however often, only these lines are looked at: so the cost of reading a
 * buffer in many ways stays that of reading it once, plus its delimiters.
 */
#ifndef CORDON_MAIL_LINES_H
#define CORDON_MAIL_LINES_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

/* A line that begins with "--", perhaps behind spaces. */
struct mail_mark {
    size_t at;        /* where the line begins */
    size_t text_at;   /* behind the "--" */
    size_t text_size; /* without spaces, CR and NUL at its end */
    size_t next_at;   /* behind its line end */
    bool is_indented;
};

struct mail_lines {
    struct span bytes;
    struct mail_mark *marks; /* ascending */
    size_t count;
    bool is_cut; /* there are more marks than may be kept */
    bool has_cr; /* a CR within a line where structure may hang on it: in the first header, before "--" or "Content-" */
    bool has_nul; /* likewise a NUL */
};

/* `bytes` must outlive *lines. At most `most_marks` are kept; a failed allocation counts as a cut. */
void mail_lines_init(struct mail_lines *lines, struct span bytes, size_t most_marks);
void mail_lines_fini(struct mail_lines *lines);

/* The first mark at or behind an offset: an index, `count` where there is none. */
size_t mail_lines_find(const struct mail_lines *lines, size_t offset);

#endif
