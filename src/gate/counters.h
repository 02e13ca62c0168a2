/* What the gate counts, for `cordon status`. Thread safe. */
#ifndef CORDON_GATE_COUNTERS_H
#define CORDON_GATE_COUNTERS_H

#include "base/buf.h"
#include "conf/settings.h"
#include "policy/policy.h"
#include "verdict/verdict.h"

#include <stdbool.h>
#include <stdint.h>

struct gate_counters;

struct gate_counters *counters_new(void);
void counters_free(struct gate_counters *counters);

void counters_session_began(struct gate_counters *counters);
void counters_session_ended(struct gate_counters *counters);
void counters_session_refused(struct gate_counters *counters);
void counters_message(struct gate_counters *counters, enum category category, uint64_t bytes);

/* Decoders that died of a message, or gave a report that is none. */
void counters_decoder_crashes(struct gate_counters *counters, unsigned crashes);

/* A message was put into the store of this number in the settings, or could not be. */
void counters_kept(struct gate_counters *counters, size_t store, bool is_kept);
/* Whether it could not be the last time. */
bool counters_keep_fails(struct gate_counters *counters, size_t store);

/* Sessions open now. */
uint64_t counters_sessions(struct gate_counters *counters);

/* Lines key=value. */
void counters_status(struct gate_counters *counters, struct buf *text_out);
void counters_stores_status(struct gate_counters *counters, const struct settings *settings, struct buf *text_out);

/* In the text format of Prometheus. */
void counters_metrics(struct gate_counters *counters, struct buf *text_out);
void counters_stores_metrics(struct gate_counters *counters, const struct settings *settings, struct buf *text_out);

#endif
