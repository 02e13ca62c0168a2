/* The values of scanners that are foreign programs: command lines and what their answers mean. */
#include "value_list.h"

#include "conf/meaning.h"
#include "conf/settings.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { RUN_DIGITS_SIZE = 24 };

static void list_add(const struct value_reading *reading, struct settings_list *list, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = arena_new(reading->arena, size);
    memcpy(copy, text, size);
    list->items[list->count++] = copy;
}

static bool list_has_room(const struct value_reading *reading)
{
    if (reading->node->count <= SETTINGS_MOST_LIST)
        return true;
    conf_mistake(reading->mistakes, reading->node, "%s has %zu members; at most %d are possible", reading->option->key,
                 reading->node->count, (int)SETTINGS_MOST_LIST);
    return false;
}

void value_read_command(const struct value_reading *reading, void *field)
{
    struct settings_list *list = field;
    const char *key = reading->option->key;
    *list = (struct settings_list){ 0 };
    if (!list_has_room(reading))
        return;
    for (struct conf_node *item = reading->node->first; item != NULL; item = item->next) {
        if (item->kind != CONF_TEXT)
            conf_mistake(reading->mistakes, item, "%s has %s in its list; put each argument in double quotes", key,
                         conf_kind_text(item->kind));
        else
            list_add(reading, list, item->text);
        reading->node->is_bad = reading->node->is_bad || item->is_bad;
    }
}

void value_read_meanings(const struct value_reading *reading, void *field)
{
    struct settings_list *list = field;
    const char *key = reading->option->key;
    *list = (struct settings_list){ 0 };
    if (!list_has_room(reading))
        return;
    for (struct conf_node *item = reading->node->first; item != NULL; item = item->next) {
        char digits[RUN_DIGITS_SIZE];
        struct meaning_item meaning;
        struct fault fault = { 0 };
        (void)snprintf(digits, sizeof digits, "%" PRId64, item->number);
        const char *text = item->kind == CONF_NUMBER ? digits : item->text;
        if (item->kind != CONF_TEXT && item->kind != CONF_NUMBER)
            conf_mistake(reading->mistakes, item, "%s has %s in its list; write exit statuses and patterns", key,
                         conf_kind_text(item->kind));
        else if (meaning_read(text, reading->option->type == OPTION_REASONS, &meaning, &fault) != 0)
            conf_mistake(reading->mistakes, item, "%s: \"%.100s\" %s", key, text, fault.text);
        else
            list_add(reading, list, text);
        reading->node->is_bad = reading->node->is_bad || item->is_bad;
    }
}
