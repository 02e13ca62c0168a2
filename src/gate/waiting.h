/* Messages that were told to wait (a 4xx), from the first time on until they are taken or refused: so that it shows for
 * how long the oldest comes again and again, and why.
 *
 * A message is known by its sender and Message-ID, or by its bytes where it has none; a mail server that tries again
 * sends the same. What does not come again for a day has gone elsewhere, and is forgotten. The room is bounded: where
 * it is full the youngest is not taken up. Thread safe.
 */
#ifndef CORDON_GATE_WAITING_H
#define CORDON_GATE_WAITING_H

#include "base/buf.h"
#include "sys/digest.h"
#include "verdict/verdict.h"

#include <stdbool.h>
#include <stdint.h>

enum { WAITING_ROWS = 4096, WAITING_KEEP_MS = 24 * 60 * 60 * 1000, WAITING_ALARM_STEP_MS = 10 * 60 * 1000 };

struct waiting;

struct waiting *waiting_new(void);
void waiting_free(struct waiting *waiting);

/* Who the message is. `message_id` may be empty, then `bytes` tell. */
void waiting_key(struct span sender, struct span message_id, struct span bytes, struct digest *key_out);

/* It was told to wait, for this category's sake (CATEGORY_CLEAN: the next hop's). */
void waiting_note(struct waiting *waiting, const struct digest *key, enum category reason, int64_t now_ms);

/* Nothing waits: there is no need for a key. */
bool waiting_is_empty(struct waiting *waiting);

/* It was taken, or refused for good. */
void waiting_end(struct waiting *waiting, const struct digest *key);

/* What waits for one reason. */
struct waiting_row {
    uint64_t messages;
    int64_t oldest_ms; /* age; 0: none */
};

/* By reason. Forgets what is too old. */
void waiting_look(struct waiting *waiting, int64_t now_ms, struct waiting_row rows_out[CATEGORIES]);

/* True where a message waits for longer than `alarm_ms` and that was not told for some minutes: then text_out is a line
 * about it. */
bool waiting_alarm(struct waiting *waiting, int64_t now_ms, uint32_t alarm_ms, struct buf *text_out);

/* Lines "waiting.REASON=messages:N oldest_s:N", for those reasons for which some wait. The age is in whole minutes, so
 * that the text does not change each second. */
void waiting_status(struct waiting *waiting, int64_t now_ms, struct buf *text_out);

/* In the text format of Prometheus. */
void waiting_metrics(struct waiting *waiting, int64_t now_ms, struct buf *text_out);

#endif
