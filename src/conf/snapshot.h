/* What hangs off settings->memory. */
#ifndef CORDON_CONF_SNAPSHOT_H
#define CORDON_CONF_SNAPSHOT_H

#include "base/arena.h"
#include "conf/node.h"
#include "conf/settings.h"

struct conf_memory {
    struct arena arena;     /* all texts and the tree */
    struct conf_node *root; /* what was read: origins come from it */
};

#endif
