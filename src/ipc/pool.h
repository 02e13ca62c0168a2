/* A pool of boxed children, forked ahead from a warmed parent, each doing one job at a time.
 *
 * The decoder and the embedded engine are both such pools. The parent never looks at what a job contains: it hands a
 * job's packet and descriptors to an idle child, kills the child at the job's deadline (by pidfd), and tells the caller
 * how it ended. A child that answers lives on until it has done jobs_per_child jobs; one that is given up (caller gone,
 * deadline) is killed.
 *
 *   gate --pool_call--> parent --job--> child (boxed)
 *        <--pool_reply-        <-answer-
 */
#ifndef CORDON_IPC_POOL_H
#define CORDON_IPC_POOL_H

#include "base/fault.h"
#include "sys/clock.h"

#include <stddef.h>
#include <stdint.h>

enum { POOL_JOB_MOST_BYTES = 114688, POOL_JOB_MOST_FDS = 20, POOL_ANSWER_MOST_BYTES = 65536 };

enum pool_outcome {
    POOL_ANSWERED = 1, /* the child sent an answer: result.size bytes; it may still be alive */
    POOL_EXITED,       /* it ended by itself without an answer; detail: exit status */
    POOL_SIGNALLED,    /* it was killed by a signal that we did not send; detail: the signal */
    POOL_DEADLINE,     /* we killed it at the deadline */
    POOL_NOT_STARTED,  /* no child could be had before the deadline, or could not be forked */
    POOL_GONE          /* the parent itself is gone */
};

const char *pool_outcome_text(enum pool_outcome outcome);

struct pool_result {
    enum pool_outcome outcome;
    int detail;
    size_t size;        /* of the answer, POOL_ANSWERED only */
    uint32_t waited_ms; /* in the parent's queue, before a child took the job */
};

/* --- The caller's side (the gate). Any thread may call with the same socket. --- */

struct pool_request {
    const void *job;
    size_t size;
    const int *fds; /* they stay the caller's */
    size_t fd_count;
    struct deadline deadline;
    const int *waker; /* once this descriptor can be read, the answer is of no use any more; NULL: none */
};

/* Sends a job and waits for its end. 0 where *result_out says what happened (POOL_GONE included); -1 and *fault only
 * where we could not even ask (no memory, no descriptors), or ECANCELED: the waker spoke first, and the job is given
 * up. The answer's bytes go to answer_out[capacity]; a longer answer is EPROTO. */
int pool_call(int pool, const struct pool_request *request, void *answer_out, size_t capacity,
              struct pool_result *result_out, struct fault *fault);

/* The same in steps, for a job that answers more than once (serve_tell). pool_open leaves -1 in *line_out where the job
 * was not sent, and then *result_out or *fault says why; else the line is the caller's to close, by which he hangs up.
 * pool_hear waits for one answer. */
int pool_open(int pool, const struct pool_request *request, int *line_out, struct pool_result *result_out,
              struct fault *fault);
int pool_hear(int pool, int line, struct deadline deadline, void *answer_out, size_t capacity,
              struct pool_result *result_out, struct fault *fault);

/* --- The child's side. --- */

struct pool_job {
    size_t size;
    int fds[POOL_JOB_MOST_FDS];
    size_t fd_count;
};

/* Waits for the next job. 1: a job, its descriptors are the caller's; 0: no more jobs, exit; -1: fault, exit. */
int pool_job_receive(int socket, void *data_out, size_t capacity, struct pool_job *job_out, struct fault *fault);
int pool_job_answer(int socket, const void *answer, size_t size, struct fault *fault);

/* --- The parent's side. --- */

struct pool_settings {
    const char *name;
    unsigned spares;         /* idle children to keep ready */
    unsigned most;           /* children at any time */
    unsigned jobs_per_child; /* 1: one process for each message */
    unsigned queue;          /* jobs that may wait for a child; more are POOL_NOT_STARTED at once */
    /* Runs in the fresh child, which closes its box first and then serves jobs; its return value is the exit status.
     * `slot` is below `most` and no two living children have the same. */
    int (*child)(int socket, unsigned slot, void *context);
    void *context;
    int control; /* to the supervisor: peers come here, and the end */
    /* Called in the parent when its first spares wait for work, and whenever the status changes; may be NULL. */
    const char *(*status)(void *context);
};

/* The parent's loop: single-threaded, ends (returns 0) when the supervisor says drain or is gone. -1 and *fault where
 * it can't go on. */
int pool_run(const struct pool_settings *settings, struct fault *fault);

#endif
