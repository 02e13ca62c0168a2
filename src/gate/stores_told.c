#include "gate/stores_told.h"

#include "base/keyed.h"
#include "base/memory.h"
#include "base/span.h"
#include "sys/thread.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

struct stores_told {
    struct lock lock;
    char *text; /* the supervisor's lines */
};

/* A metric and the key that the keeper says it by. */
struct told_row {
    const char *metric;
    const char *type;
    const char *help;
    const char *key;
    uint64_t divisor;
};

static const struct told_row rows[] = {
    { "cordon_store_messages", "gauge", "Messages in the store.", "messages", 1 },
    { "cordon_store_message_bytes", "gauge", "Bytes of the messages in the store.", "bytes", 1 },
    { "cordon_store_held_messages", "gauge", "Messages that somebody holds.", "held", 1 },
    { "cordon_store_disk_bytes", "gauge", "Bytes that the store takes on the disk.", "disk_bytes", 1 },
    { "cordon_store_last_sequence", "gauge", "The number of the last record.", "last_sequence", 1 },
    { "cordon_store_indexed_sequence", "gauge", "How far the index has come.", "indexed", 1 },
    { "cordon_store_expired_total", "counter", "Messages that went by age or size, since the keeper began.", "expired",
      1 },
    { "cordon_store_checked_timestamp_seconds", "gauge", "When the last verification in the background ended.",
      "checked_ms", 1000 },
    { "cordon_store_check_wrong", "gauge", "Things that were wrong in the last verification.", "wrong", 1 },
    { "cordon_store_check_wrong_record", "gauge",
      "The number of the first record that was wrong in the last verification; 0: none was.", "wrong_record", 1 },
};

struct stores_told *stores_told_new(void)
{
    struct stores_told *told = memory_new(sizeof *told);
    told->text = memory_copy_text("");
    lock_init(&told->lock);
    return told;
}

void stores_told_free(struct stores_told *told)
{
    if (told == NULL)
        return;
    lock_fini(&told->lock);
    free(told->text);
    free(told);
}

void stores_told_take(struct stores_told *told, const char *text)
{
    char *copy = memory_copy_text(text);
    lock_take(&told->lock);
    free(told->text);
    told->text = copy;
    lock_drop(&told->lock);
}

static struct span told_value(struct span text, const char *store, const char *key)
{
    char wanted[96];
    (void)snprintf(wanted, sizeof wanted, "store.%s.%s", store, key);
    return keyed_value(text, wanted);
}

/* A row stands where any store tells it. The names of stores have no byte that a label would have to escape. */
static void put_row(const struct told_row *row, struct span told, const struct settings *settings, struct buf *out)
{
    bool has_head = false;
    for (size_t i = 0; i < settings->store_count; i++) {
        const char *store = settings->stores[i].name;
        uint64_t value = 0;
        if (!span_number(told_value(told, store, row->key), &value))
            continue;
        if (!has_head)
            buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", row->metric, row->help, row->metric, row->type);
        has_head = true;
        buf_printf(out, "%s{store=\"%s\"} %" PRIu64 "\n", row->metric, store, value / row->divisor);
    }
}

void stores_told_metrics(struct stores_told *told, const struct settings *settings, struct buf *text_out)
{
    if (settings->store_count == 0)
        return;
    buf_put_text(text_out,
                 "# HELP cordon_store_open Whether the store takes messages.\n# TYPE cordon_store_open gauge\n");
    lock_take(&told->lock);
    struct span text = span_text(told->text);
    for (size_t i = 0; i < settings->store_count; i++) {
        const char *store = settings->stores[i].name;
        bool is_open = span_is(told_value(text, store, "state"), "open") &&
                       told_value(text, store, "failure").data == NULL;
        buf_printf(text_out, "cordon_store_open{store=\"%s\"} %d\n", store, is_open ? 1 : 0);
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        put_row(&rows[i], text, settings, text_out);
    lock_drop(&told->lock);
}
