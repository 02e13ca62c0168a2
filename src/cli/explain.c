/* cordon explain: how a message is read, part by part, and what everybody said of it. */
#include "base/escape.h"
#include "cli/cli.h"
#include "cli/judge.h"
#include "cli/judge_begin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXPLAIN_PATH_LIMIT = 65536 };

static const char explain_usage[] =
    "Usage: cordon explain [--json] [--config FILE] [--signatures FOLDER] FILE... | -\n"
    "Shows how messages are read, part by part, and what was found (- is standard input).\n"
    "Exit status: 0 all clean; 1 something infected or banned; 2 something not scanned;\n"
    "3 something unscannable or malformed and nothing worse; 64 usage.\n";

static void explain_print(const char *path, bool is_json, const struct judge_result *result)
{
    struct buf head;
    buf_init(&head, EXPLAIN_PATH_LIMIT);
    struct span explanation = result->explanation;
    if (is_json) {
        buf_put_text(&head, "{\"path\":");
        escape_json(&head, span_text(path));
        buf_put_char(&head, ',');
        explanation = span_from(explanation, 1); /* behind its brace */
    } else {
        escape_shown(&head, span_text(path), EXPLAIN_PATH_LIMIT / 8);
        buf_put_char(&head, '\n');
    }
    (void)fputs(buf_text(&head), stdout);
    (void)fwrite(explanation.data, 1, explanation.size, stdout);
    if (is_json)
        (void)putchar('\n');
    (void)fflush(stdout);
    buf_fini(&head);
}

static enum category explain_file(struct judge *judge, const char *path, bool is_json)
{
    bool is_input = strcmp(path, "-") == 0;
    int fd = is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct judge_result result = { .category = CATEGORY_UNSCANNED };
    struct fault fault = { 0 };
    int failed = fd < 0 ? fault_set_errno(&fault, errno, "cannot open it")
                        : judge_explain(judge, fd, is_json, &result, &fault);
    if (failed == 0)
        explain_print(path, is_json, &result);
    else
        fprintf(stderr, "cordon: %s: %s\n", path, fault.text);
    if (fd >= 0 && !is_input)
        (void)close(fd);
    return failed == 0 ? result.category : CATEGORY_UNSCANNED;
}

int cli_explain(int argc, char **argv)
{
    struct judge_options options;
    int status = judge_options_read(argc, argv, explain_usage, &options);
    if (status >= 0)
        return status;
    struct judge_begun begun;
    status = judge_begin(&options, &begun);
    if (status >= 0)
        return status;
    enum category worst = CATEGORY_CLEAN;
    for (char **path = options.paths; *path != NULL; path++) {
        enum category category = explain_file(begun.judge, *path, options.is_json);
        if (category > worst)
            worst = category;
    }
    judge_end(&begun);
    return judge_exit_status(worst);
}
