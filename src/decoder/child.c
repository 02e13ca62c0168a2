#include "child.h"

#include "decoder/decode.h"
#include "ipc/pool.h"
#include "sys/log.h"
#include "sys/sealed.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <unistd.h>

enum { JOB_FD_MESSAGE = 0, JOB_FD_REPORT = 1 }; /* pack 1 follows, and the others */

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

static int child_write(void *context, uint64_t offset, const void *data, size_t size, struct fault *fault)
{
    const struct pool_job *received = context;
    const char *next = data;
    while (size > 0) {
        ssize_t n = pwrite(received->fds[JOB_FD_REPORT], next, size, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return fault_set_errno(fault, errno, "cannot write the report");
        next += n;
        offset += (uint64_t)n;
        size -= (size_t)n;
    }
    return 0;
}

/* What is decoded is written straight into the gate's packs. They can't grow, so what lies behind their end is no
 * memory of theirs: the mapping is as large as the job says, and a write beyond a smaller file ends us. */
static int child_map_packs(const struct decode_job *job, const struct pool_job *received,
                           struct emit_pack packs_out[DECODE_PACKS])
{
    packs_out[DECODE_PACK_MESSAGE] = (struct emit_pack){ .size = 0 };
    for (int i = 1; i < DECODE_PACKS; i++) {
        uint64_t size = i == DECODE_PACK_COMMON ? job->limits.bytes_out : job->limits.own_bytes;
        void *data = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, received->fds[JOB_FD_REPORT + i], 0);
        if (data == MAP_FAILED)
            return -1;
        packs_out[i] = (struct emit_pack){ .data = data, .size = size };
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
    struct emit_pack packs[DECODE_PACKS];
    if (child_map_packs(job, received, packs) != 0)
        return EX_UNAVAILABLE;
    if (decode_message(sealed_span(&message), job, packs, child_write, received, &fault) == 0)
        return EX_OK;
    return fault.code == ENOMEM ? EX_UNAVAILABLE : EX_IOERR;
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
