#include "gate/waiting.h"

#include "base/memory.h"
#include "sys/thread.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { WAITING_WAYS = 16, WAITING_KEY_LIMIT = 65536 };

struct waiting_message {
    struct digest key;
    int64_t since_ms; /* the first time; 0: the row is free */
    int64_t seen_ms;  /* the last time */
    enum category reason;
};

struct waiting {
    struct lock lock;
    struct waiting_message *messages;
    size_t count;
    int64_t told_ms; /* the last alarm; 0: none */
};

struct waiting *waiting_new(void)
{
    struct waiting *waiting = memory_new(sizeof *waiting);
    waiting->messages = memory_new(WAITING_ROWS * sizeof *waiting->messages);
    lock_init(&waiting->lock);
    return waiting;
}

void waiting_free(struct waiting *waiting)
{
    if (waiting == NULL)
        return;
    lock_fini(&waiting->lock);
    free(waiting->messages);
    free(waiting);
}

void waiting_key(struct span sender, struct span message_id, struct span bytes, struct digest *key_out)
{
    if (message_id.size == 0) {
        digest_of(bytes, key_out);
        return;
    }
    struct buf key;
    buf_init(&key, WAITING_KEY_LIMIT);
    buf_put_span(&key, sender);
    buf_put_char(&key, '\0');
    buf_put_span(&key, message_id);
    digest_of(buf_span(&key), key_out);
    buf_fini(&key);
}

static struct waiting_message *waiting_ways(struct waiting *waiting, const struct digest *key)
{
    uint32_t hash = 0;
    memcpy(&hash, key->bytes, sizeof hash);
    return &waiting->messages[(size_t)(hash % (WAITING_ROWS / WAITING_WAYS)) * WAITING_WAYS];
}

static struct waiting_message *waiting_find(struct waiting *waiting, const struct digest *key)
{
    struct waiting_message *ways = waiting_ways(waiting, key);
    for (size_t i = 0; waiting->count > 0 && i < WAITING_WAYS; i++) {
        if (ways[i].since_ms != 0 && memcmp(&ways[i].key, key, sizeof *key) == 0)
            return &ways[i];
    }
    return NULL;
}

static void waiting_free_row(struct waiting *waiting, struct waiting_message *message)
{
    message->since_ms = 0;
    waiting->count--;
}

/* A free row, or one of a message that has not come again; NULL: no room. */
static struct waiting_message *waiting_place(struct waiting *waiting, const struct digest *key, int64_t now_ms)
{
    struct waiting_message *ways = waiting_ways(waiting, key);
    for (size_t i = 0; i < WAITING_WAYS; i++) {
        bool is_gone = ways[i].since_ms != 0 && now_ms - ways[i].seen_ms >= WAITING_KEEP_MS;
        if (is_gone)
            waiting_free_row(waiting, &ways[i]);
        if (ways[i].since_ms == 0)
            return &ways[i];
    }
    return NULL;
}

void waiting_note(struct waiting *waiting, const struct digest *key, enum category reason, int64_t now_ms)
{
    lock_take(&waiting->lock);
    struct waiting_message *message = waiting_find(waiting, key);
    if (message == NULL) {
        message = waiting_place(waiting, key, now_ms);
        if (message != NULL) {
            *message = (struct waiting_message){ .key = *key, .since_ms = now_ms };
            waiting->count++;
        }
    }
    if (message != NULL) {
        message->seen_ms = now_ms;
        message->reason = reason;
    }
    lock_drop(&waiting->lock);
}

bool waiting_is_empty(struct waiting *waiting)
{
    lock_take(&waiting->lock);
    bool is_empty = waiting->count == 0;
    lock_drop(&waiting->lock);
    return is_empty;
}

void waiting_end(struct waiting *waiting, const struct digest *key)
{
    lock_take(&waiting->lock);
    struct waiting_message *message = waiting_find(waiting, key);
    if (message != NULL)
        waiting_free_row(waiting, message);
    lock_drop(&waiting->lock);
}

void waiting_look(struct waiting *waiting, int64_t now_ms, struct waiting_row rows_out[CATEGORIES])
{
    memset(rows_out, 0, CATEGORIES * sizeof *rows_out);
    lock_take(&waiting->lock);
    for (size_t i = 0; waiting->count > 0 && i < WAITING_ROWS; i++) {
        struct waiting_message *message = &waiting->messages[i];
        if (message->since_ms == 0)
            continue;
        if (now_ms - message->seen_ms >= WAITING_KEEP_MS) {
            waiting_free_row(waiting, message);
            continue;
        }
        struct waiting_row *row = &rows_out[message->reason];
        int64_t age_ms = now_ms - message->since_ms;
        row->messages++;
        row->oldest_ms = age_ms > row->oldest_ms ? age_ms : row->oldest_ms;
    }
    lock_drop(&waiting->lock);
}

static const char *waiting_reason_text(enum category reason)
{
    return reason == CATEGORY_CLEAN ? "next-hop" : category_text(reason);
}

bool waiting_alarm(struct waiting *waiting, int64_t now_ms, uint32_t alarm_ms, struct buf *text_out)
{
    struct waiting_row rows[CATEGORIES];
    bool is_alarm = false;
    waiting_look(waiting, now_ms, rows);
    lock_take(&waiting->lock);
    bool may_tell = waiting->told_ms == 0 || now_ms - waiting->told_ms >= WAITING_ALARM_STEP_MS;
    for (enum category reason = CATEGORY_CLEAN; may_tell && reason < CATEGORIES; reason++) {
        if (rows[reason].oldest_ms < alarm_ms || rows[reason].messages == 0)
            continue;
        buf_printf(text_out, "%s%s: %" PRIu64 " messages wait, the oldest for %" PRId64 " s", is_alarm ? "; " : "",
                   waiting_reason_text(reason), rows[reason].messages, rows[reason].oldest_ms / 1000);
        is_alarm = true;
    }
    if (is_alarm)
        waiting->told_ms = now_ms;
    lock_drop(&waiting->lock);
    return is_alarm;
}

void waiting_status(struct waiting *waiting, int64_t now_ms, struct buf *text_out)
{
    struct waiting_row rows[CATEGORIES];
    waiting_look(waiting, now_ms, rows);
    for (enum category reason = CATEGORY_CLEAN; reason < CATEGORIES; reason++) {
        if (rows[reason].messages > 0)
            buf_printf(text_out, "waiting.%s=messages:%" PRIu64 " oldest_s:%" PRId64 "\n", waiting_reason_text(reason),
                       rows[reason].messages, rows[reason].oldest_ms / 60000 * 60);
    }
}

void waiting_metrics(struct waiting *waiting, int64_t now_ms, struct buf *text_out)
{
    struct waiting_row rows[CATEGORIES];
    waiting_look(waiting, now_ms, rows);
    buf_put_text(text_out, "# HELP cordon_waiting_messages Messages that were told to wait and came to no end yet.\n"
                           "# TYPE cordon_waiting_messages gauge\n");
    for (enum category reason = CATEGORY_CLEAN; reason < CATEGORIES; reason++)
        buf_printf(text_out, "cordon_waiting_messages{reason=\"%s\"} %" PRIu64 "\n", waiting_reason_text(reason),
                   rows[reason].messages);
    buf_put_text(text_out, "# HELP cordon_waiting_oldest_seconds Since the oldest of them was first told to wait.\n"
                           "# TYPE cordon_waiting_oldest_seconds gauge\n");
    for (enum category reason = CATEGORY_CLEAN; reason < CATEGORIES; reason++)
        buf_printf(text_out, "cordon_waiting_oldest_seconds{reason=\"%s\"} %.3f\n", waiting_reason_text(reason),
                   (double)rows[reason].oldest_ms / 1000);
}
