#include "sys/thread.h"

#include "base/test.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

enum { WORKERS = 8, WORK_SLOTS = 2, TURNS = 200, STACK_BYTES = 256 * 1024 };

struct shop {
    struct lock lock;
    struct signal_point changed;
    struct slots slots;
    unsigned running;
    unsigned done;
    bool is_open;
    bool has_signals_blocked;
    atomic_uint busy;
    atomic_uint most_busy;
};

static void work(void *argument)
{
    struct shop *shop = argument;
    sigset_t blocked;
    (void)pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    for (int turn = 0; turn < TURNS; turn++) {
        if (!slots_take(&shop->slots, deadline_never()))
            return;
        unsigned busy = atomic_fetch_add(&shop->busy, 1) + 1;
        unsigned most = atomic_load(&shop->most_busy);
        while (busy > most && !atomic_compare_exchange_weak(&shop->most_busy, &most, busy))
            ;
        atomic_fetch_sub(&shop->busy, 1);
        slots_drop(&shop->slots);
    }
    lock_take(&shop->lock);
    lock_assert_held(&shop->lock);
    shop->has_signals_blocked = sigismember(&blocked, SIGTERM) == 1 && sigismember(&blocked, SIGPIPE) == 1;
    shop->done++;
    signal_point_wake_all(&shop->changed);
    lock_drop(&shop->lock);
}

static void test_slots_bound_the_work(void)
{
    test_context("slots bound the work");
    struct shop shop = { .done = 0 };
    lock_init(&shop.lock);
    signal_point_init(&shop.changed);
    slots_init(&shop.slots, WORK_SLOTS);
    struct fault fault;
    for (unsigned i = 0; i < WORKERS; i++)
        if (CHECK(thread_start(work, &shop, STACK_BYTES, &fault) == 0))
            shop.running++;
    bool is_in_time = true;
    struct deadline deadline = deadline_in(60000);
    lock_take(&shop.lock);
    while (shop.done < shop.running && is_in_time)
        is_in_time = signal_point_wait(&shop.changed, &shop.lock, deadline);
    CHECK(shop.done == WORKERS);
    CHECK(shop.has_signals_blocked);
    lock_drop(&shop.lock);
    CHECK(atomic_load(&shop.most_busy) >= 1 && atomic_load(&shop.most_busy) <= WORK_SLOTS);
    if (!is_in_time)
        return; /* the threads still use the shop */
    slots_fini(&shop.slots);
    signal_point_fini(&shop.changed);
    lock_fini(&shop.lock);
}

static void test_slots_wait_ends_at_the_deadline(void)
{
    test_context("waiting for a slot ends at the deadline");
    struct slots slots;
    slots_init(&slots, 1);
    CHECK(slots_take(&slots, deadline_in(0))); /* a free one needs no time */
    int64_t before_ms = clock_now_ms();
    CHECK(!slots_take(&slots, deadline_in(30)));
    CHECK(clock_now_ms() - before_ms >= 30);
    CHECK(!slots_take(&slots, deadline_in(-1)));
    slots_drop(&slots);
    CHECK(slots_take(&slots, deadline_in(1000)));
    slots_drop(&slots);
    slots_fini(&slots);
}

static void open_shop(void *argument)
{
    struct shop *shop = argument;
    lock_take(&shop->lock);
    shop->is_open = true;
    signal_point_wake_one(&shop->changed);
    lock_drop(&shop->lock);
}

static void test_signal_point(void)
{
    test_context("a signal point");
    struct shop shop = { .done = 0 };
    lock_init(&shop.lock);
    signal_point_init(&shop.changed);
    lock_take(&shop.lock);
    int64_t before_ms = clock_now_ms();
    while (signal_point_wait(&shop.changed, &shop.lock, deadline_in(20)))
        ;
    CHECK(clock_now_ms() - before_ms >= 20);
    lock_assert_held(&shop.lock);
    struct fault fault;
    CHECK(thread_start(open_shop, &shop, STACK_BYTES, &fault) == 0);
    struct deadline deadline = deadline_in(60000);
    while (!shop.is_open && signal_point_wait(&shop.changed, &shop.lock, deadline))
        ;
    CHECK(shop.is_open);
    lock_drop(&shop.lock);
    signal_point_fini(&shop.changed);
    lock_fini(&shop.lock);
}

int main(void)
{
    test_slots_bound_the_work();
    test_slots_wait_ends_at_the_deadline();
    test_signal_point();
    return test_end();
}
