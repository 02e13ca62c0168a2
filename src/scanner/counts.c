#include "counts.h"

#include <assert.h>

const uint32_t counts_bounds_ms[COUNTS_BUCKETS] = { 1,   2,    5,    10,   20,    50,    100,  200,
                                                    500, 1000, 2000, 5000, 10000, 30000, 60000 };

static size_t counts_bucket(uint32_t took_ms)
{
    size_t bucket = 0;
    while (bucket < COUNTS_BUCKETS && took_ms > counts_bounds_ms[bucket])
        bucket++;
    return bucket;
}

void counts_answer(struct counts *counts, enum answer_kind kind, uint32_t took_ms)
{
    assert((unsigned)kind < ANSWERS);
    atomic_fetch_add(&counts->answers[kind], 1);
    if (kind == ANSWER_NOT_ASKED)
        return;
    atomic_fetch_add(&counts->buckets[counts_bucket(took_ms)], 1);
    atomic_fetch_add(&counts->took_ms, took_ms);
}

uint32_t counts_percentile_ms(const struct counts *counts, unsigned percent)
{
    uint64_t total = 0;
    for (size_t i = 0; i <= COUNTS_BUCKETS; i++)
        total += atomic_load(&counts->buckets[i]);
    uint64_t wanted = (total * percent + 99) / 100;
    uint64_t before = 0;
    for (size_t i = 0; total > 0 && i < COUNTS_BUCKETS; i++) {
        uint64_t here = atomic_load(&counts->buckets[i]);
        if (before + here >= wanted && here > 0) {
            uint32_t low = i > 0 ? counts_bounds_ms[i - 1] : 0;
            return low + (uint32_t)((counts_bounds_ms[i] - low) * (wanted - before) / here);
        }
        before += here;
    }
    return total > 0 ? counts_bounds_ms[COUNTS_BUCKETS - 1] : 0;
}
