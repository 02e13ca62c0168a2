#include "cli/cli.h"

#include "base/buf.h"
#include "conf/conf.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

int cli_options_read(int argc, char **argv, const char *usage, struct cli_options *options_out)
{
    static const struct option table[] = { { "config", required_argument, NULL, 'c' },
                                           { "json", no_argument, NULL, 'j' },
                                           { "help", no_argument, NULL, 'h' },
                                           { NULL, 0, NULL, 0 } };
    *options_out = (struct cli_options){ 0 };
    bool is_wrong = false;
    int option = 0;
    while ((option = getopt_long(argc, argv, "c:jh", table, NULL)) != -1) {
        if (option == 'h') {
            (void)fputs(usage, stdout);
            return EXIT_SUCCESS;
        }
        if (option == 'c')
            options_out->configuration = optarg;
        else if (option == 'j')
            options_out->is_json = true;
        else
            is_wrong = true; /* getopt has said what is wrong */
    }
    if (!is_wrong && optind == argc)
        return -1;
    (void)fputs(usage, stderr);
    return CLI_EXIT_USAGE;
}

struct settings *cli_settings_load(const char *path)
{
    struct buf mistakes;
    buf_init(&mistakes, CONF_FILE_LIMIT);
    struct settings *settings = conf_load(path, &mistakes);
    if (settings == NULL)
        (void)fputs(buf_text(&mistakes), stderr);
    buf_fini(&mistakes);
    return settings;
}
