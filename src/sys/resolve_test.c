#include "sys/resolve.h"

#include "base/span.h"
#include "base/test.h"
#include "sys/net.h"
#include "sys/test_world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000, DNS_HEADER = 12, DNS_A = 1, DNS_AAAA = 28, DNS_PORT = 53, ASKERS = 8 };

/* What our own name server says. */
static const struct zone_row {
    const char *name;
    unsigned ipv4_count; /* 192.0.2.1, 192.0.2.2 ... */
    unsigned ipv6_count; /* 2001:db8::1 ... */
    unsigned code;       /* RFC 1035 section 4.1.1: RCODE */
    bool is_silent;
} zone[] = {
    { .name = "v4.example", .ipv4_count = 1 },
    { .name = "v6.example", .ipv6_count = 1 },
    { .name = "both.example", .ipv4_count = 2, .ipv6_count = 1 },
    { .name = "many.example", .ipv4_count = 20 },
    { .name = "empty.example" },
    { .name = "gone.example", .code = 3 },
    { .name = "broken.example", .code = 2 },
    { .name = "silent.example", .is_silent = true },
};

static const struct zone_row *zone_find(const char *name)
{
    static const struct zone_row none = { .code = 3 };
    for (size_t i = 0; i < sizeof zone / sizeof zone[0]; i++)
        if (strcasecmp(zone[i].name, name) == 0)
            return &zone[i];
    return &none;
}

/* The question's name as text; returns the offset behind its type and class, 0 where it makes no sense. */
static size_t question_read(const unsigned char *query, size_t size, char name_out[256], unsigned *type_out)
{
    size_t at = DNS_HEADER;
    size_t used = 0;
    while (at < size && query[at] != 0) {
        size_t label = query[at++];
        if (at + label > size || used + label + 2 > 256)
            return 0;
        if (used > 0)
            name_out[used++] = '.';
        memcpy(name_out + used, query + at, label);
        used += label;
        at += label;
    }
    name_out[used] = '\0';
    if (at + 5 > size)
        return 0;
    *type_out = query[at + 2];
    return at + 5;
}

static size_t answer_make(unsigned char *packet, size_t size, size_t room)
{
    char name[256];
    unsigned type = 0;
    size_t at = question_read(packet, size, name, &type);
    const struct zone_row *row = zone_find(name);
    if (at == 0 || row->is_silent)
        return 0;
    unsigned count = type == DNS_A ? row->ipv4_count : type == DNS_AAAA ? row->ipv6_count : 0;
    packet[2] = 0x81; /* an answer, recursion desired */
    packet[3] = (unsigned char)(0x80U | row->code);
    memset(packet + 6, 0, 6);
    packet[7] = (unsigned char)count;
    for (unsigned i = 1; i <= count && at + 28 <= room; i++) {
        unsigned char record[28] = { 0xc0, DNS_HEADER, 0, (unsigned char)type, 0, 1, 0, 0, 0, 60, 0, 4,
                                     192,  0,          2, (unsigned char)i };
        size_t length = 16;
        if (type == DNS_AAAA) {
            static const unsigned char prefix[] = { 0x20, 0x01, 0x0d, 0xb8 };
            record[11] = 16;
            memset(record + 12, 0, 16);
            memcpy(record + 12, prefix, sizeof prefix);
            record[27] = (unsigned char)i;
            length = 28;
        }
        memcpy(packet + at, record, length);
        at += length;
    }
    return at;
}

static void *serve(void *argument)
{
    const int *fd = argument;
    for (;;) {
        unsigned char packet[1024];
        struct sockaddr_in client;
        socklen_t client_size = sizeof client;
        ssize_t n = recvfrom(*fd, packet, sizeof packet, 0, (struct sockaddr *)&client, &client_size);
        if (n <= DNS_HEADER)
            break; /* an empty packet ends it */
        size_t size = answer_make(packet, (size_t)n, sizeof packet);
        if (size > 0)
            (void)sendto(*fd, packet, size, 0, (struct sockaddr *)&client, client_size);
    }
    return NULL;
}

/* Whether one of the addresses is this one, with its port. */
static bool has_address(const struct sockaddr_storage *addresses, int count, const char *text)
{
    for (int i = 0; i < count; i++) {
        char one[NET_TEXT_SIZE];
        net_peer_text(&addresses[i], one);
        if (strcmp(one, text) == 0)
            return true;
    }
    return false;
}

static void test_literals(void)
{
    struct sockaddr_storage addresses[RESOLVE_MOST];
    struct fault fault;
    test_context("literals");
    /* Nobody is asked, so no time is needed. */
    CHECK(resolve_name("192.0.2.7", 25, deadline_in(-1), addresses, &fault) == 1);
    CHECK(has_address(addresses, 1, "192.0.2.7:25"));
    CHECK(resolve_name("2001:db8::7", 25, deadline_in(-1), addresses, &fault) == 1);
    CHECK(has_address(addresses, 1, "[2001:db8::7]:25"));
    CHECK(!resolve_literal("localhost", 25, addresses) && !resolve_literal("", 25, addresses));
    CHECK(!resolve_literal("1.2.3", 25, addresses) && !resolve_literal("[::1]", 25, addresses));

    test_context("localhost");
    int count = resolve_name("localhost", 25, deadline_in(PATIENCE_MS), addresses, &fault);
    CHECK(count >= 1);
    CHECK(has_address(addresses, count, "127.0.0.1:25") || has_address(addresses, count, "[::1]:25"));

    test_context("no time");
    CHECK(resolve_name("localhost", 25, deadline_in(-1), addresses, &fault) == -1 && fault.code == ETIMEDOUT);
}

static void test_names(void)
{
    static const struct {
        const char *name;
        int count;
        int code;
        const char *has[2];
    } rows[] = {
        { "v4.example", 1, 0, { "192.0.2.1:2525" } },
        { "V4.Example", 1, 0, { "192.0.2.1:2525" } },
        { "v4.example.", 1, 0, { "192.0.2.1:2525" } },
        { "v6.example", 1, 0, { "[2001:db8::1]:2525" } },
        { "both.example", 3, 0, { "192.0.2.2:2525", "[2001:db8::1]:2525" } },
        { "many.example", RESOLVE_MOST, 0, { NULL } },
        { "fixed.example", 1, 0, { "192.0.2.99:2525" } }, /* from /etc/hosts */
        { "empty.example", -1, ENOENT, { NULL } },
        { "gone.example", -1, ENOENT, { NULL } },
        { "unheard-of.example", -1, ENOENT, { NULL } },
        { "broken.example", -1, EAGAIN, { NULL } },
        { "a..example", -1, ENOENT, { NULL } },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].name);
        struct sockaddr_storage addresses[RESOLVE_MOST];
        struct fault fault = { 0 };
        int count = resolve_name(rows[i].name, 2525, deadline_in(PATIENCE_MS), addresses, &fault);
        CHECK(count == rows[i].count && fault.code == rows[i].code);
        for (size_t k = 0; k < 2 && rows[i].has[k] != NULL; k++)
            CHECK(has_address(addresses, count, rows[i].has[k]));
        CHECK(count > 0 || strstr(fault.text, rows[i].name) != NULL);
    }
    test_context("a name server that says nothing");
    struct sockaddr_storage addresses[RESOLVE_MOST];
    struct fault fault = { 0 };
    int64_t before_ms = clock_now_ms();
    CHECK(resolve_name("silent.example", 25, deadline_in(100), addresses, &fault) == -1 && fault.code == ETIMEDOUT);
    int64_t took_ms = clock_now_ms() - before_ms;
    CHECK(took_ms >= 100 && took_ms < PATIENCE_MS);
}

static void *ask(void *argument)
{
    int *right = argument;
    for (int i = 0; i < 20; i++) {
        struct sockaddr_storage addresses[RESOLVE_MOST];
        struct fault fault;
        *right += resolve_name("both.example", 25, deadline_in(PATIENCE_MS), addresses, &fault) == 3;
    }
    return NULL;
}

static void test_many_threads(void)
{
    test_context("many threads");
    pthread_t threads[ASKERS];
    int right[ASKERS] = { 0 };
    for (size_t i = 0; i < ASKERS; i++)
        (void)pthread_create(&threads[i], NULL, ask, &right[i]);
    for (size_t i = 0; i < ASKERS; i++) {
        (void)pthread_join(threads[i], NULL);
        CHECK(right[i] == 20);
    }
}

static void test_with_our_own_server(void)
{
    struct sockaddr_in own = { .sin_family = AF_INET,
                               .sin_port = htons(DNS_PORT),
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    pthread_t thread;
    if (!CHECK(bind(fd, (struct sockaddr *)&own, sizeof own) == 0) ||
        !CHECK(pthread_create(&thread, NULL, serve, &fd) == 0)) {
        (void)close(fd);
        return;
    }
    test_names();
    test_many_threads();
    (void)sendto(fd, "", 0, 0, (struct sockaddr *)&own, sizeof own);
    (void)pthread_join(thread, NULL);
    (void)close(fd);

    test_context("nobody is there to be asked");
    struct sockaddr_storage addresses[RESOLVE_MOST];
    struct fault fault = { 0 };
    CHECK(resolve_name("v4.example", 25, deadline_in(PATIENCE_MS), addresses, &fault) == -1);
    CHECK(fault.code == EAGAIN || fault.code == ETIMEDOUT);
}

int main(void)
{
    struct fault fault;
    (void)alarm(240);
    bool has_world = test_world_enter() && test_world_replace("/etc/resolv.conf", "nameserver 127.0.0.1\n") &&
                     test_world_replace("/etc/hosts", "127.0.0.1 localhost\n192.0.2.99 fixed.example\n");
    CHECK(resolve_begin(&fault) == 0);
    test_literals();
    if (has_world)
        test_with_our_own_server();
    return test_end();
}
