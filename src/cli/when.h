/* Moments as people write them, and as they are shown: in the machine's time zone.
 *
 *   now, today, yesterday          2 days, 90 min ago, 3w, 1 month (30 days)
 *   2026-11-26                     2026-11-26 14:30, 2026-11-26T14:30:05Z, ...+01:00
 *   14:30, 14:30:05 (today)        @1764150000
 */
#ifndef CORDON_CLI_WHEN_H
#define CORDON_CLI_WHEN_H

#include "base/buf.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

/* Milliseconds since 1970; false where it is none of these. With `is_end` a day alone is the moment at which the next
 * one begins. */
bool when_read(struct span text, uint64_t now_ms, bool is_end, uint64_t *ms_out);

void when_put(struct buf *out, uint64_t ms);     /* "2026-11-26 14:30:05" */
void when_put_utc(struct buf *out, uint64_t ms); /* "2026-11-26T13:30:05.123Z", for programs */

#endif
