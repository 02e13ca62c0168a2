/* The driver for foreign programs: a runner starts them, as another user than ours, and we say what their answers mean.
 * Of what is executed we say no more than the number of a row in the settings. */
#include "driver.h"

#include "base/memory.h"
#include "ipc/calls/run.h"
#include "ipc/pool.h"
#include "scanner/run_reply.h"
#include "scanner/wire.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static_assert(sizeof(struct run_answer) + RUN_OUTPUT_MOST <= POOL_ANSWER_MOST_BYTES, "an answer fits in a pool's");

static const struct outcome_row {
    const char *text;
    enum blame blame;
} outcome_rows[RUN_OUTCOMES] = {
    [RUN_SIGNALLED] = { "the program was ended by signal", BLAME_DEATH },
    [RUN_DEADLINE] = { "timeout", BLAME_TIME },
    [RUN_TOO_MUCH] = { "the program wrote more than is read of it", BLAME_PIECE },
    [RUN_TAMPERED] = { "tampered", BLAME_SCANNER },
    [RUN_FAILED] = { "the program was not asked", BLAME_SCANNER },
};

static void run_answer_read(struct scanner *scanner, const struct run_answer *answer, size_t size,
                            struct answer *answer_out)
{
    char text[ANSWER_TEXT_SIZE];
    const char *mistake = run_answer_mistake(answer, size);
    if (mistake != NULL) {
        (void)snprintf(text, sizeof text, "the runner's answer is broken: %s", mistake);
        answer_fail(answer_out, BLAME_SCANNER, span_text(text));
        return;
    }
    struct span output = span_of(answer->output, answer->size);
    bool is_helper = scanner->settings->type == SCANNER_COMMUNIGATE;
    if (answer->outcome == RUN_EXITED && !is_helper && answer->status >= 0) {
        run_reply_read(scanner->own, answer->status, output, answer_out);
        return;
    }
    if (answer->outcome == RUN_REPLIED && is_helper) {
        run_reply_read(scanner->own, RUN_NO_STATUS, output, answer_out);
        return;
    }
    const struct outcome_row *row = &outcome_rows[answer->outcome];
    const char *what = row->text != NULL ? row->text : "an answer of another kind";
    if (answer->outcome == RUN_SIGNALLED)
        (void)snprintf(text, sizeof text, "%s %d", what, (int)answer->status);
    else
        (void)snprintf(text, sizeof text, "%s%s%.150s", what, answer->text[0] != '\0' ? ": " : "", answer->text);
    answer_fail(answer_out, row->blame, span_text(text));
    if (answer->outcome == RUN_TAMPERED)
        scanner_accuse(scanner, text);
}

/* Asks the runner. The answer is the caller's to free; NULL and *answer_out where there is none. */
static struct run_answer *command_call(const struct scanner *scanner, const struct run_job *job, int fd,
                                       struct deadline deadline, const struct stop *stop, size_t *size_out,
                                       struct answer *answer_out)
{
    struct fault fault = { 0 };
    struct pool_result result = { 0 };
    int runner = scanner->runner_socket != NULL
                     ? scanner->runner_socket(scanner->engine_context, scanner->runner, deadline)
                     : -1;
    if (runner < 0) {
        answer_fail(answer_out, BLAME_SCANNER, span_text("its runner is not there"));
        return NULL;
    }
    struct run_answer *answer = memory_new(POOL_ANSWER_MOST_BYTES);
    struct pool_request request = { .job = job,
                                    .size = sizeof *job,
                                    .fds = &fd,
                                    .fd_count = fd >= 0 ? 1 : 0,
                                    .deadline = deadline,
                                    .waker = stop_waker(stop) };
    int called = pool_call(runner, &request, answer, POOL_ANSWER_MOST_BYTES, &result, &fault);
    (void)close(runner);
    if (called == 0 && result.outcome == POOL_ANSWERED) {
        *size_out = result.size;
        return answer;
    }
    char text[ANSWER_TEXT_SIZE];
    (void)snprintf(text, sizeof text, "the runner gave no answer: %.150s",
                   called == 0 ? pool_outcome_text(result.outcome) : fault.text);
    if (called != 0)
        answer_fail(answer_out, BLAME_NOBODY, span_text(text));
    else if (result.outcome == POOL_DEADLINE)
        answer_fail(answer_out, BLAME_TIME, span_text(outcome_rows[RUN_DEADLINE].text));
    else
        answer_fail(answer_out, BLAME_SCANNER, span_text(text));
    free(answer);
    return NULL;
}

static void command_ask_piece(struct scanner *scanner, const struct scan_request *request, size_t index,
                              struct answer *answer_out)
{
    struct fault fault;
    size_t size = 0;
    uint32_t pack = request->pieces[index].pack;
    bool is_whole = pack == 0 && request->pieces[index].size == request->packs[0].size;
    struct run_job job = { .magic = RUN_MAGIC,
                           .row = scanner->row,
                           .flags = is_whole || pack == SCAN_PACK_FRAME ? RUN_MAIL : 0 };
    int fd = request_lend(request, index, &fault);
    if (fd < 0) {
        answer_fail(answer_out, BLAME_NOBODY, span_text(fault.text));
        return;
    }
    struct run_answer *answer = command_call(scanner, &job, fd, request->deadline, request->stop, &size, answer_out);
    (void)close(fd);
    if (answer != NULL)
        run_answer_read(scanner, answer, size, answer_out);
    free(answer);
}

static void command_ask(struct scanner *scanner, const struct scan_request *request, struct answer *answer_out)
{
    *answer_out = (struct answer){ .kind = ANSWER_CLEAN };
    for (size_t i = 0; i < request->count; i++) {
        struct answer answer = { .kind = ANSWER_FAILED };
        command_ask_piece(scanner, request, i, &answer);
        answer_settle(&answer, &request->pieces[i]);
        answer.piece = (uint32_t)i;
        answer_worsen(answer_out, &answer);
        if (answer.kind == ANSWER_INFECTED || answer.kind == ANSWER_FAILED)
            return;
    }
}

static void command_refresh(struct scanner *scanner, struct deadline deadline)
{
    if (scanner->settings->run.version_command.count == 0)
        return;
    struct run_job job = { .magic = RUN_MAGIC, .row = scanner->row, .flags = RUN_VERSION };
    struct answer ignored = { .kind = ANSWER_FAILED };
    size_t size = 0;
    struct run_answer *answer = command_call(scanner, &job, -1, deadline, NULL, &size, &ignored);
    if (answer != NULL && run_answer_mistake(answer, size) == NULL && answer->outcome == RUN_EXITED) {
        struct span rest = span_trim(span_of(answer->output, answer->size));
        struct span line = span_trim(span_cut(&rest, '\n'));
        if (line.size > 0)
            scanner_learn(scanner, line, wire_generation(line), 0);
    }
    free(answer);
}

/* scanner->own: what the program's answers mean. */
static void command_open(struct scanner *scanner)
{
    scanner->own = run_meaning_new(&scanner->settings->run);
}

static void command_close(struct scanner *scanner)
{
    run_meaning_free(scanner->own);
}

const struct scanner_ops command_ops = {
    .open = command_open,
    .close = command_close,
    .ask = command_ask,
    .asks_alone = true,
    .refresh = command_refresh,
};
