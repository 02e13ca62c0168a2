/* Erased records whose tombstone has not been come across yet. Seen by verification alone.
 *
 * A tombstone stands behind what it names, so this holds as many as were erased within the time that records live: 32
 * bytes each.
 */
#ifndef CORDON_STORE_VERIFY_ERASED_H
#define CORDON_STORE_VERIFY_ERASED_H

#include "store/record.h"

#include <stddef.h>
#include <stdint.h>

struct erased_record {
    uint64_t sequence; /* 0: an empty place */
    uint64_t print;    /* the beginning of its digest; all of it is in the chain */
    uint64_t segment;
    uint64_t offset;
};
struct erased_records {
    struct erased_record *table;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
};

void erased_add(struct erased_records *records, uint64_t sequence, const struct crypt_digest *digest, uint64_t segment,
                uint64_t offset);
/* A tombstone that was found. */
void erased_allow(struct erased_records *records, const struct record_death *death);
void erased_free(struct erased_records *records);

#endif
