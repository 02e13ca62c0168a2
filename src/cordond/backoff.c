#include "backoff.h"

int64_t backoff_next_ms(struct backoff *backoff)
{
    int64_t next = backoff->last_ms > 0 ? 2 * backoff->last_ms : BACKOFF_FIRST_MS;
    backoff->last_ms = next < BACKOFF_MOST_MS ? next : BACKOFF_MOST_MS;
    return backoff->last_ms;
}

void backoff_reset(struct backoff *backoff)
{
    backoff->last_ms = 0;
}
