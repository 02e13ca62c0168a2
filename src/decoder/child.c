#include "child.h"

#include "decoder/decode.h"
#include "ipc/pool.h"
#include "sys/log.h"
#include "sys/sealed.h"

#include <errno.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { JOB_FD_MESSAGE = 0, JOB_FD_REPORT = 1 }; /* the packs follow */

int child_boxes_prepare(struct child_boxes *boxes, size_t memory_bytes, struct fault *fault)
{
    *boxes = (struct child_boxes){ .memory_bytes = memory_bytes };
    boxes->waiting = sandbox_prepare(SANDBOX_DECODER, fault);
    boxes->busy = boxes->waiting != NULL ? sandbox_prepare(SANDBOX_DECODER_BUSY, fault) : NULL;
    if (boxes->busy != NULL)
        return 0;
    child_boxes_free(boxes);
    return -1;
}

void child_boxes_free(struct child_boxes *boxes)
{
    sandbox_program_free(boxes->waiting);
    sandbox_program_free(boxes->busy);
    boxes->waiting = boxes->busy = NULL;
}

/* Target 0 is the report, target n the pack n: in this order they came. */
static int child_write(void *context, unsigned target, uint64_t offset, const void *data, size_t size,
                       struct fault *fault)
{
    const struct pool_job *received = context;
    const char *next = data;
    while (size > 0) {
        ssize_t n = pwrite(received->fds[JOB_FD_REPORT + target], next, size, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return fault_set_errno(fault, errno, "cannot write to pack %u", target);
        next += n;
        offset += (uint64_t)n;
        size -= (size_t)n;
    }
    return 0;
}

static bool job_is_sound(const struct decode_job *job, const struct pool_job *received)
{
    return received->size == sizeof *job && received->fd_count == DECODE_JOB_FDS && job->magic == DECODE_MAGIC &&
           job->standin_bytes <= job->message_size && memchr(job->host, '\0', sizeof job->host) != NULL;
}

static int child_decode(const struct decode_job *job, struct pool_job *received)
{
    struct sealed message;
    struct fault fault = { 0 };
    if (sealed_take(received->fds[JOB_FD_MESSAGE], (size_t)job->message_size, &message, &fault) != 0)
        return fault.code == ENOMEM ? EX_UNAVAILABLE : EX_DATAERR;
    if (message.size != job->message_size)
        return EX_DATAERR;
    struct emit emit;
    if (emit_init(&emit, job, child_write, received, NULL) != 0)
        return EX_UNAVAILABLE;
    return decode_message(sealed_span(&message), job, &emit) == 0 ? EX_OK : EX_IOERR;
}

/* Nothing is freed: the process ends here. */
int child_run(int socket, unsigned slot, void *context)
{
    const struct child_boxes *boxes = context;
    struct sandbox_settings box = {
        .program = boxes->waiting,
        .without_landlock = boxes->without_landlock,
        .memory_bytes = boxes->memory_bytes,
        .descriptors = (unsigned)socket + 1 + DECODE_JOB_FDS,
        .may_not_fork = true,
    };
    struct fault fault;
    (void)slot;
    if (sandbox_enter(&box, NULL, &fault) != 0) {
        log_note(LOG_ERROR, "box-failed", "%s", fault.text);
        return EX_OSERR;
    }
    struct decode_job job;
    struct pool_job received;
    int got = pool_job_receive(socket, &job, sizeof job, &received, &fault);
    if (got <= 0)
        return got == 0 ? EX_OK : EX_PROTOCOL;
    if (sandbox_tighten(boxes->busy, &fault) != 0)
        return EX_OSERR;
    return job_is_sound(&job, &received) ? child_decode(&job, &received) : EX_PROTOCOL;
}
