/* Messages of a store, the newest first, page by page: so that however many there are, no reader is held for long. */
#ifndef CORDON_CLI_FIND_H
#define CORDON_CLI_FIND_H

#include "base/fault.h"
#include "cli/filter.h"
#include "store/store.h"

#include <stdint.h>

/* What is looked for beside the filter. */
struct find_bounds {
    const char *text; /* all its words stand in one of the fields that people look for things in; NULL: any */
    uint64_t before;  /* sequence: only older ones; 0: any */
    uint64_t limit;   /* 0: all, however long that takes; else each page costs no more than INDEX_STEPS */
};

/* Calls `each` for what fits. Stops where `each` gives something else than 0, and returns that; -1 and *fault: EINVAL
 * where a filter has no word to look for. *rest_out (may be NULL): as index_find's. */
int find_messages(struct store_reader *reader, const struct filter *filter, const struct find_bounds *bounds,
                  store_each each, void *context, uint64_t *rest_out, struct fault *fault);

/* When the newest message that is older than `before` was stored; 0: there is none. */
uint64_t find_time_before(struct store_reader *reader, uint64_t before);

/* The sequences of all that fit, the oldest first, to be freed; for what goes on for long, or changes the store. */
int find_sequences(struct store_reader *reader, const struct filter *filter, uint64_t **sequences_out,
                   size_t *count_out, struct fault *fault);

#endif
