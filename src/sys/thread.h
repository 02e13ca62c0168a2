/* Threads, locks and counted slots.
 *
 * Sessions are detached threads with small stacks and all signals blocked. A lock knows its holder, so that a helper
 * can assert that it is held. A slot set is a counting semaphore with a deadline: thousands may wait while a handful
 * work.
 */
#ifndef CORDON_SYS_THREAD_H
#define CORDON_SYS_THREAD_H

#include "base/fault.h"
#include "sys/clock.h"

#include <pthread.h>
#include <stdbool.h>

/* Runs function(argument) in a detached thread with a stack of `stack_bytes` and every signal blocked. -1 and *fault
 * where the machine has no room for one. */
int thread_start(void (*function)(void *), void *argument, size_t stack_bytes, struct fault *fault);

struct lock {
    pthread_mutex_t mutex;
    pthread_t holder;
    bool is_held;
};

void lock_init(struct lock *lock);
void lock_fini(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);
void lock_assert_held(const struct lock *lock);

/* A condition on CLOCK_MONOTONIC that belongs to one lock. */
struct signal_point {
    pthread_cond_t condition;
};

void signal_point_init(struct signal_point *point);
void signal_point_fini(struct signal_point *point);
void signal_point_wake_one(struct signal_point *point);
void signal_point_wake_all(struct signal_point *point);

/* Waits with the lock held (it is free while waiting). False where the deadline passed; wake-ups may be spurious. */
bool signal_point_wait(struct signal_point *point, struct lock *lock, struct deadline deadline);

struct slots {
    struct lock lock;
    struct signal_point freed;
    unsigned total;
    unsigned taken;
};

void slots_init(struct slots *slots, unsigned total);
void slots_fini(struct slots *slots);

/* Waits for a free slot. False where the deadline passed first. */
bool slots_take(struct slots *slots, struct deadline deadline);

/* Another total, above 0, for whoever comes from now on. */
void slots_limit(struct slots *slots, unsigned total);
void slots_drop(struct slots *slots);

#endif
