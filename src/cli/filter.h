/* Which messages: the filters that were typed, as a query of the index and words to be made tokens of. */
#ifndef CORDON_CLI_FILTER_H
#define CORDON_CLI_FILTER_H

#include "base/span.h"
#include "cli/command.h"
#include "store/index.h"

#include <stdbool.h>
#include <stdint.h>

enum { FILTER_MOST_WORDS = 32 };

struct filter_word {
    const char *field; /* as store_ask has it: "sender" */
    const char *text;
};

struct filter {
    struct index_query query; /* without tokens and limit */
    struct filter_word words[FILTER_MOST_WORDS];
    size_t word_count;
};

/* -1: go on; else the exit status, and what is wrong was said. --before and --limit are not looked at. */
int filter_read(const struct command_line *line, uint64_t now_ms, struct filter *filter_out);

/* ">1M", ">=1M", "<10k", "<=10k", "10k-1M", "1M" (exactly that): the least and the most size that fits. Most 0: there
 * is no bound. False where it is none of these. */
bool filter_size_read(struct span text, uint64_t *least_out, uint64_t *most_out);

/* "infected,banned" as bits; false where one of them is no category. */
bool filter_categories_read(struct span text, unsigned *categories_out);

#endif
