/* The drivers for the embedded engines: a job for all pieces of a message, or for as many as a job has, through the
 * engine's pool of children. */
#include "driver.h"

#include "base/memory.h"
#include "ipc/calls/scan.h"
#include "ipc/pool.h"
#include "scanner/engine_answer.h"
#include "scanner/names.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ENGINE_TRIES = 2 };

struct engine_job {
    struct scan_job *job;
    size_t size;
    int fds[SCAN_PACKS];
    size_t fd_count;
};

static void engine_job_fini(struct engine_job *job)
{
    for (size_t i = 0; i < job->fd_count; i++)
        (void)close(job->fds[i]);
    free(job->job);
}

static uint32_t engine_flags(const struct scan_request *request, const struct piece *piece)
{
    return (piece->is_opened ? (uint32_t)SCAN_PIECE_OPENED : 0) |
           (request->is_canary ? (uint32_t)SCAN_PIECE_CANARY : 0);
}

/* Packs that no piece needs are not lent. */
static int engine_job_init(struct engine_job *job, const struct scan_request *request, struct fault *fault)
{
    assert(request->count > 0 && request->count <= SCAN_MOST_PIECES);
    size_t size = sizeof *job->job + request->count * sizeof job->job->pieces[0];
    *job = (struct engine_job){ .job = memory_new(size), .size = size };
    job->job->magic = SCAN_MAGIC;
    job->job->piece_count = (uint32_t)request->count;

    uint32_t numbers[SCAN_PACKS];
    for (size_t i = 0; i < SCAN_PACKS; i++)
        numbers[i] = UINT32_MAX;
    for (size_t i = 0; i < request->count; i++) {
        const struct piece *piece = &request->pieces[i];
        if (numbers[piece->pack] == UINT32_MAX) {
            int fd = sealed_lend(&request->packs[piece->pack], fault);
            if (fd < 0)
                return -1;
            numbers[piece->pack] = (uint32_t)job->fd_count;
            job->fds[job->fd_count++] = fd;
        }
        job->job->pieces[i] = (struct scan_piece){ .pack = numbers[piece->pack],
                                                   .flags = engine_flags(request, piece),
                                                   .offset = piece->offset,
                                                   .size = piece->size };
    }
    job->job->pack_count = (uint32_t)job->fd_count;
    return 0;
}

/* A name that the engine took for less than infected, by the settings that it has as we have them. */
static void engine_note(const struct scanner *scanner, const char *name, struct answer *answer)
{
    if (name[0] == '\0')
        return;
    enum name_action action = names_find(&scanner->settings->names, span_text(name));
    if (action != NAME_INFECTED)
        names_note(action, span_text(name), answer);
    else
        answer_set(answer, ANSWER_INFECTED, span_text(name));
}

/* One try. False where a fresh child may do better: this one died. */
static bool engine_try(struct scanner *scanner, const struct scan_request *request, struct answer *answer_out)
{
    struct fault fault = { 0 };
    struct engine_job job;
    struct pool_result result = { 0 };
    struct scan_answer bytes;
    enum role role = scanner->settings->type == SCANNER_YARA ? ROLE_YARA : ROLE_ENGINE;
    int pool = scanner->engine_socket(scanner->engine_context, role, request->deadline);
    if (pool < 0) {
        answer_fail(answer_out, BLAME_SCANNER, span_text("the engine is not there"));
        return true;
    }
    int called = engine_job_init(&job, request, &fault);
    if (called == 0)
        called = pool_call(pool,
                           &(struct pool_request){ .job = job.job,
                                                   .size = job.size,
                                                   .fds = job.fds,
                                                   .fd_count = job.fd_count,
                                                   .deadline = request->deadline,
                                                   .waker = stop_waker(request->stop) },
                           &bytes, sizeof bytes, &result, &fault);
    (void)close(pool);
    engine_job_fini(&job);
    if (called != 0) {
        answer_fail(answer_out, BLAME_NOBODY, span_text(fault.text));
        return true;
    }
    if (result.outcome == POOL_ANSWERED) {
        struct engine_about about;
        engine_answer_read(span_of(&bytes, result.size), request->count, answer_out, &about);
        engine_note(scanner, about.named, answer_out);
        engine_note(scanner, about.ignored, answer_out);
        if (about.version[0] != '\0')
            scanner_learn(scanner, span_text(about.version), about.generation, about.raw_signatures);
        return true;
    }
    char text[ANSWER_TEXT_SIZE];
    (void)snprintf(text, sizeof text, "the engine gave no answer: %s (%d)", pool_outcome_text(result.outcome),
                   result.detail);
    if (result.outcome == POOL_DEADLINE)
        (void)snprintf(text, sizeof text, "timeout");
    bool has_died = result.outcome == POOL_EXITED || result.outcome == POOL_SIGNALLED;
    enum blame other = result.outcome == POOL_DEADLINE ? BLAME_TIME : BLAME_SCANNER;
    answer_fail(answer_out, has_died ? BLAME_DEATH : other, span_text(text));
    return result.outcome == POOL_DEADLINE || result.outcome == POOL_NOT_STARTED;
}

/* As many pieces as one job takes. */
static void engine_ask_job(struct scanner *scanner, const struct scan_request *request, struct answer *answer_out)
{
    for (int i = 0; i < ENGINE_TRIES; i++) {
        *answer_out = (struct answer){ .kind = ANSWER_FAILED };
        if (engine_try(scanner, request, answer_out))
            return;
        if (request->count > 1)
            return; /* each of them will be shown alone */
    }
    char text[ANSWER_TEXT_SIZE];
    (void)snprintf(text, sizeof text, "twice %.150s", answer_out->text);
    answer_fail(answer_out, answer_out->blame, span_text(text));
}

static void engine_ask(struct scanner *scanner, const struct scan_request *request, struct answer *answer_out)
{
    *answer_out = (struct answer){ .kind = ANSWER_CLEAN };
    for (size_t at = 0; at < request->count; at += SCAN_MOST_PIECES) {
        struct scan_request job = *request;
        struct answer answer;
        job.pieces += at;
        job.count = request->count - at < SCAN_MOST_PIECES ? request->count - at : SCAN_MOST_PIECES;
        engine_ask_job(scanner, &job, &answer);
        answer.piece += (uint32_t)at;
        answer_worsen(answer_out, &answer);
        if (answer.kind == ANSWER_INFECTED || answer.kind == ANSWER_FAILED)
            return;
    }
}

const struct scanner_ops engine_ops = { .ask = engine_ask, .tells_all = true, .tells_with_it = true };
const struct scanner_ops yara_ops = { .ask = engine_ask, .tells_all = true, .tells_with_it = true };
