/* What the supervisor tells of the embedded engine's signatures (CONTROL_SIGNATURES): which set is in use, and what
 * became of its updates. For the metrics, and for the engine's row among the scanners. Thread safe.
 */
#ifndef CORDON_GATE_UPDATES_H
#define CORDON_GATE_UPDATES_H

#include "base/buf.h"

#include <stdint.h>

struct updates;

struct updates *updates_new(void);
void updates_free(struct updates *updates);

/* Replaces what was told before. Lines "key=value"; an empty text: nobody's signatures are watched. */
void updates_take(struct updates *updates, const char *text);

/* When the set in use was made, by the wall clock; 0: unknown. */
int64_t updates_made(struct updates *updates);

/* In the text format of Prometheus; nothing where nothing is watched. */
void updates_metrics(struct updates *updates, int64_t now_ms, int64_t now_wall, struct buf *text_out);

#endif
