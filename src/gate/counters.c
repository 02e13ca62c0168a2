#include "gate/counters.h"

#include "base/memory.h"

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
