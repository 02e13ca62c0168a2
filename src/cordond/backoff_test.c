#include "backoff.h"

#include "base/test.h"

#include <stddef.h>

int main(void)
{
    static const int64_t expected[] = { 100, 200, 400, 800, 1600, 3200, 6400, 10000, 10000, 10000 };
    struct backoff backoff = { 0 };
    for (unsigned round = 0; round < 2; round++) {
        test_context(round == 0 ? "from the beginning" : "after it was forgotten");
        for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
            CHECK(backoff_next_ms(&backoff) == expected[i]);
        backoff_reset(&backoff);
    }
    return test_end();
}
