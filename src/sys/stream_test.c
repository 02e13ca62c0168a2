#include "sys/stream.h"

#include "base/test.h"
#include "sys/net.h"
#include "sys/tls.h"
#include "sys/tls_test_keys.h"

#include <arpa/inet.h>
#include <errno.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000, MUCH = 2 * 1024 * 1024, LINE_SIZE = 12 };

/* A stream, and the bare other end of its socket. */
struct pair {
    struct stream *stream;
    int other;
};

static struct pair pair_new(void)
{
    int fds[2] = { -1, -1 };
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
    struct pair pair = { .stream = stream_new(fds[0]), .other = fds[1] };
    stream_set_deadline(pair.stream, deadline_in(PATIENCE_MS));
    return pair;
}

static void pair_free(struct pair *pair)
{
    stream_free(pair->stream);
    if (pair->other >= 0)
        (void)close(pair->other);
}

static void say(const struct pair *pair, const char *data, size_t size)
{
    CHECK(send(pair->other, data, size, MSG_NOSIGNAL) == (ssize_t)size);
}

static void close_other(struct pair *pair)
{
    (void)close(pair->other);
    pair->other = -1;
}

/* What has arrived at the other end. */
static bool hears(const struct pair *pair, const char *text)
{
    char bytes[256];
    ssize_t n = recv(pair->other, bytes, sizeof bytes, MSG_DONTWAIT);
    return span_is(span_of(bytes, n > 0 ? (size_t)n : 0), text);
}

#define BYTES(text) text, sizeof(text) - 1

static const struct line_row {
    const char *name;
    const char *bytes;
    size_t size;
    bool is_strict;
    int result;
    const char *line; /* NULL: not looked at */
    const char *rest; /* the next line; NULL: the end comes next */
} line_rows[] = {
    { "a line", BYTES("NOOP\r\n"), true, 1, "NOOP", NULL },
    { "two lines", BYTES("NOOP\r\nQUIT\r\n"), true, 1, "NOOP", "QUIT" },
    { "an empty line", BYTES("\r\nQUIT\r\n"), true, 1, "", "QUIT" },
    { "the longest line", BYTES("12345678901\r\nQUIT\r\n"), true, 1, "12345678901", "QUIT" },
    { "too long a line", BYTES("123456789012\r\nQUIT\r\n"), true, 2, NULL, "QUIT" },
    { "far too long a line", BYTES("12345678901234567890123456789012345678901234567890\r\nQUIT\r\n"), true, 2, NULL,
      "QUIT" },
    { "a bare LF", BYTES("NO\nOP\r\nQUIT\r\n"), true, 3, NULL, "QUIT" },
    { "a bare LF at the end", BYTES("NOOP\nQUIT\r\nX\r\n"), true, 3, NULL, "X" },
    { "a bare CR", BYTES("NO\rOP\r\nQUIT\r\n"), true, 3, NULL, "QUIT" },
    { "CR CR LF", BYTES("NOOP\r\r\nQUIT\r\n"), true, 3, NULL, "QUIT" },
    { "LF CR", BYTES("NOOP\n\rX\r\nQUIT\r\n"), true, 3, NULL, "QUIT" },
    { "a NUL", BYTES("NO\0OP\r\nQUIT\r\n"), true, 3, NULL, "QUIT" },
    { "bare LF in too long a line", BYTES("1234567890\n1234567890\r\nQUIT\r\n"), true, 3, NULL, "QUIT" },
    { "high bytes", BYTES("\xff\xc3\xa4\r\n"), true, 1, "\xff\xc3\xa4", NULL },
    { "lax: a line", BYTES("250 ok\r\n250 b\r\n"), false, 1, "250 ok", "250 b" },
    { "lax: a bare LF", BYTES("250 ok\n250 b\r\n"), false, 1, "250 ok", "250 b" },
    { "lax: only an LF", BYTES("\n250 b\n"), false, 1, "", "250 b" },
    { "lax: a bare CR stays", BYTES("25\r0\n"), false, 1, "25\r0", NULL },
    { "lax: CR CR LF", BYTES("250\r\r\n"), false, 1, "250\r", NULL },
    { "lax: a NUL is shown",
      BYTES("2\0"
            "50\r\n"),
      false, 1, "2?50", NULL },
    { "lax: too long a line", BYTES("250-45678901\n250 b\n"), false, 2, NULL, "250 b" },
    { "nothing", BYTES(""), true, 0, "", NULL },
    { "an end within a line", BYTES("NOOP"), true, -1, NULL, NULL },
    { "an end behind a CR", BYTES("NOOP\r"), true, -1, NULL, NULL },
    { "an end behind a bare LF", BYTES("NOOP\n"), true, -1, NULL, NULL },
};

struct drip {
    int fd;
    const char *bytes;
    size_t size;
};

/* One byte at a time, each only once the one before has been taken. */
static void *drip_run(void *argument)
{
    struct drip *drip = argument;
    for (size_t i = 0; i < drip->size; i++) {
        if (send(drip->fd, drip->bytes + i, 1, MSG_NOSIGNAL) != 1)
            break;
        int unread = 1;
        while (unread > 0 && ioctl(drip->fd, TIOCOUTQ, &unread) == 0)
            (void)sched_yield();
    }
    (void)close(drip->fd);
    return NULL;
}

static void check_line_row(const struct line_row *row, struct stream *stream)
{
    char line[LINE_SIZE];
    CHECK(stream_read_line(stream, line, sizeof line, row->is_strict) == row->result);
    if (row->line != NULL)
        CHECK(strcmp(line, row->line) == 0);
    if (row->result < 0) {
        CHECK(stream_fault(stream)->code == EPROTO);
        CHECK(stream_read_line(stream, line, sizeof line, row->is_strict) == -1);
        return;
    }
    if (row->rest != NULL) {
        CHECK(stream_read_line(stream, line, sizeof line, row->is_strict) == 1);
        CHECK(strcmp(line, row->rest) == 0);
    }
    CHECK(stream_read_line(stream, line, sizeof line, row->is_strict) == 0);
    CHECK(stream_read_line(stream, line, sizeof line, row->is_strict) == 0);
    CHECK(stream_fault(stream)->code == 0);
}

static void test_lines(void)
{
    for (size_t i = 0; i < sizeof line_rows / sizeof line_rows[0]; i++) {
        const struct line_row *row = &line_rows[i];
        test_context(row->name);
        struct pair pair = pair_new();
        say(&pair, row->bytes, row->size);
        close_other(&pair);
        check_line_row(row, pair.stream);
        pair_free(&pair);

        pair = pair_new();
        struct drip drip = { .fd = pair.other, .bytes = row->bytes, .size = row->size };
        pthread_t thread;
        (void)pthread_create(&thread, NULL, drip_run, &drip);
        pair.other = -1;
        check_line_row(row, pair.stream);
        (void)pthread_join(thread, NULL);
        pair_free(&pair);
    }
}

static void *pour_without_end(void *argument)
{
    const int *fd = argument;
    char bytes[4096];
    memset(bytes, 'a', sizeof bytes);
    for (;;) {
        ssize_t n = send(*fd, bytes, sizeof bytes, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN)
            break;
        if (n < 0)
            (void)sched_yield();
    }
    return NULL;
}

static void test_a_peer_without_end(void)
{
    test_context("a line without an end");
    struct pair pair = pair_new();
    pthread_t thread;
    char line[LINE_SIZE];
    (void)pthread_create(&thread, NULL, pour_without_end, &pair.other);
    CHECK(stream_read_line(pair.stream, line, sizeof line, true) == -1);
    CHECK(stream_fault(pair.stream)->code == EMSGSIZE);
    stream_free(pair.stream);
    (void)pthread_join(thread, NULL);
    (void)close(pair.other);

    test_context("input that never ends does not outlive the deadline");
    pair = pair_new();
    (void)pthread_create(&thread, NULL, pour_without_end, &pair.other);
    stream_set_deadline(pair.stream, deadline_in(50));
    struct span bytes;
    struct deadline patience = deadline_in(PATIENCE_MS);
    while (stream_peek(pair.stream, &bytes) == 1 && !deadline_passed(patience))
        stream_consume(pair.stream, bytes.size);
    CHECK(stream_fault(pair.stream)->code == ETIMEDOUT);
    stream_free(pair.stream);
    (void)pthread_join(thread, NULL);
    (void)close(pair.other);
}

static void test_reading(void)
{
    test_context("peek and consume");
    struct pair pair = pair_new();
    struct span bytes;
    say(&pair, "abcdef", 6);
    CHECK(!stream_has_input(pair.stream) && stream_has_arrived(pair.stream));
    CHECK(stream_peek(pair.stream, &bytes) == 1 && span_is(bytes, "abcdef"));
    CHECK(stream_has_input(pair.stream));
    stream_consume(pair.stream, 0);
    stream_consume(pair.stream, 2);
    CHECK(stream_peek(pair.stream, &bytes) == 1 && span_is(bytes, "cdef"));
    say(&pair, "gh\r\nrest", 8);
    char exact[4] = "";
    CHECK(stream_read_exact(pair.stream, exact, 3) == 0 && strcmp(exact, "cde") == 0);
    char line[LINE_SIZE];
    CHECK(stream_read_line(pair.stream, line, sizeof line, true) == 1 && strcmp(line, "fgh") == 0);
    CHECK(stream_read_exact(pair.stream, exact, 0) == 0);
    CHECK(stream_peek(pair.stream, &bytes) == 1 && span_is(bytes, "rest"));
    CHECK(stream_has_arrived(pair.stream));
    stream_consume(pair.stream, 4);
    CHECK(!stream_has_input(pair.stream) && !stream_has_arrived(pair.stream));

    test_context("the end");
    say(&pair, "x", 1);
    close_other(&pair);
    CHECK(stream_peek(pair.stream, &bytes) == 1 && span_is(bytes, "x"));
    CHECK(stream_is_gone(pair.stream));
    CHECK(stream_read_exact(pair.stream, exact, 3) == -1 && stream_fault(pair.stream)->code == EPROTO);
    CHECK(stream_peek(pair.stream, &bytes) == -1 && bytes.size == 0);
    pair_free(&pair);
}

static void test_writing(void)
{
    test_context("output waits until input is waited for");
    struct pair pair = pair_new();
    struct span bytes;
    CHECK(stream_write_text(pair.stream, "220 ") == 0);
    CHECK(stream_write(pair.stream, "hello\r\n", 7) == 0);
    CHECK(hears(&pair, ""));
    say(&pair, "A\r\nB\r\n", 6);
    char line[LINE_SIZE];
    CHECK(stream_read_line(pair.stream, line, sizeof line, true) == 1);
    CHECK(hears(&pair, "220 hello\r\n"));
    CHECK(stream_write_text(pair.stream, "250 A\r\n") == 0);
    CHECK(stream_read_line(pair.stream, line, sizeof line, true) == 1); /* is there already: nothing goes out */
    CHECK(hears(&pair, ""));
    CHECK(stream_write_text(pair.stream, "250 B\r\n") == 0);
    stream_set_deadline(pair.stream, deadline_in(20));
    CHECK(stream_peek(pair.stream, &bytes) == -1);
    CHECK(hears(&pair, "250 A\r\n250 B\r\n"));

    test_context("the first fault sticks");
    CHECK(stream_fault(pair.stream)->code == ETIMEDOUT);
    stream_set_deadline(pair.stream, deadline_in(PATIENCE_MS));
    say(&pair, "C\r\n", 3);
    CHECK(stream_read_line(pair.stream, line, sizeof line, true) == -1);
    CHECK(stream_write_text(pair.stream, "x") == -1 && stream_flush(pair.stream) == -1);
    CHECK(stream_fault(pair.stream)->code == ETIMEDOUT);
    pair_free(&pair);

    /* SIGPIPE has its default action here: it would end this test. */
    test_context("writing to a peer that is gone");
    pair = pair_new();
    close_other(&pair);
    CHECK(stream_write_text(pair.stream, "x") == 0);
    CHECK(stream_flush(pair.stream) == -1 && stream_fault(pair.stream)->code == EPIPE);
    pair_free(&pair);
    stream_free(NULL);
}

static char pattern_at(size_t i)
{
    return (char)(i * 7 + i / 251);
}

struct reader {
    struct stream *stream;
    const struct tls_context *context; /* NULL: plain */
    size_t received;
    bool is_equal;
    int fault_code;
};

static void *reader_run(void *argument)
{
    struct reader *reader = argument;
    struct span bytes;
    reader->is_equal = true;
    if (reader->context != NULL)
        (void)stream_start_tls_server(reader->stream, reader->context);
    while (reader->received < MUCH && stream_peek(reader->stream, &bytes) == 1) {
        for (size_t i = 0; i < bytes.size; i++)
            reader->is_equal = reader->is_equal && bytes.data[i] == pattern_at(reader->received + i);
        reader->received += bytes.size;
        stream_consume(reader->stream, bytes.size);
    }
    (void)stream_write_text(reader->stream, "250 got it\r\n");
    (void)stream_flush(reader->stream);
    reader->fault_code = stream_fault(reader->stream)->code;
    return NULL;
}

/* Writes in pieces around the size of the buffer, so that each way through stream_write is gone. */
static void check_much(const char *name, const struct tls_context *server, const struct tls_context *client)
{
    static const size_t pieces[] = { 1,     100,   STREAM_BUFFER_SIZE - 101, 1,     STREAM_BUFFER_SIZE, 3,
                                     32765, 32768, STREAM_BUFFER_SIZE + 1,   500000 };
    test_context(name);
    struct pair pair = pair_new();
    struct reader reader = { .stream = stream_new(pair.other), .context = server };
    stream_set_deadline(reader.stream, deadline_in(PATIENCE_MS));
    pair.other = -1;
    pthread_t thread;
    (void)pthread_create(&thread, NULL, reader_run, &reader);
    if (client != NULL)
        CHECK(stream_start_tls_client(pair.stream, client, "mx.example") == 0);
    char *much = malloc(MUCH);
    for (size_t i = 0; i < MUCH; i++)
        much[i] = pattern_at(i);
    size_t sent = 0;
    for (size_t i = 0; sent < MUCH; i++) {
        size_t size = pieces[i % (sizeof pieces / sizeof pieces[0])];
        if (size > MUCH - sent)
            size = MUCH - sent;
        if (!CHECK(stream_write(pair.stream, much + sent, size) == 0))
            break;
        sent += size;
    }
    char line[LINE_SIZE];
    CHECK(stream_read_line(pair.stream, line, sizeof line, true) == 1 && strcmp(line, "250 got it") == 0);
    CHECK((strncmp(stream_tls_text(pair.stream), "TLSv1.3 ", 8) == 0) == (client != NULL));
    (void)pthread_join(thread, NULL);
    CHECK(reader.received == MUCH && reader.is_equal && reader.fault_code == 0);
    free(much);
    stream_free(reader.stream);
    pair_free(&pair);
}

static void test_a_peer_that_reads_nothing(void)
{
    test_context("a peer that reads nothing");
    struct pair pair = pair_new();
    char *much = calloc(1, MUCH);
    stream_set_deadline(pair.stream, deadline_in(50));
    CHECK(stream_write(pair.stream, much, MUCH) == -1 && stream_fault(pair.stream)->code == ETIMEDOUT);
    free(much);
    pair_free(&pair);
}

static void test_waker(void)
{
    test_context("the waker");
    struct pair pair = pair_new();
    int waker = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct span bytes;
    char line[LINE_SIZE];
    stream_set_waker(pair.stream, waker);
    say(&pair, "A\r\nB\r\n", 6);
    CHECK(stream_read_line(pair.stream, line, sizeof line, true) == 1);
    CHECK(eventfd_write(waker, 1) == 0);
    CHECK(stream_read_line(pair.stream, line, sizeof line, true) == 1); /* input goes first */
    CHECK(stream_write_text(pair.stream, "250 \r\n") == 0);
    CHECK(stream_read_line(pair.stream, line, sizeof line, true) == -1);
    CHECK(stream_fault(pair.stream)->code == ECANCELED);
    CHECK(stream_peek(pair.stream, &bytes) == -1 && stream_fault(pair.stream)->code == ECANCELED);

    test_context("being woken does not stick");
    CHECK(stream_write_text(pair.stream, "421 bye\r\n") == 0 && stream_flush(pair.stream) == 0);
    CHECK(hears(&pair, "250 \r\n421 bye\r\n"));
    CHECK(stream_fault(pair.stream)->code == 0);
    say(&pair, "C\r\n", 3);
    CHECK(stream_read_line(pair.stream, line, sizeof line, true) == 1 && strcmp(line, "C") == 0);

    test_context("a line that has begun is waited for");
    say(&pair, "par", 3);
    stream_set_deadline(pair.stream, deadline_in(20));
    CHECK(stream_read_line(pair.stream, line, sizeof line, true) == -1);
    CHECK(stream_fault(pair.stream)->code == ETIMEDOUT);
    pair_free(&pair);

    test_context("no waker any more");
    pair = pair_new();
    stream_set_waker(pair.stream, waker);
    stream_set_waker(pair.stream, -1);
    stream_set_deadline(pair.stream, deadline_in(20));
    CHECK(stream_peek(pair.stream, &bytes) == -1 && stream_fault(pair.stream)->code == ETIMEDOUT);
    pair_free(&pair);
    (void)close(waker);
}

static void test_idle_streams_hold_no_buffers(void)
{
    test_context("an idle stream holds no buffer");
    struct pair pair = pair_new();
    size_t before = mallinfo2().uordblks;
    struct span bytes;
    for (int i = 0; i < 3; i++) {
        say(&pair, "EHLO\r\n", 6);
        CHECK(stream_write_text(pair.stream, "220 \r\n") == 0);
        CHECK(stream_peek(pair.stream, &bytes) == 1);
        stream_consume(pair.stream, bytes.size);
    }
    CHECK(mallinfo2().uordblks < before + 1024);
    pair_free(&pair);
}

static void test_who_is_gone(void)
{
    test_context("a peer that is there");
    struct pair pair = pair_new();
    CHECK(!stream_is_gone(pair.stream));
    say(&pair, "x", 1);
    CHECK(!stream_is_gone(pair.stream));

    test_context("a peer that has ended its side");
    CHECK(shutdown(pair.other, SHUT_WR) == 0);
    CHECK(stream_is_gone(pair.stream));
    CHECK(stream_write_text(pair.stream, "421 \r\n") == 0 && stream_flush(pair.stream) == 0);
    CHECK(hears(&pair, "421 \r\n"));
    pair_free(&pair);
}

/* As much as the socket takes; and what a peer said before it went can be read although nothing goes there any more. */
static void test_sending_without_waiting(void)
{
    static const char bytes[65536] = { 0 };
    char line[LINE_SIZE];
    struct fault fault = { 0 };
    ssize_t n = 0;
    test_context("sending without waiting");
    struct pair pair = pair_new();
    size_t sent = 0;
    while ((n = stream_try_send(pair.stream, bytes, sizeof bytes, &fault)) > 0)
        sent += (size_t)n;
    CHECK(n == 0 && sent > 0);
    say(&pair, "250 enough\r\n", 12);
    close_other(&pair);
    CHECK(stream_try_send(pair.stream, bytes, sizeof bytes, &fault) == -1 && fault.code == EPIPE);
    CHECK(stream_fault(pair.stream)->code == 0);
    CHECK(stream_read_line(pair.stream, line, sizeof line, true) == 1 && strcmp(line, "250 enough") == 0);
    pair_free(&pair);
}

static void test_lingering(void)
{
    test_context("last words reach a peer that has said more than was read");
    struct pair pair = pair_new();
    char rest = 0;
    say(&pair, "QUIT\r\nunread", 12);
    CHECK(shutdown(pair.other, SHUT_WR) == 0);
    CHECK(stream_write_text(pair.stream, "221 \r\n") == 0 && stream_flush(pair.stream) == 0);
    stream_linger(pair.stream, SIZE_MAX);
    stream_free(pair.stream);
    CHECK(hears(&pair, "221 \r\n") && recv(pair.other, &rest, 1, 0) == 0);
    (void)close(pair.other);

    test_context("a peer that stays is left at the deadline");
    pair = pair_new();
    stream_set_deadline(pair.stream, deadline_in(20));
    stream_linger(pair.stream, SIZE_MAX);
    CHECK(recv(pair.other, &rest, 1, 0) == 0);
    pair_free(&pair);

    test_context("a peer that says too much is left at the limit");
    pair = pair_new();
    say(&pair, "much", 4);
    stream_set_deadline(pair.stream, deadline_never());
    stream_linger(pair.stream, 4);
    pair_free(&pair);
}

static void test_tcp(void)
{
    test_context("a TCP connection that is reset");
    struct fault fault;
    struct net_address address = { .family = NET_INET, .host = "127.0.0.1" };
    struct sockaddr_in own;
    socklen_t size = sizeof own;
    int listener = net_listen(&address, SOCK_STREAM, 0, &fault);
    CHECK(listener >= 0 && getsockname(listener, (struct sockaddr *)&own, &size) == 0);
    address.port = ntohs(own.sin_port);
    struct pair pair = { .other = net_dial(&address, deadline_in(PATIENCE_MS), &fault) };
    pair.stream = stream_new(accept4(listener, NULL, NULL, SOCK_CLOEXEC));
    stream_set_deadline(pair.stream, deadline_in(PATIENCE_MS));
    int has_nodelay = 0;
    size = sizeof has_nodelay;
    CHECK(getsockopt(stream_fd(pair.stream), IPPROTO_TCP, TCP_NODELAY, &has_nodelay, &size) == 0 && has_nodelay != 0);
    CHECK(!stream_is_gone(pair.stream));
    struct linger at_once = { .l_onoff = 1 };
    CHECK(setsockopt(pair.other, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
    close_other(&pair);
    CHECK(stream_is_gone(pair.stream));
    struct span bytes;
    CHECK(stream_peek(pair.stream, &bytes) == -1 && stream_fault(pair.stream)->code == ECONNRESET);
    pair_free(&pair);
    (void)close(listener);
}

struct starter {
    struct stream *stream;
    const struct tls_context *context;
    int result;
};

static void *start_client(void *argument)
{
    struct starter *starter = argument;
    starter->result = stream_start_tls_client(starter->stream, starter->context, "mx.example");
    (void)stream_write_text(starter->stream, "EHLO tls\r\n");
    (void)stream_flush(starter->stream);
    return NULL;
}

/* RFC 3207 section 4.2: what a stranger put before the handshake must not count as said within it. */
static void test_starttls(const struct tls_context *server, const struct tls_context *client)
{
    test_context("what was said before TLS is forgotten");
    struct pair pair = pair_new();
    struct starter other = { .stream = stream_new(pair.other), .context = client };
    stream_set_deadline(other.stream, deadline_in(PATIENCE_MS));
    pair.other = -1;
    char line[LINE_SIZE];
    /* Each side injects something into the other. */
    CHECK(stream_write_text(other.stream, "STARTTLS\r\nMAIL evil\r\n") == 0 && stream_flush(other.stream) == 0);
    CHECK(stream_read_line(pair.stream, line, sizeof line, true) == 1 && strcmp(line, "STARTTLS") == 0);
    CHECK(stream_has_input(pair.stream));
    CHECK(stream_write_text(pair.stream, "220 go\r\n250 evil\r\n") == 0 && stream_flush(pair.stream) == 0);
    CHECK(stream_read_line(other.stream, line, sizeof line, true) == 1 && strcmp(line, "220 go") == 0);
    CHECK(stream_has_input(other.stream));

    pthread_t thread;
    (void)pthread_create(&thread, NULL, start_client, &other);
    CHECK(stream_start_tls_server(pair.stream, server) == 0);
    CHECK(!stream_has_input(pair.stream));
    CHECK(stream_read_line(pair.stream, line, sizeof line, true) == 1 && strcmp(line, "EHLO tls") == 0);
    (void)pthread_join(thread, NULL);
    CHECK(other.result == 0 && !stream_has_input(other.stream));
    CHECK(stream_write_text(pair.stream, "250 tls\r\n") == 0 && stream_flush(pair.stream) == 0);
    CHECK(stream_read_line(other.stream, line, sizeof line, true) == 1 && strcmp(line, "250 tls") == 0);
    CHECK(strcmp(stream_tls_text(pair.stream), stream_tls_text(other.stream)) == 0);

    test_context("the waker under TLS");
    int waker = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
    struct span bytes;
    stream_set_waker(pair.stream, waker);
    CHECK(stream_peek(pair.stream, &bytes) == -1 && stream_fault(pair.stream)->code == ECANCELED);
    CHECK(stream_write_text(other.stream, "NOOP\r\n") == 0 && stream_flush(other.stream) == 0);
    CHECK(stream_peek(pair.stream, &bytes) == 1 && span_is(bytes, "NOOP\r\n"));
    stream_consume(pair.stream, bytes.size);
    (void)close(waker);
    stream_set_waker(pair.stream, -1);

    test_context("what has arrived under TLS");
    struct span shown = span_text("PING\r\n");
    struct fault fault;
    CHECK(!stream_has_arrived(pair.stream) && !stream_has_arrived(other.stream));
    CHECK(stream_try_send(other.stream, shown.data, shown.size, &fault) == (ssize_t)shown.size);
    CHECK(stream_has_arrived(pair.stream)); /* and is still there to be read */
    CHECK(stream_read_line(pair.stream, line, sizeof line, true) == 1 && strcmp(line, "PING") == 0);
    CHECK(!stream_has_arrived(pair.stream));

    test_context("the end under TLS");
    CHECK(!stream_is_gone(pair.stream));
    stream_free(other.stream);
    CHECK(stream_is_gone(pair.stream));
    CHECK(stream_read_line(pair.stream, line, sizeof line, true) == 0);
    pair_free(&pair);

    test_context("a handshake that fails sticks");
    pair = pair_new();
    say(&pair, "no TLS at all\r\n", 15);
    CHECK(stream_start_tls_server(pair.stream, server) == -1 && stream_fault(pair.stream)->code == EPROTO);
    CHECK(stream_read_line(pair.stream, line, sizeof line, true) == -1);
    CHECK(strcmp(stream_tls_text(pair.stream), "") == 0);
    pair_free(&pair);
}

int main(void)
{
    char folder[] = "/tmp/cordon-stream-test-XXXXXX";
    struct test_keys keys;
    struct fault fault;
    (void)alarm(240);
    test_lines();
    test_a_peer_without_end();
    test_reading();
    test_writing();
    test_a_peer_that_reads_nothing();
    test_waker();
    test_idle_streams_hold_no_buffers();
    test_who_is_gone();
    test_sending_without_waiting();
    test_lingering();
    test_tcp();
    check_much("more than the sockets hold", NULL, NULL);

    test_context("certificates");
    if (!CHECK(mkdtemp(folder) != NULL) || !CHECK(test_keys_make(folder, "mx", "DNS:mx.example", NULL, &keys)))
        return test_end();
    struct tls_context *server = tls_context_new_server(keys.certificate_path, keys.key_path, &fault);
    struct tls_context *client = tls_context_new_client(true, keys.certificate_path, &fault);
    if (CHECK(server != NULL && client != NULL)) {
        test_starttls(server, client);
        check_much("more than the sockets hold, under TLS", server, client);
    }
    tls_context_free(server);
    tls_context_free(client);
    test_keys_remove(&keys);
    CHECK(rmdir(folder) == 0);
    return test_end();
}
