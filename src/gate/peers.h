/* The gate's sockets to the pools, which the supervisor renews when a pool has died.
 *
 * A socket whose other end is gone is never given out. A caller gets a duplicate of the current socket, so a renewal in
 * mid-call does it no harm. A pool is told by its place (roles.h). Thread safe.
 */
#ifndef CORDON_GATE_PEERS_H
#define CORDON_GATE_PEERS_H

#include "ipc/roles.h"
#include "sys/clock.h"

struct gate_peers;

struct gate_peers *peers_new(void);
void peers_free(struct gate_peers *peers);

/* The socket to a role's new process; the old one, if any, is closed. */
void peers_renew(struct gate_peers *peers, unsigned place, int socket_take);

/* The pool behind `socket_used` was found gone: it is not given out again. */
void peers_forget(struct gate_peers *peers, unsigned place, int socket_used);

/* A duplicate for the caller to close; waits while there is none. -1 at the deadline. */
int peers_socket(struct gate_peers *peers, unsigned place, struct deadline deadline);

#endif
