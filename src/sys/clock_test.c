#include "sys/clock.h"

#include "base/test.h"

#include <limits.h>

int main(void)
{
    int64_t before_us = clock_now_us();
    int64_t now_ms = clock_now_ms();
    CHECK(now_ms >= before_us / 1000);
    CHECK(clock_now_us() >= before_us);

    CHECK(!deadline_passed(deadline_never()));
    CHECK(deadline_left_ms(deadline_never()) == -1);

    struct deadline soon = deadline_in(60000);
    CHECK(!deadline_passed(soon));
    CHECK(deadline_left_ms(soon) > 50000 && deadline_left_ms(soon) <= 60000);

    CHECK(deadline_passed(deadline_in(0)));
    CHECK(deadline_left_ms(deadline_in(0)) == 0);
    CHECK(deadline_passed(deadline_in(-5)));
    CHECK(deadline_left_ms(deadline_in(-5)) == 0);

    /* Months ahead must not wrap into the past. */
    CHECK(deadline_left_ms(deadline_in((int64_t)INT_MAX * 4)) == INT_MAX);

    CHECK(deadline_earlier(soon, deadline_never()).at_ms == soon.at_ms);
    CHECK(deadline_earlier(deadline_never(), soon).at_ms == soon.at_ms);
    CHECK(deadline_earlier(soon, deadline_in(-1)).at_ms < soon.at_ms);

    /* A deadline does pass. */
    struct deadline brief = deadline_in(2);
    while (!deadline_passed(brief))
        ;
    CHECK(deadline_left_ms(brief) == 0);
    return test_end();
}
