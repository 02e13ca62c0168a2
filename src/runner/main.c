/* cordon-runner: starts the programs of scanners that are no more than programs, each as the user whom the operator
 * named for it.
 *
 * Its one argument is the user. The programs are anybody's: so it holds nothing that they could want, no network, no
 * other message, no configuration that is not public. It runs as they do, and what it says about them is checked by
 * the gate. Their fence is their user's rights, the filter that they inherit, and no new privileges.
 */
#include "base/memory.h"
#include "conf/conf.h"
#include "conf/runners.h"
#include "ipc/pool.h"
#include "ipc/roles.h"
#include "ipc/serve.h"
#include "runner/command.h"
#include "runner/filter.h"
#include "runner/helper.h"
#include "runner/lend.h"
#include "runner/runner.h"
#include "sys/executable.h"
#include "sys/log.h"
#include "sys/sandbox.h"

#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    RUNNER_STACK_BYTES = 262144,
    RUNNER_GENERATIONS = 3 /* gates that may ask at the same time */
};

#define RUNNER_PIECE_LIMIT ((size_t)1 << 32)

static void runner_find_rows(struct runner *runner)
{
    for (size_t i = 0; i < runner->settings->scanner_count; i++) {
        const struct scanner_settings *scanner = &runner->settings->scanners[i];
        if (!scanner_is_run(scanner) || strcmp(scanner->run.user, runner->user) != 0)
            continue;
        runner->rows[i].scanner = scanner;
        runner->row_count++;
    }
}

#define SHARED_PREFIX "/dev/shm/cordon-runner-"

/* Those of our user's runners that were killed: each has its process id in its name. */
static void runner_remove_old_folders(void)
{
    glob_t found = { 0 };
    if (glob(SHARED_PREFIX "*-*", GLOB_NOSORT, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            struct stat st;
            long pid = strtol(found.gl_pathv[i] + strlen(SHARED_PREFIX), NULL, 10);
            bool is_ours = lstat(found.gl_pathv[i], &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid();
            if (is_ours && pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH)
                lent_folder_remove(found.gl_pathv[i]);
        }
    }
    globfree(&found);
}

/* Where the machine allows no mount namespace: a folder in shared memory that is the user's alone. */
static int runner_make_shared_folders(struct runner *runner, struct fault *fault)
{
    runner_remove_old_folders();
    (void)snprintf(runner->base, sizeof runner->base, SHARED_PREFIX "%d-XXXXXX", (int)getpid());
    if (mkdtemp(runner->base) == NULL)
        return fault_set_errno(fault, errno, "cannot make a folder in /dev/shm");
    for (size_t i = 0; i < runner->row_count; i++) {
        char path[LENT_PATH_SIZE + 16];
        (void)snprintf(path, sizeof path, "%.400s/%zu", runner->base, i);
        if (mkdir(path, 0700) != 0)
            return fault_set_errno(fault, errno, "cannot make %s", path);
    }
    return 0;
}

static void runner_set_folder(const struct runner *runner, struct runner_row *row, size_t number)
{
    const char *shared = row->scanner->run.shared_folder;
    struct fault fault = { 0 };
    row->is_shown = shared[0] != '\0';
    row->is_memory = true;
    if (!row->is_shown)
        (void)snprintf(row->folder, sizeof row->folder, "%.400s/%zu", runner->base, number);
    else if (!span_copy(span_text(shared), row->folder, sizeof row->folder))
        (void)snprintf(row->refusal, sizeof row->refusal, "shared_folder has too long a name");
    else if (lent_folder_check(row->folder, &row->is_memory, &fault) != 0)
        (void)snprintf(row->refusal, sizeof row->refusal, "%s", fault.text);
    if (row->refusal[0] != '\0')
        log_note(LOG_ERROR, "program-refused", "%s: %s", row->scanner->name, row->refusal);
}

/* As root before the user is changed, as an ordinary user afterwards: sandbox_private_folders knows. */
static int runner_make_folders(struct runner *runner, struct fault *fault)
{
    struct fault why = { 0 };
    size_t sizes[SETTINGS_MOST_SCANNERS];
    size_t count = 0;
    for (size_t i = 0; i < SETTINGS_MOST_SCANNERS; i++) {
        if (runner->rows[i].scanner != NULL)
            sizes[count++] = (size_t)runner->rows[i].scanner->run.folder_bytes;
    }
    (void)snprintf(runner->base, sizeof runner->base, "%.300s/runner-%.64s", runner->settings->run_directory,
                   runner->user);
    runner->is_private = sandbox_private_folders(runner->base, runner->user, sizes, (unsigned)count, &why) == 0;
    if (sandbox_drop_user(runner->user, NULL, fault) != 0)
        return -1;
    if (!runner->is_private) {
        log_note(LOG_WARNING, "weaker", "no private tmpfs for programs: %s", why.text);
        if (runner_make_shared_folders(runner, fault) != 0)
            return -1;
    }
    count = 0;
    for (size_t i = 0; i < SETTINGS_MOST_SCANNERS; i++) {
        struct runner_row *row = &runner->rows[i];
        if (row->scanner != NULL)
            runner_set_folder(runner, row, count++);
    }
    return 0;
}

static int runner_close(struct fault *fault)
{
    struct sandbox_settings box = { .program = sandbox_prepare(SANDBOX_RUNNER, fault),
                                    .without_landlock = true }; /* which files a foreign program needs nobody knows */
    return box.program != NULL ? sandbox_enter(&box, NULL, fault) : -1;
}

static void runner_fail(struct run_answer *answer, const char *text)
{
    answer->outcome = RUN_FAILED;
    (void)span_copy(span_text(text), answer->text, sizeof answer->text);
}

static void runner_serve_row(struct runner *runner, const struct run_job *request, const struct serve_job *job,
                             struct run_answer *answer, struct buf *output)
{
    struct runner_row *row = &runner->rows[request->row];
    struct sealed piece = SEALED_NONE;
    struct fault fault = { 0 };
    bool is_version = (request->flags & RUN_VERSION) != 0;
    bool is_lent = (request->flags & RUN_LEND) != 0;
    if (row->refusal[0] != '\0') {
        runner_fail(answer, row->refusal);
        return;
    }
    if (is_lent != (row->scanner->type == SCANNER_SOCKET) || (is_version && is_lent)) {
        runner_fail(answer, "its row is of another type");
        return;
    }
    if (is_version && row->scanner->run.version_command.count == 0) {
        runner_fail(answer, "it has no version_command");
        return;
    }
    if (!is_version) {
        if (job->fd_count != 1 || sealed_take(job->fds[0], RUNNER_PIECE_LIMIT, &piece, &fault) != 0) {
            runner_fail(answer, job->fd_count == 1 ? fault.text : "a job without its piece");
            return;
        }
        job->fds[0] = -1; /* it belongs to the piece now */
    }
    if (is_lent)
        lend_serve(runner, row, &piece, job, answer);
    else if (row->helper != NULL && !is_version)
        filter_serve(runner, row, &piece, (request->flags & RUN_MAIL) != 0, job->deadline, job->caller, answer, output);
    else
        command_serve(runner, row, is_version ? NULL : &piece, job->deadline, job->caller, answer, output);
    sealed_close(&piece);
}

static void runner_serve(const struct serve_job *job, void *context, struct buf *answer_out)
{
    struct runner *runner = context;
    struct run_job request = { 0 };
    struct run_answer answer = { .magic = RUN_MAGIC };
    struct buf output;
    buf_init(&output, RUN_OUTPUT_MOST);
    bool is_job = job->bytes.size == sizeof request;
    if (is_job)
        memcpy(&request, job->bytes.data, sizeof request);
    if (!is_job || request.magic != RUN_MAGIC || (request.flags & ~(uint32_t)RUN_FLAGS) != 0)
        runner_fail(&answer, "a job of an unknown kind");
    else if (request.row >= SETTINGS_MOST_SCANNERS || runner->rows[request.row].scanner == NULL)
        runner_fail(&answer, "there is no such row");
    else
        runner_serve_row(runner, &request, job, &answer, &output);
    bool has_output = answer.outcome == RUN_EXITED || answer.outcome == RUN_REPLIED;
    answer.size = has_output ? (uint32_t)output.size : 0;
    buf_put(answer_out, &answer, sizeof answer);
    if (has_output)
        buf_put_span(answer_out, buf_span(&output));
    buf_fini(&output);
}

static void runner_status(void *context, struct buf *text_out)
{
    const struct runner *runner = context;
    for (size_t i = 0; i < SETTINGS_MOST_SCANNERS; i++) {
        const struct runner_row *row = &runner->rows[i];
        struct fault fault = { 0 };
        if (row->scanner == NULL)
            continue;
        if (row->scanner->type != SCANNER_SOCKET)
            (void)executable_check(row->scanner->run.command.items[0], &fault);
        const char *refusal = row->refusal[0] != '\0' ? row->refusal : fault.text;
        buf_printf(text_out, "program.%s=%s%s\nfolder.%s=%s\n", row->scanner->name,
                   refusal[0] != '\0' ? "refused: " : "ok", refusal, row->scanner->name, row->folder);
        if (!row->is_memory)
            buf_printf(text_out, "weaker=the files of %s are on a disk, in %s\n", row->scanner->name, row->folder);
        if (row->helper == NULL)
            continue;
        buf_printf(text_out, "helper.%s=", row->scanner->name);
        helper_describe(row->helper, text_out);
        buf_put_char(text_out, '\n');
    }
    if (!runner->is_private)
        buf_put_text(text_out, "weaker=programs share a folder in /dev/shm, which has no size of its own and which the "
                               "same user's other programs see\n");
}

/* Threads, so behind the box. */
static int runner_start_helpers(struct runner *runner, struct fault *fault)
{
    for (size_t i = 0; i < SETTINGS_MOST_SCANNERS; i++) {
        struct runner_row *row = &runner->rows[i];
        if (row->scanner != NULL && row->scanner->type == SCANNER_COMMUNIGATE && row->refusal[0] == '\0' &&
            filter_start(row, fault) != 0)
            return -1;
    }
    return 0;
}

static void runner_stop_helpers(struct runner *runner)
{
    for (size_t i = 0; i < SETTINGS_MOST_SCANNERS; i++) {
        if (runner->rows[i].helper != NULL)
            helper_free(runner->rows[i].helper);
    }
}

static unsigned runner_most_jobs(const struct runner *runner)
{
    unsigned most = 0;
    for (size_t i = 0; i < SETTINGS_MOST_SCANNERS; i++) {
        if (runner->rows[i].scanner != NULL)
            most += runner->rows[i].scanner->concurrency + 2; /* and a canary and a version */
    }
    return most * RUNNER_GENERATIONS;
}

static int runner_run(struct runner *runner, struct fault *fault)
{
    if (runner_make_folders(runner, fault) != 0 || runner_close(fault) != 0 || runner_start_helpers(runner, fault) != 0)
        return -1;
    struct serve_settings serve = { .name = "runner",
                                    .most = runner_most_jobs(runner),
                                    .stack_bytes = RUNNER_STACK_BYTES,
                                    .serve = runner_serve,
                                    .status = runner_status,
                                    .context = runner,
                                    .control = ROLE_CONTROL_FD };
    int status = serve_run(&serve, fault);
    if (status == 0)
        runner_stop_helpers(runner);
    if (!runner->is_private)
        lent_folder_remove(runner->base);
    return status;
}

int main(int argc, char **argv)
{
    (void)signal(SIGPIPE, SIG_IGN);
    struct buf mistakes;
    buf_init(&mistakes, CONTROL_TEXT_SIZE);
    struct settings *settings = conf_load_fd(ROLE_SETTINGS_FD, &mistakes);
    if (settings == NULL) {
        log_note(LOG_ERROR, "start-failed", "%s", buf_text(&mistakes));
        return CONF_EXIT_BAD;
    }
    log_begin("cordon-runner", &settings->log);
    (void)close(ROLE_SETTINGS_FD);

    struct runner *runner = memory_new(sizeof *runner);
    runner->settings = settings;
    atomic_init(&runner->last_number, (uint64_t)clock_now_us()); /* a shared folder may hold an older process's files */
    runner->user = argc == 2 ? argv[1] : "";
    runner_find_rows(runner);
    struct fault fault = { 0 };
    if (runner->row_count == 0) {
        log_note(LOG_ERROR, "start-failed", "no scanner has programs of the user \"%.64s\"", runner->user);
        return CONF_EXIT_BAD;
    }
    if (runner_run(runner, &fault) != 0) {
        log_note(LOG_ERROR, "start-failed", "%s", fault.text);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
