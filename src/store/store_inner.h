/* What the files of the facade share: store.c (callers' side), store_write.c (the thread that writes), store_index.c
 * (what a record means to the index), store_tend.c (the thread that tends), reader.c. Nobody else includes it.
 *
 * Locks, to be taken in this order: `disk` (segments: appending, committing, erasing), `index_lock` (the index's one
 * handle), `lock` (the queue and the figures). The writer alone appends.
 */
#ifndef CORDON_STORE_STORE_INNER_H
#define CORDON_STORE_STORE_INNER_H

#include "store/again.h"
#include "store/clock_guard.h"
#include "store/meta.h"
#include "store/store.h"
#include "sys/thread.h"

#include <stdatomic.h>

enum {
    STORE_STACK_BYTES = 1048576,
    STORE_BATCH_MOST = 256,    /* jobs that share a commit */
    STORE_ORPHAN_MS = 3600000, /* a part that nobody refers to yet may be of a message that is on its way */
    STORE_TEND_MS = 5000,
    STORE_TEND_ROWS = 256,
    STORE_MOST_BROKEN = 256
};

/* The keys that follow from the root key. */
struct store_keys {
    struct crypt_key meta;
    struct crypt_key tokens;
    struct crypt_key parts;
    struct crypt_signer signer;
};
void store_keys_derive(const struct crypt_key *root, struct store_keys *keys_out);

enum store_job_kind { STORE_JOB_MESSAGE, STORE_JOB_PART, STORE_JOB_CHANGE, STORE_JOB_SLOTS, STORE_JOB_KINDS };

/* Something that is to be written. Belongs to the caller who waits and to the writer; the last one frees it. */
struct store_job {
    struct store_job *next;
    enum store_job_kind kind;
    atomic_uint owners;

    struct buf meta; /* plain */
    struct buf slots;
    struct buf content; /* sealed */
    enum category category;
    uint64_t size;                /* plain */
    struct crypt_digest part_key; /* of a part */
    uint64_t *parts;              /* of a message: the records that it refers to */
    size_t part_count;
    enum store_change_kind change;
    uint64_t *about;
    size_t about_count;

    /* The writer's answer, under the store's lock. */
    bool is_done;
    int code; /* 0: it is kept */
    char why[FAULT_TEXT_SIZE];
    uint64_t sequence;

    /* The writer's own. */
    bool is_known; /* a part that was there already: nothing was appended */
    struct crypt_digest digest;
    struct place place;
    uint64_t time_ms;
    struct buf sealed_meta;
    struct index_row *dead; /* of a deletion: the rows of `about` */
};

struct store {
    char *name;
    char *path;
    char *head_path;
    char *index_path;
    struct store_settings settings; /* its texts are the three above; the root key is wiped */
    struct store_keys keys;
    store_tell tell;
    void *tell_context;

    struct lock disk;
    struct segments *segments;

    struct lock index_lock;
    struct index *index;
    /* It has all that is committed, and the writer keeps it so. Becomes true with `disk` and index_lock held; false is
     * believed without a lock, for whoever makes an index holds index_lock for long. */
    atomic_bool is_current;
    _Atomic uint64_t indexed;
    /* Broken records that the walk has met last, under index_lock: a later tombstone may name one (store_index.c). */
    struct index_row broken[STORE_MOST_BROKEN];
    size_t broken_count; /* ever */

    struct lock lock;
    struct signal_point work;    /* for the writer */
    struct signal_point settled; /* for those who wait for jobs */
    struct signal_point tend;    /* for the tender */
    struct store_job *first;
    struct store_job **last;
    bool is_closing;
    unsigned threads;
    bool must_reindex;
    struct again again; /* the short-lived pair of the moment */
    uint64_t commits, put, refused, expired, erased, checked_ms, wrong, wrong_record, waits_until_ms;
    char wrong_text[FAULT_TEXT_SIZE]; /* the first of what the last verification found */
    struct index_totals totals;       /* as they were read last */
    atomic_bool may_verify;
    struct clock_guard guard;                /* the tender's own */
    uint64_t again_looked_ms, again_next_ms; /* likewise: when it looked after the short-lived pairs, and will again */
};

void store_say(struct store *store, bool is_alarm, const char *event, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* --- store.c --- */

bool store_is_closing(struct store *store);
struct store_job *store_job_new(enum store_job_kind kind);
void store_job_drop(struct store_job *job);
/* Puts it into the queue, waits, and drops it. The sequence, or 0 and *fault. */
uint64_t store_job_run(struct store *store, struct store_job *job_take, struct deadline deadline, struct fault *fault);

/* --- store_write.c --- */

void store_write_thread(void *argument);

/* --- store_index.c: all under index_lock --- */

/* One record as it was written or walked over; `meta` plain. 0, or -1 and *fault. */
struct store_fact {
    enum record_kind kind;
    uint64_t sequence;
    uint64_t time_ms;
    struct place place;
    struct crypt_digest digest;
    struct span meta;
    struct span sealed_meta;
    struct span content; /* of a tombstone */
};
int store_index_apply(struct store *store, const struct store_fact *fact, struct fault *fault);

/* As many records as fit into one turn. 1: there is more; 0: it has all; -1 and *fault. */
int store_index_catch_up(struct store *store, struct fault *fault);

/* It could not do what it was asked for, and is not current any more. True where it is sound (there was no room, or no
 * time), and goes on where it is; else the tending thread makes it anew. */
bool store_index_failed(struct store *store, const struct fault *fault);

/* Away with it; a new one, empty. */
int store_index_reset(struct store *store, struct fault *fault);

/* --- store_tend.c --- */

void store_tend_thread(void *argument);

/* The short-lived pairs: made and destroyed when it is time. Before the threads start, then by the tender. */
void store_tend_again(struct store *store);

#endif
