#include "node.h"

#include <assert.h>
#include <string.h>

struct conf_node *conf_node_find(const struct conf_node *group, const char *name)
{
    if (group == NULL || group->kind != CONF_GROUP)
        return NULL;
    for (struct conf_node *node = group->first; node != NULL; node = node->next) {
        if (strcmp(node->name, name) == 0)
            return node;
    }
    return NULL;
}

const char *conf_kind_text(enum conf_kind kind)
{
    static const char *const texts[CONF_KINDS] = {
        [CONF_GROUP] = "a group",
        [CONF_LIST] = "a list",
        [CONF_TEXT] = "a text",
        [CONF_NUMBER] = "a number",
        [CONF_FRACTION] = "a number with a fraction",
        [CONF_BOOL] = "true or false",
    };
    assert((size_t)kind < CONF_KINDS);
    return texts[kind];
}
