/* The supervisor: a small poll loop over signals, the children's sockets and ends, the status socket and timers.
 *
 * Single-threaded. Whatever happens to a child is an event of table.c; generations.c looks after every turn whether a
 * reload or the end has come a step further.
 */
#ifndef CORDON_CORDOND_SUPERVISOR_H
#define CORDON_CORDOND_SUPERVISOR_H

#include "base/fault.h"
#include "cordond/child.h"
#include "cordond/generation.h"
#include "cordond/listeners.h"
#include "cordond/service_user.h"
#include "cordond/signatures.h"
#include "sys/clock.h"

#include <limits.h>
#include <stdbool.h>

enum {
    SUPERVISOR_MOST_GENERATIONS = 5, /* the present one, the next, and those that drain; a reload waits for room */
    SUPERVISOR_MOST_CHILDREN = 40,
    SUPERVISOR_FIRST_DEATHS = 5,        /* of the first gate, before it was ever ready: then we give up */
    SUPERVISOR_DRAIN_MS = 5000,         /* of the pools; the gate's is shutdown_timeout */
    SUPERVISOR_KEEPER_DRAIN_MS = 30000, /* what is under way must get to the disk */
    SUPERVISOR_RELOAD_MS = 900000,
    SUPERVISOR_REASON_SIZE = 512
};

struct status_socket;
struct update_socket;

struct supervisor {
    const char *configuration; /* of -c; may be NULL */
    char directory[PATH_MAX];  /* of the roles' programs */
    struct service_user user;
    struct listeners listeners;
    struct status_socket *status_socket;
    struct update_socket *update_socket;
    int signal_fd;

    struct child children[SUPERVISOR_MOST_CHILDREN];
    struct generation generations[SUPERVISOR_MOST_GENERATIONS];
    struct generation *current; /* its gate has the sessions */
    struct generation *pending; /* a reload makes it; NULL: none */
    struct deadline pending_limit;
    unsigned last_number;
    bool reload_is_wanted;
    char reload_result[SUPERVISOR_REASON_SIZE]; /* "never", "ok", "refused: ..." */

    struct signatures signatures;

    bool is_ready; /* the service manager was told */
    bool is_stopping;
    int exit_status;
    int64_t started_ms;
    int64_t watchdog_ms;
    struct deadline watchdog;
};

/* Serves until the end, with listeners, user and directory filled in. Owns the settings. The exit status of the
 * program. */
int supervisor_run(struct supervisor *supervisor, struct settings *settings_take);

#endif
