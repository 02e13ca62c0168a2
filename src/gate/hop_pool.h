/* The pool's inner side, for hop.c: idle connections are taken, new ones dialled, and both given back. */
#ifndef CORDON_GATE_HOP_POOL_H
#define CORDON_GATE_HOP_POOL_H

#include "base/fault.h"
#include "gate/hop.h"
#include "gate/hop_link.h"
#include "sys/clock.h"

/* The connection that was used last, or NULL where none is idle. */
struct hop_link *hop_pool_take(struct hop_pool *pool);

/* A new connection, as hop_link_open; what it can do is remembered. */
enum hop_step hop_pool_dial(struct hop_pool *pool, struct deadline deadline, struct hop_link **link_out,
                            struct fault *fault);

/* Takes a connection back that is not in the middle of anything but what RSET ends. Kept where it may be used again. */
void hop_pool_give(struct hop_pool *pool, struct hop_link *link_take);

/* "127.0.0.1:10025", for replies. */
const char *hop_pool_text(const struct hop_pool *pool);

#endif
