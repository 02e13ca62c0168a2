#include "store/clock_guard.h"

#include "base/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DAY UINT64_C(86400000)
#define NOON (UINT64_C(20000) * DAY)

static char folder[] = "/tmp/cordon-clock-XXXXXX";
static char head[64];
static char file[80];

static enum clock_guard_news look(struct clock_guard *guard, uint64_t now_ms, int64_t now_at)
{
    struct fault fault = { 0 };
    enum clock_guard_news news = clock_guard_look(guard, head, now_ms, now_at, &fault);
    CHECK(fault.code == 0);
    return news;
}

static void forget(void)
{
    (void)unlink(file);
}

static void test_a_clock_that_goes_on(void)
{
    struct clock_guard guard;
    forget();
    clock_guard_begin(&guard, head, 5000); /* a new store */
    CHECK(look(&guard, NOON, 5000) == CLOCK_GUARD_NO_NEWS && guard.until_ms == 0);
    CHECK(look(&guard, NOON + 40 * DAY, 5000 + (int64_t)(40 * DAY)) == CLOCK_GUARD_NO_NEWS && guard.until_ms == 0);
    CHECK(look(&guard, NOON + 39 * DAY, 5000 + (int64_t)(40 * DAY)) == CLOCK_GUARD_NO_NEWS && guard.until_ms == 0);
    clock_guard_begin(&guard, head, 7); /* off for a night */
    CHECK(look(&guard, NOON + 39 * DAY + DAY / 2, 8) == CLOCK_GUARD_NO_NEWS && guard.until_ms == 0);
}

static void test_one_that_jumps(void)
{
    struct clock_guard guard;
    uint64_t far = NOON + 36500 * DAY;
    forget();
    clock_guard_begin(&guard, head, 0);
    CHECK(look(&guard, NOON, 0) == CLOCK_GUARD_NO_NEWS);
    CHECK(look(&guard, far, 1000) == CLOCK_GUARD_JUMPED && guard.until_ms == far + 3 * DAY);
    CHECK(look(&guard, far + DAY, (int64_t)DAY) == CLOCK_GUARD_NO_NEWS && guard.until_ms == far + 3 * DAY);
    clock_guard_begin(&guard, head, 0); /* a restart does not forget it */
    CHECK(look(&guard, far + DAY, 0) == CLOCK_GUARD_NO_NEWS && guard.until_ms == far + 3 * DAY);
    CHECK(look(&guard, far + 9 * DAY, 1) == CLOCK_GUARD_JUMPED && guard.until_ms == far + 12 * DAY); /* once more */
    CHECK(look(&guard, far + 12 * DAY, 1 + (int64_t)(3 * DAY)) == CLOCK_GUARD_SETTLED && guard.until_ms == 0);
    clock_guard_begin(&guard, head, 0);
    CHECK(look(&guard, far + 12 * DAY, 1) == CLOCK_GUARD_NO_NEWS && guard.until_ms == 0);
}

static void test_one_that_jumped_while_nothing_ran(void)
{
    struct clock_guard guard;
    forget();
    clock_guard_begin(&guard, head, 0);
    CHECK(look(&guard, NOON, 0) == CLOCK_GUARD_NO_NEWS);
    clock_guard_begin(&guard, head, 0);
    CHECK(look(&guard, NOON + 2 * DAY, 0) == CLOCK_GUARD_JUMPED && guard.until_ms == NOON + 5 * DAY);
    forget(); /* somebody has looked at the clock */
    clock_guard_begin(&guard, head, 0);
    CHECK(look(&guard, NOON + 2 * DAY, 0) == CLOCK_GUARD_NO_NEWS && guard.until_ms == 0);
}

static void test_one_that_is_put_right(void)
{
    struct clock_guard guard;
    forget();
    clock_guard_begin(&guard, head, 0);
    CHECK(look(&guard, NOON, 1) == CLOCK_GUARD_NO_NEWS);
    CHECK(look(&guard, NOON + 90 * DAY, 2) == CLOCK_GUARD_JUMPED);
    CHECK(look(&guard, NOON + 1000, 1001) == CLOCK_GUARD_SETTLED && guard.until_ms == 0);
}

static void test_a_file_that_says_nothing(void)
{
    struct clock_guard guard;
    FILE *out = fopen(file, "w");
    CHECK(out != NULL && fputs("when?", out) >= 0 && fclose(out) == 0);
    clock_guard_begin(&guard, head, 0);
    CHECK(look(&guard, NOON, 0) == CLOCK_GUARD_JUMPED && guard.until_ms == NOON + 3 * DAY);
}

int main(void)
{
    if (!CHECK(mkdtemp(folder) != NULL))
        return test_end();
    (void)snprintf(head, sizeof head, "%s/head", folder);
    (void)snprintf(file, sizeof file, "%s.clock", head);
    test_a_clock_that_goes_on();
    test_one_that_jumps();
    test_one_that_jumped_while_nothing_ran();
    test_one_that_is_put_right();
    test_a_file_that_says_nothing();
    forget();
    CHECK(rmdir(folder) == 0);
    return test_end();
}
