/* How generations come and go: the start, reloads, the end. */
#ifndef CORDON_CORDOND_GENERATIONS_H
#define CORDON_CORDOND_GENERATIONS_H

#include "cordond/supervisor.h"

/* The first one. Owns the settings. -1 and *fault. */
int generations_begin(struct supervisor *supervisor, struct settings *settings_take, struct fault *fault);

/* SIGHUP. It is done when the one before is done, and when there is room. */
void generations_reload(struct supervisor *supervisor);

/* All drain; a second time: all are killed. */
void generations_stop(struct supervisor *supervisor);

/* Once in every turn of the loop: the next step of whatever is under way. */
void generations_tend(struct supervisor *supervisor);

/* No child is left. */
bool generations_are_gone(const struct supervisor *supervisor);

#endif
