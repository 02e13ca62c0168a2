/* A configuration text as a tree, free of the library that read it.
 *
 * Every node knows where it stands, for mistakes and for the origins that `cordon config` prints. The tree lives in the
 * snapshot's arena and is not changed after conf_load, but for `is_bad`.
 */
#ifndef CORDON_CONF_NODE_H
#define CORDON_CONF_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum conf_kind { CONF_GROUP, CONF_LIST, CONF_TEXT, CONF_NUMBER, CONF_FRACTION, CONF_BOOL, CONF_KINDS };

struct conf_node {
    const char *name; /* "" in a list, and for the root */
    enum conf_kind kind;
    const char *file;
    unsigned line;
    const char *text; /* CONF_TEXT: without control characters */
    int64_t number;   /* CONF_NUMBER; CONF_BOOL: 0 or 1 */
    struct conf_node *first;
    struct conf_node *next;
    size_t count; /* members */
    bool is_bad;  /* a mistake was found in it, so no other may be concluded from it */
};

/* The member of that name, or NULL, also where `group` is NULL or no group. */
struct conf_node *conf_node_find(const struct conf_node *group, const char *name);

/* "a group", "a text" and so on. */
const char *conf_kind_text(enum conf_kind kind);

#endif
