/* SPDX-License-Identifier: GPL-2.0-only */
#include "child.h"

#include "base/memory.h"
#include "engine/folder.h"
#include "ipc/calls/scan_job.h"
#include "ipc/pool.h"
#include "scanner/names.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { CHILD_DESCRIPTORS = 512 };

#define CHILD_PACK_LIMIT ((size_t)1 << 36)

/* A folder that is not a tmpfs of ours has no size: then at least no file may be larger than that. */
static int child_limit_files(uint64_t bytes, struct fault *fault)
{
    struct rlimit limit = { .rlim_cur = bytes, .rlim_max = bytes };
    if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR || setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return fault_set_errno(fault, errno, "cannot limit the size of files");
    return 0;
}

int child_enter(const struct engine *engine, unsigned slot, struct child_folder *folder_out, struct fault *fault)
{
    (void)snprintf(folder_out->path, sizeof folder_out->path, "%.*s/%u", ENGINE_PATH_SIZE - 16, engine->base, slot);
    if (engine->is_private) {
        if (sandbox_enter_folder(folder_out->path, fault) != 0)
            return -1;
        (void)snprintf(folder_out->path, sizeof folder_out->path, "/");
    } else if (child_limit_files(engine->scanner->folder_bytes, fault) != 0) {
        return -1;
    }
    struct sandbox_path path = { .path = folder_out->path, .is_writable = true };
    /* No limit on memory: an allocation that fails is something that the library may pass over in silence, while the
     * machine's own end of memory is a kill, and no answer. */
    struct sandbox_settings box = { .program = engine->box,
                                    .paths = &path,
                                    .path_count = 1,
                                    .without_landlock = engine->without_landlock,
                                    .descriptors = CHILD_DESCRIPTORS,
                                    .may_not_fork = true };
    if (sandbox_enter(&box, NULL, fault) != 0 || folder_empty(folder_out->path, fault) != 0)
        return -1;
    return engine->clam != NULL ? clam_use_folder(engine->clam, folder_out->path, fault) : 0;
}

static void result_fail(struct clam_result *result, const char *text)
{
    *result = (struct clam_result){ .result = SCAN_FAILED };
    (void)span_copy(span_text(text), result->text, sizeof result->text);
}

void child_judge(const struct engine *engine, const struct child_folder *folder, const struct clam_piece *piece,
                 struct clam_result *result_out)
{
    struct fault fault;
    if (folder_is_full(folder->path)) {
        result_fail(result_out, "the folder for temporary files is full");
        return;
    }
    clam_scan(engine->clam, piece, result_out);
    if (folder_empty(folder->path, &fault) != 0 && result_out->result != SCAN_INFECTED)
        result_fail(result_out, fault.text);
}

/* Takes over what is graver. */
static void answer_add(const struct engine *engine, struct scan_answer *answer, const struct clam_result *result,
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
static void result_settle(struct clam_result *result, const struct scan_piece *piece)
{
    if ((piece->flags & SCAN_PIECE_OPENED) == 0)
        return;
    result->unscannable = UNSCANNABLE_NONE;
    if (result->result == SCAN_UNSCANNABLE)
        result->result = SCAN_CLEAN;
}

static void child_judge_job(const struct engine *engine, const struct child_folder *folder, const struct job *job,
                            struct scan_answer *answer)
{
    for (uint32_t i = 0; i < job->piece_count; i++) {
        struct clam_result result;
        uint32_t flags = job->pieces[i].flags;
        struct clam_piece piece = { .bytes = job_piece(job, i), .is_opened = (flags & SCAN_PIECE_OPENED) != 0 };
        if ((flags & SCAN_PIECE_CANARY) == 0 && engine->scanner->names.count > 0)
            piece.names = &engine->scanner->names;
        child_judge(engine, folder, &piece, &result);
        result_settle(&result, &job->pieces[i]);
        answer_add(engine, answer, &result, i);
        if (result.result == SCAN_INFECTED || result.result == SCAN_FAILED)
            return;
    }
}

static void child_answer(const struct engine *engine, const struct child_folder *folder, struct span bytes,
                         const struct pool_job *pool_job, struct scan_answer *answer)
{
    struct fault fault;
    struct job job;
    struct clam_result failed = { .result = SCAN_FAILED };
    int status = job_take(bytes, pool_job->fds, pool_job->fd_count, CHILD_PACK_LIMIT, &job, &fault);
    if (status != 0)
        result_fail(&failed, fault.text);
    else if (engine->refusal[0] != '\0')
        result_fail(&failed, engine->refusal);
    else
        child_judge_job(engine, folder, &job, answer);
    if (failed.text[0] != '\0')
        answer_add(engine, answer, &failed, 0);
    if (status == 0)
        job_fini(&job);
}

int child_run(int socket, unsigned slot, void *context)
{
    const struct engine *engine = context;
    struct child_folder folder;
    struct fault fault;
    if (child_enter(engine, slot, &folder, &fault) != 0) {
        (void)dprintf(STDERR_FILENO, "cordon-engine-clamav: %s\n", fault.text); /* the pool's parent only sees us end */
        return EXIT_FAILURE;
    }
    void *bytes = memory_new(JOB_MOST_BYTES);
    for (;;) {
        struct pool_job job;
        int got = pool_job_receive(socket, bytes, JOB_MOST_BYTES, &job, &fault);
        if (got <= 0)
            return got == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
        struct scan_answer answer = { .magic = SCAN_MAGIC, .result = SCAN_CLEAN };
        if (engine->clam != NULL) {
            answer.generation = clam_generation(engine->clam);
            answer.raw_signatures = engine->raw.count;
            (void)snprintf(answer.engine, sizeof answer.engine, "%s", clam_version(engine->clam));
        }
        child_answer(engine, &folder, span_of(bytes, job.size), &job, &answer);
        if (pool_job_answer(socket, &answer, sizeof answer, &fault) != 0)
            return EXIT_FAILURE;
        /* Whatever went wrong, the next message gets a child that it did not happen to. */
        if (answer.result == SCAN_FAILED && engine->refusal[0] == '\0')
            return EXIT_SUCCESS;
    }
}
