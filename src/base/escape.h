/* Foreign text made safe for one line of a log, a header field or JSON.
 *
 * Whatever comes from outside goes through one of these before a person or a program reads it: control characters, line
 * ends, and bytes that are not valid UTF-8 never get through as they are.
 */
#ifndef CORDON_BASE_ESCAPE_H
#define CORDON_BASE_ESCAPE_H

#include "buf.h"
#include "span.h"

/* key=value logs: as it stands where it has only printing characters other than space, '"', '=' and '\\'; else in
 * double quotes with \" \\ \n \r \t and \xHH. An empty value is "". */
void escape_value(struct buf *buf, struct span span);

/* A JSON string with its quotes (RFC 8259 section 7). A byte that is not valid UTF-8 becomes U+FFFD. */
void escape_json(struct buf *buf, struct span span);

/* For the value of a header field that we write, and for SMTP replies: printing ASCII but "\\", everything else as
 * \xHH. At most `limit` bytes of input are taken. */
void escape_header(struct buf *buf, struct span span, size_t limit);

/* For a person's terminal: as escape_value, without quotes, and without need for any: only controls, invisible and
 * turning characters, backslashes and bytes that are not UTF-8 are escaped. At most `limit` bytes of input are taken.
 */
void escape_shown(struct buf *buf, struct span span, size_t limit);

/* The length of the valid UTF-8 sequence at the start of the span (1 to 4), or 0 (RFC 3629 section 4). */
size_t utf8_sequence(struct span span);

/* Where the next letter begins, from `at` on: so that none is cut in two. */
size_t utf8_start(struct span text, size_t at);

#endif
