#include "gate/hop_test_peer.h"

#include "base/memory.h"
#include "base/span.h"
#include "sys/clock.h"
#include "sys/stream.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINE_SIZE = 4096 };

static bool fail(struct peer_conversation *c, const char *step, const char *what)
{
    size_t index = (size_t)(c - c->peer->conversations);
    (void)snprintf(c->failure, sizeof c->failure, "connection %zu, step \"%.200s\": %.200s", index + 1, step, what);
    return false;
}

static bool wait_readable(int fd)
{
    struct pollfd look = { .fd = fd, .events = POLLIN };
    return poll(&look, 1, PEER_WAIT_MS) == 1;
}

/* Goes out before the next wait, so that several lines come at once. */
static bool say_line(struct peer_conversation *c, struct stream *stream, const char *step)
{
    (void)stream_write_text(stream, step + 2);
    return stream_write_text(stream, "\r\n") == 0 || fail(c, step, "cannot be said");
}

static bool hear_line(struct peer_conversation *c, struct stream *stream, const char *step)
{
    char line[LINE_SIZE] = "";
    if (stream_read_line(stream, line, sizeof line, true) != 1)
        return fail(c, step, "not heard");
    if (step[0] == 'C' && strcmp(line, step + 2) != 0)
        return fail(c, step, line);
    return true;
}

static bool hear_body(struct peer_conversation *c, struct stream *stream, const char *step)
{
    bool is_end = false;
    c->body_size = 0;
    while (!is_end) {
        struct span bytes;
        if (stream_peek(stream, &bytes) != 1)
            return fail(c, step, "the body has no end");
        assert(c->body_size + bytes.size <= PEER_BODY_SIZE);
        memcpy(c->body + c->body_size, bytes.data, bytes.size);
        c->body_size += bytes.size;
        stream_consume(stream, bytes.size);
        is_end = c->body_size >= 5 && memcmp(c->body + c->body_size - 5, "\r\n.\r\n", 5) == 0;
    }
    return true;
}

static bool hear_end(struct peer_conversation *c, struct stream *stream, const char *step)
{
    struct span bytes;
    int result = stream_peek(stream, &bytes);
    if (result == 1)
        return fail(c, step, "it speaks on");
    return result == 0 || step[1] == '?' || fail(c, step, "no end");
}

static bool start_tls(struct peer_conversation *c, struct stream *stream, const char *step)
{
    bool is_wanted = step[1] != '?';
    bool is_secure = stream_start_tls_server(stream, c->peer->tls) == 0;
    return is_secure == is_wanted || fail(c, step, is_wanted ? stream_fault(stream)->text : "it is trusted");
}

static bool reset(struct peer_conversation *c, struct stream *stream, const char *step)
{
    struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
    int result = setsockopt(stream_fd(stream), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    return result == 0 || fail(c, step, "cannot be reset");
}

static const struct {
    char name;
    bool (*take)(struct peer_conversation *c, struct stream *stream, const char *step);
} steps[] = {
    { 'S', say_line }, { 'C', hear_line }, { 'L', hear_line }, { 'D', hear_body },
    { 'E', hear_end }, { 'T', start_tls }, { 'X', reset },
};

static bool take_step(struct peer_conversation *c, struct stream *stream, const char *step)
{
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (steps[i].name == step[0])
            return steps[i].take(c, stream, step);
    }
    return fail(c, step, "no such step");
}

static void *converse(void *context)
{
    struct peer_conversation *c = context;
    struct stream *stream = stream_new(c->fd);
    stream_set_deadline(stream, deadline_in(PEER_WAIT_MS));
    struct span rest = c->script;
    bool is_well = true;
    while (is_well && rest.size > 0) {
        char step[LINE_SIZE];
        (void)span_copy(span_cut(&rest, '\n'), step, sizeof step);
        is_well = take_step(c, stream, step);
    }
    (void)stream_flush(stream);
    stream_free(stream);
    atomic_store(&c->is_over, true);
    return NULL;
}

static void *accept_all(void *context)
{
    struct hop_test_peer *peer = context;
    size_t started = 0;
    for (; started < peer->conversation_count; started++) {
        struct peer_conversation *c = &peer->conversations[started];
        if (!wait_readable(peer->fd)) {
            (void)fail(c, "", "nobody came");
            break;
        }
        c->fd = accept4(peer->fd, NULL, NULL, SOCK_CLOEXEC);
        int created = pthread_create(&c->thread, NULL, converse, c);
        assert(c->fd >= 0 && created == 0);
    }
    for (size_t i = 0; i < started; i++)
        (void)pthread_join(peer->conversations[i].thread, NULL);
    return NULL;
}

int listen_on_loopback(char *address_out, size_t size)
{
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t in_size = sizeof in;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int failed = bind(fd, (struct sockaddr *)&in, sizeof in) != 0 || listen(fd, SOMAXCONN) != 0 ||
                 getsockname(fd, (struct sockaddr *)&in, &in_size) != 0;
    assert(!failed);
    (void)snprintf(address_out, size, "127.0.0.1:%u", ntohs(in.sin_port));
    return fd;
}

/* The steps up to the next "N", and the rest behind it. */
static struct span cut_conversation(struct span *rest)
{
    size_t end = span_starts_with(*rest, "N\n") ? 0 : span_find(*rest, span_text("\nN\n"));
    struct span script = *rest;
    if (end == SPAN_NONE) {
        *rest = span_of(NULL, 0);
        return script;
    }
    size_t size = end == 0 ? 0 : end + 1;
    *rest = span_from(script, size + 2);
    return span_slice(script, 0, size);
}

void hop_test_peer_start(struct hop_test_peer *peer, const char *script, struct tls_context *tls)
{
    *peer = (struct hop_test_peer){ .tls = tls };
    peer->fd = listen_on_loopback(peer->address, sizeof peer->address);
    struct span rest = span_of(script, script != NULL ? strlen(script) : 0);
    while (rest.size > 0) {
        assert(peer->conversation_count < PEER_MOST);
        struct peer_conversation *c = &peer->conversations[peer->conversation_count++];
        c->peer = peer;
        c->script = cut_conversation(&rest);
        c->body = memory_new(PEER_BODY_SIZE);
    }
    int failed = pthread_create(&peer->thread, NULL, accept_all, peer);
    assert(failed == 0);
}

bool hop_test_peer_wait(struct hop_test_peer *peer, size_t connection)
{
    struct peer_conversation *c = &peer->conversations[connection];
    struct deadline deadline = deadline_in(PEER_WAIT_MS);
    while (!atomic_load(&c->is_over) && !deadline_passed(deadline))
        (void)usleep(1000);
    return atomic_load(&c->is_over);
}

const char *hop_test_peer_finish(struct hop_test_peer *peer)
{
    (void)pthread_join(peer->thread, NULL);
    struct pollfd look = { .fd = peer->fd, .events = POLLIN };
    if (poll(&look, 1, 0) == 1)
        return "more connections than expected";
    for (size_t i = 0; i < peer->conversation_count; i++) {
        if (peer->conversations[i].failure[0] != '\0')
            return peer->conversations[i].failure;
    }
    return NULL;
}

void hop_test_peer_free(struct hop_test_peer *peer)
{
    for (size_t i = 0; i < peer->conversation_count; i++)
        free(peer->conversations[i].body);
    (void)close(peer->fd);
}
