#include "child.h"

#include "base/memory.h"
#include "ipc/calls/scan_job.h"
#include "ipc/pool.h"
#include "scanner/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHILD_DESCRIPTORS = 64 };

#define CHILD_PACK_LIMIT ((size_t)1 << 36)

static int child_enter(const struct engine *engine, struct fault *fault)
{
    /* No path at all: libyara needs no file. No limit on memory, as with every engine: its end is a kill, and no
     * answer.
     */
    struct sandbox_settings box = { .program = engine->box, .descriptors = CHILD_DESCRIPTORS, .may_not_fork = true };
    return sandbox_enter(&box, NULL, fault);
}

/* Takes over what is graver. */
static void answer_add(const struct engine *engine, struct scan_answer *answer, const struct ruleset_result *result,
                       uint32_t piece)
{
    names_keep(&engine->scanner->names, result->named, answer->named, sizeof answer->named);
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

/* What it could not look into was unpacked by the decoder and is judged in other pieces. */
static void result_settle(struct ruleset_result *result, const struct scan_piece *piece)
{
    if ((piece->flags & SCAN_PIECE_OPENED) == 0)
        return;
    result->unscannable = UNSCANNABLE_NONE;
    if (result->result == SCAN_UNSCANNABLE)
        result->result = SCAN_CLEAN;
}

static void child_judge_job(const struct engine *engine, const struct job *job, struct scan_answer *answer)
{
    for (uint32_t i = 0; i < job->piece_count; i++) {
        struct ruleset_result result;
        bool is_canary = (job->pieces[i].flags & SCAN_PIECE_CANARY) != 0;
        ruleset_scan(engine->rules, job_piece(job, i), is_canary ? NULL : &engine->scanner->names, &result);
        result_settle(&result, &job->pieces[i]);
        answer_add(engine, answer, &result, i);
        if (result.result == SCAN_INFECTED || result.result == SCAN_FAILED)
            return;
    }
}

static void answer_fail(const struct engine *engine, struct scan_answer *answer, const char *text)
{
    struct ruleset_result failed = { .result = SCAN_FAILED };
    (void)span_copy(span_text(text), failed.text, sizeof failed.text);
    answer_add(engine, answer, &failed, 0);
}

static void child_answer(const struct engine *engine, struct span bytes, const struct pool_job *pool_job,
                         struct scan_answer *answer)
{
    struct fault fault = { 0 };
    struct job job;
    if (job_take(bytes, pool_job->fds, pool_job->fd_count, CHILD_PACK_LIMIT, &job, &fault) != 0) {
        answer_fail(engine, answer, fault.text);
        return;
    }
    if (engine->refusal[0] != '\0')
        answer_fail(engine, answer, engine->refusal);
    else
        child_judge_job(engine, &job, answer);
    job_fini(&job);
}

int child_run(int socket, unsigned slot, void *context)
{
    const struct engine *engine = context;
    struct fault fault = { 0 };
    (void)slot;
    if (child_enter(engine, &fault) != 0) {
        (void)dprintf(STDERR_FILENO, "cordon-engine-yara: %s\n", fault.text); /* the pool's parent only sees us end */
        return EXIT_FAILURE;
    }
    void *bytes = memory_new(JOB_MOST_BYTES);
    for (;;) {
        struct pool_job job;
        int got = pool_job_receive(socket, bytes, JOB_MOST_BYTES, &job, &fault);
        if (got <= 0)
            return got == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
        struct scan_answer answer = { .magic = SCAN_MAGIC, .result = SCAN_CLEAN };
        if (engine->rules != NULL) {
            answer.generation = ruleset_generation(engine->rules);
            (void)snprintf(answer.engine, sizeof answer.engine, "%s", ruleset_version(engine->rules));
        }
        child_answer(engine, span_of(bytes, job.size), &job, &answer);
        if (pool_job_answer(socket, &answer, sizeof answer, &fault) != 0)
            return EXIT_FAILURE;
        /* Whatever went wrong, the next message gets a child that it did not happen to. */
        if (answer.result == SCAN_FAILED && engine->refusal[0] == '\0')
            return EXIT_SUCCESS;
    }
}
