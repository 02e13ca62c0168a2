#include "clock.h"

#include <assert.h>
#include <limits.h>
#include <time.h>

int64_t clock_now_us(void)
{
    struct timespec now;
    int failed = clock_gettime(CLOCK_MONOTONIC, &now);
    assert(failed == 0);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_now_ms(void)
{
    return clock_now_us() / 1000;
}

uint64_t clock_wall_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

struct deadline deadline_never(void)
{
    return (struct deadline){ .at_ms = INT64_MAX };
}

struct deadline deadline_in(int64_t ms)
{
    return (struct deadline){ .at_ms = clock_now_ms() + ms };
}

struct deadline deadline_earlier(struct deadline a, struct deadline b)
{
    return a.at_ms < b.at_ms ? a : b;
}

bool deadline_passed(struct deadline deadline)
{
    return deadline.at_ms != INT64_MAX && clock_now_ms() >= deadline.at_ms;
}

int deadline_left_ms(struct deadline deadline)
{
    if (deadline.at_ms == INT64_MAX)
        return -1;
    int64_t left = deadline.at_ms - clock_now_ms();
    if (left <= 0)
        return 0;
    return left > INT_MAX ? INT_MAX : (int)left;
}
