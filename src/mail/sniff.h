/* Mail where nobody said there would be some: a file that is a message, and header fields of MIME within a text, as in
 * bounces, forwarded mail, and multiparts whose header some program reads otherwise.
 */
#ifndef CORDON_MAIL_SNIFF_H
#define CORDON_MAIL_SNIFF_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

/* Where a message begins in a file: behind empty lines, a byte order mark and an mbox's separator line, which some put
 * before a mail and which are no part of it. */
size_t mail_start(struct span file);

/* Is it a message? It begins with a field, and has one of a mail's before the first empty line. */
bool mail_looks(struct span message);

/* A header with a field of MIME in the middle of a text. */
struct mail_sniff {
    size_t at;            /* where its first line begins */
    size_t next_at;       /* where to look on */
    struct span boundary; /* of the delimiter line before it; data NULL: there is none */
};

/* Finds the next one that begins at or behind `from`. False where there is none. Linear over all calls. */
bool mail_sniff_next(struct span text, size_t from, struct mail_sniff *sniff_out);

#endif
