/* Reading the configuration: libconfig's syntax, every key checked against one table.
 *
 * libconfig is seen in parse.c alone. A mistake never yields a half-read snapshot: conf_load gives all or nothing, and
 * says file, line, what is wrong and what would be right, for every mistake it finds (at most CONF_MOST_MISTAKES).
 */
#ifndef CORDON_CONF_CONF_H
#define CORDON_CONF_CONF_H

#include "base/buf.h"
#include "conf/settings.h"

#include <stdio.h>

#define CONF_DEFAULT_PATH "/etc/cordon/cordon.conf"

enum { CONF_MOST_MISTAKES = 50, CONF_FILE_LIMIT = 1048576, CONF_EXIT_BAD = 78 };

/* `path` NULL: CONF_DEFAULT_PATH if it exists, else defaults alone. Mistakes go to `mistakes`, one a line: "FILE:LINE:
 * what is wrong; what would be right". Returns the snapshot, or NULL where there is any mistake. */
struct settings *conf_load(const char *path, struct buf *mistakes);

/* The same from a descriptor with text in the file's syntax, as the supervisor gives it to a role. The descriptor stays
 * the caller's. */
struct settings *conf_load_fd(int fd, struct buf *mistakes);

/* The whole effective configuration in the file's own syntax, such that conf_load_fd reads the same snapshot from it.
 * With `origins` each line has a comment that says where its value comes from: "default", or FILE:LINE. */
void conf_print(const struct settings *settings, bool origins, struct buf *text_out);

/* The options section of cordon.conf(5), mdoc, from the option table. */
void conf_print_manual(struct buf *text_out);

#endif
