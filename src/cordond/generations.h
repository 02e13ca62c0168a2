/* How generations come and go: the start, reloads, the end. */
#ifndef CORDON_CORDOND_GENERATIONS_H
#define CORDON_CORDOND_GENERATIONS_H

#include "cordond/supervisor.h"

/* The first one. Owns the settings and the stores' keys. -1 and *fault. */
int generations_begin(struct supervisor *supervisor, struct settings *settings_take, const struct key_ring *keys_take,
                      struct fault *fault);

/* SIGHUP. It is done when the one before is done, and when there is room. */
void generations_reload(struct supervisor *supervisor);

/* All drain; a second time: all are killed. */
void generations_stop(struct supervisor *supervisor);

/* Once in every turn of the loop: the next step of whatever is under way. */
void generations_tend(struct supervisor *supervisor);

/* An engine beside the one of the current generation, with the same settings, which nobody asks yet. It ends unless
 * supervisor->signatures.fresh is that one. `argument` is its own, or "". NULL and *fault. */
struct child *generations_add_engine(struct supervisor *supervisor, const char *argument, struct fault *fault);

/* In every generation that has `old` the other takes its place, and its gate asks that one from now on; `old` finishes
 * what it has in hand, and ends. -1 and *fault: nothing has changed. */
int generations_replace_engine(struct supervisor *supervisor, const struct child *old, struct child *fresh,
                               struct fault *fault);

/* No child is left. */
bool generations_are_gone(const struct supervisor *supervisor);

#endif
