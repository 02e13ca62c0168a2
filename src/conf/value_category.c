#include "value_category.h"

#include "conf/settings.h"
#include "conf/units.h"

#define CATEGORY_WORDS "clean, malformed, unscannable, unscanned, banned and infected"

/* The category that a member of a list begins with; what follows its name and blanks is put into *rest_out. False and a
 * mistake where there is none, or one that is in `before` already. */
static bool category_read(const struct value_reading *reading, struct conf_node *item, unsigned before,
                          enum category *category_out, struct span *rest_out)
{
    const char *key = reading->option->key;
    if (item->kind != CONF_TEXT) {
        conf_mistake(reading->mistakes, item, "%s has %s in its list; put each member in double quotes", key,
                     conf_kind_text(item->kind));
        return false;
    }
    *rest_out = span_text(item->text);
    struct span word = span_cut(rest_out, ' ');
    *rest_out = span_trim(*rest_out);
    if (!category_from_text(word, category_out)) {
        conf_mistake(reading->mistakes, item, "%s: no category \"%.60s\"; there are " CATEGORY_WORDS, key, item->text);
        return false;
    }
    if ((before & 1U << *category_out) != 0) {
        conf_mistake(reading->mistakes, item, "%s names %s twice; leave one out", key, category_text(*category_out));
        return false;
    }
    return true;
}

void value_read_categories(const struct value_reading *reading, void *field)
{
    struct conf_node *node = reading->node;
    unsigned categories = 0;
    for (struct conf_node *item = node->first; item != NULL; item = item->next) {
        enum category category = CATEGORY_CLEAN;
        struct span rest;
        if (category_read(reading, item, categories, &category, &rest)) {
            categories |= 1U << category;
            if (rest.size > 0)
                conf_mistake(reading->mistakes, item, "%s: \"%.60s\" is more than a category; write \"%s\"",
                             reading->option->key, item->text, category_text(category));
        }
        node->is_bad = node->is_bad || item->is_bad;
    }
    if (!node->is_bad)
        *(unsigned *)field = categories;
}

void value_print_categories(const struct option *option, const void *field, struct buf *text_out)
{
    (void)option;
    unsigned categories = *(const unsigned *)field;
    const char *separator = "[";
    for (enum category category = CATEGORY_CLEAN; category < CATEGORIES; category++) {
        if ((categories & 1U << category) == 0)
            continue;
        buf_printf(text_out, "%s\"%s\"", separator, category_text(category));
        separator = ", ";
    }
    buf_put_text(text_out, categories == 0 ? "[]" : "]");
}

void value_read_ages(const struct value_reading *reading, void *field)
{
    struct conf_node *node = reading->node;
    const struct option *option = reading->option;
    struct settings_ages ages = { 0 };
    for (struct conf_node *item = node->first; item != NULL; item = item->next) {
        enum category category = CATEGORY_CLEAN;
        struct span rest;
        uint64_t ms = 0;
        if (!category_read(reading, item, ages.set, &category, &rest)) {
            node->is_bad = true;
            continue;
        }
        bool is_age = unit_read(UNIT_DURATION, rest, &ms) && ms >= option->least && ms <= option->most;
        if (!is_age)
            conf_mistake(reading->mistakes, item,
                         "%s: \"%.60s\" does not say how long; write a category and a duration, such as \"%s 90d\"",
                         option->key, item->text, category_text(category));
        node->is_bad = node->is_bad || item->is_bad;
        ages.set |= 1U << category;
        ages.ms[category] = ms;
    }
    if (!node->is_bad)
        *(struct settings_ages *)field = ages;
}

void value_print_ages(const struct option *option, const void *field, struct buf *text_out)
{
    (void)option;
    const struct settings_ages *ages = field;
    const char *separator = "[";
    for (enum category category = CATEGORY_CLEAN; category < CATEGORIES; category++) {
        if ((ages->set & 1U << category) == 0)
            continue;
        buf_printf(text_out, "%s\"%s ", separator, category_text(category));
        unit_print(UNIT_DURATION, ages->ms[category], text_out);
        buf_put_char(text_out, '"');
        separator = ", ";
    }
    buf_put_text(text_out, ages->set == 0 ? "[]" : "]");
}
