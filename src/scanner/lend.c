#include "lend.h"

#include "ipc/calls/run.h"
#include "ipc/pool.h"
#include "scanner/run_reply.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LEND_NAME_MOST = 20 };

/* An answer with room for a name. */
union lend_answer {
    struct run_answer answer;
    char bytes[sizeof(struct run_answer) + LEND_NAME_MOST];
};

/* 0, or -1 and *fault: there is no answer, or one that is none, or it has failed. */
static int lend_hear(const struct lend *lend, struct deadline deadline, union lend_answer *answer_out,
                     struct fault *fault)
{
    struct pool_result result;
    if (pool_hear(lend->runner, lend->line, deadline, answer_out, sizeof *answer_out, &result, fault) != 0)
        return -1;
    if (result.outcome != POOL_ANSWERED)
        return fault_set(fault, result.outcome == POOL_DEADLINE ? ETIMEDOUT : EHOSTUNREACH,
                         "the runner gave no answer: %s", pool_outcome_text(result.outcome));
    const char *mistake = run_answer_mistake(&answer_out->answer, result.size);
    if (mistake != NULL)
        return fault_set(fault, EHOSTUNREACH, "the runner's answer is broken: %s", mistake);
    if (answer_out->answer.outcome == RUN_FAILED)
        return fault_set(fault, EHOSTUNREACH, "the file was not lent: %s", answer_out->answer.text);
    return 0;
}

/* Digits alone: a runner that was taken over could say anything. */
static bool name_is_sound(struct span name)
{
    for (size_t i = 0; i < name.size; i++) {
        if (!ascii_is_digit(name.data[i]))
            return false;
    }
    return name.size > 0;
}

static int lend_learn(const struct scanner *scanner, struct deadline deadline, struct lend *lend, struct fault *fault)
{
    union lend_answer first;
    if (lend_hear(lend, deadline, &first, fault) != 0)
        return -1;
    struct span name = span_of(first.answer.output, first.answer.size);
    if (first.answer.outcome != RUN_LENT || !name_is_sound(name))
        return fault_set(fault, EHOSTUNREACH, "the runner's answer is of another kind");
    int size = snprintf(lend->path, sizeof lend->path, "%s/%.*s", scanner->settings->run.shared_folder, (int)name.size,
                        name.data);
    return size > 0 && (size_t)size < sizeof lend->path
               ? 0
               : fault_set(fault, EHOSTUNREACH, "shared_folder has too long a name");
}

static void lend_close(struct lend *lend)
{
    if (lend->line >= 0)
        (void)close(lend->line);
    if (lend->runner >= 0)
        (void)close(lend->runner);
    lend->line = lend->runner = -1;
}

int lend_begin(const struct scanner *scanner, int fd, struct deadline deadline, struct lend *lend_out,
               struct fault *fault)
{
    struct run_job job = { .magic = RUN_MAGIC, .row = scanner->row, .flags = RUN_LEND };
    struct pool_result result = { 0 };
    *lend_out = (struct lend){ .runner = -1, .line = -1 };
    if (scanner->runner_socket != NULL)
        lend_out->runner = scanner->runner_socket(scanner->engine_context, scanner->runner, deadline);
    if (lend_out->runner < 0)
        return fault_set(fault, EHOSTUNREACH, "its runner is not there");
    struct pool_request request = { .job = &job, .size = sizeof job, .fds = &fd, .fd_count = 1, .deadline = deadline };
    int status = pool_open(lend_out->runner, &request, &lend_out->line, &result, fault);
    if (status == 0 && lend_out->line < 0)
        status = fault_set(fault, EHOSTUNREACH, "the runner gave no answer: %s", pool_outcome_text(result.outcome));
    if (status == 0)
        status = lend_learn(scanner, deadline, lend_out, fault);
    if (status != 0)
        lend_close(lend_out);
    return status;
}

enum lend_end lend_finish(struct lend *lend, struct deadline deadline, struct fault *fault)
{
    union lend_answer last;
    (void)shutdown(lend->line, SHUT_WR);
    int heard = lend_hear(lend, deadline, &last, fault);
    lend_close(lend);
    if (heard != 0)
        return LEND_UNKNOWN;
    if (last.answer.outcome == RUN_RETURNED)
        return LEND_SAME;
    if (last.answer.outcome == RUN_TAMPERED)
        (void)fault_set(fault, EBADMSG, "tampered: %s", last.answer.text);
    else
        (void)fault_set(fault, EHOSTUNREACH, "the runner's answer is of another kind");
    return last.answer.outcome == RUN_TAMPERED ? LEND_TAMPERED : LEND_UNKNOWN;
}
