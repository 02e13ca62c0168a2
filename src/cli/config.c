/* cordon config: the whole configuration in effect, in the file's own syntax, with where each value comes from. */
#include "base/buf.h"
#include "cli/cli.h"
#include "conf/conf.h"

#include <stdio.h>
#include <stdlib.h>

enum { CONFIG_TEXT_LIMIT = 4 * CONF_FILE_LIMIT };

static const char config_usage[] =
    "Usage: cordon config [--config FILE]\n"
    "Prints the whole configuration in effect, and where each value comes from.\n"
    "Exit status: 0 it is right; 78 it is not, and what would be is on standard error.\n";

int cli_config(int argc, char **argv)
{
    struct cli_options options;
    int status = cli_options_read(argc, argv, config_usage, &options);
    if (status >= 0)
        return status;
    if (options.is_json) {
        (void)fputs(config_usage, stderr);
        return CLI_EXIT_USAGE;
    }
    struct settings *settings = cli_settings_load(options.configuration);
    if (settings == NULL)
        return CONF_EXIT_BAD;
    struct buf text;
    buf_init(&text, CONFIG_TEXT_LIMIT);
    conf_print(settings, true, &text);
    settings_free(settings);
    (void)fputs(buf_text(&text), stdout);
    buf_fini(&text);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
