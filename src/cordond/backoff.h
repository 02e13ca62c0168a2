/* How long to wait before a role is started again: short at first, doubling up to a limit, short again once it has
 * worked for a while. */
#ifndef CORDON_CORDOND_BACKOFF_H
#define CORDON_CORDOND_BACKOFF_H

#include <stdint.h>

enum { BACKOFF_FIRST_MS = 100, BACKOFF_MOST_MS = 10000, BACKOFF_FORGET_MS = 60000 };

struct backoff {
    int64_t last_ms; /* 0: the next wait is the first */
};

/* The wait before the next start. */
int64_t backoff_next_ms(struct backoff *backoff);

/* It has worked for BACKOFF_FORGET_MS. */
void backoff_reset(struct backoff *backoff);

#endif
