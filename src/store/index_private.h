/* What index.c and index_find.c have in common: the index itself, and rows of it.
 *
 * Thread safety: none.
 */
#ifndef CORDON_STORE_INDEX_PRIVATE_H
#define CORDON_STORE_INDEX_PRIVATE_H

#include "store/index.h"
#include "store/index_sql.h"

struct index_posting {
    uint64_t token, sequence;
};

struct index {
    struct index_sql *sql;
    unsigned depth;  /* of index_begin */
    bool has_failed; /* a change within it did: nothing of it is kept */
    struct index_posting *postings;
    size_t posting_count, posting_room;
};

/* Words are put into the file in the order of their tokens, many at once: each page is then written once. Before
 * anything looks for them, and at the end, those that wait are put. */
int index_put_postings(struct index *index, struct fault *fault);

/* The columns of a record that is there, checked: of `statement`'s row. The row's metadata is empty. EBADMSG. */
int index_row_read(struct index *index, enum index_statement statement, struct index_row *row_out, struct fault *fault);

enum { INDEX_SIZE_CLASSES = 4 * 64 };
/* Four to an octave, ascending with the size. */
unsigned index_size_class(uint64_t size);

/* The levels of periods: numbers of milliseconds, as powers of two. */
enum { INDEX_PERIOD_FINE = 16 /* 66 seconds */, INDEX_PERIOD_COARSE = 24 /* 4.7 hours */ };

/* The greatest number that SQLite compares as such. */
#define INDEX_NUMBER_MOST ((uint64_t)INT64_MAX)

#endif
