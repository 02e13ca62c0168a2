#include "value_names.h"

#include "conf/settings.h"

#include <assert.h>
#include <string.h>

#define NAMES_FORM "{ pattern = \"PUA.*\"; action = \"ignore\"; }"

static const char *const name_actions[NAME_ACTIONS] = {
    [NAME_IGNORE] = "ignore",
    [NAME_MALFORMED] = "malformed",
    [NAME_BANNED] = "banned",
    [NAME_INFECTED] = "infected",
};

/* The text of one of the two keys, or NULL and a mistake. */
static const char *names_text(const struct value_reading *reading, struct conf_node *item, const char *key)
{
    struct conf_node *node = conf_node_find(item, key);
    if (node != NULL && node->kind == CONF_TEXT)
        return node->text;
    conf_mistake(reading->mistakes, node != NULL ? node : item, "%s: a member %s; write " NAMES_FORM,
                 reading->option->key, node != NULL ? "has no text in one of its keys" : "lacks one of its keys");
    return NULL;
}

static bool names_have_no_others(const struct value_reading *reading, const struct conf_node *item)
{
    for (struct conf_node *node = item->first; node != NULL; node = node->next) {
        if (strcmp(node->name, "pattern") == 0 || strcmp(node->name, "action") == 0)
            continue;
        conf_mistake(reading->mistakes, node, "%s: unknown key %.60s; there are pattern and action",
                     reading->option->key, node->name);
        return false;
    }
    return true;
}

static void names_add(const struct value_reading *reading, struct conf_node *item, struct settings_names *names)
{
    const char *key = reading->option->key;
    const char *pattern = names_text(reading, item, "pattern");
    const char *action = pattern != NULL ? names_text(reading, item, "action") : NULL;
    if (action == NULL || !names_have_no_others(reading, item))
        return;
    size_t found = 0;
    while (found < NAME_ACTIONS && strcmp(action, name_actions[found]) != 0)
        found++;
    if (!value_pattern_is_whole(pattern)) {
        conf_mistake(reading->mistakes, item, "%s: \"%.100s\" is no whole pattern; write one such as \"PUA.*\"", key,
                     pattern);
    } else if (found == NAME_ACTIONS) {
        conf_mistake(reading->mistakes, item,
                     "%s: no action \"%.60s\"; there are ignore, malformed, banned and infected", key, action);
    } else {
        size_t size = strlen(pattern) + 1;
        char *copy = arena_new(reading->arena, size);
        memcpy(copy, pattern, size);
        names->patterns[names->count] = copy;
        names->actions[names->count++] = (enum name_action)found;
    }
}

void value_read_names(const struct value_reading *reading, void *field)
{
    struct settings_names *names = field;
    struct conf_node *list = reading->node;
    *names = (struct settings_names){ 0 };
    if (list->count > SETTINGS_MOST_NAMES) {
        conf_mistake(reading->mistakes, list, "%s has %zu members; at most %d are possible", reading->option->key,
                     list->count, (int)SETTINGS_MOST_NAMES);
        return;
    }
    for (struct conf_node *item = list->first; item != NULL; item = item->next) {
        if (item->kind == CONF_GROUP)
            names_add(reading, item, names);
        else
            conf_mistake(reading->mistakes, item, "%s has %s in its list; write ( " NAMES_FORM " )",
                         reading->option->key, conf_kind_text(item->kind));
    }
}

static void names_print_text(const char *text, struct buf *text_out)
{
    buf_put_char(text_out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            buf_put_char(text_out, '\\');
        buf_put_char(text_out, *text);
    }
    buf_put_char(text_out, '"');
}

void value_print_names(const struct option *option, const void *field, struct buf *text_out)
{
    (void)option;
    const struct settings_names *names = field;
    buf_put_char(text_out, '(');
    for (size_t i = 0; i < names->count; i++) {
        assert(names->actions[i] < NAME_ACTIONS);
        buf_put_text(text_out, i > 0 ? ", { pattern = " : " { pattern = ");
        names_print_text(names->patterns[i], text_out);
        buf_printf(text_out, "; action = \"%s\"; }", name_actions[names->actions[i]]);
    }
    buf_put_text(text_out, names->count > 0 ? " )" : ")");
}
