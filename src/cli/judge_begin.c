#include "cli/judge_begin.h"

#include "cli/cli.h"
#include "conf/conf.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>

int judge_options_read(int argc, char **argv, const char *usage, struct judge_options *options_out)
{
    static const struct option table[] = { { "json", no_argument, NULL, 'j' },
                                           { "config", required_argument, NULL, 'c' },
                                           { "signatures", required_argument, NULL, 's' },
                                           { "help", no_argument, NULL, 'h' },
                                           { NULL, 0, NULL, 0 } };
    *options_out = (struct judge_options){ 0 };
    int option = 0;
    while ((option = getopt_long(argc, argv, "c:jh", table, NULL)) != -1) {
        if (option == 'h') {
            (void)fputs(usage, stdout);
            return JUDGE_EXIT_CLEAN;
        }
        if (option == 'j')
            options_out->is_json = true;
        else if (option == 'c')
            options_out->configuration = optarg;
        else if (option == 's')
            options_out->signatures = optarg;
        else
            optind = argc; /* getopt has said what is wrong */
    }
    options_out->paths = argv + optind;
    if (optind < argc)
        return -1;
    (void)fputs(usage, stderr);
    return CLI_EXIT_USAGE;
}

int judge_begin(const struct judge_options *options, struct judge_begun *begun_out)
{
    struct fault fault = { 0 };
    *begun_out = (struct judge_begun){ .settings = cli_settings_load(options->configuration) };
    if (begun_out->settings == NULL)
        return CONF_EXIT_BAD;
    if (options->signatures == NULL)
        begun_out->judge = judge_open(begun_out->settings->run_directory, &fault);
    if (begun_out->judge == NULL && fault.code != EACCES) {
        begun_out->daemon = private_daemon_start(begun_out->settings, options->signatures, &fault);
        if (begun_out->daemon != NULL)
            begun_out->judge = judge_open(private_daemon_run_directory(begun_out->daemon), &fault);
    }
    if (begun_out->judge != NULL)
        return -1;
    fprintf(stderr, "cordon: nothing was scanned: %s\n", fault.text);
    judge_end(begun_out);
    return JUDGE_EXIT_UNSCANNED;
}

void judge_end(struct judge_begun *begun)
{
    judge_close(begun->judge);
    private_daemon_stop(begun->daemon);
    settings_free(begun->settings);
}

int judge_exit_status(enum category worst)
{
    static const int statuses[CATEGORIES] = {
        [CATEGORY_CLEAN] = JUDGE_EXIT_CLEAN,
        [CATEGORY_MALFORMED] = JUDGE_EXIT_UNSCANNABLE,
        [CATEGORY_UNSCANNABLE] = JUDGE_EXIT_UNSCANNABLE,
        [CATEGORY_UNSCANNED] = JUDGE_EXIT_UNSCANNED,
        [CATEGORY_BANNED] = JUDGE_EXIT_INFECTED,
        [CATEGORY_INFECTED] = JUDGE_EXIT_INFECTED,
    };
    return statuses[worst];
}
