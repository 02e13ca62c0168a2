/* Time that only goes forward, and deadlines.
 *
 * All waits in Cordon end at a deadline on CLOCK_MONOTONIC; wall-clock time is for logs and records alone. The
 * monotonic clock is the same in all processes of one machine, so a deadline may be sent to another role.
 */
#ifndef CORDON_SYS_CLOCK_H
#define CORDON_SYS_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct deadline {
    int64_t at_ms; /* on the clock of clock_now_ms */
};

int64_t clock_now_ms(void);
int64_t clock_now_us(void);

/* Milliseconds since 1970. It may be put forward and back: for what is told and stored, never for waiting. */
uint64_t clock_wall_ms(void);

/* "Never": for waits that another end bounds. */
struct deadline deadline_never(void);
struct deadline deadline_in(int64_t ms);

/* The earlier of the two. */
struct deadline deadline_earlier(struct deadline a, struct deadline b);
bool deadline_passed(struct deadline deadline);

/* Milliseconds left, 0 where it has passed, clipped to INT_MAX; -1 for "never". Fit for poll(2). */
int deadline_left_ms(struct deadline deadline);

#endif
