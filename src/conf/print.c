#include "conf.h"

#include "conf/options.h"
#include "conf/snapshot.h"
#include "conf/value.h"

#include <string.h>

enum { PRINT_INDENT = 4, PRINT_COMMENT_COLUMN = 52 };

struct print {
    bool with_origins;
    bool has_stores;
    struct buf *text;
};

static void print_indent(const struct print *print, unsigned depth)
{
    buf_printf(print->text, "%*s", (int)(depth * PRINT_INDENT), "");
}

/* Escaped by hand: a comment ends at the line's end, and the file's name may have one. */
static void print_origin(const struct print *print, size_t line_start, const struct conf_node *node)
{
    size_t column = print->text->size - line_start;
    int blanks = column < PRINT_COMMENT_COLUMN ? (int)(PRINT_COMMENT_COLUMN - column) : 1;
    buf_printf(print->text, "%*s# ", blanks, "");
    if (node == NULL) {
        buf_put_text(print->text, "default");
        return;
    }
    for (const char *p = node->file; *p != '\0'; p++) {
        bool is_control = (unsigned char)*p < 0x20 || *p == 0x7f;
        buf_put(print->text, is_control ? "?" : p, 1);
    }
    buf_printf(print->text, ":%u", node->line);
}

/* The default asks for quarantine also where there is none, which is not to be taken for a promise. */
static bool print_wants_store(const struct option *option, const void *field)
{
    return option->type == OPTION_ACTIONS && (*(const unsigned *)field & ACTION_QUARANTINE) != 0;
}

/* `node` is what was read for the group, `under` what stands in for it key by key (the global policy); either may be
 * NULL. */
static void print_group(const struct print *print, const struct option_group *group, unsigned variant, const char *base,
                        const struct conf_node *node, const struct conf_node *under, unsigned depth)
{
    for (size_t i = 0; i < group->count; i++) {
        const struct option *option = &group->options[i];
        const struct conf_node *own = conf_node_find(node, option->key);
        const struct conf_node *inherited = conf_node_find(under, option->key);
        bool is_meant = option->variants == 0 || (option->variants & 1U << variant) != 0;
        if (option->type == OPTION_GROUPS || option->type == OPTION_LATER || !is_meant)
            continue;
        print_indent(print, depth);
        if (option->type == OPTION_GROUP) {
            buf_printf(print->text, "%s: {\n", option->key);
            print_group(print, option->group, 0, base + option->offset, own, inherited, depth + 1);
            print_indent(print, depth);
            buf_put_text(print->text, "};\n");
            continue;
        }
        size_t line_start = print->text->size - (size_t)depth * PRINT_INDENT;
        buf_printf(print->text, "%s = ", option->key);
        conf_value_print(option, base + option->offset, print->text);
        buf_put_char(print->text, ';');
        if (print->with_origins)
            print_origin(print, line_start, own != NULL ? own : inherited);
        if (print->with_origins && !print->has_stores && print_wants_store(option, base + option->offset))
            buf_put_text(print->text, ", and there is no store: nothing is kept");
        buf_put_char(print->text, '\n');
    }
}

void conf_print(const struct settings *settings, bool origins, struct buf *text_out)
{
    struct print print = { .with_origins = origins, .has_stores = settings->store_count > 0, .text = text_out };
    const struct conf_memory *memory = settings->memory;
    const struct conf_node *root = memory != NULL ? memory->root : NULL;
    const struct conf_node *listen = conf_node_find(root, "listen");
    const struct conf_node *scanner = conf_node_find(root, "scanner");
    const struct conf_node *store = conf_node_find(root, "store");

    /* What lies under a listener's own keys: nothing but the global policy. */
    const struct conf_node *global = conf_node_find(root, "policy");
    struct conf_node policy = global != NULL ? *global : (struct conf_node){ .name = "policy", .kind = CONF_GROUP };
    policy.next = NULL;
    const struct conf_node under = { .name = "", .kind = CONF_GROUP, .first = &policy };

    buf_put_text(text_out, "listen: {\n");
    for (size_t i = 0; i < settings->listener_count; i++) {
        const struct listener_settings *row = &settings->listeners[i];
        buf_printf(text_out, "%*s%s: {\n", PRINT_INDENT, "", row->name);
        const struct conf_node *node = conf_node_find(listen, row->name);
        print_group(&print, &conf_listener_group, row->mode, (const char *)row, node, &under, 2);
        buf_printf(text_out, "%*s};\n", PRINT_INDENT, "");
    }
    buf_put_text(text_out, "};\nscanner: {\n");
    for (size_t i = 0; i < settings->scanner_count; i++) {
        const struct scanner_settings *row = &settings->scanners[i];
        buf_printf(text_out, "%*s%s: {\n", PRINT_INDENT, "", row->name);
        print_group(&print, &conf_scanner_group, row->type, (const char *)row, conf_node_find(scanner, row->name), NULL,
                    2);
        buf_printf(text_out, "%*s};\n", PRINT_INDENT, "");
    }
    buf_put_text(text_out, settings->store_count > 0 ? "};\nstore: {\n" : "");
    for (size_t i = 0; i < settings->store_count; i++) {
        const struct store_conf *row = &settings->stores[i];
        buf_printf(text_out, "%*s%s: {\n", PRINT_INDENT, "", row->name);
        print_group(&print, &conf_store_group, 0, (const char *)row, conf_node_find(store, row->name), NULL, 2);
        buf_printf(text_out, "%*s};\n", PRINT_INDENT, "");
    }
    buf_put_text(text_out, "};\n");
    print_group(&print, &conf_root_group, 0, (const char *)settings, root, NULL, 0);
}
