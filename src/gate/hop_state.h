/* A transaction at the next hop, as hop.c and hop_deliver.c share it.
 *
 * Invariants: 1. Once `trouble` is not empty, nothing comes of the transaction. 2. While there is no trouble and MAIL
 * was answered 2xx, there is a link on which MAIL and every recipient that is not left out hold.
 */
#ifndef CORDON_GATE_HOP_STATE_H
#define CORDON_GATE_HOP_STATE_H

#include "base/fault.h"
#include "gate/hop.h"
#include "gate/hop_envelope.h"
#include "gate/hop_link.h"
#include "gate/hop_pool.h"
#include "sys/clock.h"

#include <stdbool.h>

struct hop {
    struct hop_pool *pool;
    struct hop_link *link; /* NULL: none */
    struct hop_envelope envelope;
    bool is_begun;                /* MAIL was answered 2xx */
    bool is_redialled;            /* the one further connection has been used up */
    char trouble[HOP_REPLY_SIZE]; /* what everybody is answered, once nothing can come of it */
};

/* Closes the connection and makes every further answer "451 STATUS next hop ADDRESS: REASON". Returns HOP_OVER. */
enum hop_step hop_give_up(struct hop *hop, const char *status, const char *reason);

/* The connection is lost before DATA: dials again, once, and says MAIL and the recipients again. HOP_DONE, or HOP_OVER
 * with `trouble`. */
enum hop_step hop_recover(struct hop *hop, const struct fault *loss, struct deadline deadline);

/* Begins the transaction anew on the same connection with those recipients that are not left out. As hop_recover. */
enum hop_step hop_restart(struct hop *hop, struct deadline deadline);

#endif
