#include "command.h"

#include "base/memory.h"
#include "runner/program.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COMMAND_MOST_ARGUMENT = 4096 };

#define COMMAND_PIECE_PATH "/proc/self/fd/3"
static_assert((int)PROGRAM_PIECE_FD == 3, "the path names it");

/* A copy of `text` with `path` in place of each {}. */
static char *argument_make(const char *text, const char *path)
{
    struct buf made;
    buf_init(&made, COMMAND_MOST_ARGUMENT);
    const char *place = strstr(text, "{}");
    while (path != NULL && place != NULL) {
        buf_put(&made, text, (size_t)(place - text));
        buf_put_text(&made, path);
        text = place + 2;
        place = strstr(text, "{}");
    }
    buf_put_text(&made, text);
    char *copy = memory_copy_text(buf_text(&made));
    buf_fini(&made);
    return copy;
}

static void arguments_make(const struct settings_list *command, const char *path, char *arguments_out[])
{
    for (size_t i = 0; i < command->count; i++)
        arguments_out[i] = argument_make(command->items[i], i > 0 ? path : NULL);
    arguments_out[command->count] = NULL;
}

static void arguments_free(char *arguments[])
{
    for (size_t i = 0; arguments[i] != NULL; i++)
        free(arguments[i]);
}

static void command_fail(struct run_answer *answer, enum run_outcome outcome, const struct fault *fault)
{
    answer->outcome = outcome;
    answer->status = 0;
    (void)span_copy(span_text(fault->text), answer->text, sizeof answer->text);
}

/* What a job has while it runs. */
struct command {
    const struct runner_row *row;
    const struct sealed *piece; /* NULL: the version is asked for */
    char folder[LENT_PATH_SIZE];
    struct lent lent;
    int fd; /* the piece, opened for this program alone; -1 */
};

static enum piece_delivery command_delivery(const struct command *command)
{
    return command->row->scanner->run.delivery;
}

static int command_lend(struct command *command, struct fault *fault)
{
    if (command->piece == NULL)
        return 0;
    if (command_delivery(command) == DELIVERY_SHARED)
        return lent_write(command->folder, "piece", command->row->is_shown, sealed_span(command->piece), &command->lent,
                          fault);
    command->fd = sealed_lend(command->piece, fault);
    return command->fd >= 0 ? 0 : -1;
}

static void command_run(const struct command *command, struct deadline deadline, int caller, struct run_answer *answer,
                        struct buf *output_out)
{
    const struct run_settings *run = &command->row->scanner->run;
    const struct settings_list *line = command->piece != NULL ? &run->command : &run->version_command;
    enum piece_delivery delivery = command_delivery(command);
    char *arguments[SETTINGS_MOST_LIST + 1];
    arguments_make(line, delivery == DELIVERY_SHARED ? command->lent.path : COMMAND_PIECE_PATH, arguments);
    struct program_request request = { .arguments = arguments,
                                       .input_fd = delivery == DELIVERY_STREAM ? command->fd : -1,
                                       .piece_fd = delivery == DELIVERY_FD ? command->fd : -1,
                                       .folder = run->base_folder[0] != '\0' ? run->base_folder : "/",
                                       .temporary = command->folder,
                                       .file_bytes = run->folder_bytes };
    struct program_result result = { .outcome = RUN_FAILED };
    struct fault fault = { 0 };
    if (program_run(&request, deadline, caller, output_out, &result, &fault) != 0) {
        command_fail(answer, RUN_FAILED, &fault);
    } else {
        answer->outcome = result.outcome;
        answer->status = result.status;
    }
    arguments_free(arguments);
}

void command_serve(struct runner *runner, const struct runner_row *row, const struct sealed *piece,
                   struct deadline deadline, int caller, struct run_answer *answer, struct buf *output_out)
{
    struct command command = { .row = row, .piece = piece, .fd = -1 };
    struct fault fault = { 0 };
    uint64_t number = atomic_fetch_add(&runner->last_number, 1) + 1;
    if (lent_folder_make(row->folder, number, row->is_shown, command.folder, &fault) != 0) {
        command_fail(answer, RUN_FAILED, &fault);
        return;
    }
    if (command_lend(&command, &fault) != 0)
        command_fail(answer, RUN_FAILED, &fault);
    else
        command_run(&command, deadline, caller, answer, output_out);
    if (command.lent.path[0] != '\0' && answer->outcome != RUN_FAILED && lent_check(&command.lent, &fault) != 0)
        command_fail(answer, RUN_TAMPERED, &fault);
    if (command.fd >= 0)
        (void)close(command.fd);
    lent_folder_remove(command.folder);
}
