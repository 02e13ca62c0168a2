/* The command line's side of the local socket: files in, verdicts out. */
#ifndef CORDON_CLI_JUDGE_H
#define CORDON_CLI_JUDGE_H

#include "base/fault.h"
#include "base/span.h"
#include "sys/sealed.h"
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

/* Has a message that was kept judged again and sent on (JUDGE_RELEASE of ipc/calls/judge.h). */
struct judge_wish {
    const char *listener;
    struct span sender;
    struct span parameters; /* of MAIL; may be empty */
    const struct span *recipients;
    size_t recipient_count;
    bool is_forced;
};
/* *replies_out, until the next call: two texts for each recipient, each ended by a NUL: the action and the reply. */
int judge_release(struct judge *judge, const struct sealed *message, const struct judge_wish *wish,
                  struct judge_result *result_out, struct span *replies_out, struct fault *fault);

#endif
