/* For tests: a next hop that follows a script and says where its client did not.
 *
 * A script's lines are steps. There is one conversation for each connection, in the order in which they come:
 *   "N"       closes; what follows is the next connection's
 *   "S text"  says a line
 *   "C text"  hears exactly this line
 *   "D"       hears a body up to its final dot, and keeps it as it was on the wire
 *   "L"       hears a line, whatever it is
 *   "E"       hears the end of the connection; "E?" takes a reset for one
 *   "T"       goes on under TLS; "T?" expects that the client does not trust it
 *   "X"       closes with a reset
 * At its end the connection is closed.
 */
#ifndef CORDON_GATE_HOP_TEST_PEER_H
#define CORDON_GATE_HOP_TEST_PEER_H

#include "base/span.h"
#include "sys/tls.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PEER_MOST = 4, PEER_BODY_SIZE = 1 << 20, PEER_FAILURE_SIZE = 512, PEER_WAIT_MS = 20000 };

struct hop_test_peer;

struct peer_conversation {
    struct hop_test_peer *peer;
    struct span script;
    pthread_t thread;
    int fd;
    char *body; /* of the newest "D" */
    size_t body_size;
    char failure[PEER_FAILURE_SIZE]; /* "" while all is well */
    atomic_bool is_over;
};

struct hop_test_peer {
    int fd;
    struct tls_context *tls;
    char address[64];
    struct peer_conversation conversations[PEER_MOST];
    size_t conversation_count;
    pthread_t thread;
};

/* A listening socket on a free port of 127.0.0.1, and its address as the settings have it. */
int listen_on_loopback(char *address_out, size_t size);

/* Listens on a free port of 127.0.0.1. The script, which is borrowed, may be NULL: nobody comes. */
void hop_test_peer_start(struct hop_test_peer *peer, const char *script, struct tls_context *tls);

/* Waits until it has closed the connection of that index. */
bool hop_test_peer_wait(struct hop_test_peer *peer, size_t connection);

/* Waits for the end of all conversations. The first failure, or NULL; valid until hop_test_peer_free. */
const char *hop_test_peer_finish(struct hop_test_peer *peer);
void hop_test_peer_free(struct hop_test_peer *peer);

#endif
