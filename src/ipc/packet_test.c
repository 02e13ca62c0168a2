#include "packet.h"

#include "base/test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char bytes[PACKET_MOST_BYTES];
static char got[PACKET_MOST_BYTES + 1];

static unsigned open_fds(void)
{
    unsigned count = 0;
    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void test_sizes(void)
{
    static const size_t sizes[] = { 1, 2, 4096, 65536, PACKET_MOST_BYTES };
    int pair[2];
    struct fault fault = { 0 };
    CHECK(packet_pair(pair, &fault) == 0);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        memset(bytes, (int)('a' + i), sizes[i]);
        struct packet packet;
        CHECK(packet_send(pair[0], bytes, sizes[i], NULL, 0, deadline_in(1000), &fault) == 0);
        CHECK(packet_receive(pair[1], got, sizeof got, 0, &packet, deadline_in(1000), &fault) == 1);
        CHECK(packet.size == sizes[i] && packet.fd_count == 0 && memcmp(got, bytes, sizes[i]) == 0);
    }
    (void)close(pair[0]);
    (void)close(pair[1]);
}

/* Descriptors arrive close-on-exec; too many, or too many bytes, and none of them stays open. */
static void test_fds(void)
{
    unsigned before = open_fds();
    int pair[2];
    struct fault fault = { 0 };
    CHECK(packet_pair(pair, &fault) == 0);
    int fds[PACKET_MOST_FDS];
    for (size_t i = 0; i < PACKET_MOST_FDS; i++)
        fds[i] = pair[0];
    struct packet packet;
    CHECK(packet_send(pair[0], "x", 1, fds, PACKET_MOST_FDS, deadline_in(1000), &fault) == 0);
    CHECK(packet_receive(pair[1], got, 1, PACKET_MOST_FDS, &packet, deadline_in(1000), &fault) == 1);
    CHECK(packet.fd_count == PACKET_MOST_FDS && packet.size == 1);
    CHECK((fcntl(packet.fds[0], F_GETFD) & FD_CLOEXEC) != 0);
    packet_close_fds(&packet);
    CHECK(open_fds() == before + 2);

    CHECK(packet_send(pair[0], "x", 1, fds, 3, deadline_in(1000), &fault) == 0);
    CHECK(packet_receive(pair[1], got, 1, 2, &packet, deadline_in(1000), &fault) == -1 && fault.code == EPROTO);
    CHECK(packet_send(pair[0], "x", 1, fds, 1, deadline_in(1000), &fault) == 0);
    CHECK(packet_receive(pair[1], got, 1, 0, &packet, deadline_in(1000), &fault) == -1 && fault.code == EPROTO);
    CHECK(packet_send(pair[0], "xyz", 3, fds, 2, deadline_in(1000), &fault) == 0);
    CHECK(packet_receive(pair[1], got, 2, 2, &packet, deadline_in(1000), &fault) == -1 && fault.code == EPROTO);
    CHECK(packet.fd_count == 0 && open_fds() == before + 2);
    (void)close(pair[0]);
    (void)close(pair[1]);
    CHECK(open_fds() == before);
}

static void test_ends(void)
{
    int pair[2];
    struct fault fault = { 0 };
    struct packet packet;
    CHECK(packet_pair(pair, &fault) == 0);
    CHECK(packet_receive(pair[1], got, 1, 0, &packet, deadline_in(20), &fault) == -1 && fault.code == ETIMEDOUT);

    unsigned sent = 0; /* a full socket keeps its deadline too */
    while (packet_send(pair[0], bytes, PACKET_MOST_BYTES, NULL, 0, deadline_in(20), &fault) == 0)
        sent++;
    CHECK(sent > 0 && sent < 1000 && fault.code == ETIMEDOUT);

    (void)close(pair[0]);
    for (unsigned i = 0; i < sent; i++)
        CHECK(packet_receive(pair[1], got, sizeof got, 0, &packet, deadline_in(1000), &fault) == 1);
    CHECK(packet_receive(pair[1], got, sizeof got, 0, &packet, deadline_never(), &fault) == 0);
    CHECK(packet_send(pair[1], "x", 1, NULL, 0, deadline_in(1000), &fault) == -1 && fault.code == EPIPE);
    (void)close(pair[1]);
}

/* A peer that sends its last packet and closes while we look: the packet comes before the end. */
enum { LAST_WORDS = 20000, LAST_WORDS_MS = 3000, NO_SOCKET = -1, NO_MORE = -2 };

static void *say_and_close(void *next)
{
    _Atomic int *socket = next;
    for (;;) {
        int fd = atomic_load(socket);
        if (fd == NO_MORE)
            return NULL;
        if (fd == NO_SOCKET)
            continue;
        atomic_store(socket, NO_SOCKET);
        (void)packet_send(fd, "x", 1, NULL, 0, deadline_in(1000), NULL);
        (void)close(fd);
    }
}

static void test_last_words(void)
{
    static _Atomic int next = NO_SOCKET;
    pthread_t speaker;
    CHECK(pthread_create(&speaker, NULL, say_and_close, &next) == 0);
    unsigned heard = 0;
    unsigned said = 0;
    struct deadline end = deadline_in(LAST_WORDS_MS);
    for (; said < LAST_WORDS && !deadline_passed(end); said++) {
        int pair[2];
        struct packet packet;
        struct fault fault = { 0 };
        CHECK(packet_pair(pair, &fault) == 0);
        atomic_store(&next, pair[0]);
        int status = -1;
        while (status < 0) /* without a wait, which would hide what this test is about */
            status = packet_receive(pair[1], got, sizeof got, 0, &packet, deadline_in(0), &fault);
        heard += status == 1;
        (void)close(pair[1]);
    }
    atomic_store(&next, NO_MORE);
    CHECK(pthread_join(speaker, NULL) == 0);
    CHECK(said > 0 && heard == said);
}

int main(void)
{
    test_sizes();
    test_fds();
    test_ends();
    test_last_words();
    return test_end();
}
