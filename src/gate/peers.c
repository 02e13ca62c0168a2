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
    int sockets[ROLE_COUNT];
};

struct gate_peers *peers_new(void)
{
    struct gate_peers *peers = memory_new(sizeof *peers);
    lock_init(&peers->lock);
    signal_point_init(&peers->renewed);
    for (size_t i = 0; i < ROLE_COUNT; i++)
        peers->sockets[i] = -1;
    return peers;
}

void peers_free(struct gate_peers *peers)
{
    if (peers == NULL)
        return;
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        if (peers->sockets[i] >= 0)
            (void)close(peers->sockets[i]);
    }
    signal_point_fini(&peers->renewed);
    lock_fini(&peers->lock);
    free(peers);
}

void peers_renew(struct gate_peers *peers, enum role role, int socket_take)
{
    assert(role < ROLE_COUNT && socket_take >= 0);
    lock_take(&peers->lock);
    int old = peers->sockets[role];
    peers->sockets[role] = socket_take;
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

void peers_forget(struct gate_peers *peers, enum role role, int socket_used)
{
    assert(role < ROLE_COUNT);
    lock_take(&peers->lock);
    int current = peers->sockets[role];
    bool is_current = current >= 0 && is_same_socket(current, socket_used); /* else it was renewed meanwhile */
    if (is_current)
        peers->sockets[role] = -1;
    lock_drop(&peers->lock);
    if (is_current)
        (void)close(current);
}

/* A pool that died is not waited on: its successor's socket is on its way. */
static void peers_drop_dead(struct gate_peers *peers, enum role role)
{
    lock_assert_held(&peers->lock);
    if (peers->sockets[role] < 0 || !packet_is_hung_up(peers->sockets[role], 0))
        return;
    (void)close(peers->sockets[role]);
    peers->sockets[role] = -1;
}

int peers_socket(struct gate_peers *peers, enum role role, struct deadline deadline)
{
    assert(role < ROLE_COUNT);
    lock_take(&peers->lock);
    peers_drop_dead(peers, role);
    bool is_in_time = true;
    while (peers->sockets[role] < 0 && is_in_time)
        is_in_time = signal_point_wait(&peers->renewed, &peers->lock, deadline);
    int socket = peers->sockets[role] >= 0 ? fcntl(peers->sockets[role], F_DUPFD_CLOEXEC, 0) : -1;
    lock_drop(&peers->lock);
    return socket;
}
