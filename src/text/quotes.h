/* Quotes in scripts and markup, for whoever goes through a content from its start to its end. */
#ifndef CORDON_TEXT_QUOTES_H
#define CORDON_TEXT_QUOTES_H

#include "base/span.h"

enum { QUOTE_KINDS = 3 };

struct quotes {
    struct span content;
    size_t next[QUOTE_KINDS]; /* of each kind, at or behind where was asked last */
};

/* Where that character stands, at or behind `at`; content.size where it does not. */
size_t quotes_find(struct span content, size_t at, char kind);

struct quotes quotes_of(struct span content);

/* The next quote of any kind at or behind `at`, which never goes back; content.size where there is none. As fast as
 * memchr, and for each kind no byte is looked at twice. */
size_t quotes_next(struct quotes *quotes, size_t at);

#endif
