#include "gate/peers.h"

#include "base/test.h"
#include "ipc/packet.h"

#include <unistd.h>

static void test_nobody_is_there(void)
{
    struct gate_peers *peers = peers_new();
    CHECK(peers_socket(peers, ROLE_ENGINE, deadline_in(10)) == -1);
    peers_free(peers);
}

static void test_a_caller_owns_a_duplicate(void)
{
    int pair[2];
    struct fault fault;
    struct gate_peers *peers = peers_new();
    CHECK(packet_pair(pair, &fault) == 0);
    peers_renew(peers, ROLE_ENGINE, pair[0]);
    int socket = peers_socket(peers, ROLE_ENGINE, deadline_in(0));
    CHECK(socket >= 0 && socket != pair[0]);
    CHECK(peers_socket(peers, ROLE_DECODER, deadline_in(0)) == -1);
    peers_free(peers);
    CHECK(packet_send(socket, "x", 1, NULL, 0, deadline_in(0), &fault) == 0); /* a renewal does it no harm */
    (void)close(socket);
    (void)close(pair[1]);
}

static void test_a_dead_pool_is_not_given_out(void)
{
    int old[2];
    int next[2];
    struct fault fault;
    struct gate_peers *peers = peers_new();
    CHECK(packet_pair(old, &fault) == 0 && packet_pair(next, &fault) == 0);
    peers_renew(peers, ROLE_DECODER, old[0]);
    (void)close(old[1]);
    CHECK(peers_socket(peers, ROLE_DECODER, deadline_in(10)) == -1);
    peers_renew(peers, ROLE_DECODER, next[0]);
    int socket = peers_socket(peers, ROLE_DECODER, deadline_in(0));
    CHECK(socket >= 0);
    peers_forget(peers, ROLE_DECODER, socket);
    CHECK(peers_socket(peers, ROLE_DECODER, deadline_in(10)) == -1);
    (void)close(socket);
    (void)close(next[1]);
    peers_free(peers);
}

int main(void)
{
    test_nobody_is_there();
    test_a_caller_owns_a_duplicate();
    test_a_dead_pool_is_not_given_out();
    return test_end();
}
