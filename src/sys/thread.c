#include "thread.h"

#include "base/memory.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

struct thread_start_call {
    void (*function)(void *);
    void *argument;
};

static void *thread_run(void *memory)
{
    struct thread_start_call call = *(struct thread_start_call *)memory;
    free(memory);
    call.function(call.argument);
    return NULL;
}

int thread_start(void (*function)(void *), void *argument, size_t stack_bytes, struct fault *fault)
{
    struct thread_start_call *call = memory_new(sizeof *call);
    *call = (struct thread_start_call){ .function = function, .argument = argument };

    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before); /* a new thread inherits the mask */

    pthread_attr_t attributes;
    (void)pthread_attr_init(&attributes);
    (void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    (void)pthread_attr_setstacksize(&attributes, stack_bytes);
    pthread_t thread;
    int code = pthread_create(&thread, &attributes, thread_run, call);
    (void)pthread_attr_destroy(&attributes);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);

    if (code != 0) {
        free(call);
        return fault_set_errno(fault, code, "cannot start a thread");
    }
    return 0;
}

void lock_init(struct lock *lock)
{
    *lock = (struct lock){ .is_held = false };
    (void)pthread_mutex_init(&lock->mutex, NULL);
}

void lock_fini(struct lock *lock)
{
    (void)pthread_mutex_destroy(&lock->mutex);
}

void lock_take(struct lock *lock)
{
    int code = pthread_mutex_lock(&lock->mutex);
    assert(code == 0);
    lock->holder = pthread_self();
    lock->is_held = true;
}

void lock_drop(struct lock *lock)
{
    lock_assert_held(lock);
    lock->is_held = false;
    (void)pthread_mutex_unlock(&lock->mutex);
}

void lock_assert_held(const struct lock *lock)
{
    assert(lock->is_held && pthread_equal(lock->holder, pthread_self()));
}

void signal_point_init(struct signal_point *point)
{
    pthread_condattr_t attributes;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&point->condition, &attributes);
    (void)pthread_condattr_destroy(&attributes);
}

void signal_point_fini(struct signal_point *point)
{
    (void)pthread_cond_destroy(&point->condition);
}

void signal_point_wake_one(struct signal_point *point)
{
    (void)pthread_cond_signal(&point->condition);
}

void signal_point_wake_all(struct signal_point *point)
{
    (void)pthread_cond_broadcast(&point->condition);
}

bool signal_point_wait(struct signal_point *point, struct lock *lock, struct deadline deadline)
{
    lock_assert_held(lock);
    if (deadline_passed(deadline))
        return false;
    lock->is_held = false;
    int code = 0;
    if (deadline_left_ms(deadline) < 0) {
        code = pthread_cond_wait(&point->condition, &lock->mutex);
    } else {
        struct timespec at = { .tv_sec = (time_t)(deadline.at_ms / 1000),
                               .tv_nsec = (long)(deadline.at_ms % 1000) * 1000000L };
        code = pthread_cond_timedwait(&point->condition, &lock->mutex, &at);
    }
    lock->holder = pthread_self();
    lock->is_held = true;
    return code != ETIMEDOUT;
}

void slots_init(struct slots *slots, unsigned total)
{
    assert(total > 0);
    *slots = (struct slots){ .total = total };
    lock_init(&slots->lock);
    signal_point_init(&slots->freed);
}

void slots_fini(struct slots *slots)
{
    assert(slots->taken == 0);
    signal_point_fini(&slots->freed);
    lock_fini(&slots->lock);
}

bool slots_take(struct slots *slots, struct deadline deadline)
{
    lock_take(&slots->lock);
    bool is_in_time = true;
    while (slots->taken >= slots->total && is_in_time)
        is_in_time = signal_point_wait(&slots->freed, &slots->lock, deadline);
    bool is_ours = slots->taken < slots->total;
    if (is_ours)
        slots->taken++;
    lock_drop(&slots->lock);
    return is_ours;
}

void slots_limit(struct slots *slots, unsigned total)
{
    assert(total > 0);
    lock_take(&slots->lock);
    slots->total = total;
    signal_point_wake_all(&slots->freed);
    lock_drop(&slots->lock);
}

void slots_drop(struct slots *slots)
{
    lock_take(&slots->lock);
    assert(slots->taken > 0);
    slots->taken--;
    signal_point_wake_one(&slots->freed);
    lock_drop(&slots->lock);
}
