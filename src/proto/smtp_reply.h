/* One reply of an SMTP or LMTP server: read, checked, bounded, and made harmless (RFC 5321 section 4.2).
 *
 * A reply has at most SMTP_REPLY_MOST_LINES lines with one and the same code of 200 to 599. What is kept of its text is
 * itself a well-formed reply, so that it can be given to somebody else as it is.
 */
#ifndef CORDON_PROTO_SMTP_REPLY_H
#define CORDON_PROTO_SMTP_REPLY_H

#include "base/fault.h"
#include "base/span.h"
#include "sys/stream.h"

#include <stddef.h>

enum { SMTP_REPLY_TEXT_SIZE = 1024, SMTP_REPLY_MOST_LINES = 100, SMTP_REPLY_LINE_LIMIT = 2000 };

struct smtp_reply {
    unsigned code; /* 0 before the first line */
    unsigned line_count;
    size_t text_size;
    size_t last_line;                /* where the last line that was kept begins in the text */
    char text[SMTP_REPLY_TEXT_SIZE]; /* the lines with their codes, parted by CRLF, none at the end. A first line that
                                        is too long is cut; later lines that do not fit are left out. Control characters
                                        are '?'. */
};

void smtp_reply_init(struct smtp_reply *reply);

/* Takes the next line, without its line end. 1: more are to come; 0: that was the last; -1 and *fault (EPROTO): this is
 * no reply. */
int smtp_reply_add_line(struct smtp_reply *reply, struct span line, struct fault *fault);

/* Gets what stands behind the code of each line, the first one's too. */
typedef void (*smtp_reply_each)(void *context, unsigned line_index, struct span text);

/* Reads one reply under the stream's deadline. `each` may be NULL. 0, or -1 and *fault: EPIPE where the peer has
 * closed, ETIMEDOUT, EPROTO for what is no reply, or whatever befell the stream. */
int smtp_reply_read(struct stream *stream, struct smtp_reply *reply_out, smtp_reply_each each, void *context,
                    struct fault *fault);

/* 2 to 5; 0 for a code of 0. */
unsigned smtp_reply_class(unsigned code);

/* The code at the start of a reply's text, or 0. */
unsigned smtp_reply_code(const char *text);

#endif
