#include "counts.h"

#include "base/test.h"

int main(void)
{
    struct counts counts = { 0 };
    CHECK(counts_percentile_ms(&counts, 50) == 0);
    counts_answer(&counts, ANSWER_NOT_ASKED, 0); /* took no time, for nobody was asked */
    CHECK(counts_percentile_ms(&counts, 99) == 0 && atomic_load(&counts.answers[ANSWER_NOT_ASKED]) == 1);
    for (uint32_t i = 0; i < 98; i++)
        counts_answer(&counts, ANSWER_CLEAN, 15);
    counts_answer(&counts, ANSWER_INFECTED, 900);
    counts_answer(&counts, ANSWER_FAILED, 70000);
    CHECK(atomic_load(&counts.answers[ANSWER_CLEAN]) == 98 && atomic_load(&counts.took_ms) == 98 * 15 + 70900);
    uint32_t half = counts_percentile_ms(&counts, 50);
    CHECK(half > 10 && half <= 20);
    CHECK(counts_percentile_ms(&counts, 99) == 1000);
    CHECK(counts_percentile_ms(&counts, 100) == 60000); /* the most that is told */
    return test_end();
}
