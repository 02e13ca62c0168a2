/* SPDX-License-Identifier: GPL-2.0-only */
#include "selftest.h"

#include "engine/child.h"
#include "engine/clean_samples.h"
#include "engine/folder.h"
#include "scanner/canary.h"
#include "scanner/eicar.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SELFTEST_TIMEOUT_MS = 120000,
    SELFTEST_LARGE_BYTES = 4 * 1024 * 1024,
    SELFTEST_LEFT_BYTES = 1024 * 1024, /* room for a little, not for the large mail */
    SELFTEST_MAIL_ROOM = 16384
};

enum sample { SAMPLE_SMALL, SAMPLE_LARGE, SAMPLE_LARGE_CLEAN, SAMPLES };

static const char *const sample_names[SAMPLES] = { "the small sample", "the large mail", "a clean large mail" };

enum condition { CONDITION_GOOD, CONDITION_MISSING, CONDITION_FULL, CONDITIONS };

#define RESULT_BIT(result) (1U << (result))

struct condition_row {
    const char *name;
    unsigned expected[SAMPLES]; /* bits of enum scan_result */
};

/* In a bad folder no answer but infected may have any worth. */
static const struct condition_row condition_rows[CONDITIONS] = {
    { "a good folder", { RESULT_BIT(SCAN_INFECTED), RESULT_BIT(SCAN_INFECTED), RESULT_BIT(SCAN_CLEAN) } },
    { "no folder",
      { RESULT_BIT(SCAN_FAILED) | RESULT_BIT(SCAN_INFECTED), RESULT_BIT(SCAN_FAILED) | RESULT_BIT(SCAN_INFECTED),
        RESULT_BIT(SCAN_FAILED) } },
    { "a full folder",
      { RESULT_BIT(SCAN_FAILED) | RESULT_BIT(SCAN_INFECTED), RESULT_BIT(SCAN_FAILED) | RESULT_BIT(SCAN_INFECTED),
        RESULT_BIT(SCAN_FAILED) } },
};

static const char *const result_texts[] = { "nothing", "clean", "unscannable", "failed", "infected" };

static void sample_make(enum sample sample, size_t large_bytes, struct buf *bytes)
{
    buf_init(bytes, large_bytes + SELFTEST_MAIL_ROOM);
    if (sample == SAMPLE_SMALL) {
        char eicar[EICAR_SIZE + 1];
        eicar_make(eicar);
        buf_put(bytes, eicar, EICAR_SIZE);
    } else {
        canary_put_large(bytes, large_bytes, sample == SAMPLE_LARGE);
    }
}

static int condition_make(enum condition condition, const struct engine *engine, const struct child_folder *folder,
                          struct fault *fault)
{
    if (condition == CONDITION_MISSING)
        return clam_use_folder(engine->clam, "/there-is-no-such-folder", fault);
    bool is_ours_to_fill = condition == CONDITION_FULL && engine->is_private; /* else it is too small: selftest_try */
    return is_ours_to_fill ? folder_fill(folder->path, SELFTEST_LEFT_BYTES, fault) : 0;
}

static size_t selftest_large_bytes(const struct engine *engine)
{
    uint64_t most = engine->scanner->max_bytes / 2;
    return most < SELFTEST_LARGE_BYTES ? (size_t)most : SELFTEST_LARGE_BYTES;
}

/* In the child. 0, or -1 and *fault. */
static int selftest_try(const struct engine *engine, enum condition condition, struct fault *fault)
{
    const struct condition_row *row = &condition_rows[condition];
    struct child_folder folder;
    struct engine small = *engine;
    struct scanner_settings small_scanner = *engine->scanner;
    small.scanner = &small_scanner;
    if (condition == CONDITION_FULL && !engine->is_private)
        small_scanner.folder_bytes = SELFTEST_LEFT_BYTES;
    unsigned slot = condition == CONDITION_FULL && engine->is_private ? engine->scanner->processes : 0;
    if (child_enter(&small, slot, &folder, fault) != 0)
        return -1;
    for (enum sample sample = SAMPLE_SMALL; sample < SAMPLES; sample++) {
        struct buf bytes;
        struct engine_result result;
        if (condition_make(condition, engine, &folder, fault) != 0)
            return -1;
        sample_make(sample, selftest_large_bytes(engine), &bytes);
        struct clam_piece piece = { .bytes = buf_span(&bytes) };
        child_judge(engine, &folder, &piece, &result);
        buf_fini(&bytes);
        if ((row->expected[sample] & RESULT_BIT(result.result)) == 0)
            return fault_set(fault, EIO, "with %s it says of %s: %s %.100s", row->name, sample_names[sample],
                             result_texts[result.result], result.text);
    }
    return 0;
}

/* The operator's own may be what nobody can look into. What `names` ignores is no find, here neither. */
static int clean_try_one(const struct engine *engine, const struct child_folder *folder, const char *name,
                         struct span bytes, bool is_made_here, struct fault *fault)
{
    struct engine_result result;
    struct clam_piece piece = { .bytes = bytes, .names = &engine->scanner->names };
    child_judge(engine, folder, &piece, &result);
    if (result.named[0] != '\0')
        return fault_set(fault, EIO, "it finds in the clean sample \"%.60s\": %.100s", name, result.named);
    bool is_good = result.result == SCAN_CLEAN || (!is_made_here && result.result == SCAN_UNSCANNABLE);
    return is_good ? 0
                   : fault_set(fault, EIO, "it says of the clean sample \"%.60s\": %s %.100s", name,
                               result_texts[result.result], result.text);
}

/* In the child. What is known to be clean stays so. */
static int clean_try(const struct engine *engine, enum condition condition, struct fault *fault)
{
    (void)condition;
    struct child_folder folder;
    int status = child_enter(engine, 0, &folder, fault);
    for (size_t i = 0; i < clean_made_count() && status == 0; i++) {
        struct buf bytes;
        clean_made_put(i, &bytes);
        status = clean_try_one(engine, &folder, clean_made_name(i), buf_span(&bytes), true, fault);
        buf_fini(&bytes);
    }
    const struct clean_files *files = engine->clean_files;
    for (size_t i = 0; files != NULL && i < files->count && status == 0; i++) {
        const struct clean_file *file = &files->files[i];
        if (file->size <= engine->scanner->max_bytes)
            status = clean_try_one(engine, &folder, file->name, span_of(file->data, file->size), false, fault);
    }
    return status;
}

typedef int (*selftest_function)(const struct engine *engine, enum condition condition, struct fault *fault);

static void selftest_child(const struct engine *engine, selftest_function try, enum condition condition, int report)
{
    struct fault fault = { 0 };
    int status = try(engine, condition, &fault);
    if (status != 0)
        (void)dprintf(report, "%s", fault.text);
    _exit(status == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* Waits for the end of a child's report. */
static size_t selftest_read(int report, char *text, size_t size)
{
    struct deadline deadline = deadline_in(SELFTEST_TIMEOUT_MS);
    size_t have = 0;
    for (;;) {
        struct pollfd wanted = { .fd = report, .events = POLLIN };
        if (poll(&wanted, 1, deadline_left_ms(deadline)) <= 0 || have + 1 >= size)
            break;
        ssize_t n = read(report, text + have, size - 1 - have);
        if (n <= 0)
            break;
        have += (size_t)n;
    }
    text[have] = '\0';
    return have;
}

/* The way to signal that the parent's box has. */
static void selftest_kill(pid_t pid)
{
    int process = pidfd_open(pid, 0);
    if (process < 0)
        return;
    (void)pidfd_send_signal(process, SIGKILL, NULL, 0);
    (void)close(process);
}

static int selftest_fork(const struct engine *engine, selftest_function try, enum condition condition,
                         struct fault *fault)
{
    int report[2]; /* a socket, because the parent's box knows no pipes */
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, report) != 0)
        return fault_set_errno(fault, errno, "cannot make a socket pair");
    pid_t pid = fork();
    if (pid == 0) {
        (void)close(report[0]);
        selftest_child(engine, try, condition, report[1]);
    }
    int code = errno;
    (void)close(report[1]);
    if (pid < 0) {
        (void)close(report[0]);
        return fault_set_errno(fault, code, "cannot fork");
    }
    char text[FAULT_TEXT_SIZE];
    size_t size = selftest_read(report[0], text, sizeof text);
    (void)close(report[0]);
    selftest_kill(pid); /* no more than a formality, unless it hangs */
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (size == 0)
        (void)snprintf(text, sizeof text, "with %s it died (wait status %d)", condition_rows[condition].name, status);
    return fault_set(fault, EIO, "self-test: %s", text);
}

int selftest_run(const struct engine *engine, struct fault *fault)
{
    for (enum condition condition = CONDITION_GOOD; condition < CONDITIONS; condition++) {
        if (selftest_fork(engine, selftest_try, condition, fault) != 0)
            return -1;
    }
    return selftest_fork(engine, clean_try, CONDITION_GOOD, fault);
}
