#include "pool.h"

#include "base/memory.h"
#include "pool_wire.h"
#include "sys/ready.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    POOL_GRACE_MS = 2000, /* how long after its deadline a parent may take to say so */
    POOL_LINGER_MS = 100  /* a dying process closes its sockets one after another */
};

const char *pool_outcome_text(enum pool_outcome outcome)
{
    static const char *const texts[] = {
        [POOL_ANSWERED] = "answered",
        [POOL_EXITED] = "ended without an answer",
        [POOL_SIGNALLED] = "was ended by a signal",
        [POOL_DEADLINE] = "missed its deadline",
        [POOL_NOT_STARTED] = "could not be started in time",
        [POOL_GONE] = "is gone",
    };
    assert(outcome >= POOL_ANSWERED && outcome <= POOL_GONE);
    return texts[outcome];
}

/* 0: sent; 1: not, and *result_out says why; -1 and *fault. */
static int job_send(int pool, int reply, void *buffer, const struct pool_request *request,
                    struct pool_result *result_out, struct fault *fault)
{
    struct pool_job_head head = { .magic = POOL_MAGIC, .deadline_ms = request->deadline.at_ms };
    memcpy(buffer, &head, sizeof head);
    memcpy((char *)buffer + sizeof head, request->job, request->size);
    int all[POOL_JOB_MOST_FDS + 1] = { reply };
    if (request->fd_count > 0)
        memcpy(all + 1, request->fds, request->fd_count * sizeof *request->fds);
    struct fault sending = { 0 };
    if (packet_send(pool, buffer, sizeof head + request->size, all, request->fd_count + 1, request->deadline,
                    &sending) == 0)
        return 0;
    bool is_gone = sending.code == EPIPE || sending.code == ECONNRESET || sending.code == ENOTCONN;
    if (!is_gone && sending.code != ETIMEDOUT)
        return fault_set(fault, sending.code, "%s", sending.text);
    result_out->outcome = is_gone ? POOL_GONE : POOL_NOT_STARTED;
    return 1;
}

static int reply_take(const void *buffer, size_t size, void *answer_out, size_t capacity,
                      struct pool_result *result_out, struct fault *fault)
{
    struct pool_reply_head head;
    if (size < sizeof head)
        return fault_set(fault, EPROTO, "a pool's reply is too short");
    memcpy(&head, buffer, sizeof head);
    bool is_known = head.magic == POOL_MAGIC && head.outcome >= POOL_ANSWERED && head.outcome < POOL_GONE;
    if (!is_known || head.size != size - sizeof head || head.size > capacity)
        return fault_set(fault, EPROTO, "a pool's reply is no reply");
    if (head.size > 0)
        memcpy(answer_out, (const char *)buffer + sizeof head, head.size);
    *result_out = (struct pool_result){ .outcome = (enum pool_outcome)head.outcome,
                                        .detail = head.detail,
                                        .size = head.size,
                                        .waited_ms = head.waited_ms };
    return 0;
}

/* The reply socket's other end closes when its holder dies, wherever the job was at that moment: so there is always an
 * end to wait for. */
static int reply_receive(int pool, int reply, void *buffer, void *answer_out, size_t capacity, struct deadline deadline,
                         struct pool_result *result_out, struct fault *fault)
{
    if (deadline_left_ms(deadline) >= 0)
        deadline.at_ms += POOL_GRACE_MS;
    struct packet packet;
    struct fault receiving = { 0 };
    int got = packet_receive(reply, buffer, sizeof(struct pool_reply_head) + capacity, 0, &packet, deadline,
                             &receiving);
    if (got > 0)
        return reply_take(buffer, packet.size, answer_out, capacity, result_out, fault);
    if (got < 0 && receiving.code != ETIMEDOUT)
        return fault_set(fault, receiving.code, "%s", receiving.text);
    if (got < 0)
        result_out->outcome = POOL_DEADLINE;
    else
        result_out->outcome = packet_is_hung_up(pool, POOL_LINGER_MS)
                                  ? POOL_GONE
                                  : POOL_NOT_STARTED; /* it lives, but dropped the job */
    return 0;
}

int pool_open(int pool, const struct pool_request *request, int *line_out, struct pool_result *result_out,
              struct fault *fault)
{
    assert(request->size > 0 && request->size <= POOL_JOB_MOST_BYTES && request->fd_count <= POOL_JOB_MOST_FDS);
    *result_out = (struct pool_result){ .outcome = POOL_NOT_STARTED };
    *line_out = -1;
    int pair[2];
    void *buffer = memory_try(sizeof(struct pool_job_head) + request->size);
    if (buffer == NULL)
        return fault_set(fault, ENOMEM, "no memory for a job");
    if (packet_pair(pair, fault) != 0) {
        free(buffer);
        return -1;
    }
    int status = job_send(pool, pair[1], buffer, request, result_out, fault);
    free(buffer);
    (void)close(pair[1]);
    if (status == 0)
        *line_out = pair[0];
    else
        (void)close(pair[0]);
    return status < 0 ? -1 : 0;
}

int pool_hear(int pool, int line, struct deadline deadline, void *answer_out, size_t capacity,
              struct pool_result *result_out, struct fault *fault)
{
    *result_out = (struct pool_result){ .outcome = POOL_NOT_STARTED };
    if (capacity > POOL_ANSWER_MOST_BYTES)
        capacity = POOL_ANSWER_MOST_BYTES;
    void *buffer = memory_try(sizeof(struct pool_reply_head) + capacity);
    if (buffer == NULL)
        return fault_set(fault, ENOMEM, "no memory for an answer");
    int status = reply_receive(pool, line, buffer, answer_out, capacity, deadline, result_out, fault);
    free(buffer);
    return status;
}

/* -1 and *fault where the waker spoke before the line did. */
static int line_wait(int line, const struct pool_request *request, struct fault *fault)
{
    struct fault waiting = { 0 };
    if (request->waker == NULL || ready_wait(line, POLLIN, *request->waker, request->deadline, &waiting) == 0 ||
        waiting.code != ECANCELED)
        return 0;
    return fault_set(fault, ECANCELED, "the answer is not needed any more");
}

int pool_call(int pool, const struct pool_request *request, void *answer_out, size_t capacity,
              struct pool_result *result_out, struct fault *fault)
{
    int line = -1;
    int status = pool_open(pool, request, &line, result_out, fault);
    if (line < 0)
        return status;
    status = line_wait(line, request, fault);
    if (status == 0)
        status = pool_hear(pool, line, request->deadline, answer_out, capacity, result_out, fault);
    (void)close(line);
    return status;
}
