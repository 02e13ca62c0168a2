/* libconfig's syntax.
 *
 * The text has passed conf_text_check before: libconfig 1.5 ends the process where an included file can't be read,
 * cuts large integers silently and doesn't mind a comment without an end.
 */
#include "parse.h"

#include "conf/text_check.h"

#include <libconfig.h>
#include <stdio.h>
#include <string.h>

enum { PARSE_MOST_DEPTH = 8, PARSE_QUOTE_SIZE = 61 };

struct parse {
    const char *file;
    const char *folder;
    struct arena *arena;
    struct conf_mistakes *mistakes;
};

static const enum conf_kind parse_kinds[] = {
    [CONFIG_TYPE_GROUP] = CONF_GROUP,    [CONFIG_TYPE_INT] = CONF_NUMBER,  [CONFIG_TYPE_INT64] = CONF_NUMBER,
    [CONFIG_TYPE_FLOAT] = CONF_FRACTION, [CONFIG_TYPE_STRING] = CONF_TEXT, [CONFIG_TYPE_BOOL] = CONF_BOOL,
    [CONFIG_TYPE_ARRAY] = CONF_LIST,     [CONFIG_TYPE_LIST] = CONF_LIST,
};

static const char *parse_keep(const struct parse *parse, const char *text)
{
    if (text == NULL)
        return "";
    size_t size = strlen(text) + 1;
    char *copy = arena_new(parse->arena, size);
    memcpy(copy, text, size);
    return copy;
}

/* libconfig keeps an included file's name as @include gives it: relative to the folder. */
static const char *parse_keep_file(const struct parse *parse, const char *name)
{
    if (name == NULL || parse->folder == NULL)
        return parse->file;
    size_t size = strlen(parse->folder) + 1 + strlen(name) + 1;
    char *path = arena_new(parse->arena, size);
    (void)snprintf(path, size, "%s/%s", parse->folder, name);
    return path;
}

static void parse_check_text(const struct parse *parse, struct conf_node *node)
{
    for (const char *p = node->text; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f) {
            conf_mistake(parse->mistakes, node, "the text of %s has a control character in it; leave it out",
                         node->name[0] != '\0' ? node->name : "a list's member");
            return;
        }
    }
}

static struct conf_node *parse_copy(const struct parse *parse, const config_setting_t *setting, unsigned depth)
{
    struct conf_node *node = arena_new(parse->arena, sizeof *node);
    node->name = parse_keep(parse, config_setting_name(setting));
    node->kind = parse_kinds[config_setting_type(setting)];
    node->file = parse_keep_file(parse, config_setting_source_file(setting));
    node->line = config_setting_source_line(setting);
    if (node->kind == CONF_TEXT) {
        node->text = parse_keep(parse, config_setting_get_string(setting));
        parse_check_text(parse, node);
    } else if (node->kind == CONF_NUMBER) {
        node->number = config_setting_get_int64(setting);
        node->is_bad = conf_mistakes_has(parse->mistakes, node->file, node->line); /* conf_text_check's */
    } else if (node->kind == CONF_BOOL) {
        node->number = config_setting_get_bool(setting);
    }
    if (!config_setting_is_aggregate(setting))
        return node;
    if (depth == PARSE_MOST_DEPTH) {
        conf_mistake(parse->mistakes, node, "%s is nested deeper than any key of Cordon; close a group before it",
                     node->name);
        return node;
    }
    struct conf_node **end = &node->first;
    node->count = (size_t)config_setting_length(setting);
    for (unsigned i = 0; i < node->count; i++) {
        *end = parse_copy(parse, config_setting_get_elem(setting, i), depth + 1);
        end = &(*end)->next;
    }
    return node;
}

/* The line's text, for the message. */
static void parse_quote(struct span text, unsigned line, char quote_out[PARSE_QUOTE_SIZE])
{
    for (unsigned i = 1; i < line; i++)
        (void)span_cut(&text, '\n');
    (void)span_copy(span_trim(span_cut(&text, '\n')), quote_out, PARSE_QUOTE_SIZE);
}

/* What libconfig says, and what to do about it. */
static const struct {
    const char *text;
    const char *mend;
} parse_mends[] = {
    { "duplicate setting name", "keep one of the two" },
    { "mismatched element type in array", "the members of [ ] are all of one type, such as [\"tag\", \"pass\"]" },
    { "cannot open include file", "@include takes the name of a file in the folder of the main file" },
    { "include file nesting too deep", "include at most ten files in one another" },
    { "memory exhausted", "close the groups that are open" },
    { "", "a setting is NAME = VALUE; and a group NAME: { ... }; look at this line and the end of the one before" },
};

/* `open_line`: of a group without an end, or 0. */
static void parse_report(const struct parse *parse, const config_t *config, struct span text, unsigned open_line)
{
    const char *error = config_error_text(config) != NULL ? config_error_text(config) : "syntax error";
    const char *included = config_error_file(config);
    unsigned line = config_error_line(config) > 0 ? (unsigned)config_error_line(config) : 1;
    char quote[PARSE_QUOTE_SIZE] = "";
    if (included == NULL)
        parse_quote(text, line, quote);
    if (open_line != 0 && quote[0] == '\0' && included == NULL) { /* it was read to the end */
        conf_mistake_at(parse->mistakes, parse_keep_file(parse, included), line,
                        "%s: the group that begins in line %u has no end; close it with };", error, open_line);
        return;
    }
    size_t i = 0;
    while (parse_mends[i].text[0] != '\0' && strcmp(parse_mends[i].text, error) != 0)
        i++;
    conf_mistake_at(parse->mistakes, parse_keep_file(parse, included), line, "%s%s%s%s; %s", error,
                    quote[0] != '\0' ? " at \"" : "", quote, quote[0] != '\0' ? "\"" : "",
                    strstr(quote, "@include") != NULL ? "@include stands at the beginning of a line of its own"
                                                      : parse_mends[i].mend);
}

struct conf_node *conf_parse(struct span text, const char *file, const char *folder, struct arena *arena,
                             struct conf_mistakes *mistakes)
{
    unsigned open_line = 0;
    if (!conf_text_check(text, file, folder, mistakes, &open_line))
        return NULL;

    struct parse parse = { .folder = folder, .arena = arena, .mistakes = mistakes };
    parse.file = parse_keep(&parse, file);
    char *terminated = arena_try_text(arena, text);
    if (terminated == NULL) {
        conf_mistake_at(mistakes, file, 1, "the file is too large; leave something out");
        return NULL;
    }
    config_t config;
    config_init(&config);
    if (folder != NULL)
        config_set_include_dir(&config, folder);
    struct conf_node *root = NULL;
    if (config_read_string(&config, terminated) == CONFIG_TRUE)
        root = parse_copy(&parse, config_root_setting(&config), 0);
    else
        parse_report(&parse, &config, text, open_line);
    config_destroy(&config);
    return root;
}
