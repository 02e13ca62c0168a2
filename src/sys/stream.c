/* Invariants:
 *
 * 1. A buffer exists exactly while it holds bytes.
 * 2. Output that is held goes out before any wait for input.
 * 3. Once fault.code is set, other than ECANCELED, nothing is read or written any more.
 */
#include "stream.h"

#include "base/memory.h"
#include "sys/ready.h"
#include "sys/tls.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

struct stream {
    int fd;
    int waker; /* -1: none */
    struct tls *tls;
    struct deadline deadline;
    struct fault fault;
    char *input; /* input_at up to input_size are unread */
    size_t input_at;
    size_t input_size;
    char *output;
    size_t output_size;
    bool is_ended; /* the peer has closed its side in order */
    bool was_full; /* the last read filled the buffer: there is likely more at hand */
};

struct stream *stream_new(int fd_take)
{
    assert(fd_take >= 0);
    struct stream *stream = memory_new(sizeof *stream);
    stream->fd = fd_take;
    stream->waker = -1;
    stream->deadline = deadline_never();
    int one = 1;
    (void)setsockopt(fd_take, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* a Unix socket has nothing to switch off */
    return stream;
}

static void input_drop(struct stream *stream)
{
    free(stream->input);
    stream->input = NULL;
    stream->input_at = 0;
    stream->input_size = 0;
}

static void output_drop(struct stream *stream)
{
    free(stream->output);
    stream->output = NULL;
    stream->output_size = 0;
}

void stream_free(struct stream *stream)
{
    if (stream == NULL)
        return;
    input_drop(stream);
    output_drop(stream);
    tls_free(stream->tls);
    (void)close(stream->fd);
    free(stream);
}

void stream_set_deadline(struct stream *stream, struct deadline deadline)
{
    stream->deadline = deadline;
}

void stream_set_waker(struct stream *stream, int fd)
{
    stream->waker = fd;
}

/* To be asked first by whatever reads or writes: false where a fault sticks. Being woken does not. */
static bool stream_is_usable(struct stream *stream)
{
    if (stream->fault.code == ECANCELED)
        stream->fault.code = 0;
    return stream->fault.code == 0;
}

/* At most what the socket takes now, of the two pieces in this order; waits until it takes some. Bytes moved or -1. */
static ssize_t send_some(struct stream *stream, const struct iovec pieces[2], struct deadline deadline,
                         struct fault *fault)
{
    if (stream->tls != NULL) {
        const struct iovec *piece = pieces[0].iov_len > 0 ? &pieces[0] : &pieces[1];
        return tls_write(stream->tls, piece->iov_base, piece->iov_len, deadline, fault);
    }
    struct iovec copy[2] = { pieces[0], pieces[1] };
    struct msghdr message = { .msg_iov = copy, .msg_iovlen = 2 };
    for (;;) {
        ssize_t n = sendmsg(stream->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n >= 0)
            return n;
        if (errno != EAGAIN && errno != EINTR)
            return fault_set_errno(fault, errno, "can't send to the peer");
        if (ready_wait(stream->fd, POLLOUT, -1, deadline, fault) != 0)
            return -1;
    }
}

/* Sends what is held and then `data`, without copying it. */
static int send_all(struct stream *stream, const void *data, size_t size)
{
    struct iovec pieces[2] = { { .iov_base = stream->output, .iov_len = stream->output_size },
                               { .iov_base = (void *)data, .iov_len = size } };
    while (pieces[0].iov_len + pieces[1].iov_len > 0) {
        if (deadline_passed(stream->deadline))
            return fault_set(&stream->fault, ETIMEDOUT, "the peer took too long");
        ssize_t sent = send_some(stream, pieces, stream->deadline, &stream->fault);
        if (sent < 0)
            return -1;
        size_t left = (size_t)sent;
        for (size_t i = 0; i < 2; i++) {
            size_t n = left < pieces[i].iov_len ? left : pieces[i].iov_len;
            if (n == 0)
                continue;
            pieces[i].iov_base = (char *)pieces[i].iov_base + n;
            pieces[i].iov_len -= n;
            left -= n;
        }
    }
    output_drop(stream);
    return 0;
}

int stream_flush(struct stream *stream)
{
    if (!stream_is_usable(stream))
        return -1;
    return stream->output_size > 0 ? send_all(stream, NULL, 0) : 0;
}

int stream_write(struct stream *stream, const void *data, size_t size)
{
    if (!stream_is_usable(stream))
        return -1;
    if (size == 0)
        return 0;
    if (size > STREAM_BUFFER_SIZE - stream->output_size)
        return send_all(stream, data, size);
    if (stream->output == NULL)
        stream->output = memory_try(STREAM_BUFFER_SIZE);
    if (stream->output == NULL)
        return fault_set(&stream->fault, ENOMEM, "out of memory");
    memcpy(stream->output + stream->output_size, data, size);
    stream->output_size += size;
    return 0;
}

int stream_write_text(struct stream *stream, const char *text)
{
    return stream_write(stream, text, strlen(text));
}

/* What has passed long ago: nothing is waited for. */
static const struct deadline at_once = { .at_ms = 0 };

ssize_t stream_try_send(struct stream *stream, const void *data, size_t size, struct fault *fault)
{
    assert(size > 0 && stream->output_size == 0);
    if (!stream_is_usable(stream)) {
        *fault = stream->fault;
        return -1;
    }
    const struct iovec pieces[2] = { { .iov_base = (void *)data, .iov_len = size } };
    ssize_t n = send_some(stream, pieces, at_once, fault);
    return n < 0 && fault->code == ETIMEDOUT ? 0 : n;
}

/* Bytes that are there now: their count, 0 at the end, -1 and fault (EAGAIN: none). */
static ssize_t receive_some(struct stream *stream, void *data_out, size_t size)
{
    if (stream->tls != NULL) {
        ssize_t n = tls_read(stream->tls, data_out, size, at_once, &stream->fault);
        if (n < 0 && stream->fault.code == ETIMEDOUT)
            stream->fault.code = EAGAIN;
        return n;
    }
    ssize_t n = recv(stream->fd, data_out, size, MSG_DONTWAIT);
    return n >= 0 ? n : fault_set_errno(&stream->fault, errno == EINTR ? EAGAIN : errno, "can't read from the peer");
}

/* One read into a fresh buffer. 1: bytes; 0: the end; -1: fault (EAGAIN: nothing there). */
static int input_receive(struct stream *stream)
{
    char *input = memory_try(STREAM_BUFFER_SIZE);
    if (input == NULL)
        return fault_set(&stream->fault, ENOMEM, "out of memory");
    ssize_t n = receive_some(stream, input, STREAM_BUFFER_SIZE);
    if (n <= 0) {
        free(input);
        stream->is_ended = n == 0;
        return (int)n;
    }
    stream->input = input;
    stream->input_at = 0;
    stream->input_size = (size_t)n;
    stream->was_full = n == STREAM_BUFFER_SIZE;
    return 1;
}

/* Sees to it that there is input. 1, 0 at the end, or -1. */
static int input_fill(struct stream *stream, int waker)
{
    if (!stream_is_usable(stream))
        return -1;
    if (stream->input != NULL)
        return 1;
    if (stream->is_ended)
        return 0;
    if (stream->output_size > 0 && send_all(stream, NULL, 0) != 0)
        return -1;
    for (;;) {
        bool is_likely = stream->was_full || (stream->tls != NULL && tls_has_input(stream->tls));
        stream->was_full = false;
        if (is_likely && deadline_passed(stream->deadline))
            return fault_set(&stream->fault, ETIMEDOUT, "the peer took too long");
        if (!is_likely && ready_wait(stream->fd, POLLIN, waker, stream->deadline, &stream->fault) != 0)
            return -1;
        int result = input_receive(stream);
        if (result >= 0 || stream->fault.code != EAGAIN)
            return result;
        stream->fault.code = 0;
    }
}

static struct span input_span(const struct stream *stream)
{
    return span_of(stream->input + stream->input_at, stream->input_size - stream->input_at);
}

int stream_peek(struct stream *stream, struct span *bytes_out)
{
    *bytes_out = span_of(NULL, 0);
    int result = input_fill(stream, stream->waker);
    if (result == 1)
        *bytes_out = input_span(stream);
    return result;
}

void stream_consume(struct stream *stream, size_t size)
{
    if (size == 0)
        return;
    assert(stream->input != NULL && size <= stream->input_size - stream->input_at);
    stream->input_at += size;
    if (stream->input_at == stream->input_size)
        input_drop(stream);
}

int stream_read_exact(struct stream *stream, void *data_out, size_t size)
{
    char *to = data_out;
    while (size > 0) {
        int result = input_fill(stream, -1);
        if (result < 0)
            return -1;
        if (result == 0)
            return fault_set(&stream->fault, EPROTO, "the peer closed %zu bytes too early", size);
        struct span bytes = span_slice(input_span(stream), 0, size);
        memcpy(to, bytes.data, bytes.size);
        to += bytes.size;
        size -= bytes.size;
        stream_consume(stream, bytes.size);
    }
    return 0;
}

struct line_reader {
    char *line;
    size_t size;
    size_t used;
    size_t seen;
    bool is_strict;
    bool is_bad;      /* holds what a strict reader must not accept */
    bool is_long;     /* did not fit */
    bool is_after_cr; /* a CR is held back until it is known whether it ends the line */
};

static void line_put(struct line_reader *reader, char c)
{
    if (reader->used + 1 >= reader->size) {
        reader->is_long = true;
        return;
    }
    if (c == '\0')
        c = '?';
    reader->line[reader->used++] = c;
}

/* True where this byte ends the line. */
static bool line_take(struct line_reader *reader, char c)
{
    if (c == '\n' && (reader->is_after_cr || !reader->is_strict))
        return true;
    if (reader->is_after_cr) {
        reader->is_bad = true;
        line_put(reader, '\r');
    }
    reader->is_after_cr = c == '\r';
    if (reader->is_after_cr)
        return false;
    if (c == '\n' || c == '\0')
        reader->is_bad = true;
    line_put(reader, c);
    return false;
}

int stream_read_line(struct stream *stream, char *line, size_t size, bool strict)
{
    assert(size > 0);
    struct line_reader reader = { .line = line, .size = size, .is_strict = strict };
    line[0] = '\0';
    for (bool is_whole = false; !is_whole;) {
        int result = input_fill(stream, reader.seen == 0 ? stream->waker : -1);
        if (result < 0)
            return -1;
        if (result == 0)
            return reader.seen == 0 ? 0 : fault_set(&stream->fault, EPROTO, "the peer closed within a line");
        struct span bytes = input_span(stream);
        size_t n = 0;
        while (n < bytes.size && !is_whole)
            is_whole = line_take(&reader, bytes.data[n++]);
        stream_consume(stream, n);
        reader.seen += n;
        if (!is_whole && reader.seen > STREAM_LONGEST_LINE)
            return fault_set(&stream->fault, EMSGSIZE, "the peer sends a line without an end");
    }
    line[reader.used] = '\0';
    if (strict && reader.is_bad)
        return 3;
    return reader.is_long ? 2 : 1;
}

bool stream_has_input(const struct stream *stream)
{
    return stream->input != NULL || (stream->tls != NULL && tls_has_input(stream->tls));
}

bool stream_has_arrived(const struct stream *stream)
{
    struct pollfd look = { .fd = stream->fd, .events = POLLIN };
    if (stream_has_input(stream) || stream->is_ended)
        return true;
    return stream->tls != NULL ? tls_has_arrived(stream->tls) : poll(&look, 1, 0) > 0;
}

bool stream_is_gone(const struct stream *stream)
{
    struct pollfd look = { .fd = stream->fd, .events = POLLRDHUP };
    return stream->is_ended || (poll(&look, 1, 0) > 0 && look.revents != 0);
}

void stream_linger(struct stream *stream, size_t most_bytes)
{
    char waste[4096];
    struct fault ignored;
    if (stream->is_ended || !stream_is_usable(stream))
        return;
    input_drop(stream);
    output_drop(stream);
    tls_free(stream->tls); /* says that it ends */
    stream->tls = NULL;
    (void)shutdown(stream->fd, SHUT_WR);
    for (size_t taken = 0; taken < most_bytes;) {
        if (ready_wait(stream->fd, POLLIN, -1, stream->deadline, &ignored) != 0)
            return;
        ssize_t n = recv(stream->fd, waste, sizeof waste, MSG_DONTWAIT);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
            return;
        taken += n > 0 ? (size_t)n : 0;
    }
}

static int start_tls(struct stream *stream, const struct tls_context *context, const char *host)
{
    assert(stream->tls == NULL);
    if (stream_flush(stream) != 0)
        return -1;
    input_drop(stream);
    stream->was_full = false;
    stream->tls = tls_open(context, stream->fd, host, stream->deadline, &stream->fault);
    return stream->tls != NULL ? 0 : -1;
}

int stream_start_tls_server(struct stream *stream, const struct tls_context *context)
{
    return start_tls(stream, context, NULL);
}

int stream_start_tls_client(struct stream *stream, const struct tls_context *context, const char *host)
{
    return start_tls(stream, context, host);
}

const char *stream_tls_text(const struct stream *stream)
{
    return stream->tls != NULL ? tls_text(stream->tls) : "";
}

bool stream_forgive_timeout(struct stream *stream)
{
    if (stream->fault.code != ETIMEDOUT)
        return false;
    stream->fault.code = 0;
    return true;
}

int stream_fd(const struct stream *stream)
{
    return stream->fd;
}

const struct fault *stream_fault(const struct stream *stream)
{
    return &stream->fault;
}
