/* How often each of many texts came, and with how many bytes: for reports. Beyond TALLY_MOST different texts the rest
 * is counted together, so that nobody makes us grow by sending from ever new addresses. */
#ifndef CORDON_CLI_TALLY_H
#define CORDON_CLI_TALLY_H

#include "base/span.h"

#include <stddef.h>
#include <stdint.h>

enum { TALLY_MOST = 65536, TALLY_TEXT_MOST = 320 /* a longer text is cut */ };

struct tally;

struct tally_row {
    char *text;
    size_t size;
    uint64_t count;
    uint64_t bytes;
};

struct tally *tally_new(void);
void tally_free(struct tally *tally);

void tally_add(struct tally *tally, struct span text, uint64_t bytes);

/* The most frequent, at most `most` of them, in order (of one count: by text); they live until the next call. How many
 * it gives; *others_out is what all that is not among them came to. */
size_t tally_top(struct tally *tally, size_t most, const struct tally_row **rows_out, uint64_t *others_out);

#endif
