/* A pool whose jobs are done by threads of one process: the other end of pool_call for a role that has no use for boxed
 * children, because what it starts is a program of its own.
 *
 * Jobs run side by side, each in a thread. The caller of a job that is not wanted any more hangs up, and the job can
 * see that (serve_job.caller).
 *
 * Peers are other roles. Where the supervisor gives a listener as well, whoever may connect to it is a guest: he speaks
 * the same language, and is bounded in number, in jobs at a time, and in how long he may be silent.
 */
#ifndef CORDON_IPC_SERVE_H
#define CORDON_IPC_SERVE_H

#include "base/buf.h"
#include "base/fault.h"
#include "base/span.h"
#include "ipc/roles.h"
#include "sys/clock.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    SERVE_MOST_GUESTS = 16, /* more wait in the listener's queue */
    SERVE_GUEST_JOBS = 16,  /* of all guests, at any time */
    SERVE_GUEST_IDLE_MS = 60000
};

struct serve_job {
    struct span bytes; /* aligned to 8 */
    int *fds;          /* whoever takes one puts -1 in its place; the rest is closed */
    size_t fd_count;
    struct deadline deadline;
    bool is_guest;
    int caller; /* where this is readable it has hung up, or after serve_tell said that it is done */
};

/* An answer before the last one, of at most POOL_ANSWER_MOST_BYTES. */
void serve_tell(const struct serve_job *job, struct span answer);

struct serve_settings {
    const char *name;
    unsigned most; /* jobs at any time; more are POOL_NOT_STARTED at once */
    size_t stack_bytes;
    /* Does one job, in a thread of its own, and answers by putting at most POOL_ANSWER_MOST_BYTES. Ends soon after the
     * deadline. */
    void (*serve)(const struct serve_job *job, void *context, struct buf *answer_out);
    /* Lines for `cordon status`; may be NULL. From the loop's thread. */
    void (*status)(void *context, struct buf *text_out);
    /* What the supervisor says that is not the loop's own; its descriptor is the callee's. May be NULL. From the loop's
     * thread. */
    void (*told)(void *context, const struct control_message *message);
    void *context;
    int control; /* to the supervisor: peers come here, and the end */
};

/* The loop: returns 0 when the supervisor said drain or is gone, and the last job has ended. -1 and *fault where it
 * can't go on. */
int serve_run(const struct serve_settings *settings, struct fault *fault);

#endif
