/* A configuration file's text to a tree. libconfig is seen in parse.c alone. */
#ifndef CORDON_CONF_PARSE_H
#define CORDON_CONF_PARSE_H

#include "base/arena.h"
#include "base/span.h"
#include "conf/mistakes.h"
#include "conf/node.h"

/* `folder`: where included files are looked for; NULL: nothing may be included. NULL where it is not libconfig's
 * syntax; else the root, whose members stand in the order of the file. A number in a line
 * with a mistake is bad. */
struct conf_node *conf_parse(struct span text, const char *file, const char *folder, struct arena *arena,
                             struct conf_mistakes *mistakes);

#endif
