/* cordon: the command line. */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct subcommand {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
};

static const struct subcommand subcommands[] = {
    { "config", cli_config, "print the whole configuration in effect, and where each value comes from" },
    { "convert", cli_convert, "turn another scanner's configuration into Cordon's" },
    { "explain", cli_explain, "show how messages are read, part by part, and what was found" },
    { "quarantine", cli_quarantine, "list, show, export, release or delete what was stopped" },
    { "scan", cli_scan, "judge messages from files" },
    { "status", cli_status, "show how the daemon, its roles and the scanners are" },
    { "store", cli_store, "verify the store of messages, its keys, its audit trail" },
};

enum { CLI_NAME_SIZE = 64, SUBCOMMANDS = sizeof subcommands / sizeof subcommands[0] };

static void usage(FILE *out)
{
    (void)fputs("Usage: cordon SUBCOMMAND [OPTION...]\n"
                "       cordon SUBCOMMAND --help | --help | --version\n\n",
                out);
    for (size_t i = 0; i < SUBCOMMANDS; i++)
        fprintf(out, "  %-10s  %s\n", subcommands[i].name, subcommands[i].help);
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        usage(stdout);
        return EXIT_SUCCESS;
    }
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        puts("cordon " CORDON_VERSION);
        return EXIT_SUCCESS;
    }
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
        if (strcmp(name, subcommands[i].name) != 0)
            continue;
        char own[CLI_NAME_SIZE]; /* by which getopt says who refuses an option */
        (void)snprintf(own, sizeof own, "cordon %s", name);
        argv[1] = own;
        return subcommands[i].run(argc - 1, argv + 1);
    }
    if (name[0] != '\0')
        fprintf(stderr, "cordon: there is no subcommand \"%s\"\n", name);
    usage(stderr);
    return CLI_EXIT_USAGE;
}
