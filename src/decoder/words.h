/* Words of the message's text that could be the password of an archive in it.
 *
 * Likely ones come first: what follows a word for "password", then words with digits, then the rest. Bounded. Nearly no
 * message has anything that wants a password, so texts are only remembered until somebody asks.
 */
#ifndef CORDON_DECODER_WORDS_H
#define CORDON_DECODER_WORDS_H

#include "base/arena.h"
#include "base/span.h"

#include <stddef.h>

enum { WORDS_MOST = 192, WORDS_MOST_BYTES = 64, WORDS_TEXT_MOST = 262144, WORDS_WAITING = 64 };

struct words {
    struct arena arena;
    const char *named[WORDS_MOST / 3]; /* behind a word for "password" */
    size_t named_count;
    const char *mixed[WORDS_MOST / 3]; /* with digits or signs among letters */
    size_t mixed_count;
    const char *plain[WORDS_MOST / 3];
    size_t plain_count;
    size_t text_left;                   /* bytes of text still to be looked at */
    struct span waiting[WORDS_WAITING]; /* texts that have not been looked at */
    size_t waiting_count;
};

void words_init(struct words *words);
void words_fini(struct words *words);

/* Candidates may be in this text, plain or HTML, which must outlive *words. */
void words_add(struct words *words, struct span text);

/* The candidate number `index`, the likeliest first; NULL behind the last. */
const char *words_at(struct words *words, size_t index);

#endif
