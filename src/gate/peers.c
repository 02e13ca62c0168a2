#include "gate/peers.h"

#include "base/memory.h"
#include "ipc/packet.h"
#include "sys/thread.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct gate_peers {
    struct lock lock;
    struct signal_point renewed;
    int sockets[ROLE_PLACES];
};

struct gate_peers *peers_new(void)
{
    struct gate_peers *peers = memory_new(sizeof *peers);
    lock_init(&peers->lock);
    signal_point_init(&peers->renewed);
    for (size_t i = 0; i < ROLE_PLACES; i++)
        peers->sockets[i] = -1;
    return peers;
}

void peers_free(struct gate_peers *peers)
{
    if (peers == NULL)
        return;
    for (size_t i = 0; i < ROLE_PLACES; i++) {
        if (peers->sockets[i] >= 0)
            (void)close(peers->sockets[i]);
    }
    signal_point_fini(&peers->renewed);
    lock_fini(&peers->lock);
    free(peers);
}

void peers_renew(struct gate_peers *peers, unsigned place, int socket_take)
{
    assert(place < ROLE_PLACES && socket_take >= 0);
    lock_take(&peers->lock);
    int old = peers->sockets[place];
    peers->sockets[place] = socket_take;
    signal_point_wake_all(&peers->renewed);
    lock_drop(&peers->lock);
    if (old >= 0)
        (void)close(old);
}

static bool is_same_socket(int a, int b)
{
    struct stat first;
    struct stat second;
    return fstat(a, &first) == 0 && fstat(b, &second) == 0 && first.st_ino == second.st_ino &&
           first.st_dev == second.st_dev;
}

void peers_forget(struct gate_peers *peers, unsigned place, int socket_used)
{
    assert(place < ROLE_PLACES);
    lock_take(&peers->lock);
    int current = peers->sockets[place];
    bool is_current = current >= 0 && is_same_socket(current, socket_used); /* else it was renewed meanwhile */
    if (is_current)
        peers->sockets[place] = -1;
    lock_drop(&peers->lock);
    if (is_current)
        (void)close(current);
}

/* A pool that died is not waited on: its successor's socket is on its way. */
static void peers_drop_dead(struct gate_peers *peers, unsigned place)
{
    lock_assert_held(&peers->lock);
    if (peers->sockets[place] < 0 || !packet_is_hung_up(peers->sockets[place], 0))
        return;
    (void)close(peers->sockets[place]);
    peers->sockets[place] = -1;
}

int peers_socket(struct gate_peers *peers, unsigned place, struct deadline deadline)
{
    assert(place < ROLE_PLACES);
    lock_take(&peers->lock);
    peers_drop_dead(peers, place);
    bool is_in_time = true;
    while (peers->sockets[place] < 0 && is_in_time)
        is_in_time = signal_point_wait(&peers->renewed, &peers->lock, deadline);
    int socket = peers->sockets[place] >= 0 ? fcntl(peers->sockets[place], F_DUPFD_CLOEXEC, 0) : -1;
    lock_drop(&peers->lock);
    return socket;
}
