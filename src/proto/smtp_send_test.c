#include "proto/smtp_send.h"

#include "base/memory.h"
#include "base/test.h"
#include "sys/clock.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WAIT_MS = 20000, LARGE = 300000, RECEIVED_LIMIT = 2 * LARGE + 100 };

static const struct {
    const char *name;
    const char *body;
    const char *wire;
} rows[] = {
    { "empty", "", ".\r\n" },
    { "one line", "a\r\n", "a\r\n.\r\n" },
    { "no line end", "a", "a\r\n.\r\n" },
    { "a dot", ".\r\n", "..\r\n.\r\n" },
    { "a dot alone", ".", "..\r\n.\r\n" },
    { "two dots", "..\r\n", "...\r\n.\r\n" },
    { "dots at line starts", "a\r\n.b\r\n..c\r\n.\r\nd.\r\n", "a\r\n..b\r\n...c\r\n..\r\nd.\r\n.\r\n" },
    { "dots elsewhere", "a.b\r\n .c\r\nd.\r\n", "a.b\r\n .c\r\nd.\r\n.\r\n" },
    { "a false end", "a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n.\r\n" },
    { "a false end of bare LF", "a\n.\nb\r\n", "a\n..\nb\r\n.\r\n" },
    { "ends in a bare CR", "a\r", "a\r\r\n.\r\n" },
    { "ends in a bare LF", "a\n", "a\n\r\n.\r\n" },
    { "ends in a bare LF behind nothing", "\n", "\n\r\n.\r\n" },
    { "empty lines", "\r\n\r\n", "\r\n\r\n.\r\n" },
};

struct receiver {
    int fd;
    char *data;
    size_t size;
};

static void *receive_all(void *context)
{
    struct receiver *receiver = context;
    for (;;) {
        ssize_t n = read(receiver->fd, receiver->data + receiver->size, RECEIVED_LIMIT - receiver->size);
        if (n <= 0)
            return NULL;
        receiver->size += (size_t)n;
    }
}

/* Sends the body in runs of `run` bytes. What came out is receiver->data, to be freed. */
static void send_body(struct span body, size_t run, struct receiver *receiver)
{
    int pair[2];
    pthread_t thread;
    struct smtp_send send;
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    *receiver = (struct receiver){ .fd = pair[1], .data = memory_new(RECEIVED_LIMIT) };
    CHECK(pthread_create(&thread, NULL, receive_all, receiver) == 0);
    struct stream *stream = stream_new(pair[0]);
    stream_set_deadline(stream, deadline_in(WAIT_MS));
    smtp_send_init(&send, stream);
    for (size_t at = 0; at < body.size; at += run)
        CHECK(smtp_send_put(&send, span_slice(body, at, run)) == 0);
    CHECK(smtp_send_put(&send, span_of(NULL, 0)) == 0);
    CHECK(smtp_send_finish_line(&send) == 0);
    CHECK(smtp_send_dot(&send) == 0);
    CHECK(stream_flush(stream) == 0);
    stream_free(stream);
    (void)pthread_join(thread, NULL);
    (void)close(pair[1]);
}

static void test_rows(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct span body = span_text(rows[i].body);
        test_context(rows[i].name);
        for (size_t run = 1; run <= body.size + 1; run++) {
            struct receiver receiver;
            send_body(body, run, &receiver);
            CHECK(span_is(span_of(receiver.data, receiver.size), rows[i].wire));
            free(receiver.data);
        }
    }
    test_context(NULL);
}

/* What a server makes of it, byte by byte: an independent reading. Returns the body's size, or SIZE_MAX. */
static size_t unstuff(const char *wire, size_t size, char *body_out)
{
    size_t body_size = 0;
    bool is_start = true;
    for (size_t i = 0; i < size; i++) {
        if (is_start && wire[i] == '.') {
            if (i + 3 == size && wire[i + 1] == '\r' && wire[i + 2] == '\n')
                return body_size;
            i++;
        }
        body_out[body_size++] = wire[i];
        is_start = wire[i] == '\n';
    }
    return SIZE_MAX;
}

/* Bytes of every kind, many dots and line ends among them; NUL too. */
static void test_large(void)
{
    static const char alphabet[] = { '.', '\r', '\n', 'a', '\0', '\xff', '.', ' ' };
    static const size_t runs[] = { LARGE, 100000, 32768, 4097, 333 };
    char *body = memory_new(LARGE);
    char *unstuffed = memory_new(RECEIVED_LIMIT);
    unsigned state = 1;
    for (size_t i = 0; i < LARGE; i++) {
        state = state * 1103515245U + 12345U;
        body[i] = 'x';
        if (i % 1000 < 500)
            body[i] = alphabet[state >> 16 & 7U];
    }
    memcpy(body + LARGE - 2, "\r\n", 2);
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        struct receiver receiver;
        send_body(span_of(body, LARGE), runs[i], &receiver);
        CHECK(unstuff(receiver.data, receiver.size, unstuffed) == LARGE);
        CHECK(memcmp(body, unstuffed, LARGE) == 0);
        free(receiver.data);
    }
    free(unstuffed);
    free(body);
}

static void test_peer_closed(void)
{
    int pair[2];
    struct smtp_send send;
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    (void)close(pair[1]);
    struct stream *stream = stream_new(pair[0]);
    stream_set_deadline(stream, deadline_in(WAIT_MS));
    smtp_send_init(&send, stream);
    CHECK(smtp_send_put(&send, span_text("a\r\n")) == 0);
    CHECK(smtp_send_finish_line(&send) == -1);
    CHECK(stream_fault(stream)->code != 0);
    stream_free(stream);
}

int main(void)
{
    test_rows();
    test_large();
    test_peer_closed();
    return test_end();
}
