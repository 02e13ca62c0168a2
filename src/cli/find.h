/* Messages of a store, the newest first, page by page: so that however many there are, no reader is held for long. */
#ifndef CORDON_CLI_FIND_H
#define CORDON_CLI_FIND_H

#include "base/fault.h"
#include "cli/filter.h"
#include "store/store.h"

#include <stdint.h>

/* Calls `each` for what fits the filter, and, where `text` is not NULL, has all its words in one of the fields that
 * people look for things in; older than `before` (0: any), at most `limit` (0: all). Stops where `each` gives something
 * else than 0, and returns that; -1 and *fault: EINVAL where a filter has no word to look for. */
int find_messages(struct store_reader *reader, const struct filter *filter, const char *text, uint64_t before,
                  uint64_t limit, store_each each, void *context, struct fault *fault);

/* The sequences of all that fit, the oldest first, to be freed; for what goes on for long, or changes the store. */
int find_sequences(struct store_reader *reader, const struct filter *filter, uint64_t **sequences_out,
                   size_t *count_out, struct fault *fault);

#endif
