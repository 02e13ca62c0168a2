#include "recall.h"

#include "base/memory.h"
#include "sys/thread.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum recall_row_state { ROW_FREE, ROW_CLAIMED, ROW_HELD };

struct recall_row {
    struct recall_key key;
    enum recall_row_state state;
    enum answer_kind kind;
    enum unscannable unscannable;
    uint32_t kept_s; /* when it was said, in seconds since the table was made */
    uint64_t used;   /* the table's clock at its last use */
    char text[128];  /* a longer one is not kept */
};

struct recall {
    struct lock lock; /* for all below */
    struct signal_point settled;
    struct recall_row *rows;
    size_t set_count;
    int64_t began_ms;
    uint32_t keep_ms;
    uint64_t generation; /* of all that is held */
    uint64_t clock;
    struct recall_counts counts;
};

struct recall *recall_new(size_t bytes, uint32_t keep_ms)
{
    size_t sets = bytes / sizeof(struct recall_row) / RECALL_WAYS;
    struct recall_row *rows = sets > 0 ? memory_try(sets * RECALL_WAYS * sizeof *rows) : NULL;
    if (rows == NULL)
        return NULL;
    memset(rows, 0, sets * RECALL_WAYS * sizeof *rows);
    struct recall *recall = memory_new(sizeof *recall);
    *recall = (struct recall){ .rows = rows, .set_count = sets, .began_ms = clock_now_ms(), .keep_ms = keep_ms };
    recall->counts.room = sets * RECALL_WAYS;
    lock_init(&recall->lock);
    signal_point_init(&recall->settled);
    return recall;
}

void recall_free(struct recall *recall)
{
    if (recall == NULL)
        return;
    lock_fini(&recall->lock);
    signal_point_fini(&recall->settled);
    free(recall->rows);
    free(recall);
}

static struct recall_row *recall_ways(struct recall *recall, const struct recall_key *key)
{
    uint64_t hash = 0;
    memcpy(&hash, key->digest.bytes, sizeof hash);
    return &recall->rows[(hash ^ key->hint) % recall->set_count * RECALL_WAYS];
}

static struct recall_row *recall_find(struct recall *recall, const struct recall_key *key)
{
    struct recall_row *ways = recall_ways(recall, key);
    for (size_t i = 0; i < RECALL_WAYS; i++) {
        bool is_same = ways[i].key.hint == key->hint &&
                       memcmp(&ways[i].key.digest, &key->digest, sizeof key->digest) == 0;
        if (ways[i].state != ROW_FREE && is_same)
            return &ways[i];
    }
    return NULL;
}

static void recall_free_row(struct recall *recall, struct recall_row *row)
{
    if (row->state == ROW_HELD)
        recall->counts.answers--;
    row->state = ROW_FREE;
}

/* A free place, or that of the answer that was not used for the longest time; NULL where all are claimed. */
static struct recall_row *recall_place(struct recall *recall, const struct recall_key *key)
{
    struct recall_row *ways = recall_ways(recall, key);
    struct recall_row *place = NULL;
    for (size_t i = 0; i < RECALL_WAYS; i++) {
        if (ways[i].state == ROW_FREE)
            return &ways[i];
        if (ways[i].state == ROW_HELD && (place == NULL || ways[i].used < place->used))
            place = &ways[i];
    }
    if (place != NULL)
        recall_free_row(recall, place);
    return place;
}

static void recall_forget_all(struct recall *recall)
{
    for (size_t i = 0; recall->counts.answers > 0 && i < recall->set_count * RECALL_WAYS; i++) {
        if (recall->rows[i].state == ROW_HELD)
            recall_free_row(recall, &recall->rows[i]);
    }
}

static void recall_use_generation(struct recall *recall, uint64_t generation)
{
    assert(generation != 0);
    if (recall->generation != generation)
        recall_forget_all(recall);
    recall->generation = generation;
}

static uint32_t recall_seconds(const struct recall *recall, int64_t now_ms)
{
    return now_ms > recall->began_ms ? (uint32_t)((now_ms - recall->began_ms) / 1000) : 0;
}

/* With the lock held. */
static enum recall_state recall_look(struct recall *recall, const struct recall_key *key, uint64_t generation,
                                     int64_t now_ms, struct answer *answer_out)
{
    recall_use_generation(recall, generation);
    struct recall_row *row = recall_find(recall, key);
    if (row != NULL && row->state == ROW_HELD &&
        recall_seconds(recall, now_ms) - row->kept_s >= recall->keep_ms / 1000) {
        recall_free_row(recall, row);
        row = NULL;
    }
    if (row != NULL && row->state == ROW_CLAIMED)
        return RECALL_BUSY;
    if (row != NULL) {
        row->used = ++recall->clock;
        recall->counts.hits++;
        *answer_out = (struct answer){ .unscannable = row->unscannable };
        answer_set(answer_out, row->kind, span_text(row->text));
        return RECALL_KNOWN;
    }
    recall->counts.misses++;
    row = recall_place(recall, key);
    if (row == NULL)
        return RECALL_NO_ROOM;
    row->key = *key;
    row->state = ROW_CLAIMED;
    return RECALL_CLAIMED;
}

enum recall_state recall_claim(struct recall *recall, const struct recall_key *key, uint64_t generation, int64_t now_ms,
                               struct answer *answer_out)
{
    lock_take(&recall->lock);
    enum recall_state state = recall_look(recall, key, generation, now_ms, answer_out);
    lock_drop(&recall->lock);
    return state;
}

void recall_settle(struct recall *recall, const struct recall_key *key, uint64_t generation, int64_t now_ms,
                   const struct answer *answer)
{
    lock_take(&recall->lock);
    struct recall_row *row = recall_find(recall, key);
    assert(row != NULL && row->state == ROW_CLAIMED);
    bool is_kept = answer != NULL && answer_is_definite(answer) && generation == recall->generation &&
                   answer->named[0] == '\0' && answer->ignored[0] == '\0' && strlen(answer->text) < sizeof row->text;
    row->state = ROW_FREE;
    if (is_kept) {
        row->state = ROW_HELD;
        row->kind = answer->kind;
        row->unscannable = answer->unscannable;
        row->kept_s = recall_seconds(recall, now_ms);
        row->used = ++recall->clock;
        (void)span_copy(span_text(answer->text), row->text, sizeof row->text);
        recall->counts.answers++;
    }
    signal_point_wake_all(&recall->settled);
    lock_drop(&recall->lock);
}

enum recall_state recall_wait(struct recall *recall, const struct recall_key *key, uint64_t generation,
                              struct deadline deadline, struct answer *answer_out)
{
    lock_take(&recall->lock);
    bool is_in_time = true;
    enum recall_state state = recall_look(recall, key, generation, clock_now_ms(), answer_out);
    while (state == RECALL_BUSY && is_in_time) {
        is_in_time = signal_point_wait(&recall->settled, &recall->lock, deadline);
        state = recall_look(recall, key, generation, clock_now_ms(), answer_out);
    }
    recall->counts.shared += state == RECALL_KNOWN ? 1 : 0;
    lock_drop(&recall->lock);
    return state;
}

void recall_drop(struct recall *recall)
{
    lock_take(&recall->lock);
    recall_forget_all(recall);
    lock_drop(&recall->lock);
}

struct recall_counts recall_count(struct recall *recall)
{
    lock_take(&recall->lock);
    struct recall_counts counts = recall->counts;
    lock_drop(&recall->lock);
    return counts;
}
