/* What the subcommands that judge files have in common: their options, and somebody to ask. */
#ifndef CORDON_CLI_JUDGE_BEGIN_H
#define CORDON_CLI_JUDGE_BEGIN_H

#include "cli/judge.h"
#include "cli/private_daemon.h"
#include "conf/settings.h"

#include <stdbool.h>

enum {
    JUDGE_EXIT_CLEAN = 0,
    JUDGE_EXIT_INFECTED = 1, /* or banned */
    JUDGE_EXIT_UNSCANNED = 2,
    JUDGE_EXIT_UNSCANNABLE = 3 /* or malformed */
};

struct judge_options {
    bool is_json;
    const char *configuration;
    const char *signatures;
    char **paths; /* at least one, ended by NULL */
};

/* [--json] [--config FILE] [--signatures FOLDER] PATH... -1: go on; else the exit status, and `usage` was shown. */
int judge_options_read(int argc, char **argv, const char *usage, struct judge_options *options_out);

struct judge_begun {
    struct settings *settings;
    struct private_daemon *daemon; /* NULL: the one that runs anyway */
    struct judge *judge;
};

/* Finds the daemon, or starts a private one. -1: go on; else the exit status, and what was wrong is on standard error.
 */
int judge_begin(const struct judge_options *options, struct judge_begun *begun_out);
void judge_end(struct judge_begun *begun);

int judge_exit_status(enum category worst);

#endif
