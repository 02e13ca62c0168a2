/* Memory that is freed all at once, with a limit.
 *
 * A message, a session's transaction or a report owns one arena; whatever hangs off it lives exactly as long.
 */
#ifndef CORDON_BASE_ARENA_H
#define CORDON_BASE_ARENA_H

#include "span.h"

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *newest;
    size_t used;
    size_t limit;
};

/* Allocates nothing yet. `limit` bounds the sum of what arena_try gives out. */
void arena_init(struct arena *arena, size_t limit);
void arena_fini(struct arena *arena);

/* Zeroed, aligned memory, or NULL where the limit is reached. For sizes and counts that come from outside. */
void *arena_try(struct arena *arena, size_t size);

/* As arena_try, for sizes that are ours and small: beyond the limit it ends the process. Never NULL. */
void *arena_new(struct arena *arena, size_t size);

/* A terminated copy with NUL bytes replaced by '?', or NULL where the limit is reached. */
char *arena_try_text(struct arena *arena, struct span span);

#endif
