#include "cli/tally.h"

#include "base/memory.h"

#include <stdbool.h>
#include <stdlib.h>

enum { TALLY_SLOTS = 2 * TALLY_MOST /* a power of two */ };

struct tally {
    struct tally_row *slots; /* open addressing; text NULL: free */
    struct tally_row *sorted;
    size_t count;
    uint64_t others;
};

struct tally *tally_new(void)
{
    struct tally *tally = memory_new(sizeof *tally);
    tally->slots = memory_new(TALLY_SLOTS * sizeof *tally->slots);
    return tally;
}

void tally_free(struct tally *tally)
{
    if (tally == NULL)
        return;
    for (size_t i = 0; i < TALLY_SLOTS; i++)
        free(tally->slots[i].text);
    free(tally->slots);
    free(tally->sorted);
    free(tally);
}

/* FNV-1a. Who chooses texts that fall together costs us time, at most TALLY_MOST steps each, in a report that a person
 * asked for. */
static size_t text_hash(struct span text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < text.size; i++)
        hash = (hash ^ (unsigned char)text.data[i]) * UINT64_C(0x100000001b3);
    return (size_t)(hash ^ (hash >> 32));
}

static struct tally_row *row_find(struct tally *tally, struct span text)
{
    size_t i = text_hash(text) & (TALLY_SLOTS - 1);
    while (tally->slots[i].text != NULL && !span_equal(span_of(tally->slots[i].text, tally->slots[i].size), text))
        i = (i + 1) & (TALLY_SLOTS - 1);
    return &tally->slots[i];
}

void tally_add(struct tally *tally, struct span text, uint64_t bytes)
{
    text = span_slice(text, 0, TALLY_TEXT_MOST);
    struct tally_row *row = row_find(tally, text);
    if (row->text == NULL && tally->count == TALLY_MOST) {
        tally->others++;
        return;
    }
    if (row->text == NULL) {
        row->text = memory_new(text.size + 1);
        if (text.size > 0)
            memcpy(row->text, text.data, text.size);
        row->size = text.size;
        tally->count++;
    }
    row->count++;
    row->bytes += bytes;
}

static int rows_compare(const void *a, const void *b)
{
    const struct tally_row *left = a;
    const struct tally_row *right = b;
    if (left->count != right->count)
        return left->count > right->count ? -1 : 1;
    return strcmp(left->text, right->text);
}

size_t tally_top(struct tally *tally, size_t most, const struct tally_row **rows_out, uint64_t *others_out)
{
    size_t count = 0;
    free(tally->sorted);
    tally->sorted = memory_new((tally->count + 1) * sizeof *tally->sorted);
    for (size_t i = 0; i < TALLY_SLOTS; i++) {
        if (tally->slots[i].text != NULL)
            tally->sorted[count++] = tally->slots[i];
    }
    qsort(tally->sorted, count, sizeof *tally->sorted, rows_compare);
    *others_out = tally->others;
    for (size_t i = most; i < count; i++)
        *others_out += tally->sorted[i].count;
    *rows_out = tally->sorted;
    return count < most ? count : most;
}
