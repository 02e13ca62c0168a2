/* The bytes of CommuniGate Pro's External Filter interface: the file that a helper is shown, and the lines that it
 * answers. Pure, for both are made of foreign bytes.
 *
 * The file is an envelope (lines of a letter and a blank: S where it came from, A the host, O options, P the sender, R
 * each recipient), an empty line, and the message with bare LF as line ends. Whoever scans knows no envelope here, so
 * it is always the same one. What is no message is put into one, as an attachment in base64.
 */
#ifndef CORDON_RUNNER_COMMUNIGATE_H
#define CORDON_RUNNER_COMMUNIGATE_H

#include "base/buf.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* The room that the file of so many bytes may take. */
size_t communigate_file_most(size_t piece_size);

/* `is_mail`: it is a message as it came; one that begins with no header field is taken for none. */
void communigate_file_make(struct span piece, bool is_mail, time_t now, struct buf *file_out);

enum { COMMUNIGATE_LINE_MOST = 4096 };

/* "00002 OK" as 2 and "OK". False for a remark (a line that begins with '*') and for what is no answer. */
bool communigate_line_read(struct span line, uint64_t *number_out, struct span *answer_out);

#endif
