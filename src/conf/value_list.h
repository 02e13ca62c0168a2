/* The values that are lists of texts. For value.c alone. */
#ifndef CORDON_CONF_VALUE_LIST_H
#define CORDON_CONF_VALUE_LIST_H

#include "base/arena.h"
#include "conf/mistakes.h"
#include "conf/node.h"
#include "conf/options.h"

#include <stdbool.h>

/* One value on its way from a node to a field. */
struct value_reading {
    const struct option *option;
    struct conf_node *node;
    struct arena *arena;
    struct conf_mistakes *mistakes;
};

/* Fills a struct settings_list. */
void value_read_list(const struct value_reading *reading, void *field);

/* The same, for a command line and for what answers mean (value_run.c). */
void value_read_command(const struct value_reading *reading, void *field);
void value_read_meanings(const struct value_reading *reading, void *field);

/* Fills an unsigned with bits of enum action. */
void value_read_actions(const struct value_reading *reading, void *field);

/* A bracket without its end is taken literally by glob_match: such a pattern never matches what was meant. The
 * backslash has no meaning, as in file names of other systems. */
bool value_pattern_is_whole(const char *pattern);

#endif
