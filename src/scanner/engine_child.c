#include "engine_child.h"

#include "base/fault.h"
#include "base/memory.h"
#include "ipc/calls/scan_job.h"
#include "ipc/pool.h"
#include "scanner/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHILD_PACK_LIMIT ((size_t)1 << 36)

void engine_result_fail(struct engine_result *result_out, const char *text)
{
    *result_out = (struct engine_result){ .result = SCAN_FAILED };
    (void)span_copy(span_text(text), result_out->text, sizeof result_out->text);
}

/* Takes over what is graver. */
static void answer_add(const struct engine_child *child, struct scan_answer *answer, const struct engine_result *result,
                       uint32_t piece)
{
    names_keep(child->names, result->named, answer->named, sizeof answer->named);
    if (answer->ignored[0] == '\0')
        memcpy(answer->ignored, result->ignored, sizeof answer->ignored);
    if (result->unscannable > (enum unscannable)answer->unscannable)
        answer->unscannable = (uint32_t)result->unscannable;
    if (result->result != SCAN_FAILED)
        answer->pieces_judged++;
    if (result->result <= (enum scan_result)answer->result)
        return;
    answer->result = (uint32_t)result->result;
    answer->piece = piece;
    (void)snprintf(answer->text, sizeof answer->text, "%s", result->text);
}

static void answer_fail(const struct engine_child *child, struct scan_answer *answer, const char *text)
{
    struct engine_result failed;
    engine_result_fail(&failed, text);
    answer_add(child, answer, &failed, 0);
}

/* What it could not look into was unpacked by the decoder and is judged in other pieces. */
static void result_settle(struct engine_result *result, uint32_t flags)
{
    if ((flags & SCAN_PIECE_OPENED) == 0)
        return;
    result->unscannable = UNSCANNABLE_NONE;
    if (result->result == SCAN_UNSCANNABLE)
        result->result = SCAN_CLEAN;
}

static void child_judge(const struct engine_child *child, const struct job *job, struct scan_answer *answer)
{
    for (uint32_t i = 0; i < job->piece_count; i++) {
        struct engine_result result;
        uint32_t flags = job->pieces[i].flags;
        child->judge(child->context, job_piece(job, i), flags, &result);
        result_settle(&result, flags);
        answer_add(child, answer, &result, i);
        if (result.result == SCAN_INFECTED || result.result == SCAN_FAILED)
            return;
    }
}

static void child_answer(const struct engine_child *child, struct span bytes, const struct pool_job *pool_job,
                         struct scan_answer *answer)
{
    struct fault fault = { 0 };
    struct job job;
    if (job_take(bytes, pool_job->fds, pool_job->fd_count, CHILD_PACK_LIMIT, &job, &fault) != 0) {
        answer_fail(child, answer, fault.text);
        return;
    }
    if (child->refusal[0] != '\0')
        answer_fail(child, answer, child->refusal);
    else
        child_judge(child, &job, answer);
    job_fini(&job);
}

/* 1: the next one may come; else the end, 0 where it is as it should be. */
static int child_serve_one(int socket, const struct engine_child *child, void *bytes)
{
    struct pool_job job;
    int got = pool_job_receive(socket, bytes, JOB_MOST_BYTES, &job, NULL);
    if (got <= 0)
        return got;
    struct scan_answer answer = child->blank;
    answer.magic = SCAN_MAGIC;
    answer.result = SCAN_CLEAN;
    child_answer(child, span_of(bytes, job.size), &job, &answer);
    if (pool_job_answer(socket, &answer, sizeof answer, NULL) != 0)
        return -1;
    return answer.result != SCAN_FAILED || child->refusal[0] != '\0' ? 1 : 0;
}

int engine_child_run(int socket, const struct engine_child *child)
{
    void *bytes = memory_new(JOB_MOST_BYTES);
    int status = 1;
    while (status == 1)
        status = child_serve_one(socket, child, bytes);
    free(bytes);
    return status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
