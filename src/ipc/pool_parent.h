/* The parent's side of a pool, shared by its own files alone: pool.c (the loop), pool_children.c, pool_jobs.c.
 *
 * 1. A slot of `children` holds one process from fork until it was waited for; nothing else frees a slot.
 * 2. A job has one owner: the queue, or the child that does it. Its reply socket is closed exactly when it ends.
 * 3. Nothing here ever blocks but the poll in pool.c.
 */
#ifndef CORDON_IPC_POOL_PARENT_H
#define CORDON_IPC_POOL_PARENT_H

#include "ipc/pool.h"
#include "ipc/pool_wire.h"

#include <stdbool.h>
#include <sys/types.h>

enum {
    POOL_MOST_PEERS = 16,
    POOL_START_MS = 60000, /* from fork to the first "idle" */
    POOL_TIDY_MS = 10000,  /* from an answer to the next "idle", or to the end */
    POOL_BACKOFF_FIRST_MS = 50,
    POOL_BACKOFF_MOST_MS = 2000,
    POOL_STATUS_MS = 1000, /* between two reports */
    POOL_BUFFER_SIZE = PACKET_MOST_BYTES
};

struct pool_work {
    struct pool_work *next;
    int reply;
    struct deadline deadline;
    int64_t came_ms;
    uint32_t waited_ms;
    int fds[POOL_JOB_MOST_FDS];
    size_t fd_count;
    size_t size;
    char data[];
};

enum pool_child_state {
    POOL_CHILD_NONE,
    POOL_CHILD_STARTING,
    POOL_CHILD_IDLE,
    POOL_CHILD_BUSY,
    POOL_CHILD_TIDYING, /* has answered, and gets ready for the next job */
    POOL_CHILD_LEAVING, /* has answered its last */
    POOL_CHILD_KILLED,
    POOL_CHILD_STATES
};

struct pool_child {
    enum pool_child_state state;
    pid_t pid;
    int pidfd;
    int socket;             /* -1: closed by either side */
    struct deadline limit;  /* of its state; a job's is in the work */
    struct pool_work *work; /* while busy */
    unsigned jobs_done;
};

struct pool {
    const struct pool_settings *settings;
    pid_t pid;
    int peers[POOL_MOST_PEERS];  /* -1: free */
    struct pool_child *children; /* settings->most */
    unsigned counts[POOL_CHILD_STATES];
    struct pool_work *first;
    struct pool_work **last_next;
    unsigned queued;
    unsigned queue_limit;
    bool is_draining;
    bool is_ready;
    int64_t backoff_ms;
    struct deadline fork_at; /* not before */
    uint64_t started, crashed, killed, jobs;
    char buffer[POOL_BUFFER_SIZE];
};

/* --- pool_jobs.c --- */

/* Takes what the peer sent, at most a few dozen jobs. False where the peer is gone. */
bool pool_jobs_take(struct pool *pool, int peer);

/* Gives waiting jobs to idle children; ends those beyond the queue's limit. */
void pool_jobs_assign(struct pool *pool);

/* Ends the jobs in the queue whose deadline has passed. */
void pool_jobs_expire(struct pool *pool);

/* Takes a job out of the queue whose caller is gone. `link` is what points to it. */
void pool_jobs_drop(struct pool *pool, struct pool_work **link);

/* Tells the caller how it ended, and frees. */
void pool_work_end(struct pool_work *work_take, enum pool_outcome outcome, int detail, const void *answer, size_t size);

/* --- pool_children.c --- */

/* Forks children as far as spares and queue ask for it, one at a time. True where one more is wanted at once. */
bool pool_children_fork(struct pool *pool);

/* The child has said something or closed its socket; the child has ended; look at its deadlines; its caller is gone. */
void pool_child_hear(struct pool *pool, struct pool_child *child);
void pool_child_ended(struct pool *pool, struct pool_child *child);
void pool_child_expire(struct pool *pool, struct pool_child *child);
void pool_child_give_up(struct pool *pool, struct pool_child *child);

/* The child gets the job and owns it. False where it can't be reached: it is killed, the job stays the caller's. */
bool pool_child_give(struct pool *pool, struct pool_child *child, struct pool_work *work);

/* Kills and waits for all. */
void pool_children_end(struct pool *pool);

#endif
