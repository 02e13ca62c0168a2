#include "sys/tls.h"

#include "base/test.h"
#include "sys/tls_test_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/ssl.h>

enum { PATIENCE_MS = 20000, MUCH = 3 * 1024 * 1024 };

static char folder[] = "/tmp/cordon-tls-test-XXXXXX";
static struct test_keys right_keys;
static struct test_keys other_keys;

/* The peer in a thread of its own. */
struct peer {
    pthread_t thread;
    int fd;
    const struct tls_context *context;
    const char *host;
    struct tls *tls;
    struct fault fault;
    size_t received;
    bool is_equal; /* what was received is what was expected */
};

static void *peer_open(void *argument)
{
    struct peer *peer = argument;
    peer->tls = tls_open(peer->context, peer->fd, peer->host, deadline_in(PATIENCE_MS), &peer->fault);
    if (peer->tls == NULL)
        (void)shutdown(peer->fd, SHUT_RDWR); /* so that the other side need not wait */
    return NULL;
}

static void make_pair(int fds_out[2])
{
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds_out) == 0);
}

/* Both ends shake hands. The server's is in *server_out. */
static struct tls *meet(const struct tls_context *server, const struct tls_context *client, const char *host,
                        const int fds[2], struct peer *server_out, struct fault *fault)
{
    *server_out = (struct peer){ .fd = fds[0], .context = server };
    (void)pthread_create(&server_out->thread, NULL, peer_open, server_out);
    struct tls *tls = tls_open(client, fds[1], host, deadline_in(PATIENCE_MS), fault);
    if (tls == NULL)
        (void)shutdown(fds[1], SHUT_RDWR);
    (void)pthread_join(server_out->thread, NULL);
    return tls;
}

static void part(struct tls *client, struct peer *server, const int fds[2])
{
    tls_free(client);
    tls_free(server->tls);
    (void)close(fds[0]);
    (void)close(fds[1]);
}

static void test_files_that_are_wrong(void)
{
    struct test_keys locked;
    CHECK(test_keys_make(folder, "locked", "DNS:mx.example", "secret", &locked));
    char missing[TEST_PATH_SIZE];
    (void)snprintf(missing, sizeof missing, "%s/missing.pem", folder);
    const struct {
        const char *name;
        const char *certificate_path;
        const char *key_path;
        const char *says;
    } rows[] = {
        { "no certificate", missing, right_keys.key_path, "missing.pem: No such file" },
        { "no key", right_keys.certificate_path, missing, "missing.pem" },
        { "a key for a certificate", right_keys.key_path, right_keys.key_path, "right.key" },
        { "a certificate for a key", right_keys.certificate_path, right_keys.certificate_path, "right.crt" },
        { "somebody else's key", right_keys.certificate_path, other_keys.key_path, "other.key" },
        { "a key with a password", locked.certificate_path, locked.key_path, "locked.key" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].name);
        struct fault fault = { 0 };
        CHECK(tls_context_new_server(rows[i].certificate_path, rows[i].key_path, &fault) == NULL && fault.code != 0);
        CHECK(strstr(fault.text, rows[i].says) != NULL);
    }
    test_context("trusted certificates that are missing");
    struct fault fault = { 0 };
    CHECK(tls_context_new_client(true, missing, &fault) == NULL && strstr(fault.text, "missing.pem") != NULL);
    CHECK(tls_context_new_client(true, right_keys.key_path, &fault) == NULL);
    test_context("the system's trusted certificates");
    struct tls_context *context = tls_context_new_client(true, NULL, &fault);
    CHECK(context != NULL || fault.code == ENOENT);
    tls_context_free(context);
    tls_context_free(NULL);
    test_keys_remove(&locked);
}

static void test_names(void)
{
    const struct {
        const char *name;
        const char *ca_path; /* NULL: the client does not verify */
        const char *host;
        bool is_accepted;
    } rows[] = {
        { "the right name", right_keys.certificate_path, "mx.example", true },
        { "letter case", right_keys.certificate_path, "MX.Example", true },
        { "the right address", right_keys.certificate_path, "127.0.0.1", true },
        { "the right IPv6 address", right_keys.certificate_path, "::1", true },
        { "another name", right_keys.certificate_path, "mx2.example", false },
        { "a name within", right_keys.certificate_path, "a.mx.example", false },
        { "another address", right_keys.certificate_path, "127.0.0.2", false },
        { "somebody else's certificate", other_keys.certificate_path, "mx.example", false },
        { "no name to verify", right_keys.certificate_path, NULL, false },
        { "nothing verified", NULL, "anything.example", true },
        { "nothing verified, an address", NULL, "192.0.2.1", true },
        { "nothing verified, no name", NULL, NULL, true },
    };
    struct fault fault;
    struct tls_context *server = tls_context_new_server(right_keys.certificate_path, right_keys.key_path, &fault);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].name);
        struct tls_context *client = tls_context_new_client(rows[i].ca_path != NULL, rows[i].ca_path, &fault);
        int fds[2];
        struct peer peer;
        make_pair(fds);
        struct tls *tls = meet(server, client, rows[i].host, fds, &peer, &fault);
        CHECK((tls != NULL) == rows[i].is_accepted);
        CHECK(rows[i].is_accepted || fault.code == EPROTO || fault.code == EINVAL);
        if (tls != NULL)
            CHECK(strncmp(tls_text(tls), "TLSv1.3 TLS_", 12) == 0 && peer.tls != NULL &&
                  strcmp(tls_text(peer.tls), tls_text(tls)) == 0);
        part(tls, &peer, fds);
        tls_context_free(client);
    }
    tls_context_free(server);
}

static char pattern_at(size_t i)
{
    return (char)(i * 7 + i / 251);
}

static void *peer_receive(void *argument)
{
    struct peer *peer = argument;
    char bytes[7001];
    peer->is_equal = true;
    while (peer->received < MUCH) {
        ssize_t n = tls_read(peer->tls, bytes, sizeof bytes, deadline_in(PATIENCE_MS), &peer->fault);
        if (n <= 0)
            break;
        for (size_t i = 0; i < (size_t)n; i++)
            peer->is_equal = peer->is_equal && bytes[i] == pattern_at(peer->received + i);
        peer->received += (size_t)n;
    }
    /* and back again */
    char answer[5];
    memcpy(answer, "done.", sizeof answer);
    (void)tls_write(peer->tls, answer, sizeof answer, deadline_in(PATIENCE_MS), &peer->fault);
    return NULL;
}

static void test_much_goes_through(const struct tls_context *server, const struct tls_context *client)
{
    test_context("more than the sockets hold");
    int fds[2];
    struct peer peer;
    struct fault fault = { 0 };
    make_pair(fds);
    struct tls *tls = meet(server, client, "mx.example", fds, &peer, &fault);
    if (!CHECK(tls != NULL && peer.tls != NULL))
        return;
    char *much = malloc(MUCH);
    for (size_t i = 0; i < MUCH; i++)
        much[i] = pattern_at(i);
    (void)pthread_create(&peer.thread, NULL, peer_receive, &peer);
    size_t sent = 0;
    while (sent < MUCH) {
        ssize_t n = tls_write(tls, much + sent, MUCH - sent, deadline_in(PATIENCE_MS), &fault);
        if (!CHECK(n > 0))
            break;
        sent += (size_t)n;
    }
    char answer[6] = "";
    size_t got = 0;
    while (got < 5) {
        ssize_t n = tls_read(tls, answer + got, 5 - got, deadline_in(PATIENCE_MS), &fault);
        if (!CHECK(n > 0))
            break;
        got += (size_t)n;
    }
    (void)pthread_join(peer.thread, NULL);
    CHECK(peer.received == MUCH && peer.is_equal && strcmp(answer, "done.") == 0);
    free(much);

    test_context("a clean end");
    tls_free(peer.tls);
    peer.tls = NULL;
    CHECK(tls_read(tls, answer, 1, deadline_in(PATIENCE_MS), &fault) == 0);
    CHECK(tls_read(tls, answer, 1, deadline_in(PATIENCE_MS), &fault) == 0);
    part(tls, &peer, fds);
}

static void test_deadlines(const struct tls_context *server, const struct tls_context *client)
{
    test_context("a peer that says nothing at all");
    int fds[2];
    struct fault fault = { 0 };
    make_pair(fds);
    int64_t before_ms = clock_now_ms();
    CHECK(tls_open(server, fds[0], NULL, deadline_in(50), &fault) == NULL && fault.code == ETIMEDOUT);
    CHECK(tls_open(client, fds[1], "mx.example", deadline_in(50), &fault) == NULL && fault.code == ETIMEDOUT);
    CHECK(clock_now_ms() - before_ms >= 100);
    (void)close(fds[0]);
    (void)close(fds[1]);

    test_context("a peer that falls silent");
    struct peer peer;
    make_pair(fds);
    struct tls *tls = meet(server, client, "mx.example", fds, &peer, &fault);
    if (!CHECK(tls != NULL && peer.tls != NULL))
        return;
    char bytes[16384] = "";
    CHECK(tls_read(tls, bytes, sizeof bytes, deadline_in(50), &fault) == -1 && fault.code == ETIMEDOUT);
    CHECK(tls_read(tls, bytes, sizeof bytes, deadline_in(-1), &fault) == -1 && fault.code == ETIMEDOUT);
    ssize_t n = 1;
    while (n > 0)
        n = tls_write(tls, bytes, sizeof bytes, deadline_in(50), &fault);
    CHECK(n == -1 && fault.code == ETIMEDOUT);
    part(tls, &peer, fds);
}

static void test_peers_that_break_off(const struct tls_context *server, const struct tls_context *client)
{
    test_context("a peer that closes without a word");
    int fds[2];
    struct fault fault = { 0 };
    struct peer peer;
    make_pair(fds);
    struct tls *tls = meet(server, client, "mx.example", fds, &peer, &fault);
    if (!CHECK(tls != NULL && peer.tls != NULL))
        return;
    CHECK(shutdown(fds[0], SHUT_RDWR) == 0); /* the peer's own end must not say farewell */
    char byte = 'x';
    CHECK(tls_read(tls, &byte, 1, deadline_in(PATIENCE_MS), &fault) == -1 && fault.code == ECONNRESET);
    part(tls, &peer, fds);

    /* SIGPIPE has its default action here: it would end this test. */
    test_context("writing to a peer that is gone");
    make_pair(fds);
    tls = meet(server, client, "mx.example", fds, &peer, &fault);
    if (!CHECK(tls != NULL && peer.tls != NULL))
        return;
    CHECK(shutdown(fds[0], SHUT_RDWR) == 0);
    CHECK(tls_write(tls, &byte, 1, deadline_in(PATIENCE_MS), &fault) == -1 && fault.code == EPIPE);
    part(tls, &peer, fds); /* nor does a farewell raise it */

    test_context("a peer that speaks no TLS");
    make_pair(fds);
    CHECK(send(fds[1], "HELO there\r\n", 12, MSG_NOSIGNAL) == 12);
    CHECK(tls_open(server, fds[0], NULL, deadline_in(PATIENCE_MS), &fault) == NULL && fault.code == EPROTO);
    CHECK(strlen(fault.text) > 0);
    (void)close(fds[0]);
    (void)close(fds[1]);

    test_context("a peer that closes instead of a handshake");
    make_pair(fds);
    (void)close(fds[1]);
    CHECK(tls_open(server, fds[0], NULL, deadline_in(PATIENCE_MS), &fault) == NULL && fault.code == ECONNRESET);
    (void)close(fds[0]);
}

/* A client of OpenSSL's own that speaks nothing newer than `most`. */
struct old_client {
    int fd;
    int most;
};

static void *old_client_run(void *argument)
{
    struct old_client *old = argument;
    sigset_t pipe; /* OpenSSL's own way to a socket may raise it */
    (void)sigemptyset(&pipe);
    (void)sigaddset(&pipe, SIGPIPE);
    (void)pthread_sigmask(SIG_BLOCK, &pipe, NULL);
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    (void)SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    (void)SSL_CTX_set_max_proto_version(context, old->most);
    SSL_CTX_set_security_level(context, 0); /* else OpenSSL itself would not offer it */
    SSL *ssl = SSL_new(context);
    (void)fcntl(old->fd, F_SETFL, 0);
    (void)SSL_set_fd(ssl, old->fd);
    (void)SSL_connect(ssl);
    SSL_free(ssl);
    SSL_CTX_free(context);
    (void)shutdown(old->fd, SHUT_RDWR);
    return NULL;
}

static void test_versions(const struct tls_context *server)
{
    static const struct {
        const char *name;
        int most;
        const char *text; /* NULL: refused */
    } rows[] = {
        { "TLS 1.0", TLS1_VERSION, NULL },
        { "TLS 1.1", TLS1_1_VERSION, NULL },
        { "TLS 1.2", TLS1_2_VERSION, "TLSv1.2 " },
        { "TLS 1.3", TLS1_3_VERSION, "TLSv1.3 " },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].name);
        int fds[2];
        pthread_t thread;
        struct fault fault = { 0 };
        make_pair(fds);
        struct old_client old = { .fd = fds[1], .most = rows[i].most };
        (void)pthread_create(&thread, NULL, old_client_run, &old);
        struct tls *tls = tls_open(server, fds[0], NULL, deadline_in(PATIENCE_MS), &fault);
        if (rows[i].text != NULL)
            CHECK(tls != NULL && strncmp(tls_text(tls), rows[i].text, strlen(rows[i].text)) == 0);
        else
            CHECK(tls == NULL && fault.code == EPROTO);
        if (tls == NULL)
            (void)shutdown(fds[0], SHUT_RDWR);
        (void)pthread_join(thread, NULL);
        tls_free(tls);
        (void)close(fds[0]);
        (void)close(fds[1]);
    }
}

int main(void)
{
    struct fault fault = { 0 };
    (void)signal(SIGALRM, SIG_DFL);
    (void)alarm(240);
    if (!CHECK(mkdtemp(folder) != NULL) ||
        !CHECK(test_keys_make(folder, "right", "DNS:mx.example,IP:127.0.0.1,IP:::1", NULL, &right_keys)) ||
        !CHECK(test_keys_make(folder, "other", "DNS:mx.example", NULL, &other_keys)))
        return test_end();
    test_files_that_are_wrong();
    test_names();
    struct tls_context *server = tls_context_new_server(right_keys.certificate_path, right_keys.key_path, &fault);
    struct tls_context *client = tls_context_new_client(true, right_keys.certificate_path, &fault);
    if (CHECK(server != NULL && client != NULL)) {
        test_much_goes_through(server, client);
        test_deadlines(server, client);
        test_peers_that_break_off(server, client);
        test_versions(server);
    }
    tls_context_free(client);
    tls_context_free(server);
    test_keys_remove(&right_keys);
    test_keys_remove(&other_keys);
    CHECK(rmdir(folder) == 0);
    return test_end();
}
