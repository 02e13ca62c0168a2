/* The command line's frame: one function and one file for each subcommand, in the table of main.c.
 *
 * A subcommand gets its own argument vector (argv[0] is its name) and gives the exit status of the program.
 */
#ifndef CORDON_CLI_CLI_H
#define CORDON_CLI_CLI_H

#include "conf/settings.h"

#include <stdbool.h>

enum { CLI_EXIT_USAGE = 64 };

int cli_config(int argc, char **argv);
int cli_convert(int argc, char **argv);
int cli_explain(int argc, char **argv);
int cli_quarantine(int argc, char **argv);
int cli_scan(int argc, char **argv);
int cli_status(int argc, char **argv);
int cli_store(int argc, char **argv);

/* The options that subcommands without others have in common: [--config FILE] [--json]. */
struct cli_options {
    const char *configuration; /* NULL: the default */
    bool is_json;
};

/* Reads them; arguments besides are wrong. -1: go on; else the exit status, and `usage` was shown. */
int cli_options_read(int argc, char **argv, const char *usage, struct cli_options *options_out);

/* The configuration, or NULL with its mistakes on standard error; then the exit status is CONF_EXIT_BAD. */
struct settings *cli_settings_load(const char *path);

#endif
