#include "store/store_inner.h"

#include "base/memory.h"
#include "sys/clock.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STORE_TRIES = 3, STORE_MESSAGE_MORE = 1048576 };

/* --- Small things that all files of the facade need --- */

void store_say(struct store *store, bool is_alarm, const char *event, const char *format, ...)
{
    char text[FAULT_TEXT_SIZE];
    va_list arguments;
    if (store->tell == NULL)
        return;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    store->tell(store->tell_context, is_alarm, event, text);
}

bool store_is_closing(struct store *store)
{
    lock_take(&store->lock);
    bool is_closing = store->is_closing;
    lock_drop(&store->lock);
    return is_closing;
}

void store_keys_derive(const struct crypt_key *root, struct store_keys *keys_out)
{
    crypt_key_derive(root, CRYPT_FOR_META, &keys_out->meta);
    crypt_key_derive(root, CRYPT_FOR_TOKENS, &keys_out->tokens);
    crypt_key_derive(root, CRYPT_FOR_PARTS, &keys_out->parts);
    crypt_signer_derive(root, &keys_out->signer);
}

/* --- Opening and closing --- */

static char *path_join(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = memory_new(size);
    (void)snprintf(path, size, "%s/%s", folder, name);
    return path;
}

static struct store *store_new(const struct store_settings *settings, store_tell tell, void *context)
{
    struct store *store = memory_new(sizeof *store);
    store->name = memory_copy_text(settings->name);
    store->path = memory_copy_text(settings->path);
    store->head_path = memory_copy_text(settings->head_path);
    store->index_path = path_join(settings->path, "index.sqlite");
    store->settings = *settings;
    store->settings.name = store->name;
    store->settings.path = store->path;
    store->settings.head_path = store->head_path;
    crypt_pin(&store->keys, sizeof store->keys);
    store_keys_derive(&settings->root, &store->keys);
    crypt_wipe(&store->settings.root, sizeof store->settings.root);
    store->tell = tell;
    store->tell_context = context;
    store->last = &store->first;
    atomic_init(&store->may_verify, true);
    lock_init(&store->disk);
    lock_init(&store->index_lock);
    lock_init(&store->lock);
    signal_point_init(&store->work);
    signal_point_init(&store->settled);
    signal_point_init(&store->tend);
    return store;
}

static void store_free(struct store *store)
{
    index_close(store->index);
    segments_close(store->segments);
    signal_point_fini(&store->tend);
    signal_point_fini(&store->settled);
    signal_point_fini(&store->work);
    lock_fini(&store->lock);
    lock_fini(&store->index_lock);
    lock_fini(&store->disk);
    crypt_wipe(&store->keys, sizeof store->keys);
    free(store->index_path);
    free(store->head_path);
    free(store->path);
    free(store->name);
    free(store);
}

static int store_open_files(struct store *store, struct segments_found *found_out, struct fault *fault)
{
    struct segments_settings settings = { .path = store->path,
                                          .head_path = store->head_path,
                                          .signer = &store->keys.signer,
                                          .segment_bytes = store->settings.segment_bytes };
    bool is_fresh = false;
    if (segments_open(&settings, &store->segments, found_out, fault) != 0)
        return -1;
    if (index_open(store->index_path, segments_id(store->segments), false, &store->index, &is_fresh, fault) != 0)
        return -1;
    (void)index_totals(store->index, &store->totals, NULL); /* what is wrong with it, the tending thread finds */
    return 0;
}

static int store_start_thread(struct store *store, void (*function)(void *), struct fault *fault)
{
    lock_take(&store->lock);
    store->threads++;
    lock_drop(&store->lock);
    if (thread_start(function, store, STORE_STACK_BYTES, fault) == 0)
        return 0;
    lock_take(&store->lock);
    store->threads--;
    lock_drop(&store->lock);
    return -1;
}

/* Returns when the threads have ended. The writer finishes what is in the queue. */
static void store_end_threads(struct store *store)
{
    atomic_store(&store->may_verify, false);
    lock_take(&store->lock);
    store->is_closing = true;
    signal_point_wake_all(&store->work);
    signal_point_wake_all(&store->tend);
    while (store->threads > 0)
        (void)signal_point_wait(&store->settled, &store->lock, deadline_never());
    lock_drop(&store->lock);
}

struct store *store_open(const struct store_settings *settings, store_tell tell, void *context,
                         struct segments_found *found_out, struct fault *fault)
{
    if (crypt_begin(fault) != 0)
        return NULL;
    assert(settings->owner_count <= STORE_MOST_OWNERS);
    if (settings->owner_count == 0) {
        (void)fault_set(fault, EINVAL, "the store has no owner: nobody could ever read what is in it");
        return NULL;
    }
    struct store *store = store_new(settings, tell, context);
    if (store_open_files(store, found_out, fault) != 0) {
        store_free(store);
        return NULL;
    }
    clock_guard_begin(&store->guard, store->head_path, clock_now_ms());
    store_tend_again(store);
    if (store_start_thread(store, store_write_thread, fault) == 0 &&
        store_start_thread(store, store_tend_thread, fault) == 0)
        return store;
    store_end_threads(store);
    store_free(store);
    return NULL;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    store_end_threads(store);
    store_free(store);
}

/* --- Jobs --- */

struct store_job *store_job_new(enum store_job_kind kind)
{
    struct store_job *job = memory_new(sizeof *job);
    job->kind = kind;
    atomic_init(&job->owners, 1);
    buf_init(&job->meta, STORE_META_MOST + STORE_MESSAGE_MORE);
    buf_init(&job->sealed_meta, STORE_META_MOST + STORE_MESSAGE_MORE);
    buf_init(&job->slots, (size_t)RECORD_MOST_SLOTS * CRYPT_SLOT_SIZE);
    return job;
}

void store_job_drop(struct store_job *job)
{
    if (atomic_fetch_sub(&job->owners, 1) > 1)
        return;
    buf_fini(&job->meta);
    buf_fini(&job->sealed_meta);
    buf_fini(&job->slots);
    buf_fini(&job->content);
    free(job->parts);
    free(job->about);
    free(job->dead);
    free(job);
}

/* Out of the queue again: what stands in it is bounded by those who wait. False where the writer has it. */
static bool job_take_back(struct store *store, struct store_job *job)
{
    struct store_job **at = &store->first;
    while (*at != NULL && *at != job)
        at = &(*at)->next;
    if (*at == NULL)
        return false;
    *at = job->next;
    if (store->last == &job->next)
        store->last = at;
    return true;
}

/* Into the queue. A job that could not be put there is done, and has failed. */
static void job_push(struct store *store, struct store_job *job)
{
    lock_take(&store->lock);
    if (store->is_closing) {
        job->is_done = true;
        job->code = ESHUTDOWN;
        (void)snprintf(job->why, sizeof job->why, "the store is being closed");
    } else {
        atomic_fetch_add(&job->owners, 1);
        *store->last = job;
        store->last = &job->next;
        signal_point_wake_one(&store->work);
    }
    lock_drop(&store->lock);
}

static int job_wait(struct store *store, struct store_job *job, struct deadline deadline, struct fault *fault)
{
    lock_take(&store->lock);
    while (!job->is_done && signal_point_wait(&store->settled, &store->lock, deadline))
        continue;
    int failed = 0;
    if (!job->is_done && job_take_back(store, job))
        atomic_fetch_sub(&job->owners, 1); /* the writer's share of it */
    if (!job->is_done)
        failed = fault_set(fault, ETIMEDOUT, "the store did not answer in time");
    else if (job->code != 0)
        failed = fault_set(fault, job->code, "%s", job->why);
    lock_drop(&store->lock);
    return failed;
}

uint64_t store_job_run(struct store *store, struct store_job *job_take, struct deadline deadline, struct fault *fault)
{
    job_push(store, job_take);
    uint64_t sequence = job_wait(store, job_take, deadline, fault) == 0 ? job_take->sequence : 0;
    store_job_drop(job_take);
    return sequence;
}

/* --- Putting --- */

/* Who can open a message and its parts, and within which period these are shared. It is the same for all of one
 * message: whoever opens it must be able to open the parts that it refers to, those that were stored before it too. */
struct circle {
    unsigned char owners[STORE_MOST_OWNERS + 1][CRYPT_PUBLIC_SIZE]; /* the last may be the short-lived one */
    size_t count;
    struct crypt_digest digest;
    uint64_t period;
};
static_assert((int)STORE_MOST_OWNERS + 1 <= (int)RECORD_MOST_SLOTS, "a slot for each, and for the short-lived pair");

static void circle_make(struct store *store, struct circle *circle_out)
{
    const struct store_settings *settings = &store->settings;
    uint64_t now = clock_wall_ms();
    circle_out->count = settings->owner_count;
    circle_out->period = settings->period_ms > 0 ? now / settings->period_ms : 0;
    memcpy(circle_out->owners, settings->owners, sizeof settings->owners);
    lock_take(&store->lock);
    if (store->again.end_ms > now)
        memcpy(circle_out->owners[circle_out->count++], store->again.public_half, CRYPT_PUBLIC_SIZE);
    lock_drop(&store->lock);
    struct span owners = span_of(circle_out->owners, circle_out->count * sizeof circle_out->owners[0]);
    crypt_digest(NULL, &owners, 1, &circle_out->digest);
}

static void job_wrap(const struct circle *circle, const struct crypt_key *key, struct store_job *job)
{
    for (size_t i = 0; i < circle->count; i++) {
        unsigned char slot[CRYPT_SLOT_SIZE];
        crypt_wrap(key, circle->owners[i], slot);
        buf_put(&job->slots, slot, sizeof slot);
    }
}

/* What a part is known by: equal bytes, of the same owners, in the same period. */
static void part_key(struct store *store, const struct circle *circle, struct span bytes, struct crypt_digest *key_out)
{
    char number[8];
    for (size_t i = 0; i < sizeof number; i++)
        number[i] = (char)(circle->period >> (8 * i) & 0xff);
    struct span spans[] = { span_of(circle->digest.bytes, sizeof circle->digest.bytes), span_of(number, sizeof number),
                            bytes };
    crypt_digest(&store->keys.parts, spans, 3, key_out);
}

static bool part_is_known(struct store *store, const struct crypt_digest *key, uint64_t size, uint64_t *sequence_out)
{
    struct index_row row;
    if (!store->is_current)
        return false;
    lock_take(&store->index_lock);
    bool is_known = store->is_current && index_find_part(store->index, key, &row, NULL) == 0 && row.size == size;
    lock_drop(&store->index_lock);
    if (is_known)
        *sequence_out = row.sequence;
    return is_known;
}

/* Bytes, sealed under a key of their own. */
static int job_fill(const struct circle *circle, struct store_job *job, struct span bytes,
                    const struct content_part *parts, size_t part_count, struct fault *fault)
{
    struct crypt_key key;
    crypt_random(&key, sizeof key);
    job_wrap(circle, &key, job);
    job->size = bytes.size;
    buf_init(&job->content, bytes.size + bytes.size / 64 + STORE_MESSAGE_MORE);
    int failed = job->kind == STORE_JOB_PART
                     ? content_seal(&key, bytes, &job->content, fault)
                     : content_seal_message(&key, bytes, parts, part_count, &job->content, fault);
    crypt_wipe(&key, sizeof key);
    return failed;
}

static int part_put(struct store *store, const struct circle *circle, struct span bytes, struct deadline deadline,
                    uint64_t *sequence_out, struct fault *fault)
{
    struct crypt_digest key;
    part_key(store, circle, bytes, &key);
    if (part_is_known(store, &key, bytes.size, sequence_out))
        return 0;
    struct store_job *job = store_job_new(STORE_JOB_PART);
    job->part_key = key;
    meta_put(&job->meta, META_PART_DIGEST, span_of(key.bytes, sizeof key.bytes));
    meta_put_number(&job->meta, META_PART_SIZE, bytes.size);
    meta_put_number(&job->meta, META_PERIOD, circle->period);
    meta_put(&job->meta, META_OWNERS, span_of(circle->digest.bytes, sizeof circle->digest.bytes));
    if (job_fill(circle, job, bytes, NULL, 0, fault) != 0) {
        store_job_drop(job);
        return -1;
    }
    *sequence_out = store_job_run(store, job, deadline, fault);
    return *sequence_out != 0 ? 0 : -1;
}

/* The parts that are to be stored once, each with its record. None while the index does not have all: it may know parts
 * that have died since. */
static int parts_put(struct store *store, const struct circle *circle, const struct store_message *message,
                     struct deadline deadline, struct content_part *parts_out, size_t *count_out, struct fault *fault)
{
    uint64_t end = 0;
    *count_out = 0;
    for (size_t i = 0; i < message->part_count && store->settings.period_ms > 0 && store->is_current; i++) {
        struct content_part part = message->parts[i];
        if (part.size < CONTENT_PART_LEAST)
            continue;
        if (part.offset < end || part.offset > message->bytes.size || part.size > message->bytes.size - part.offset)
            return fault_set(fault, EINVAL, "a part of the message is not within it");
        struct span bytes = span_slice(message->bytes, (size_t)part.offset, (size_t)part.size);
        if (part_put(store, circle, bytes, deadline, &part.sequence, fault) != 0)
            return -1;
        end = part.offset + part.size;
        parts_out[(*count_out)++] = part;
    }
    return 0;
}

/* One try. EAGAIN: a part that it was to refer to has gone meanwhile. */
static int message_put(struct store *store, const struct store_message *message, struct content_part *parts,
                       struct deadline deadline, uint64_t *sequence_out, struct fault *fault)
{
    size_t count = 0;
    struct circle circle;
    circle_make(store, &circle);
    if (parts_put(store, &circle, message, deadline, parts, &count, fault) != 0)
        return -1;
    struct store_job *job = store_job_new(STORE_JOB_MESSAGE);
    job->category = message->category;
    job->parts = count > 0 ? memory_new(count * sizeof *job->parts) : NULL;
    job->part_count = count;
    buf_put_span(&job->meta, message->meta);
    assert(count == 0 || parts != NULL);
    for (size_t i = 0; i < count; i++) {
        job->parts[i] = parts[i].sequence;
        meta_put_number(&job->meta, META_PART, parts[i].sequence);
    }
    int failed = job_fill(&circle, job, message->bytes, parts, count, fault);
    if (failed == 0 && buf_overflowed(&job->meta))
        failed = fault_set(fault, EMSGSIZE, "the metadata is too large");
    if (failed != 0) {
        store_job_drop(job);
        return -1;
    }
    *sequence_out = store_job_run(store, job, deadline, fault);
    return *sequence_out != 0 ? 0 : -1;
}

int store_put(struct store *store, const struct store_message *message, struct deadline deadline,
              uint64_t *sequence_out, struct fault *fault)
{
    struct fault why = { 0 };
    struct content_part *parts = NULL;
    *sequence_out = 0;
    uint64_t size = 0;
    if (message->meta.size > STORE_META_MOST)
        return fault_set(fault, EMSGSIZE, "the metadata is too large");
    if (!meta_number(message->meta, META_SIZE, &size) || size != message->bytes.size)
        return fault_set(fault, EINVAL, "the metadata does not tell the message's size");
    if (message->part_count > 0 &&
        (parts = memory_try(message->part_count * sizeof *parts)) == NULL) /* as many as somebody says */
        return fault_set(fault, ENOMEM, "no memory for the list of parts");
    int failed = -1;
    for (unsigned try = 0; try < STORE_TRIES && failed != 0 && (try == 0 || why.code == EAGAIN); try++)
        failed = message_put(store, message, parts, deadline, sequence_out, &why);
    free(parts);
    lock_take(&store->lock);
    store->put += failed == 0 ? 1 : 0;
    store->refused += failed != 0 ? 1 : 0;
    lock_drop(&store->lock);
    return failed == 0 ? 0 : fault_set(fault, why.code, "%s", why.text);
}

/* --- Changes --- */

static void meta_put_given(struct buf *meta, enum meta_field field, const char *text)
{
    if (text != NULL && text[0] != '\0')
        meta_put_text(meta, field, text);
}

/* The index goes by a note's META_WHAT, also when it is made anew: word and kind must be the same. */
static bool change_is_named(const struct store_change *change)
{
    const char *what = change->what != NULL ? change->what : "";
    return (strcmp(what, "hold") == 0) == (change->kind == STORE_HOLD) &&
           (strcmp(what, "unhold") == 0) == (change->kind == STORE_UNHOLD);
}

int store_change(struct store *store, const struct store_change *change, struct deadline deadline, struct fault *fault)
{
    if (!change_is_named(change))
        return fault_set(fault, EINVAL,
                         "what a hold is called, and nothing else, is \"hold\"; and likewise \"unhold\"");
    if (change->count > STORE_MOST_ABOUT || (change->count == 0 && change->kind != STORE_NOTE))
        return fault_set(fault, EINVAL, "a change is about 1 to %d records", (int)STORE_MOST_ABOUT);
    struct store_job *job = store_job_new(STORE_JOB_CHANGE);
    job->change = change->kind;
    meta_put_given(&job->meta, META_WHAT, change->what);
    meta_put_given(&job->meta, META_WHO, change->who);
    meta_put_given(&job->meta, META_WHY, change->why);
    meta_put_given(&job->meta, META_HOW, change->how);
    if (change->count > 0) {
        job->about = memory_new(change->count * sizeof *job->about);
        memcpy(job->about, change->about, change->count * sizeof *job->about);
    }
    job->about_count = change->count;
    for (size_t i = 0; i < change->count; i++)
        meta_put_number(&job->meta, META_ABOUT, change->about[i]);
    return store_job_run(store, job, deadline, fault) != 0 ? 0 : -1;
}

static struct store_job *slots_job(uint64_t about, const unsigned char *slots, size_t count)
{
    struct store_job *job = store_job_new(STORE_JOB_SLOTS);
    job->about = memory_new(sizeof *job->about);
    job->about[0] = about;
    job->about_count = 1;
    meta_put_number(&job->meta, META_ABOUT, about);
    buf_put(&job->slots, slots, count * CRYPT_SLOT_SIZE);
    return job;
}

/* All are in the queue before the first is waited for. */
int store_add_slots(struct store *store, const uint64_t *about, size_t count, const unsigned char *slots, size_t each,
                    struct deadline deadline, struct fault *fault)
{
    if (each == 0 || each > RECORD_MOST_SLOTS)
        return fault_set(fault, EINVAL, "a record has 1 to %d slots", (int)RECORD_MOST_SLOTS);
    if (count == 0 || count > STORE_MOST_ABOUT)
        return fault_set(fault, EINVAL, "a change is about 1 to %d records", (int)STORE_MOST_ABOUT);
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers are what is in it. */
    struct store_job **jobs = memory_new(count * sizeof *jobs);
    for (size_t i = 0; i < count; i++) {
        jobs[i] = slots_job(about[i], slots + i * each * CRYPT_SLOT_SIZE, each);
        job_push(store, jobs[i]);
    }
    int failed = 0;
    for (size_t i = 0; i < count; i++) {
        if (job_wait(store, jobs[i], deadline, failed == 0 ? fault : NULL) != 0)
            failed = -1;
        store_job_drop(jobs[i]);
    }
    free(jobs);
    return failed;
}

void store_reindex(struct store *store)
{
    lock_take(&store->lock);
    store->must_reindex = true;
    signal_point_wake_all(&store->tend);
    lock_drop(&store->lock);
}

/* --- Figures --- */

/* False where the index has not all: then it is not waited for. */
static bool totals_read(struct store *store, struct index_totals *totals_out)
{
    if (!store->is_current)
        return false;
    lock_take(&store->index_lock);
    bool is_read = store->is_current && index_totals(store->index, totals_out, NULL) == 0;
    lock_drop(&store->index_lock);
    return is_read;
}

/* Asked by a loop that has other things to do: it waits neither for the disk nor for an index that is being made. */
void store_read_status(struct store *store, struct store_status *status_out)
{
    *status_out = (struct store_status){ .indexed_sequence = store->indexed }; /* before the one that it follows */
    const char *failure = segments_failure(store->segments);
    status_out->last_sequence = segments_last_sequence(store->segments);
    status_out->disk_bytes = segments_bytes(store->segments);
    (void)snprintf(status_out->failure, sizeof status_out->failure, "%s", failure != NULL ? failure : "");
    bool is_read = totals_read(store, &status_out->totals);
    lock_take(&store->lock);
    if (is_read)
        store->totals = status_out->totals;
    else
        status_out->totals = store->totals;
    status_out->is_indexing = !store->is_current || store->must_reindex;
    status_out->commits = store->commits;
    status_out->put = store->put;
    status_out->refused = store->refused;
    status_out->expired = store->expired;
    status_out->erased = store->erased;
    status_out->checked_ms = store->checked_ms;
    status_out->wrong = store->wrong;
    status_out->wrong_record = store->wrong_record;
    status_out->waits_until_ms = store->waits_until_ms;
    memcpy(status_out->wrong_text, store->wrong_text, sizeof status_out->wrong_text);
    lock_drop(&store->lock);
}
