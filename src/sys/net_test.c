#include "sys/net.h"

#include "base/test.h"
#include "sys/resolve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000, MOST_FILLERS = 64 };

static char folder[] = "/tmp/cordon-net-test-XXXXXX";

static void test_addresses_that_are_right(void)
{
    static const struct {
        const char *text;
        const char *host;
        enum net_family family;
        uint16_t port;
    } rows[] = {
        { "127.0.0.1:10024", "127.0.0.1", NET_INET, 10024 },
        { "[::1]:25", "::1", NET_INET, 25 },
        { "[2001:db8::1]:65535", "2001:db8::1", NET_INET, 65535 },
        { "mx.example.org:1", "mx.example.org", NET_INET, 1 },
        { "mx.example.org.:25", "mx.example.org.", NET_INET, 25 },
        { "localhost:25", "localhost", NET_INET, 25 },
        { "mail_1:25", "mail_1", NET_INET, 25 },
        { "3com.example:25", "3com.example", NET_INET, 25 },
        { "unix:/run/cordon/in put.sock", "/run/cordon/in put.sock", NET_UNIX, 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].text);
        struct net_address address;
        struct fault fault = { 0 };
        char text[NET_TEXT_SIZE];
        CHECK(net_address_parse(rows[i].text, &address, &fault) == 0 && fault.code == 0);
        CHECK(address.family == rows[i].family && address.port == rows[i].port);
        CHECK(strcmp(address.host, rows[i].host) == 0);
        net_address_text(&address, text);
        CHECK(strcmp(text, rows[i].text) == 0);
    }
}

static void test_addresses_that_are_wrong(void)
{
    static const struct {
        const char *text;
        const char *says;
    } rows[] = {
        { "", "port is missing" },
        { "127.0.0.1", "port is missing" },
        { ":25", "no host" },
        { "127.0.0.1:", "from 1 to 65535" },
        { "127.0.0.1:0", "from 1 to 65535" },
        { "127.0.0.1:65536", "from 1 to 65535" },
        { "127.0.0.1:-1", "from 1 to 65535" },
        { "127.0.0.1:25 ", "from 1 to 65535" },
        { "127.0.0.1:smtp", "from 1 to 65535" },
        { "::1:10024", "brackets" },
        { "[::1]", "IPv6" },
        { "[::1:25", "IPv6" },
        { "[::1]25", "IPv6" },
        { "[::1]:0", "from 1 to 65535" },
        { "[]:25", "IPv6" },
        { "[127.0.0.1]:25", "IPv6" },
        { "[mx.example]:25", "IPv6" },
        { "[::1::2]:25", "IPv6" },
        { "300.0.0.1:25", "not an IPv4" },
        { "127.0.1:25", "not an IPv4" },
        { "10.1:25", "not an IPv4" },
        { "smtp://127.0.0.1:25", "brackets" },
        { "mx example:25", "no host" },
        { "mx..example:25", "no host" },
        { ".example:25", "no host" },
        { "-v:25", "no host" },
        { "m\xc3\xbcller.example:25", "no host" },
        { "unix:", "whole path" },
        { "unix:run/cordon.sock", "whole path" },
        { "unix:/"
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
          "at most 107 bytes, this one has 108" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].text);
        struct net_address address;
        struct fault fault = { 0 };
        CHECK(net_address_parse(rows[i].text, &address, &fault) == -1 && fault.code != 0);
        CHECK(strstr(fault.text, rows[i].says) != NULL);
    }
    test_context("a name of 254 bytes");
    char text[300];
    memset(text, 'a', 254);
    (void)snprintf(text + 254, sizeof text - 254, ":25");
    struct net_address address;
    CHECK(net_address_parse(text, &address, NULL) == -1);
}

static struct sockaddr_storage peer_of(const char *host, uint16_t port)
{
    struct sockaddr_storage peer;
    if (!resolve_literal(host, port, &peer))
        peer = (struct sockaddr_storage){ .ss_family = AF_UNIX };
    return peer;
}

static void test_peer_texts(void)
{
    static const struct {
        const char *host;
        uint16_t port;
        const char *text;
    } rows[] = {
        { "127.0.0.1", 4711, "127.0.0.1:4711" },
        { "::1", 4711, "[::1]:4711" },
        { "::ffff:192.0.2.1", 25, "192.0.2.1:25" },
        { "unix", 0, "unix" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].host);
        struct sockaddr_storage peer = peer_of(rows[i].host, rows[i].port);
        char text[NET_TEXT_SIZE];
        net_peer_text(&peer, text);
        CHECK(strcmp(text, rows[i].text) == 0);
    }
}

static void test_trust(void)
{
    static const struct {
        const char *network;
        const char *peer;
        bool has;
    } rows[] = {
        { "127.0.0.0/8", "127.255.0.1", true },
        { "127.0.0.0/8", "128.0.0.1", false },
        { "127.0.0.0/8", "::ffff:127.0.0.1", true },
        { "127.0.0.0/8", "::1", false },
        { "127.0.0.0/8", "unix", false },
        { "10.1.2.3", "10.1.2.3", true },
        { "10.1.2.3", "10.1.2.2", false },
        { "10.1.2.3/32", "10.1.2.3", true },
        { "10.1.2.0/23", "10.1.3.255", true },
        { "10.1.2.0/23", "10.1.4.0", false },
        { "0.0.0.0/0", "192.0.2.1", true },
        { "0.0.0.0/0", "::1", false },
        { "[::]/0", "2001:db8::1", true },
        { "[::]/0", "192.0.2.1", false },
        { "[::]/0", "::ffff:192.0.2.1", false },
        { "[::1]", "::1", true },
        { "[::1]", "::2", false },
        { "[2001:db8::]/32", "2001:db8:ffff::1", true },
        { "[2001:db8::]/32", "2001:db9::1", false },
        { "[::ffff:10.0.0.0]/104", "10.9.9.9", true },
        { "[::ffff:10.0.0.1]", "10.0.0.1", true },
        { "unix", "unix", true },
        { "unix", "127.0.0.1", false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char name[128];
        (void)snprintf(name, sizeof name, "%s has %s", rows[i].network, rows[i].peer);
        test_context(name);
        struct fault fault;
        struct net_trust *trust = net_trust_new();
        struct sockaddr_storage peer = peer_of(rows[i].peer, 25);
        CHECK(!net_trust_has(trust, &peer));
        CHECK(net_trust_add(trust, rows[i].network, &fault) == 0);
        CHECK(net_trust_has(trust, &peer) == rows[i].has);
        CHECK(net_trust_add(trust, "192.0.2.77", &fault) == 0); /* a further one changes nothing for this peer */
        CHECK(net_trust_has(trust, &peer) == rows[i].has);
        net_trust_free(trust);
    }
    static const char *const wrong[] = {
        "",     "127.0.0.1/33", "127.0.0.1/",  "127.0.0.1/8",  "127.0.0.0/x",  "::1",          "[::1]/129", "[::1]/64",
        "[::1", "localhost",    "[127.0.0.1]", "127.0.0.0/-1", "127.0.0.0/8 ", "10.0.0.0/8/8", "*"
    };
    struct net_trust *trust = net_trust_new();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        test_context(wrong[i]);
        struct fault fault = { 0 };
        CHECK(net_trust_add(trust, wrong[i], &fault) == -1 && fault.code != 0);
    }
    net_trust_free(trust);
    net_trust_free(NULL);
}

/* A listener's port, chosen by the kernel. */
static uint16_t port_of(int fd)
{
    struct sockaddr_storage own;
    socklen_t size = sizeof own;
    memset(&own, 0, sizeof own);
    if (getsockname(fd, (struct sockaddr *)&own, &size) != 0)
        return 0;
    return ntohs(own.ss_family == AF_INET ? ((struct sockaddr_in *)&own)->sin_port
                                          : ((struct sockaddr_in6 *)&own)->sin6_port);
}

static struct net_address inet_address(const char *host, uint16_t port)
{
    struct net_address address = { .family = NET_INET, .port = port };
    (void)snprintf(address.host, sizeof address.host, "%s", host);
    return address;
}

static struct net_address unix_address(const char *name)
{
    struct net_address address = { .family = NET_UNIX };
    (void)snprintf(address.host, sizeof address.host, "%s/%s", folder, name);
    return address;
}

static bool has_flags(int fd)
{
    return (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0 && (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0;
}

static void check_meeting(int listener, const struct net_address *address)
{
    struct fault fault = { 0 };
    CHECK(listener >= 0 && has_flags(listener));
    int fd = net_dial(address, deadline_in(PATIENCE_MS), &fault);
    CHECK(fd >= 0 && has_flags(fd));
    struct pollfd wait = { .fd = listener, .events = POLLIN };
    CHECK(poll(&wait, 1, PATIENCE_MS) == 1);
    int accepted = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    CHECK(accepted >= 0);
    char byte = '\0';
    CHECK(send(accepted, "x", 1, MSG_NOSIGNAL) == 1);
    wait = (struct pollfd){ .fd = fd, .events = POLLIN };
    CHECK(poll(&wait, 1, PATIENCE_MS) == 1 && recv(fd, &byte, 1, 0) == 1 && byte == 'x');
    (void)close(accepted);
    (void)close(fd);
}

static void test_inet_meets(void)
{
    static const char *const hosts[] = { "127.0.0.1", "::1" };
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        test_context(hosts[i]);
        struct fault fault;
        struct net_address address = inet_address(hosts[i], 0);
        int listener = net_listen(&address, SOCK_STREAM, 0, &fault);
        if (listener < 0 && (fault.code == EADDRNOTAVAIL || fault.code == EAFNOSUPPORT))
            continue; /* a machine without IPv6 */
        address.port = port_of(listener);
        check_meeting(listener, &address);
        CHECK(net_listen(&address, SOCK_STREAM, 0, &fault) == -1 && fault.code == EADDRINUSE);

        if (i == 0) { /* localhost's first address may be ::1, where nobody listens */
            struct net_address name = inet_address("localhost", address.port);
            check_meeting(listener, &name);
        }
        (void)close(listener);
        CHECK(net_dial(&address, deadline_in(PATIENCE_MS), &fault) == -1 && fault.code == ECONNREFUSED);
        CHECK(strstr(fault.text, hosts[i]) != NULL);
    }
    test_context("a name can't be listened on");
    struct fault fault;
    struct net_address name = inet_address("localhost", 25);
    CHECK(net_listen(&name, SOCK_STREAM, 0, &fault) == -1 && fault.code == EINVAL);
}

static void test_unix_meets(void)
{
    test_context("a Unix socket");
    struct fault fault;
    struct net_address address = unix_address("in.sock");
    mode_t before = umask(0077);
    int listener = net_listen(&address, SOCK_STREAM, 0666, &fault);
    (void)umask(before);
    check_meeting(listener, &address);
    struct stat status;
    CHECK(stat(address.host, &status) == 0 && (status.st_mode & 07777) == 0666);
    CHECK(net_listen(&address, SOCK_STREAM, 0600, &fault) == -1 && fault.code == EADDRINUSE);
    CHECK(net_listen(&address, SOCK_SEQPACKET, 0600, &fault) == -1 && fault.code == EADDRINUSE);
    (void)close(accept4(listener, NULL, NULL, SOCK_CLOEXEC)); /* the probe */
    check_meeting(listener, &address);
    (void)close(listener);

    test_context("a stale Unix socket");
    CHECK(net_dial(&address, deadline_in(PATIENCE_MS), &fault) == -1 && fault.code == ECONNREFUSED);
    listener = net_listen(&address, SOCK_SEQPACKET, 0600, &fault);
    CHECK(listener >= 0 && stat(address.host, &status) == 0 && (status.st_mode & 07777) == 0600);
    (void)close(listener);
    (void)unlink(address.host);
    CHECK(net_dial(&address, deadline_in(PATIENCE_MS), &fault) == -1 && fault.code == ENOENT);

    test_context("a file in the way");
    struct net_address taken = unix_address("file");
    int fd = open(taken.host, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    (void)close(fd);
    CHECK(net_listen(&taken, SOCK_STREAM, 0600, &fault) == -1 && strstr(fault.text, "not a socket") != NULL);
    CHECK(access(taken.host, F_OK) == 0);
    (void)unlink(taken.host);

    test_context("a Unix socket's path that is too long");
    struct net_address far = unix_address("");
    memset(far.host + strlen(far.host), 'a', 120);
    CHECK(net_listen(&far, SOCK_STREAM, 0600, &fault) == -1 && fault.code == ENAMETOOLONG);
    CHECK(net_dial(&far, deadline_in(PATIENCE_MS), &fault) == -1 && fault.code == ENAMETOOLONG);
}

/* A listener whose queue is full swallows whoever dials. */
static void check_full_queue(const char *name, int listener, const struct sockaddr *own, socklen_t size,
                             const struct net_address *address)
{
    test_context(name);
    CHECK(bind(listener, own, size) == 0 && listen(listener, 0) == 0);
    struct sockaddr_storage bound;
    socklen_t bound_size = sizeof bound;
    CHECK(getsockname(listener, (struct sockaddr *)&bound, &bound_size) == 0);
    struct net_address target = *address;
    if (target.family == NET_INET)
        target.port = port_of(listener);

    int fillers[MOST_FILLERS];
    int count = 0;
    struct fault fault = { 0 };
    int64_t took_ms = 0;
    while (count < MOST_FILLERS) {
        int64_t before_ms = clock_now_ms();
        int fd = net_dial(&target, deadline_in(100), &fault);
        took_ms = clock_now_ms() - before_ms;
        if (fd < 0)
            break;
        fillers[count++] = fd;
    }
    CHECK(count < MOST_FILLERS && fault.code == ETIMEDOUT);
    CHECK(took_ms >= 99 && took_ms < PATIENCE_MS);
    while (count > 0)
        (void)close(fillers[--count]);
    (void)close(listener);
}

static void test_dialling_ends_at_the_deadline(void)
{
    struct net_address address = unix_address("full.sock");
    struct sockaddr_un un = { .sun_family = AF_UNIX };
    (void)snprintf(un.sun_path, sizeof un.sun_path, "%.100s", address.host);
    check_full_queue("a full Unix socket", socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), (struct sockaddr *)&un,
                     sizeof un, &address);
    (void)unlink(un.sun_path);

    struct sockaddr_storage any = peer_of("127.0.0.1", 0);
    address = inet_address("127.0.0.1", 0);
    check_full_queue("a full TCP socket", socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), (struct sockaddr *)&any,
                     sizeof(struct sockaddr_in), &address);

    test_context("no time at all");
    struct fault fault;
    address = inet_address("localhost", 9);
    CHECK(net_dial(&address, deadline_in(-1), &fault) == -1 && fault.code == ETIMEDOUT);
    address = unix_address("none.sock");
    CHECK(net_dial(&address, deadline_in(-1), &fault) == -1 && fault.code == ETIMEDOUT);
}

int main(void)
{
    struct fault fault;
    if (!CHECK(mkdtemp(folder) != NULL) || !CHECK(resolve_begin(&fault) == 0))
        return test_end();
    test_addresses_that_are_right();
    test_addresses_that_are_wrong();
    test_peer_texts();
    test_trust();
    test_inet_meets();
    test_unix_meets();
    test_dialling_ends_at_the_deadline();
    CHECK(rmdir(folder) == 0);
    return test_end();
}
