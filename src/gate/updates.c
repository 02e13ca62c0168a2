#include "gate/updates.h"

#include "base/keyed.h"
#include "base/memory.h"
#include "base/span.h"
#include "sys/thread.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

struct updates {
    struct lock lock;
    char *text; /* the supervisor's lines */
};

/* The states that the supervisor names; each is a sample of its own, so that an alarm can be about one of them. */
static const char *const states[] = { "in use",
                                      "none",
                                      "an update is being written",
                                      "trying an update",
                                      "the last update was refused",
                                      "trying the last good set",
                                      "the last good set is in use" };

struct updates *updates_new(void)
{
    struct updates *updates = memory_new(sizeof *updates);
    updates->text = memory_copy_text("");
    lock_init(&updates->lock);
    return updates;
}

void updates_free(struct updates *updates)
{
    if (updates == NULL)
        return;
    lock_fini(&updates->lock);
    free(updates->text);
    free(updates);
}

void updates_take(struct updates *updates, const char *text)
{
    char *copy = memory_copy_text(text);
    lock_take(&updates->lock);
    free(updates->text);
    updates->text = copy;
    lock_drop(&updates->lock);
}

int64_t updates_made(struct updates *updates)
{
    lock_take(&updates->lock);
    int64_t made = (int64_t)keyed_number(span_text(updates->text), "built");
    lock_drop(&updates->lock);
    return made;
}

static void put_head(const char *name, const char *type, const char *help, struct buf *text)
{
    buf_printf(text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_number(const char *name, const char *type, const char *help, int64_t value, struct buf *text)
{
    put_head(name, type, help, text);
    buf_printf(text, "%s %" PRId64 "\n", name, value);
}

/* A label of a scrape must be UTF-8; what a signature's name or an error brings along need not be. */
static void put_label(const char *name, struct span value, struct buf *text)
{
    buf_printf(text, "%s=\"", name);
    for (size_t i = 0; i < value.size; i++) {
        char c = value.data[i];
        if (c == '"' || c == '\\')
            buf_put_char(text, '\\');
        if (c < ' ' || c >= '\x7f')
            c = '?';
        buf_put_char(text, c);
    }
    buf_put_char(text, '"');
}

static void put_states(struct span state, struct buf *text)
{
    static const char name[] = "cordon_signatures_state";
    put_head(name, "gauge", "1 for the state that the engine's signatures are in, 0 for the others.", text);
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        buf_printf(text, "%s{state=\"%s\"} %d\n", name, states[i], span_is(state, states[i]) ? 1 : 0);
}

static void put_texts(struct span told, struct buf *text)
{
    struct span generation = keyed_value(told, "generation");
    struct span refusal = keyed_value(told, "refusal");
    if (generation.size > 0) {
        put_head("cordon_signatures_generation_info", "gauge", "The set in use, in labels.", text);
        buf_put_text(text, "cordon_signatures_generation_info{");
        put_label("generation", generation, text);
        buf_put_char(text, ',');
        put_label("version", keyed_value(told, "version"), text);
        buf_put_text(text, "} 1\n");
    }
    if (refusal.size > 0) {
        put_head("cordon_signatures_refusal_info", "gauge", "Why the last refused update was refused, in a label.",
                 text);
        buf_put_text(text, "cordon_signatures_refusal_info{");
        put_label("reason", refusal, text);
        buf_put_text(text, "} 1\n");
    }
}

static int64_t age(uint64_t since, int64_t now)
{
    if (since == 0)
        return -1;
    return now > (int64_t)since ? now - (int64_t)since : 0;
}

void updates_metrics(struct updates *updates, int64_t now_ms, int64_t now_wall, struct buf *text_out)
{
    lock_take(&updates->lock);
    struct span told = span_text(updates->text);
    if (told.size > 0) {
        int64_t refused_ms = age(keyed_number(told, "refused_ms"), now_ms);
        put_states(keyed_value(told, "state"), text_out);
        put_number("cordon_signatures_age_seconds", "gauge", "Since the set in use was made; -1: unknown.",
                   age(keyed_number(told, "built"), now_wall), text_out);
        put_number("cordon_signatures_loaded", "gauge", "Signatures in the set in use; 0: there is none.",
                   (int64_t)keyed_number(told, "count"), text_out);
        put_number("cordon_signatures_switched_total", "counter", "Updates that were taken into use.",
                   (int64_t)keyed_number(told, "switched_total"), text_out);
        put_number("cordon_signatures_refused_total", "counter", "Updates that were refused.",
                   (int64_t)keyed_number(told, "refused_total"), text_out);
        put_number("cordon_signatures_refused_age_seconds", "gauge", "Since an update was refused; -1: never.",
                   refused_ms >= 0 ? refused_ms / 1000 : -1, text_out);
        put_texts(told, text_out);
    }
    lock_drop(&updates->lock);
}
