/* The index of a store: which records there are, and which words they have. A cache by decree: it can be made again
 * from the segments at any time, and where it is missing, stale, altered or of another version it is.
 *
 * SQLite, in STORE/index.sqlite. No plain word of a mail is in it: words are tokens (crypt_token), and what is shown of
 * a record is its sealed metadata. This is the one interface to it; PostgreSQL would stand behind it.
 *
 * Thread safety: none within one index: one writer, and each reader has an index of its own (index_open with
 * is_reader), in this process or another. They do not wait for each other.
 */
#ifndef CORDON_STORE_INDEX_H
#define CORDON_STORE_INDEX_H

#include "base/buf.h"
#include "base/fault.h"
#include "base/span.h"
#include "store/record.h"
#include "store/segments.h"
#include "verdict/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct index;

enum { INDEX_VERSION = 1, INDEX_MOST_TOKENS = 512 /* of one record */ };

/* One of another store or version, or one that is broken, is removed and made anew, empty, where is_reader is false; -1
 * and *fault (EBADMSG) where it is true. *is_fresh_out: it is empty, and must be filled. */
int index_open(const char *path, const struct record_store_id *store, bool is_reader, struct index **index_out,
               bool *is_fresh_out, struct fault *fault);
/* Removes the file and what belongs to it; nobody has it open. */
int index_unlink(const char *path, struct fault *fault);
/* A writer's file that any call found broken is removed, so that opening it again makes a new one. */
void index_close(struct index *index);

/* Everything below returns -1 and *fault where SQLite fails; EBADMSG where the file is broken, or gone: then close it,
 * open it anew, and fill it. */

/* Changes are gathered into one transaction; those outside of any are each one of their own. Where a change failed
 * (ENOENT, EEXIST and EINVAL are no failures: they change nothing), index_end says so (ECANCELED), and nothing since
 * index_begin is kept. The larger, the faster: some hundreds while mail flows, some ten thousands for a new index. */
int index_begin(struct index *index, struct fault *fault);
int index_end(struct index *index, struct fault *fault);
/* Instead of index_end: nothing since index_begin is kept. */
void index_abandon(struct index *index);

/* Brings what was written of late from the log into the file, which index_end does else now and then, and then takes
 * its time. For a thread of its own, about each second, while anybody uses the index. EBADMSG; ENOENT. */
int index_tidy(const char *path, struct fault *fault);

/* How far it has come: the last record that it knows, with its digest, to be held against the segments. */
int index_position(struct index *index, uint64_t *sequence_out, struct crypt_digest *digest_out, struct fault *fault);
int index_set_position(struct index *index, uint64_t sequence, const struct crypt_digest *digest, struct fault *fault);

struct index_row {
    uint64_t sequence;
    enum record_kind kind;
    struct place place;
    uint64_t time_ms;
    enum category category; /* of a message */
    uint64_t size;          /* of a message or part, plain */
    unsigned holds;         /* how many hold it */
    unsigned references;    /* of a part: messages that are not dead */
    struct crypt_digest digest;
    struct span meta; /* sealed; while the callback runs */
};

/* A record, a message with its words. `part_key` is a part's keyed digest; all zero or NULL for other kinds. EEXIST
 * where it is there. */
int index_add(struct index *index, const struct index_row *row, const uint64_t *tokens, size_t token_count,
              const struct crypt_digest *part_key, struct fault *fault);
/* Adds or takes references to a part, holds of a message; never below 0. ENOENT where it is not there. */
int index_refer(struct index *index, uint64_t part_sequence, int change, struct fault *fault);
int index_hold(struct index *index, uint64_t sequence, int change, struct fault *fault);
/* It is dead: nothing but index_unerased finds it any more; its tokens go. ENOENT where it is not there. */
int index_remove(struct index *index, uint64_t sequence, struct fault *fault);
/* A dead record's bytes have been erased: now it is forgotten. */
int index_erased(struct index *index, uint64_t sequence, struct fault *fault);

/* ENOENT where there is no such record. row_out->meta is empty. */
int index_get(struct index *index, uint64_t sequence, struct index_row *row_out, struct fault *fault);
/* Likewise, with its metadata, which goes into *meta_out. */
int index_get_meta(struct index *index, uint64_t sequence, struct index_row *row_out, struct buf *meta_out,
                   struct fault *fault);
int index_find_part(struct index *index, const struct crypt_digest *part_key, struct index_row *row_out,
                    struct fault *fault);

struct index_query {
    const uint64_t *tokens; /* all of them */
    size_t token_count;
    unsigned categories;            /* bits (1U << enum category); 0: any */
    bool is_held;                   /* only those */
    uint64_t since_ms, until_ms;    /* 0: any; until is exclusive */
    uint64_t least_size, most_size; /* 0: any */
    uint64_t before;                /* sequence: only older ones; 0: any. For the next page. */
    size_t limit;
    size_t most_steps; /* after about as many entries looked at it stops; 0: it goes on to the end */
};
enum { INDEX_STEPS = 65536 /* what a person may wait for: some hundredths of a second */ };
/* Messages, the newest first. Stops where `each` gives something else than 0, and returns that. Here and below `each`
 * may take its time, ask, and change the index: nothing is locked while it runs.
 *
 * Conditions that many messages have, each, and none or few have together, can cost a look at all of them: so the steps
 * can be bounded. Where they were used up, *rest_out (may be NULL) is the `before` to go on with, which is lower than
 * that of the query; else it is 0. */
typedef int (*index_each)(void *context, const struct index_row *row);
int index_find(struct index *index, const struct index_query *query, index_each each, void *context, uint64_t *rest_out,
               struct fault *fault);

/* Messages that nobody holds, of that category (CATEGORIES: any), the oldest first: older than `until_ms`. For
 * retention. At most 65,536 at a time, as the two below. */
int index_oldest(struct index *index, enum category category, uint64_t until_ms, size_t limit, index_each each,
                 void *context, struct fault *fault);
/* Parts that nobody refers to any more, likewise. */
int index_orphans(struct index *index, size_t limit, index_each each, void *context, struct fault *fault);
/* Dead ones that are not erased yet. */
int index_unerased(struct index *index, size_t limit, index_each each, void *context, struct fault *fault);

struct index_totals {
    uint64_t messages[CATEGORIES];
    uint64_t bytes[CATEGORIES]; /* plain */
    uint64_t stored_bytes;      /* frames that are not dead */
    uint64_t held;
    uint64_t oldest_ms; /* of the first message of any category; 0: none */
};
int index_totals(struct index *index, struct index_totals *totals_out, struct fault *fault);

#endif
