/* Whether the wall clock may be believed where something is to be deleted because it is old.
 *
 * A clock that is set to the next century for a minute would take all that nobody holds with it. So the guard remembers
 * what it showed last, in HEAD.clock too, each hour. Where it is ahead of that by more than CLOCK_GUARD_JUMP_MS,
 * nothing is old for CLOCK_GUARD_WAIT_MS, by the new clock; where the machine was off for so long too. That ends when
 * the time is over, when the clock is put back, or when somebody who has looked at the clock removes that file and
 * starts anew.
 *
 * Thread safety: none; one thread looks.
 */
#ifndef CORDON_STORE_CLOCK_GUARD_H
#define CORDON_STORE_CLOCK_GUARD_H

#include "base/fault.h"

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_GUARD_JUMP_MS UINT64_C(86400000)
#define CLOCK_GUARD_WAIT_MS UINT64_C(259200000)

struct clock_guard {
    uint64_t seen_ms;    /* the wall clock; 0: never */
    int64_t seen_at;     /* clock_now_ms then */
    uint64_t until_ms;   /* nothing is old until then; 0: the clock is believed */
    uint64_t written_ms; /* what the file has as seen */
};

/* What HEAD.clock says goes on; with one that says nothing it is as after a jump. */
void clock_guard_begin(struct clock_guard *guard, const char *head_path, int64_t now_at);

enum clock_guard_news { CLOCK_GUARD_NO_NEWS, CLOCK_GUARD_JUMPED, CLOCK_GUARD_SETTLED };

/* Looks at the clock: now_ms by the wall, now_at by clock_now_ms. Afterwards until_ms says whether it is believed,
 * whatever *fault says of the file; its code stays 0 where all is well. */
enum clock_guard_news clock_guard_look(struct clock_guard *guard, const char *head_path, uint64_t now_ms,
                                       int64_t now_at, struct fault *fault);

#endif
