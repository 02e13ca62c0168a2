/* Pieces that a scanner failed on, by SHA-256: one that failed alone three times, each time between two canaries that
 * passed, is poison, and the scanner is not shown it any more.
 *
 *   a failure with other pieces --> suspect: shown alone from then on
 *   a failure alone --> counted, once the next canary has passed; at the third: poison
 *   a definite answer --> forgotten
 *
 * What is not seen again for a day is forgotten, so that a scanner that was mended gets another try. The room is
 * bounded; where it is full the oldest goes, and suspects before what was counted. Thread safe.
 */
#ifndef CORDON_SCANNER_POISON_H
#define CORDON_SCANNER_POISON_H

#include "sys/digest.h"
#include "sys/thread.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { POISON_ROWS = 4096, POISON_WAYS = 8, POISON_FAILURES = 3, POISON_KEEP_MS = 24 * 60 * 60 * 1000 };

struct poison_row {
    struct digest digest;
    int64_t seen_ms;    /* the last failure; 0: the row is free */
    unsigned confirmed; /* failures alone, with canaries that passed around */
    bool is_pending;    /* one more, if the next canary passes */
};

struct poison {
    struct lock lock;
    struct poison_row *rows; /* POISON_ROWS; NULL until the first failure */
    atomic_uint count;       /* rows in use: while it is 0 nobody needs a digest */
};

void poison_init(struct poison *poison);
void poison_fini(struct poison *poison);

bool poison_is_empty(const struct poison *poison);

enum poison_state { POISON_NONE, POISON_SUSPECT, POISON_SURE };

enum poison_state poison_look(struct poison *poison, const struct digest *digest, int64_t now_ms);

/* It failed among others, so that it is to be shown alone. */
void poison_suspect(struct poison *poison, const struct digest *digest, int64_t now_ms);

/* It failed alone. */
void poison_failed(struct poison *poison, const struct digest *digest, int64_t now_ms);

/* It got a definite answer. */
void poison_forget(struct poison *poison, const struct digest *digest);

/* A canary that was sent at `sent_ms` has passed: the failures before that count. */
void poison_confirm(struct poison *poison, int64_t sent_ms);

/* How many are poison. */
unsigned poison_count(struct poison *poison, int64_t now_ms);

#endif
