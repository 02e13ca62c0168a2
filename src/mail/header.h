/* The lines of a header and its fields (RFC 5322 section 2.2), over bytes that are all there.
 *
 * A line ends in LF or CRLF, mixed as they come. A field owns the lines that begin with a space or tab behind it. Spans
 * point into the bytes that were given; nothing is copied.
 */
#ifndef CORDON_MAIL_HEADER_H
#define CORDON_MAIL_HEADER_H

#include "base/span.h"

enum mail_line {
    MAIL_LINE_EMPTY, /* the end of the header */
    MAIL_LINE_FIELD, /* begins with a name and a colon */
    MAIL_LINE_FOLD,  /* continues the line before */
    MAIL_LINE_JUNK
};

/* Cuts the first line with its end off *rest. An empty span where there is nothing left. */
struct span mail_line_cut(struct span *rest);

/* A line without its end. */
struct span mail_line_text(struct span line);

enum mail_line mail_line_kind(struct span line);

struct mail_field {
    struct span whole; /* all its lines with their ends */
    struct span name;  /* without the spaces that some put before the colon */
    struct span value; /* behind the colon: with its folds, without spaces and line ends around it */
};

/* Cuts the next field off *header, past lines that are none. False at the end. */
bool mail_field_next(struct span *header, struct mail_field *field_out);

#endif
