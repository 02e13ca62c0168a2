#include "configuration.h"

#include "conf/conf.h"

#include <string.h>
#include <unistd.h>

const char *configuration_name(const char *path)
{
    if (path != NULL)
        return path;
    return access(CONF_DEFAULT_PATH, F_OK) == 0 ? CONF_DEFAULT_PATH : "defaults";
}

int configuration_may_replace(const struct settings *running, const struct settings *wanted, const char *name,
                              struct buf *mistakes)
{
    if (strcmp(running->run_directory, wanted->run_directory) != 0)
        buf_printf(mistakes, "%s: run_directory can't change from \"%s\" to \"%s\" while we run; restart cordond\n",
                   name, running->run_directory, wanted->run_directory);
    else if (strcmp(running->user, wanted->user) != 0)
        buf_printf(mistakes, "%s: user can't change from \"%s\" to \"%s\" while we run; restart cordond\n", name,
                   running->user, wanted->user);
    else
        return 0;
    return -1;
}
