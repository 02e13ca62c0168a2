/* What one scanner said of parts, remembered: a part that comes again under the same signatures is not scanned again,
 * and one that comes several times at once is scanned once.
 *
 * A key is the SHA-256 of the bytes and a hint, a number that stands for all that the scanner is told besides them. The
 * options are the scanner's settings, which no process changes, and the scanner is the table's own. Definite answers
 * alone are kept, of one generation of signatures: with another everything goes. The room is fixed; where it is taken
 * the answer goes that was not used for the longest time among the few places that a key may have.
 *
 * Whoever claims a key must settle it. Thread safe.
 */
#ifndef CORDON_SCANNER_RECALL_H
#define CORDON_SCANNER_RECALL_H

#include "sys/clock.h"
#include "sys/digest.h"
#include "verdict/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RECALL_KEEP_MS = 60 * 60 * 1000, RECALL_WAYS = 8 };

struct recall;

struct recall_key {
    struct digest digest;
    uint64_t hint;
};

/* NULL where `bytes` has no room for a single answer. `keep_ms`: nothing is believed for longer than that. */
struct recall *recall_new(size_t bytes, uint32_t keep_ms);
void recall_free(struct recall *recall);

enum recall_state {
    RECALL_KNOWN,   /* *answer_out is what it said */
    RECALL_CLAIMED, /* nobody knows: the caller asks, and settles it */
    RECALL_BUSY,    /* somebody else is asking */
    RECALL_NO_ROOM  /* nobody knows, and there is no place to remember it: the caller asks */
};

/* `generation` is the signatures' as the caller knows it, never 0. */
enum recall_state recall_claim(struct recall *recall, const struct recall_key *key, uint64_t generation, int64_t now_ms,
                               struct answer *answer_out);

/* What came of a claim under this generation. NULL, an answer that is not definite, or a generation that is not the
 * table's any more: it is forgotten, and who waits must ask for himself. */
void recall_settle(struct recall *recall, const struct recall_key *key, uint64_t generation, int64_t now_ms,
                   const struct answer *answer);

/* Waits until nobody else asks about the key, or the deadline, and then is recall_claim (RECALL_BUSY: the deadline). */
enum recall_state recall_wait(struct recall *recall, const struct recall_key *key, uint64_t generation,
                              struct deadline deadline, struct answer *answer_out);

/* Forgets everything: somebody who gave these answers has died. Claims stay. */
void recall_drop(struct recall *recall);

struct recall_counts {
    uint64_t hits;
    uint64_t misses;
    uint64_t shared;  /* hits that waited for somebody else's answer */
    uint64_t answers; /* held now */
    uint64_t room;
};

struct recall_counts recall_count(struct recall *recall);

#endif
