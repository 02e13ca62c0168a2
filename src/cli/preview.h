/* How a message begins, for a person's terminal: header fields and lines of text as they stand there, every byte that
 * could do anything escaped. Nothing is rendered, opened or fetched. */
#ifndef CORDON_CLI_PREVIEW_H
#define CORDON_CLI_PREVIEW_H

#include "base/buf.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

enum { PREVIEW_LINE_MOST = 400, PREVIEW_FIELDS_MOST = 500, PREVIEW_LINES_MOST = 10000 };

/* Puts the usual fields, or all. */
void preview_put_header(struct buf *out, struct span message, bool is_all);

/* Puts at most `lines` lines of the text: the body, or in a message of several parts the first one of type text. Base64
 * and quoted-printable are decoded. */
void preview_put_text(struct buf *out, struct span message, size_t lines);

#endif
