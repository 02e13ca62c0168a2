#include "store/verify_erased.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { FEWEST_PLACES = 1024 };

static size_t place_of(const struct erased_records *records, uint64_t sequence)
{
    return (size_t)((sequence * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & (records->capacity - 1);
}

static uint64_t print_of(const struct crypt_digest *digest)
{
    uint64_t print;
    memcpy(&print, digest->bytes, sizeof print);
    return print;
}

/* Where it is, or the empty place where it would be. */
static size_t find(const struct erased_records *records, uint64_t sequence)
{
    size_t at = place_of(records, sequence);
    while (records->table[at].sequence != 0 && records->table[at].sequence != sequence)
        at = (at + 1) & (records->capacity - 1);
    return at;
}

static void grow(struct erased_records *records)
{
    struct erased_records larger = { .capacity = records->capacity > 0 ? 2 * records->capacity : FEWEST_PLACES,
                                     .count = records->count };
    larger.table = memory_new(larger.capacity * sizeof *larger.table);
    for (size_t i = 0; i < records->capacity; i++) {
        if (records->table[i].sequence != 0)
            larger.table[find(&larger, records->table[i].sequence)] = records->table[i];
    }
    free(records->table);
    *records = larger;
}

void erased_add(struct erased_records *records, uint64_t sequence, const struct crypt_digest *digest, uint64_t segment,
                uint64_t offset)
{
    if (2 * (records->count + 1) > records->capacity)
        grow(records);
    size_t at = find(records, sequence);
    if (records->table[at].sequence == 0)
        records->count++;
    records->table[at] = (struct erased_record){ sequence, print_of(digest), segment, offset };
}

void erased_allow(struct erased_records *records, const struct record_death *death)
{
    if (records->count == 0)
        return;
    size_t at = find(records, death->sequence);
    if (records->table[at].sequence == 0 || records->table[at].print != print_of(&death->digest))
        return;
    records->count--;
    /* Those behind it move up, so that none is cut off from its place. */
    size_t mask = records->capacity - 1;
    for (size_t next = (at + 1) & mask; records->table[next].sequence != 0; next = (next + 1) & mask) {
        size_t own = place_of(records, records->table[next].sequence);
        if (((next - own) & mask) >= ((next - at) & mask)) {
            records->table[at] = records->table[next];
            at = next;
        }
    }
    records->table[at].sequence = 0;
}

void erased_free(struct erased_records *records)
{
    free(records->table);
    *records = (struct erased_records){ 0 };
}
