/* The keeper's lines in the log about its stores: event=store, with what happened to which. */
#ifndef CORDON_KEEPER_TELL_H
#define CORDON_KEEPER_TELL_H

#include "store/segments.h"

#include <stdbool.h>

/* A store_tell; the context is the store's name. */
void tell_of_store(void *context, bool is_alarm, const char *event, const char *text);

void tell_opened(const char *name, const struct segments_found *found);
void tell_failure(const char *name, const char *text);

#endif
