/* The command line's side of the local socket: files in, verdicts out. */
#ifndef CORDON_CLI_JUDGE_H
#define CORDON_CLI_JUDGE_H

#include "base/fault.h"
#include "base/span.h"
#include "verdict/verdict.h"

#include <stdbool.h>

struct judge;

struct judge_result {
    enum category category;
    const char *summary;     /* what was found; "" if nothing */
    struct span json;        /* an object, without the path */
    struct span explanation; /* text, or an object without the path; empty where none was asked for */
};

/* Connects to RUN_DIRECTORY/scan.sock. NULL and *fault (ENOENT, ECONNREFUSED where no daemon is running; EACCES). */
struct judge *judge_open(const char *run_directory, struct fault *fault);
void judge_close(struct judge *judge);

/* Reads all of `fd` into sealed memory and has it judged. The result lives until the next call. 0, or -1 and *fault. */
int judge_file(struct judge *judge, int fd, struct judge_result *result_out, struct fault *fault);

/* The same, and asks for an explanation. */
int judge_explain(struct judge *judge, int fd, bool is_json, struct judge_result *result_out, struct fault *fault);

#endif
