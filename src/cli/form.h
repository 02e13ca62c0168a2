/* Messages in files: .eml (the message's bytes as they are), mbox (mboxrd: RFC 4155 with ">" before every line that
 * begins "From ", so that it can be taken back) and Maildir.
 *
 * Bytes are never changed but by that quoting: line ends stay as they came. Files are made for their owner alone
 * (mode 0600, folders 0700) whatever the umask says, and none is overwritten unless that was asked for.
 */
#ifndef CORDON_CLI_FORM_H
#define CORDON_CLI_FORM_H

#include "base/buf.h"
#include "base/fault.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

enum form { FORM_EML, FORM_MBOX, FORM_MAILDIR };

bool form_from_text(const char *text, enum form *form_out); /* "eml" */

/* A descriptor to write on. -1 and *fault: EEXIST where the file is there and `is_forced` is false. */
int form_make_file(const char *path, bool is_forced, struct fault *fault);

/* 0, also where the folder is there already. */
int form_make_folder(const char *path, struct fault *fault);

/* All of it; -1 and *fault. */
int form_write(int fd, struct span bytes, struct fault *fault);

/* Onto stable storage, and closes: what was exported may be deleted next. -1 and *fault. */
int form_finish(int fd, const char *path, struct fault *fault);

/* One message of a mailbox, with the line before and the empty one behind. */
int form_write_mbox(int fd, struct span message, struct span sender, uint64_t time_ms, struct fault *fault);

/* PATH with tmp, new, cur; and a message into it, whose file's name has `id`. */
int form_make_maildir(const char *path, struct fault *fault);
int form_write_maildir(const char *path, struct span message, uint64_t id, struct fault *fault);

/* Is it a mailbox: does it begin with a line "From "? */
bool form_is_mbox(struct span content);

/* The next message of a mailbox, put without its quoting; and the sender in the line before it. False at the end. */
bool form_next_mbox(struct span *rest, struct span *sender_out, struct buf *message_out);

#endif
