/* The values of options: from a node or a default to the snapshot's field, and back to text. */
#ifndef CORDON_CONF_VALUE_H
#define CORDON_CONF_VALUE_H

#include "base/arena.h"
#include "base/buf.h"
#include "conf/mistakes.h"
#include "conf/node.h"
#include "conf/options.h"

/* Fills *field, or leaves it and adds a mistake. Texts are copied to the arena. Not for groups. */
void conf_value_read(const struct option *option, struct conf_node *node, struct arena *arena,
                     struct conf_mistakes *mistakes, void *field_out);

/* The same from the option's default: a host's name, which is the machine's, is left empty. */
void conf_value_read_fallback(const struct option *option, unsigned variant, struct arena *arena, void *field_out);

/* In the file's syntax: "60s" with its quotes. */
void conf_value_print(const struct option *option, const void *field, struct buf *text_out);

/* Labels of letters, digits, hyphens and underscores, 255 characters at most. */
bool conf_value_is_host(const char *text);

#endif
