/* What is counted of one scanner: its answers by kind, how long they took, its canaries. Thread safe. */
#ifndef CORDON_SCANNER_COUNTS_H
#define CORDON_SCANNER_COUNTS_H

#include "verdict/verdict.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum { COUNTS_BUCKETS = 15 };

/* Upper bounds in milliseconds; what is above the last is in none. */
extern const uint32_t counts_bounds_ms[COUNTS_BUCKETS];

struct counts {
    _Atomic uint64_t answers[ANSWERS];            /* to messages; NOT_ASKED: not asked while the breaker was open */
    _Atomic uint64_t buckets[COUNTS_BUCKETS + 1]; /* of messages that it was asked about; the last: above all bounds */
    _Atomic uint64_t took_ms;                     /* their sum */
    _Atomic uint64_t canaries_passed;
    _Atomic uint64_t canaries_missed; /* no answer in time is one, too */
    _Atomic uint64_t opened;          /* times that the breaker opened */
    _Atomic uint64_t poisoned;        /* pieces that were not shown, being poison */
    _Atomic uint64_t ignored;         /* names that were ignored */
    _Atomic uint64_t tampered;        /* times that it altered what was lent */
};

/* One message's answer. */
void counts_answer(struct counts *counts, enum answer_kind kind, uint32_t took_ms);

/* So many in a hundred took no longer than this, about: within a bucket they are taken as evenly spread. 0: none. */
uint32_t counts_percentile_ms(const struct counts *counts, unsigned percent);

#endif
