#include "gate/counters.h"

#include "base/memory.h"

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

struct gate_counters {
    _Atomic uint64_t sessions_open;
    _Atomic uint64_t sessions_begun;
    _Atomic uint64_t sessions_refused;
    _Atomic uint64_t bytes;
    _Atomic uint64_t messages[CATEGORIES];
    _Atomic uint64_t decoder_crashes;
    _Atomic uint64_t kept[SETTINGS_MOST_STORES];
    _Atomic uint64_t keep_failures[SETTINGS_MOST_STORES];
    atomic_bool keep_fails[SETTINGS_MOST_STORES];
};

struct gate_counters *counters_new(void)
{
    return memory_new(sizeof(struct gate_counters));
}

void counters_free(struct gate_counters *counters)
{
    free(counters);
}

void counters_session_began(struct gate_counters *counters)
{
    atomic_fetch_add(&counters->sessions_open, 1);
    atomic_fetch_add(&counters->sessions_begun, 1);
}

void counters_session_ended(struct gate_counters *counters)
{
    atomic_fetch_sub(&counters->sessions_open, 1);
}

void counters_session_refused(struct gate_counters *counters)
{
    atomic_fetch_add(&counters->sessions_refused, 1);
}

void counters_message(struct gate_counters *counters, enum category category, uint64_t bytes)
{
    atomic_fetch_add(&counters->messages[category], 1);
    atomic_fetch_add(&counters->bytes, bytes);
}

void counters_decoder_crashes(struct gate_counters *counters, unsigned crashes)
{
    atomic_fetch_add(&counters->decoder_crashes, crashes);
}

void counters_kept(struct gate_counters *counters, size_t store, bool is_kept)
{
    assert(store < SETTINGS_MOST_STORES);
    atomic_fetch_add(is_kept ? &counters->kept[store] : &counters->keep_failures[store], 1);
    atomic_store(&counters->keep_fails[store], !is_kept);
}

bool counters_keep_fails(struct gate_counters *counters, size_t store)
{
    assert(store < SETTINGS_MOST_STORES);
    return atomic_load(&counters->keep_fails[store]);
}

uint64_t counters_sessions(struct gate_counters *counters)
{
    return atomic_load(&counters->sessions_open);
}

void counters_status(struct gate_counters *counters, struct buf *text_out)
{
    buf_printf(text_out, "sessions=%" PRIu64 "\n", atomic_load(&counters->sessions_open));
    buf_printf(text_out, "sessions_total=%" PRIu64 "\n", atomic_load(&counters->sessions_begun));
    buf_printf(text_out, "sessions_refused=%" PRIu64 "\n", atomic_load(&counters->sessions_refused));
    for (enum category c = CATEGORY_CLEAN; c < CATEGORIES; c++)
        buf_printf(text_out, "messages_%s=%" PRIu64 "\n", category_text(c), atomic_load(&counters->messages[c]));
    buf_printf(text_out, "decoder_crashes=%" PRIu64 "\n", atomic_load(&counters->decoder_crashes));
    buf_printf(text_out, "bytes_total=%" PRIu64 "\n", atomic_load(&counters->bytes));
}

void counters_stores_status(struct gate_counters *counters, const struct settings *settings, struct buf *text_out)
{
    for (size_t i = 0; i < settings->store_count; i++)
        buf_printf(text_out, "kept.%s=%" PRIu64 "\nkeep_failures.%s=%" PRIu64 "\n", settings->stores[i].name,
                   atomic_load(&counters->kept[i]), settings->stores[i].name, atomic_load(&counters->keep_failures[i]));
}

static void put_stores(const char *name, const char *help, const _Atomic uint64_t *values,
                       const struct settings *settings, struct buf *text_out)
{
    buf_printf(text_out, "# HELP %s %s\n# TYPE %s counter\n", name, help, name);
    for (size_t i = 0; i < settings->store_count; i++)
        buf_printf(text_out, "%s{store=\"%s\"} %" PRIu64 "\n", name, settings->stores[i].name, atomic_load(&values[i]));
}

void counters_stores_metrics(struct gate_counters *counters, const struct settings *settings, struct buf *text_out)
{
    if (settings->store_count == 0)
        return;
    put_stores("cordon_kept_total", "Messages that were put into a store.", counters->kept, settings, text_out);
    put_stores("cordon_keep_failures_total", "Messages that a store should have kept and did not.",
               counters->keep_failures, settings, text_out);
}

void counters_metrics(struct gate_counters *counters, struct buf *text_out)
{
    const struct {
        const char *name;
        const char *type;
        const char *help;
        const _Atomic uint64_t *value;
    } rows[] = {
        { "cordon_sessions", "gauge", "Open sessions.", &counters->sessions_open },
        { "cordon_sessions_total", "counter", "Sessions begun.", &counters->sessions_begun },
        { "cordon_sessions_refused_total", "counter", "Sessions refused.", &counters->sessions_refused },
        { "cordon_message_bytes_total", "counter", "Bytes of judged messages.", &counters->bytes },
        { "cordon_decoder_crashes_total", "counter", "Decoders that died of a message.", &counters->decoder_crashes },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        buf_printf(text_out, "# HELP %s %s\n# TYPE %s %s\n%s %" PRIu64 "\n", rows[i].name, rows[i].help, rows[i].name,
                   rows[i].type, rows[i].name, atomic_load(rows[i].value));
    buf_put_text(text_out, "# HELP cordon_messages_total Judged messages, by their gravest category.\n"
                           "# TYPE cordon_messages_total counter\n");
    for (enum category c = CATEGORY_CLEAN; c < CATEGORIES; c++)
        buf_printf(text_out, "cordon_messages_total{category=\"%s\"} %" PRIu64 "\n", category_text(c),
                   atomic_load(&counters->messages[c]));
}
