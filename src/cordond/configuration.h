/* What only the supervisor can say of a configuration: by what name it goes, and whether it may replace the running
 * one. */
#ifndef CORDON_CORDOND_CONFIGURATION_H
#define CORDON_CORDOND_CONFIGURATION_H

#include "base/buf.h"
#include "conf/settings.h"

/* The file that `path` (of -c; may be NULL) stands for: the path itself, the default one, or "defaults" where that does
 * not exist. For messages. */
const char *configuration_name(const char *path);

/* What a running supervisor can't change: -1 and a mistake. */
int configuration_may_replace(const struct settings *running, const struct settings *wanted, const char *name,
                              struct buf *mistakes);

#endif
