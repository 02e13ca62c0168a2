/* A blocking, buffered, two-way stream over a descriptor, in plain or under TLS, whose every wait has a deadline.
 *
 * Output is collected and goes out exactly when the stream is about to block for input (stream_wait and everything that
 * reads), so pipelining works by itself; stream_flush sends it at once. The first fault sticks: later calls fail at
 * once with the same fault, so callers may look once at the end of a step. Buffers exist only while they hold bytes: an
 * idle stream costs its struct alone. Descriptors are non-blocking underneath; Nagle's algorithm is off.
 *
 * Thread safety: one thread at a time.
 */
#ifndef CORDON_SYS_STREAM_H
#define CORDON_SYS_STREAM_H

#include "base/fault.h"
#include "base/span.h"
#include "sys/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct stream;
struct tls_context;

/* A line that is too long is read to its end, but no farther than this: then it is a fault (EMSGSIZE). */
enum { STREAM_BUFFER_SIZE = 32768, STREAM_LONGEST_LINE = 1 << 20 };

/* Takes the socket. Never NULL. stream_free closes it (without any farewell) and frees; accepts NULL. */
struct stream *stream_new(int fd_take);
void stream_free(struct stream *stream);

/* Says that nothing more comes from us, and takes in what the peer still sends, until it closes, the deadline, or
 * `most_bytes`: a socket that is closed with unread input is reset, and the peer may never read our last words. To be
 * flushed before, and only freed afterwards. */
void stream_linger(struct stream *stream, size_t most_bytes);

/* The deadline of everything that follows. */
void stream_set_deadline(struct stream *stream, struct deadline deadline);

/* An eventfd that is borrowed (-1: none, as at first). While stream_peek or stream_read_line waits for a peer of whom
 * nothing is at hand, and this descriptor is readable, the call fails with ECANCELED: a fault that does not stick.
 * Input that is there goes first. */
void stream_set_waker(struct stream *stream, int fd);

/* The bytes at hand without consuming them: waits until there is at least one (flushing output first). Valid until the
 * next call that reads. 1: bytes; 0: the peer has closed; -1: fault. */
int stream_peek(struct stream *stream, struct span *bytes_out);
void stream_consume(struct stream *stream, size_t size); /* at most what peek gave */

/* One line without its line end, copied and terminated into line[size]. With `strict` a line ends at CRLF only, and a
 * bare CR or LF in it is reported; without, a bare LF ends it too. 1: a line; 0: the peer has closed, between lines;
 * -1: fault (EPROTO in mid-line close, ETIMEDOUT at the deadline). 2: the line is longer than size - 1: it was read to
 * its end and dropped. 3 (strict): it holds a bare CR or LF, or a NUL. */
int stream_read_line(struct stream *stream, char *line, size_t size, bool strict);

/* Exactly `size` bytes; -1 with EPROTO where the peer closes before. */
int stream_read_exact(struct stream *stream, void *data_out, size_t size);

/* Collects output; sends what does not fit in the buffer. 0 or -1. */
int stream_write(struct stream *stream, const void *data, size_t size);
int stream_write_text(struct stream *stream, const char *text);
int stream_flush(struct stream *stream);

/* What can go of these bytes without waiting, past the output that is held, of which there must be none. Bytes moved, 0
 * where none can go now, or -1 and *fault, which does not stick: what the peer said before can still be read. After 0
 * under TLS only the same bytes may be sent, or none any more. */
ssize_t stream_try_send(struct stream *stream, const void *data, size_t size, struct fault *fault);

/* Input is buffered, so that the next read will not block. */
bool stream_has_input(const struct stream *stream);

/* Likewise, or it has arrived: the peer has said something, or closed. */
bool stream_has_arrived(const struct stream *stream);

/* The peer has closed or reset its side (looks at the socket, consumes nothing). Buffered input does not hide it. */
bool stream_is_gone(const struct stream *stream);

/* TLS from here on. Input that is already buffered in plain text is dropped (RFC 3207 section 4.2; CVE-2011-0411). For
 * a client `host` is the name for SNI and, where the context verifies, the name that the certificate must have. */
int stream_start_tls_server(struct stream *stream, const struct tls_context *context);
int stream_start_tls_client(struct stream *stream, const struct tls_context *context, const char *host);

/* "TLSv1.3 TLS_AES_256_GCM_SHA384" or "" in plain. */
const char *stream_tls_text(const struct stream *stream);

/* After a time-out a last word may be said: the fault no longer sticks. False where it was another fault, or none. */
bool stream_forgive_timeout(struct stream *stream);

int stream_fd(const struct stream *stream);
const struct fault *stream_fault(const struct stream *stream); /* code 0 while all is well */

#endif
