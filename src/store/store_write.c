/* The thread that writes: it takes whatever waits, appends it all, makes it durable in one commit, tells the index, and
 * only then those who wait. */
#include "store/store_inner.h"

#include "base/memory.h"
#include "sys/clock.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void job_fail(struct store_job *job, const struct fault *fault)
{
    job->code = fault->code != 0 ? fault->code : EIO;
    (void)snprintf(job->why, sizeof job->why, "%s", fault->text);
}

static const enum record_kind job_kinds[STORE_JOB_KINDS] = { [STORE_JOB_MESSAGE] = RECORD_MESSAGE,
                                                             [STORE_JOB_PART] = RECORD_PART,
                                                             [STORE_JOB_CHANGE] = RECORD_NOTE,
                                                             [STORE_JOB_SLOTS] = RECORD_SLOTS };

static enum record_kind job_record_kind(const struct store_job *job)
{
    bool is_death = job->kind == STORE_JOB_CHANGE && job->change == STORE_DELETE;
    return is_death ? RECORD_TOMBSTONE : job_kinds[job->kind];
}

/* --- What must hold before a job is written: under index_lock, of an index that has all --- */

/* What it refers to must be there still. */
static int message_check(struct store *store, const struct store_job *job, struct fault *fault)
{
    for (size_t i = 0; i < job->part_count; i++) {
        struct index_row row;
        if (index_get(store->index, job->parts[i], &row, NULL) != 0)
            return fault_set(fault, EAGAIN, "a part that it refers to has gone");
    }
    return 0;
}

/* Somebody may have put the same meanwhile. */
static int part_check(struct store *store, struct store_job *job)
{
    struct index_row row;
    job->is_known = index_find_part(store->index, &job->part_key, &row, NULL) == 0 && row.size == job->size;
    if (job->is_known)
        job->sequence = row.sequence;
    return 0;
}

static int change_check(struct store *store, struct store_job *job, struct fault *fault)
{
    bool is_death = job_record_kind(job) == RECORD_TOMBSTONE;
    free(job->dead);
    job->dead = job->about_count > 0 ? memory_new(job->about_count * sizeof *job->dead) : NULL;
    for (size_t i = 0; i < job->about_count; i++) {
        struct index_row *row = &job->dead[i];
        struct fault why = { 0 };
        bool is_there = index_get(store->index, job->about[i], row, &why) == 0;
        if (!is_there && why.code == ENOENT)
            return fault_set(fault, ENOENT, "there is no record %llu", (unsigned long long)job->about[i]);
        if (!is_there) {
            (void)store_index_failed(store, &why);
            return fault_set(fault, EAGAIN, "record %llu: %.200s", (unsigned long long)job->about[i], why.text);
        }
        row->meta = span_of(NULL, 0);
        if (is_death && row->kind != RECORD_MESSAGE && row->kind != RECORD_PART)
            return fault_set(fault, EPERM, "record %llu is no message", (unsigned long long)row->sequence);
        if (job->change == STORE_UNHOLD && row->holds == 0)
            return fault_set(fault, EPERM, "nobody holds record %llu", (unsigned long long)row->sequence);
        if (is_death && (row->holds > 0 || row->references > 0))
            return fault_set(fault, EPERM, "record %llu is %s", (unsigned long long)row->sequence,
                             row->holds > 0 ? "held" : "still referred to");
    }
    return 0;
}

/* What refers to nothing can be written while it is not known what there is. */
static int job_check_alone(const struct store_job *job, struct fault *fault)
{
    if (job->part_count == 0 && job->about_count == 0)
        return 0;
    return fault_set(fault, EAGAIN, "the index is being made; try again when it is there");
}

static int job_check(struct store *store, struct store_job *job, struct fault *fault)
{
    job->is_known = false;
    if (!store->is_current)
        return job_check_alone(job, fault);
    lock_take(&store->index_lock);
    int failed = 0;
    if (!store->is_current)
        failed = job_check_alone(job, fault);
    else if (job->kind == STORE_JOB_MESSAGE)
        failed = message_check(store, job, fault);
    else if (job->kind == STORE_JOB_PART)
        failed = part_check(store, job);
    else
        failed = change_check(store, job, fault);
    lock_drop(&store->index_lock);
    return failed;
}

/* --- Appending: under `disk` --- */

static void tombstone_fill(struct store *store, struct store_job *job)
{
    struct record_death *deaths = memory_new(job->about_count * sizeof *deaths);
    for (size_t i = 0; i < job->about_count; i++)
        deaths[i] = (struct record_death){ .sequence = job->about[i], .digest = job->dead[i].digest };
    buf_fini(&job->content);
    buf_init(&job->content, job->about_count * sizeof *deaths + CRYPT_SIGNATURE_SIZE + 64);
    record_tombstone_put(segments_id(store->segments), deaths, job->about_count, &store->keys.signer, &job->content);
    free(deaths);
}

static int job_append(struct store *store, struct store_job *job, struct fault *fault)
{
    unsigned char binding[RECORD_BINDING_SIZE];
    enum record_kind kind = job_record_kind(job);
    if (kind == RECORD_TOMBSTONE)
        tombstone_fill(store, job);
    buf_clear(&job->sealed_meta);
    crypt_seal(&store->keys.meta, buf_span(&job->meta),
               record_meta_binding(segments_id(store->segments), kind, binding), &job->sealed_meta);
    job->time_ms = clock_wall_ms();
    struct record_draft draft = { .kind = kind,
                                  .time_ms = job->time_ms,
                                  .meta = buf_span(&job->sealed_meta),
                                  .slots = (const unsigned char *)buf_text(&job->slots),
                                  .slot_count = (uint8_t)(job->slots.size / CRYPT_SLOT_SIZE),
                                  .content = buf_span(&job->content) };
    return segments_append(store->segments, &draft, &job->sequence, &job->digest, &job->place, fault);
}

/* Two of one batch must not both believe that they are the first with a part, or delete the same record, or one what
 * the other refers to. The index knows of neither yet, so the second waits for the next batch. */
static bool job_collides(const struct store_job *job, struct store_job *const *batch, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct store_job *other = batch[i];
        if (job->kind == STORE_JOB_PART && other->kind == STORE_JOB_PART &&
            memcmp(&job->part_key, &other->part_key, sizeof job->part_key) == 0)
            return true;
        if (job->kind == STORE_JOB_CHANGE || other->kind == STORE_JOB_CHANGE)
            return true;
    }
    return false;
}

/* Appends what can be; a job that can't is answered, and after one that the disk refused all of the batch begin anew
 * without it. How many were appended. */
static size_t batch_append(struct store *store, struct store_job **batch, size_t count)
{
    size_t done = 0;
    while (done < count) {
        struct fault fault = { 0 };
        struct store_job *job = batch[done];
        bool may_be = job_check(store, job, &fault) == 0;
        if (may_be && (job->is_known || job_append(store, job, &fault) == 0)) {
            done++;
            continue;
        }
        job_fail(job, &fault);
        memmove(&batch[done], &batch[done + 1], (count - done - 1) * sizeof(struct store_job *));
        count--;
        if (may_be)
            done = 0; /* the disk refused it, and everything since the last commit is gone */
    }
    return done;
}

/* --- The index and the answers --- */

static int batch_apply(struct store *store, struct store_job *const *batch, size_t count, struct fault *fault)
{
    if (index_begin(store->index, fault) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct store_job *job = batch[i];
        struct store_fact fact = { .kind = job_record_kind(job),
                                   .sequence = job->sequence,
                                   .time_ms = job->time_ms,
                                   .place = job->place,
                                   .digest = job->digest,
                                   .meta = buf_span(&job->meta),
                                   .sealed_meta = buf_span(&job->sealed_meta),
                                   .content = buf_span(&job->content) };
        /* The walk that made the index current may have met what was committed just before. */
        if (job->is_known || job->sequence <= store->indexed || store_index_apply(store, &fact, fault) == 0)
            continue;
        index_abandon(store->index);
        return -1;
    }
    return index_end(store->index, fault);
}

static void batch_index(struct store *store, struct store_job *const *batch, size_t count)
{
    struct fault fault = { 0 };
    if (!store->is_current) /* the last step of making it comes across these, for no batch is written beside it */
        return;
    lock_take(&store->index_lock);
    if (store->is_current && batch_apply(store, batch, count, &fault) != 0)
        (void)store_index_failed(store, &fault);
    lock_drop(&store->index_lock);
}

/* Whoever has waited in vain meanwhile is told all the same: the last owner frees. */
static void batch_answer(struct store *store, struct store_job *const *all, size_t count)
{
    lock_take(&store->lock);
    for (size_t i = 0; i < count; i++)
        all[i]->is_done = true;
    store->commits++;
    signal_point_wake_all(&store->settled);
    lock_drop(&store->lock);
    for (size_t i = 0; i < count; i++)
        store_job_drop(all[i]);
}

static void batch_write(struct store *store, struct store_job **all, size_t count)
{
    struct store_job *batch[STORE_BATCH_MOST];
    struct fault fault = { 0 };
    memcpy(batch, all, count * sizeof(struct store_job *));
    lock_take(&store->disk);
    size_t appended = batch_append(store, batch, count);
    int failed = appended > 0 ? segments_commit(store->segments, &fault) : 0;
    lock_drop(&store->disk);
    for (size_t i = 0; i < appended && failed != 0; i++)
        job_fail(batch[i], &fault);
    if (failed != 0)
        store_say(store, true, "store-failed", "%s: %s", store->name, fault.text);
    else if (appended > 0)
        batch_index(store, batch, appended);
    batch_answer(store, all, count);
}

/* From the queue, what may be written together. Under the lock. */
static size_t batch_take(struct store *store, struct store_job *batch_out[STORE_BATCH_MOST])
{
    size_t count = 0;
    while (count < STORE_BATCH_MOST && store->first != NULL && !job_collides(store->first, batch_out, count)) {
        batch_out[count] = store->first;
        store->first = store->first->next;
        batch_out[count++]->next = NULL;
    }
    if (store->first == NULL)
        store->last = &store->first;
    return count;
}

void store_write_thread(void *argument)
{
    struct store *store = argument;
    struct store_job *batch[STORE_BATCH_MOST];
    lock_take(&store->lock);
    for (;;) {
        while (store->first == NULL && !store->is_closing)
            (void)signal_point_wait(&store->work, &store->lock, deadline_never());
        if (store->first == NULL)
            break;
        size_t count = batch_take(store, batch);
        lock_drop(&store->lock);
        batch_write(store, batch, count);
        lock_take(&store->lock);
    }
    store->threads--;
    signal_point_wake_all(&store->settled);
    lock_drop(&store->lock); /* from here on it may be gone */
}
