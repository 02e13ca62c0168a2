#include "jobs.h"

#include "ipc/calls/keep.h"
#include "keeper/order.h"
#include "keeper/stores.h"
#include "sys/sealed.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { JOBS_MOST_MS = 120000 /* whatever its deadline says */ };

/* What a listener or an import takes; and sealed it is below RECORD_CONTENT_MOST. */
#define JOBS_MESSAGE_MOST ((size_t)2 << 30)

/* One job: what it came with. */
struct keep_task {
    struct stores *stores;
    struct keep_job job;
    struct sealed message;
    struct span bytes; /* of the message, from the job's offset on */
    struct sealed papers;
    struct order order;
    struct deadline deadline;
};

/* --- What is wrong with it --- */

/* A peer is a gate: it keeps messages. All else, the audit trail's notes too, is for whoever may use our socket. */
static int job_check_caller(const struct keep_job *job, bool is_guest, struct fault *fault)
{
    if (is_guest || job->kind == KEEP_PUT)
        return 0;
    return fault_set(fault, EPERM, "a gate keeps messages, and does nothing else");
}

static int job_read(const struct serve_job *from, struct keep_job *job_out, struct fault *fault)
{
    if (from->bytes.size != sizeof *job_out)
        return fault_set(fault, EINVAL, "a job of %zu bytes", from->bytes.size);
    memcpy(job_out, from->bytes.data, sizeof *job_out);
    if (job_out->magic != KEEP_MAGIC)
        return fault_set(fault, EINVAL, "a job of another version");
    if (job_out->kind < KEEP_PUT || job_out->kind >= KEEP_KINDS)
        return fault_set(fault, EINVAL, "a job of an unknown kind");
    if (memchr(job_out->store, '\0', sizeof job_out->store) == NULL)
        return fault_set(fault, EINVAL, "the store's name has no end");
    if (job_out->kind == KEEP_PUT && job_out->category >= CATEGORIES)
        return fault_set(fault, EINVAL, "there is no category %u", job_out->category);
    return job_check_caller(job_out, from->is_guest, fault);
}

/* The descriptor belongs to *sealed_out where it is one. */
static int memory_take(const struct serve_job *from, size_t index, size_t limit, const char *what,
                       struct sealed *sealed_out, struct fault *fault)
{
    if (sealed_take(from->fds[index], limit, sealed_out, fault) != 0) {
        *sealed_out = SEALED_NONE;
        return fault_wrap(fault, "its %s", what);
    }
    from->fds[index] = -1;
    return 0;
}

static int task_take_memory(struct keep_task *task, const struct serve_job *from, struct fault *fault)
{
    static const size_t wanted[KEEP_KINDS] = { [KEEP_PUT] = 2, [KEEP_CHANGE] = 1, [KEEP_SLOTS] = 1 };
    uint32_t kind = task->job.kind;
    if (from->fd_count != wanted[kind])
        return fault_set(fault, EINVAL, "%zu descriptors make no sense", from->fd_count);
    if (kind == KEEP_REINDEX)
        return 0;
    bool is_put = kind == KEEP_PUT;
    if (is_put && memory_take(from, 0, JOBS_MESSAGE_MOST, "message", &task->message, fault) != 0)
        return -1;
    /* What is behind the gate's stand-in may be a message without a byte. */
    if (is_put && (task->message.size == 0 || task->job.offset > task->message.size))
        return fault_set(fault, EINVAL, "its message is empty");
    if (is_put)
        task->bytes = span_from(sealed_span(&task->message), task->job.offset);
    if (memory_take(from, is_put ? 1 : 0, KEEP_PAPERS_MOST, "papers", &task->papers, fault) != 0)
        return -1;
    return order_read(&task->job, sealed_span(&task->papers), task->bytes.size, &task->order, fault);
}

/* --- Doing it --- */

static int task_put(struct keep_task *task, struct store *store, uint64_t *sequence_out, struct fault *fault)
{
    struct store_message message = { .bytes = task->bytes,
                                     .meta = task->order.meta,
                                     .category = (enum category)task->job.category,
                                     .parts = task->order.parts,
                                     .part_count = task->order.part_count };
    return store_put(store, &message, task->deadline, sequence_out, fault);
}

static int task_do(struct keep_task *task, struct store *store, uint64_t *sequence_out, struct fault *fault)
{
    const struct order *order = &task->order;
    switch ((enum keep_kind)task->job.kind) {
    case KEEP_PUT:
        return task_put(task, store, sequence_out, fault);
    case KEEP_CHANGE:
        return store_change(store, &order->change, task->deadline, fault);
    case KEEP_SLOTS:
        assert(order->about != NULL);
        return store_add_slots(store, order->about, order->about_count, order->slots, order->slots_each, task->deadline,
                               fault);
    case KEEP_REINDEX:
    case KEEP_KINDS:
        break;
    }
    store_reindex(store);
    return 0;
}

/* What the caller must change, as against what may be better the next time. */
static bool is_a_refusal(int code)
{
    return code == EINVAL || code == ENOENT || code == EPERM || code == EFBIG || code == E2BIG || code == EMSGSIZE;
}

static void answer_fault(struct keep_answer *answer, enum keep_outcome outcome, const struct fault *fault)
{
    answer->outcome = outcome;
    answer->code = fault->code;
    (void)snprintf(answer->text, sizeof answer->text, "%s", fault->text);
}

static void task_run(struct keep_task *task, struct keep_answer *answer)
{
    struct fault fault = { 0 };
    struct store *store = stores_take(task->stores, task->job.store, task->deadline, &fault);
    if (store == NULL) {
        answer_fault(answer, fault.code == ENOENT ? KEEP_REFUSED : KEEP_FAILED, &fault);
        return;
    }
    int failed = task_do(task, store, &answer->sequence, &fault);
    stores_drop(task->stores, task->job.store);
    if (failed != 0)
        answer_fault(answer, is_a_refusal(fault.code) ? KEEP_REFUSED : KEEP_FAILED, &fault);
    else
        answer->outcome = KEEP_DONE;
}

void jobs_serve(const struct serve_job *job, void *context, struct buf *answer_out)
{
    struct keep_task task = { .stores = context,
                              .message = SEALED_NONE,
                              .papers = SEALED_NONE,
                              .deadline = deadline_earlier(job->deadline, deadline_in(JOBS_MOST_MS)) };
    struct keep_answer answer = { .magic = KEEP_MAGIC };
    struct fault fault = { 0 };
    if (job_read(job, &task.job, &fault) != 0 || task_take_memory(&task, job, &fault) != 0)
        answer_fault(&answer, KEEP_REFUSED, &fault);
    else
        task_run(&task, &answer);
    order_fini(&task.order);
    sealed_close(&task.papers);
    sealed_close(&task.message);
    buf_put(answer_out, &answer, sizeof answer);
}
