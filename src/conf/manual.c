/* The options section of cordon.conf(5). */
#include "conf.h"

#include "base/memory.h"
#include "conf/options.h"
#include "conf/settings.h"
#include "conf/units.h"
#include "conf/value.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MANUAL_ARENA_LIMIT = 1048576, MANUAL_COLUMNS = 78 };

/* Each sentence begins a line, lines are short, and nothing at a line's start is what mdoc(7) takes for a macro. */
static void manual_text(const char *text, struct buf *text_out)
{
    size_t column = 0;
    for (struct span rest = span_text(text); rest.size > 0;) {
        struct span word = span_cut(&rest, ' ');
        if (column > 0 && column + 1 + word.size > MANUAL_COLUMNS) {
            buf_put_char(text_out, '\n');
            column = 0;
        }
        if (column > 0)
            buf_put_char(text_out, ' ');
        else if (word.size > 0 && (word.data[0] == '.' || word.data[0] == '\''))
            buf_put_text(text_out, "\\&");
        buf_put_span(text_out, word);
        column += 1 + word.size;
        bool ends_sentence = word.size > 0 && word.data[word.size - 1] == '.';
        if (ends_sentence && rest.size > 0) {
            buf_put_char(text_out, '\n');
            column = 0;
        }
    }
    buf_put_char(text_out, '\n');
}

static void manual_words(const struct option_word *words, struct buf *text_out)
{
    const char *separator = "";
    buf_put_text(text_out, "One of ");
    for (; words->text != NULL; words++) {
        if (words->value == OPTION_WORD_LATER)
            continue;
        buf_printf(text_out, "%s\\(dq%s\\(dq", separator, words->text);
        separator = ", ";
    }
    buf_put_text(text_out, ".\n");
}

static void manual_bounds(const struct option *option, struct buf *text_out)
{
    bool is_time = option->type == OPTION_DURATION || option->type == OPTION_AGE;
    enum unit_kind kind = is_time ? UNIT_DURATION : UNIT_SIZE;
    if (option->type == OPTION_NUMBER) {
        buf_printf(text_out, "A number from %" PRIu64 " to %" PRIu64 ".\n", option->least, option->most);
    } else if (is_time || option->type == OPTION_SIZE || option->type == OPTION_SIZE_32) {
        buf_printf(text_out, "A %s from ", kind == UNIT_DURATION ? "duration" : "size");
        unit_print(kind, option->least, text_out);
        buf_put_text(text_out, " to ");
        unit_print(kind, option->most, text_out);
        buf_put_text(text_out, ".\n");
    }
}

static const char *manual_variant(const struct option_group *group, unsigned variant)
{
    const struct option_word *word = option_find(group, group->variant_key)->words;
    while (word->value != (int)variant)
        word++;
    return word->text;
}

/* In the file's syntax, with the quotes and the backslashes as mdoc wants them. */
static void manual_fallback(const struct option *option, unsigned variant, struct buf *text_out)
{
    struct arena arena;
    struct settings_list field = { 0 }; /* the largest type of a field */
    struct buf value;
    arena_init(&arena, MANUAL_ARENA_LIMIT);
    buf_init(&value, MANUAL_ARENA_LIMIT);
    conf_value_read_fallback(option, variant, &arena, &field);
    conf_value_print(option, &field, &value);
    for (const char *p = buf_text(&value); *p != '\0'; p++) {
        if (*p == '"')
            buf_put_text(text_out, "\\(dq");
        else if (*p == '\\')
            buf_put_text(text_out, "\\e");
        else
            buf_put_char(text_out, *p);
    }
    buf_fini(&value);
    arena_fini(&arena);
}

/* An earlier variant has the same default. */
static bool manual_is_told(const struct option *option, unsigned variant)
{
    for (unsigned i = 1; i < variant; i++) {
        if (option->fallback[i] != NULL && strcmp(option->fallback[i], option->fallback[variant]) == 0)
            return true;
    }
    return false;
}

static void manual_default(const struct option_group *group, const struct option *option, struct buf *text_out)
{
    bool has_others = false;
    for (unsigned i = 1; i < OPTION_VARIANTS; i++)
        has_others = has_others || option->fallback[i] != NULL;
    if (option->type == OPTION_HOST || (option->fallback[0][0] == '\0' && !has_others))
        return;
    buf_put_text(text_out, "Default: ");
    const char *separator = "";
    if (option->fallback[0][0] != '\0') {
        manual_fallback(option, 0, text_out);
        separator = ", ";
    }
    for (unsigned i = 1; i < OPTION_VARIANTS; i++) {
        if (option->fallback[i] == NULL || manual_is_told(option, i))
            continue;
        buf_put_text(text_out, separator);
        manual_fallback(option, i, text_out);
        separator = " (";
        for (unsigned k = i; k < OPTION_VARIANTS; k++) {
            if (option->fallback[k] == NULL || strcmp(option->fallback[k], option->fallback[i]) != 0)
                continue;
            buf_printf(text_out, "%s%s", separator, manual_variant(group, k));
            separator = ", ";
        }
        buf_put_char(text_out, ')');
    }
    buf_put_text(text_out, ".\n");
}

static void manual_option(const struct option_group *group, const struct option *option, struct buf *text_out)
{
    buf_printf(text_out, ".It Ic %s\n", option->key);
    manual_text(option->manual, text_out);
    if (option->words != NULL)
        manual_words(option->words, text_out);
    manual_bounds(option, text_out);
    if (option->group == NULL)
        manual_default(group, option, text_out);
    if (option->variants != 0) {
        buf_printf(text_out, "For the %s", group->variant_key);
        const char *separator = "";
        for (unsigned i = 0; i < OPTION_VARIANTS; i++) {
            if ((option->variants & 1U << i) == 0)
                continue;
            buf_printf(text_out, "%s \\(dq%s\\(dq", separator, manual_variant(group, i));
            separator = " or";
        }
        buf_put_text(text_out, " alone.\n");
    }
}

static void manual_group(const struct option_group *group, const char *heading, struct buf *text_out)
{
    buf_printf(text_out, ".Ss %s\n", heading);
    if (group->manual[0] != '\0')
        manual_text(group->manual, text_out);
    buf_put_text(text_out, ".Bl -tag -width Ds\n");
    for (size_t i = 0; i < group->count; i++) {
        if (group->options[i].type != OPTION_LATER)
            manual_option(group, &group->options[i], text_out);
    }
    buf_put_text(text_out, ".El\n");
}

void conf_print_manual(struct buf *text_out)
{
    const struct option_group *policy = option_find(&conf_root_group, "policy")->group;
    manual_group(&conf_root_group, "Top level", text_out);
    manual_group(&conf_listener_group, "listen: { NAME: { ... }; }", text_out);
    manual_group(&conf_scanner_group, "scanner: { NAME: { ... }; }", text_out);
    manual_group(&conf_store_group, "store: { NAME: { ... }; }", text_out);
    manual_group(policy, "policy: { ... }", text_out);
    manual_group(option_find(policy, "unscannable")->group, "policy: { unscannable: { ... }; }", text_out);
    static const char *const others[][2] = { { "decoder", "decoder: { ... }" },
                                             { "ban", "ban: { ... }" },
                                             { "log", "log: { ... }" },
                                             { "metrics", "metrics: { ... }" } };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        manual_group(option_find(&conf_root_group, others[i][0])->group, others[i][1], text_out);
}
