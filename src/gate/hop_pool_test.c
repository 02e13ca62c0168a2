/* Connections that are used again: kept, bounded, found dead, secured, and shared by threads. */
#include "gate/hop_pool.h"

#include "base/test.h"
#include "gate/hop_test_rig.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void test_reuse(void)
{
    struct rig rig;
    rig_start(&rig, HELLO MESSAGE MESSAGE MAIL RCPT_A RSET MESSAGE QUIT);
    for (int i = 0; i < 4; i++) {
        if (i == 2) { /* given up by the client */
            CHECK(rig_mail(&rig, 0) == 250);
            CHECK(rig_rcpt(&rig, "a@b.test") == 250);
            hop_reset(rig.hop);
        } else {
            rig_envelope(&rig);
            hop_deliver(rig.hop, &rig.t, NULL, NULL);
            CHECK(reply_begins(rig.recipients[1].reply, "250 2.0.0 queued"));
        }
        rig_next_message(&rig);
    }
    rig_finish(&rig);
    CHECK(wire_is(&rig, 0, WIRE));
    rig_free(&rig);
}

/* The end of an idle connection is no failure: the one further dial is still there after it. */
static void test_idle_connection_died(void)
{
    static const struct {
        const char *name;
        const char *script;
        bool is_known; /* before it is used again */
    } cases[] = {
        { "closed", HELLO MESSAGE, true },
        { "closed with a word", HELLO MESSAGE "S 421 4.4.2 too long\n", true },
        { "closed just then", HELLO MESSAGE "L\n", false },
        { "reset just then", HELLO MESSAGE "L\nX\n", false },
        { "closed with a word just then", HELLO MESSAGE "L\nS 421 4.4.2 too long\n", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rig rig;
        char script[2048];
        test_context(cases[i].name);
        (void)snprintf(script, sizeof script, "%s%s", cases[i].script, NEXT HELLO MAIL "L\n" NEXT HELLO MESSAGE QUIT);
        rig_start(&rig, script);
        rig_envelope(&rig);
        hop_deliver(rig.hop, &rig.t, NULL, NULL);
        rig_next_message(&rig);
        CHECK(!cases[i].is_known || hop_test_peer_wait(&rig.peer, 0));
        rig_envelope(&rig);
        hop_deliver(rig.hop, &rig.t, NULL, NULL);
        CHECK(reply_begins(rig.recipients[0].reply, "250 2.0.0 queued"));
        rig_finish(&rig);
        CHECK(wire_is(&rig, 2, WIRE));
        rig_free(&rig);
    }
    test_context(NULL);
}

/* The reply to RSET came, and then the connection died. */
static void test_died_behind_rset(void)
{
    struct rig rig;
    rig_start(&rig, HELLO MAIL RSET "L\n" NEXT HELLO MAIL "L\n" NEXT HELLO MESSAGE QUIT);
    CHECK(rig_mail(&rig, 0) == 250);
    hop_reset(rig.hop);
    rig_envelope(&rig);
    hop_deliver(rig.hop, &rig.t, NULL, NULL);
    CHECK(reply_begins(rig.recipients[0].reply, "250 2.0.0 queued"));
    rig_finish(&rig);
    rig_free(&rig);
}

static void test_nobody_there(void)
{
    struct rig rig;
    struct hop_abilities abilities;
    struct fault fault;
    rig_start(&rig, NULL);
    CHECK(hop_test_peer_finish(&rig.peer) == NULL);
    hop_test_peer_free(&rig.peer);
    CHECK(rig_mail(&rig, 0) == 451);
    CHECK(reply_begins(rig.reply, "451 4.4.1 next hop 127.0.0.1:"));
    CHECK(hop_pool_abilities(rig.pool, deadline_in(PEER_WAIT_MS), &abilities, &fault) == -1);
    CHECK(fault.code == ECONNREFUSED);
    hop_free(rig.hop);
    hop_pool_free(rig.pool);
    transaction_fini(&rig.t);
}

/* Idle ones are bounded in number and in time. */
static void test_bounds(void)
{
    struct rig rig;
    rig_start(&rig, HELLO MAIL RSET QUIT NEXT HELLO MAIL RSET QUIT NEXT HELLO MAIL RSET QUIT);
    rig.listener.hop.idle_connections = 1;
    rig.listener.hop.idle_timeout_ms = 50;
    struct hop *second = hop_new(rig.pool);
    CHECK(rig_mail(&rig, 0) == 250);
    CHECK(hop_mail(second, &rig.t, false, NULL, 0, deadline_in(PEER_WAIT_MS), rig.reply) == 250);
    hop_reset(rig.hop); /* kept */
    hop_free(second);   /* one too many */
    CHECK(hop_test_peer_wait(&rig.peer, 1));
    struct deadline deadline = deadline_in(PEER_WAIT_MS);
    while (!atomic_load(&rig.peer.conversations[0].is_over) && !deadline_passed(deadline)) {
        hop_pool_tend(rig.pool);
        (void)usleep(1000);
    }
    CHECK(rig_mail(&rig, 0) == 250); /* on a new one */
    rig_finish(&rig);
    rig_free(&rig);
}

enum { SHARERS = 8, SHARED_MESSAGES = 25, SERVER_WAIT_MS = 2 * PEER_WAIT_MS };

/* Answers any number of connections, whatever is said. */
struct server {
    int fd;
    pthread_t thread;
};

static void *serve_one(void *context)
{
    struct stream *stream = context;
    char line[512];
    bool is_body = false;
    stream_set_deadline(stream, deadline_in(SERVER_WAIT_MS));
    (void)stream_write_text(stream, "220 hop\r\n");
    while (stream_read_line(stream, line, sizeof line, true) == 1) {
        bool is_end = is_body && strcmp(line, ".") == 0;
        if (is_body && !is_end)
            continue;
        is_body = strcmp(line, "DATA") == 0;
        (void)stream_write_text(stream, is_body ? "354 go\r\n" : "250 ok\r\n");
    }
    stream_free(stream);
    return NULL;
}

static void *serve(void *context)
{
    struct server *server = context;
    pthread_t threads[SHARERS * SHARED_MESSAGES];
    size_t count = 0;
    for (;;) {
        int fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0 || count == sizeof threads / sizeof threads[0] ||
            pthread_create(&threads[count], NULL, serve_one, stream_new(fd)) != 0)
            break;
        count++;
    }
    for (size_t i = 0; i < count; i++)
        (void)pthread_join(threads[i], NULL);
    return NULL;
}

struct sharer {
    struct hop_pool *pool;
    pthread_t thread;
    unsigned delivered;
};

static void *share_pool(void *context)
{
    struct sharer *sharer = context;
    struct hop_pool *pool = sharer->pool;
    for (int i = 0; i < SHARED_MESSAGES; i++) {
        struct rig rig = { .pool = pool, .hop = hop_new(pool) };
        struct hop_abilities abilities;
        struct fault fault;
        rig_message(&rig);
        bool is_known = hop_pool_abilities(pool, deadline_in(PEER_WAIT_MS), &abilities, &fault) == 0;
        bool is_begun = is_known && rig_mail(&rig, 0) == 250 && rig_rcpt(&rig, "a@b.test") == 250;
        if (is_begun && i % 5 != 0)
            hop_deliver(rig.hop, &rig.t, NULL, NULL);
        sharer->delivered += is_begun && (i % 5 == 0 || strcmp(rig.recipients[0].reply, "250 ok") == 0);
        hop_free(rig.hop);
        hop_pool_tend(pool);
        transaction_fini(&rig.t);
    }
    return NULL;
}

static void test_shared_by_threads(void)
{
    struct server server;
    char address[64];
    struct sharer sharers[SHARERS];
    server.fd = listen_on_loopback(address, sizeof address);
    CHECK(pthread_create(&server.thread, NULL, serve, &server) == 0);
    struct hop_settings settings = { .address = address,
                                     .connect_timeout_ms = PEER_WAIT_MS,
                                     .command_timeout_ms = PEER_WAIT_MS,
                                     .idle_timeout_ms = 1,
                                     .idle_connections = 3 };
    struct hop_pool *pool = hop_pool_new(&settings, "cordon.test", NULL);
    for (size_t i = 0; i < SHARERS; i++) {
        sharers[i] = (struct sharer){ .pool = pool };
        CHECK(pthread_create(&sharers[i].thread, NULL, share_pool, &sharers[i]) == 0);
    }
    for (size_t i = 0; i < SHARERS; i++) {
        (void)pthread_join(sharers[i].thread, NULL);
        CHECK(sharers[i].delivered == SHARED_MESSAGES);
    }
    hop_pool_free(pool);
    (void)shutdown(server.fd, SHUT_RDWR);
    (void)pthread_join(server.thread, NULL);
    (void)close(server.fd);
}

int main(void)
{
    test_reuse();
    test_idle_connection_died();
    test_died_behind_rset();
    test_nobody_there();
    test_bounds();
    test_shared_by_threads();
    return test_end();
}
