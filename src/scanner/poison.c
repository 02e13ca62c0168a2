#include "poison.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

void poison_init(struct poison *poison)
{
    *poison = (struct poison){ .rows = NULL };
    lock_init(&poison->lock);
}

void poison_fini(struct poison *poison)
{
    free(poison->rows);
    lock_fini(&poison->lock);
}

bool poison_is_empty(const struct poison *poison)
{
    return atomic_load(&poison->count) == 0;
}

/* The rows where this digest may stand. */
static struct poison_row *poison_ways(struct poison *poison, const struct digest *digest)
{
    uint32_t hash = 0;
    memcpy(&hash, digest->bytes, sizeof hash);
    return &poison->rows[(size_t)(hash % (POISON_ROWS / POISON_WAYS)) * POISON_WAYS];
}

static void poison_free_row(struct poison *poison, struct poison_row *row)
{
    *row = (struct poison_row){ .seen_ms = 0 };
    atomic_fetch_sub(&poison->count, 1);
}

static struct poison_row *poison_find(struct poison *poison, const struct digest *digest)
{
    struct poison_row *ways = poison->rows != NULL ? poison_ways(poison, digest) : NULL;
    for (size_t i = 0; ways != NULL && i < POISON_WAYS; i++) {
        if (ways[i].seen_ms != 0 && memcmp(&ways[i].digest, digest, sizeof *digest) == 0)
            return &ways[i];
    }
    return NULL;
}

static bool row_is_lesser(const struct poison_row *a, const struct poison_row *b)
{
    unsigned a_counts = a->confirmed + (a->is_pending ? 1 : 0);
    unsigned b_counts = b->confirmed + (b->is_pending ? 1 : 0);
    if ((a_counts > 0) != (b_counts > 0))
        return a_counts == 0;
    return a->seen_ms < b->seen_ms;
}

/* Its row, a fresh one where it has none. */
static struct poison_row *poison_row(struct poison *poison, const struct digest *digest, int64_t now_ms)
{
    if (poison->rows == NULL)
        poison->rows = memory_new(POISON_ROWS * sizeof *poison->rows);
    struct poison_row *row = poison_find(poison, digest);
    if (row == NULL) {
        struct poison_row *ways = poison_ways(poison, digest);
        row = ways;
        for (size_t i = 1; i < POISON_WAYS; i++) {
            bool is_free = ways[i].seen_ms == 0 && row->seen_ms != 0;
            if (is_free || (row->seen_ms != 0 && row_is_lesser(&ways[i], row)))
                row = &ways[i];
        }
        if (row->seen_ms == 0)
            atomic_fetch_add(&poison->count, 1);
        *row = (struct poison_row){ .digest = *digest };
    }
    row->seen_ms = now_ms > 0 ? now_ms : 1;
    return row;
}

enum poison_state poison_look(struct poison *poison, const struct digest *digest, int64_t now_ms)
{
    enum poison_state state = POISON_NONE;
    lock_take(&poison->lock);
    struct poison_row *row = poison_find(poison, digest);
    if (row != NULL && now_ms - row->seen_ms >= POISON_KEEP_MS) {
        poison_free_row(poison, row);
        row = NULL;
    }
    if (row != NULL)
        state = row->confirmed >= POISON_FAILURES ? POISON_SURE : POISON_SUSPECT;
    lock_drop(&poison->lock);
    return state;
}

void poison_suspect(struct poison *poison, const struct digest *digest, int64_t now_ms)
{
    lock_take(&poison->lock);
    (void)poison_row(poison, digest, now_ms);
    lock_drop(&poison->lock);
}

void poison_failed(struct poison *poison, const struct digest *digest, int64_t now_ms)
{
    lock_take(&poison->lock);
    poison_row(poison, digest, now_ms)->is_pending = true;
    lock_drop(&poison->lock);
}

void poison_forget(struct poison *poison, const struct digest *digest)
{
    lock_take(&poison->lock);
    struct poison_row *row = poison_find(poison, digest);
    if (row != NULL)
        poison_free_row(poison, row);
    lock_drop(&poison->lock);
}

void poison_confirm(struct poison *poison, int64_t sent_ms)
{
    if (poison_is_empty(poison))
        return;
    lock_take(&poison->lock);
    for (size_t i = 0; i < POISON_ROWS; i++) {
        struct poison_row *row = &poison->rows[i];
        if (row->seen_ms == 0 || !row->is_pending || row->seen_ms > sent_ms)
            continue;
        row->is_pending = false;
        row->confirmed++;
    }
    lock_drop(&poison->lock);
}

unsigned poison_count(struct poison *poison, int64_t now_ms)
{
    unsigned count = 0;
    if (poison_is_empty(poison))
        return 0;
    lock_take(&poison->lock);
    for (size_t i = 0; i < POISON_ROWS; i++) {
        const struct poison_row *row = &poison->rows[i];
        bool is_kept = row->seen_ms != 0 && now_ms - row->seen_ms < POISON_KEEP_MS;
        count += is_kept && row->confirmed >= POISON_FAILURES ? 1 : 0;
    }
    lock_drop(&poison->lock);
    return count;
}
