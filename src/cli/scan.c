/* cordon scan: judges messages from files through the same code as mail. */
#include "base/escape.h"
#include "cli/cli.h"
#include "cli/judge.h"
#include "cli/judge_begin.h"
#include "sys/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SCAN_PROGRESS_MS = 1000, SCAN_LINE_LIMIT = 131072 };

struct scan_run {
    bool is_json;
    struct judge *judge;
    enum category worst;
    unsigned files;
    int64_t started_ms;
    int64_t progress_ms; /* when progress was last shown */
};

static const char scan_usage[] = "Usage: cordon scan [--json] [--config FILE] [--signatures FOLDER] PATH... | -\n"
                                 "Judges messages from files (folders are walked; - is standard input).\n"
                                 "Exit status: 0 all clean; 1 something infected or banned; 2 something not scanned;\n"
                                 "3 something unscannable or malformed and nothing worse; 64 usage.\n";

static void scan_progress_clear(const struct scan_run *run)
{
    if (run->progress_ms != 0)
        fputs("\r\033[K", stderr);
}

static void scan_progress(struct scan_run *run)
{
    int64_t now = clock_now_ms();
    if (!isatty(STDERR_FILENO) || now - run->started_ms < SCAN_PROGRESS_MS ||
        now - run->progress_ms < SCAN_PROGRESS_MS / 4)
        return;
    fprintf(stderr, "\r\033[K%u files in %lld s", run->files, (long long)((now - run->started_ms) / 1000));
    run->progress_ms = now;
}

static void scan_print(const struct scan_run *run, const char *path, const struct judge_result *result)
{
    struct buf line;
    buf_init(&line, SCAN_LINE_LIMIT);
    if (run->is_json) {
        buf_put_text(&line, "{\"path\":");
        escape_json(&line, span_text(path));
        buf_put_char(&line, ',');
        buf_put_span(&line, span_from(result->json, 1)); /* behind its brace */
    } else {
        escape_shown(&line, span_text(path), SCAN_LINE_LIMIT / 8);
        buf_printf(&line, ": %s", category_text(result->category));
        if (result->summary[0] != '\0')
            buf_printf(&line, " (");
        escape_shown(&line, span_text(result->summary), SCAN_LINE_LIMIT / 8);
        if (result->summary[0] != '\0')
            buf_printf(&line, ")");
    }
    scan_progress_clear(run);
    (void)puts(buf_text(&line));
    (void)fflush(stdout);
    buf_fini(&line);
}

static void scan_count(struct scan_run *run, enum category category)
{
    run->files++;
    if (category > run->worst)
        run->worst = category;
}

/* What could not even be read was not scanned. */
static void scan_report_trouble(struct scan_run *run, const char *path, const char *text)
{
    struct buf json;
    buf_init(&json, 4096);
    buf_put_text(&json, "{\"verdict\":\"unscanned\",\"names\":[],\"reasons\":[");
    escape_json(&json, span_text(text));
    buf_put_text(&json, "],\"parts\":0}");
    struct judge_result result = { .category = CATEGORY_UNSCANNED, .summary = text, .json = buf_span(&json) };
    scan_print(run, path, &result);
    scan_count(run, CATEGORY_UNSCANNED);
    buf_fini(&json);
}

static void scan_fd(struct scan_run *run, const char *path, int fd)
{
    struct judge_result result;
    struct fault fault = { 0 };
    if (judge_file(run->judge, fd, &result, &fault) != 0) {
        scan_report_trouble(run, path, fault.text);
        return;
    }
    scan_print(run, path, &result);
    scan_count(run, result.category);
    scan_progress(run);
}

static void scan_file(struct scan_run *run, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        scan_report_trouble(run, path, strerror(errno));
        return;
    }
    scan_fd(run, path, fd);
    (void)close(fd);
}

static int scan_by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* A file, or every regular file below a folder, in the order of their names. */
static void scan_tree(struct scan_run *run, char *path)
{
    char *roots[] = { path, NULL };
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, scan_by_name);
    if (tree == NULL) {
        scan_report_trouble(run, path, strerror(errno));
        return;
    }
    for (FTSENT *entry = fts_read(tree); entry != NULL; entry = fts_read(tree)) {
        if (entry->fts_info == FTS_F)
            scan_file(run, entry->fts_path);
        else if (entry->fts_info == FTS_ERR || entry->fts_info == FTS_DNR || entry->fts_info == FTS_NS)
            scan_report_trouble(run, entry->fts_path, strerror(entry->fts_errno));
        else if (entry->fts_info == FTS_DEFAULT && entry->fts_level == 0)
            scan_report_trouble(run, entry->fts_path, "not a regular file or a folder");
    }
    (void)fts_close(tree);
}

static void scan_paths(struct scan_run *run, char **paths)
{
    run->started_ms = clock_now_ms();
    for (; *paths != NULL; paths++) {
        if (strcmp(*paths, "-") == 0)
            scan_fd(run, "-", STDIN_FILENO);
        else
            scan_tree(run, *paths);
    }
    scan_progress_clear(run);
}

int cli_scan(int argc, char **argv)
{
    struct judge_options options;
    int status = judge_options_read(argc, argv, scan_usage, &options);
    if (status >= 0)
        return status;
    struct judge_begun begun;
    status = judge_begin(&options, &begun);
    if (status >= 0)
        return status;
    struct scan_run run = { .is_json = options.is_json, .judge = begun.judge, .worst = CATEGORY_CLEAN };
    scan_paths(&run, options.paths);
    judge_end(&begun);
    return judge_exit_status(run.worst);
}
