/* A store: messages are put, found, read, held and deleted; what is old goes; the index is kept, and made anew where it
 * must be. Quarantine and archive are two uses of it.
 *
 * One process is the writer (store_open): the keeper, or a command while no keeper runs. Readers (store_open_reader)
 * are other processes that have the root key; contents can only be read with an owner's pair, which the keeper never
 * has; where a store has short-lived pairs (again.h), with those too, until they end.
 *
 * A message is *kept* once it is on stable storage and the head says so. Many at the same time share one commit.
 *
 * Thread safety: a store may be used by any number of threads; a reader by one.
 */
#ifndef CORDON_STORE_STORE_H
#define CORDON_STORE_STORE_H

#include "base/buf.h"
#include "base/fault.h"
#include "base/span.h"
#include "store/content.h"
#include "store/crypt.h"
#include "store/index.h"
#include "store/segments.h"
#include "sys/clock.h"
#include "verdict/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STORE_MOST_OWNERS = 8, STORE_MOST_ABOUT = 4096 /* records in one change */ };

struct store_settings {
    const char *name; /* in the configuration */
    const char *path;
    const char *head_path;
    struct crypt_key root;
    unsigned char owners[STORE_MOST_OWNERS][CRYPT_PUBLIC_SIZE];
    size_t owner_count;
    uint64_t keep_ms[CATEGORIES]; /* 0: for ever */
    uint64_t most_bytes;          /* of messages that are stored; the oldest go first; 0: no bound */
    uint64_t period_ms;           /* within which parts are shared; 0: none are */
    uint64_t segment_bytes;       /* 0: segments.h's own */
    uint32_t check_percent;       /* of the segments, verified in the background at a time; 0: none */
    uint64_t check_every_ms;      /* from the end of one verification to the next */
    uint64_t check_rate_bytes;    /* a second, at most; 0: any */
    uint64_t again_ms;            /* for so long a short-lived pair opens what is stored, too (again.h); 0: none does */
};

struct store;

/* As segments_open; and starts the threads: one that writes, and one that tends (index, age, erasing, verifying). What
 * it has to tell goes to `tell` (may be NULL), from any thread: a word for the event and a text, for the log. */
typedef void (*store_tell)(void *context, bool is_alarm, const char *event, const char *text);
struct store *store_open(const struct store_settings *settings, store_tell tell, void *context,
                         struct segments_found *found_out, struct fault *fault);
/* Waits for what is under way. */
void store_close(struct store *store);

/* What is to be kept. Ranges of the message that are parts as they stand there (a base64 body, say): ascending, not
 * overlapping; those of at least CONTENT_PART_LEAST are stored once. */
struct store_message {
    struct span bytes;
    struct span meta; /* plain (meta.h), at most STORE_META_MOST bytes, with META_SIZE; the store adds META_PART */
    enum category category;
    const struct content_part *parts; /* `sequence` is not looked at */
    size_t part_count;
};
enum { STORE_META_MOST = 524288 };

/* Returns when the message is kept: its sequence; or -1 and *fault: ENOSPC, EIO, ETIMEDOUT (it may be kept all the
 * same), ESHUTDOWN. */
int store_put(struct store *store, const struct store_message *message, struct deadline deadline,
              uint64_t *sequence_out, struct fault *fault);

enum store_change_kind {
    STORE_DELETE, /* refused (EPERM) for what is held */
    STORE_HOLD,
    STORE_UNHOLD,
    STORE_NOTE, /* the audit trail alone: released, exported, shown ... */
    STORE_CHANGES
};
struct store_change {
    enum store_change_kind kind;
    const char *what; /* META_WHAT: "delete", "release" ...; "hold" and "unhold" of these two kinds alone (EINVAL) */
    const char *who;
    const char *why; /* "" where none is asked for */
    const char *how; /* "" */
    const uint64_t *about;
    size_t count; /* at most STORE_MOST_ABOUT */
};
/* Returns when it is on stable storage; all or nothing. -1 and *fault: ENOENT where one of them is not there. */
int store_change(struct store *store, const struct store_change *change, struct deadline deadline, struct fault *fault);

/* A key for other owners on existing records: slots made by somebody who could open them (store_rewrap), `each` of them
 * for each record, in order. They share commits; where it fails, some may have theirs. */
int store_add_slots(struct store *store, const uint64_t *about, size_t count, const unsigned char *slots, size_t each,
                    struct deadline deadline, struct fault *fault);

/* Makes the index anew, while everything goes on. */
void store_reindex(struct store *store);

struct store_status {
    struct index_totals totals;
    uint64_t last_sequence;
    uint64_t disk_bytes;
    uint64_t commits, put, refused; /* since it was opened */
    uint64_t indexed_sequence;      /* how far the index has come */
    bool is_indexing;
    uint64_t expired, erased;
    uint64_t checked_ms;          /* the last background verification's end */
    uint64_t wrong, wrong_record; /* what it found, or the one that is under way, and the first record's sequence */
    char wrong_text[FAULT_TEXT_SIZE];
    uint64_t waits_until_ms; /* the clock has jumped (clock_guard.h), and nothing expires by age until then; 0: no */
    char failure[FAULT_TEXT_SIZE]; /* why nothing can be put; "": it can */
};
void store_read_status(struct store *store, struct store_status *status_out);

/* --- Readers --- */

struct store_reader;

/* Where the index is missing, of another version or behind by more than a little, it says so (EAGAIN), and the index
 * has to be made anew by the writer. */
int store_open_reader(const struct store_settings *settings, struct store_reader **reader_out, struct fault *fault);
void store_close_reader(struct store_reader *reader);

struct store_entry {
    struct index_row row;
    struct span meta; /* opened; "" where it is broken */
};
typedef int (*store_each)(void *context, const struct store_entry *entry);
/* As index_find; index.h's query, with tokens made by store_ask. */
int store_find(struct store_reader *reader, const struct index_query *query, store_each each, void *context,
               uint64_t *rest_out, struct fault *fault);
/* words_ask with the store's key. */
int store_ask(struct store_reader *reader, struct span field, struct span text, uint64_t tokens[INDEX_MOST_TOKENS],
              size_t *count, struct fault *fault);
/* One record, as find. */
int store_get(struct store_reader *reader, uint64_t sequence, store_each each, void *context, struct fault *fault);
int store_read_totals(struct store_reader *reader, struct index_totals *totals_out, struct fault *fault);
/* The audit trail: notes, tombstones, slots, from `from` on, in order, with their metadata. */
int store_trail(struct store_reader *reader, uint64_t from, store_each each, void *context, struct fault *fault);

/* The message as it was, run by run. -1 and *fault: EACCES where none of the pairs opens it, EBADMSG where it is not
 * what was stored: then what was put is worth nothing. */
int store_read(struct store_reader *reader, uint64_t sequence, const struct crypt_pair *pairs, size_t pair_count,
               content_put put, void *context, struct fault *fault);

/* The record's key for other owners: slots for store_add_slots. */
int store_rewrap(struct store_reader *reader, uint64_t sequence, const struct crypt_pair *pair,
                 const unsigned char owners[][CRYPT_PUBLIC_SIZE], size_t owner_count, struct buf *slots_out,
                 struct fault *fault);

#endif
