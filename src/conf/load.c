#include "conf.h"

#include "base/memory.h"
#include "conf/check.h"
#include "conf/file.h"
#include "conf/mistakes.h"
#include "conf/options.h"
#include "conf/parse.h"
#include "conf/snapshot.h"
#include "conf/suggest.h"
#include "conf/value.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOAD_ARENA_LIMIT = 64 * CONF_FILE_LIMIT, LOAD_KEYS_SIZE = 600 };

struct load {
    struct settings *settings;
    struct arena *arena;
    struct conf_mistakes *mistakes;
};

static void load_fallbacks(const struct load *load, const struct option_group *group, unsigned variant, char *base)
{
    for (size_t i = 0; i < group->count; i++) {
        const struct option *option = &group->options[i];
        if (option->type == OPTION_GROUP)
            load_fallbacks(load, option->group, 0, base + option->offset);
        else if (option->type != OPTION_GROUPS && option->type != OPTION_LATER)
            conf_value_read_fallback(option, variant, load->arena, base + option->offset);
    }
}

/* Where else the key would be right: it may only have slipped out of its group. */
static const char *load_other_home(const struct option_group *group, const char *key)
{
    for (size_t i = 0; i < conf_root_group.count; i++) {
        const struct option *option = &conf_root_group.options[i];
        if (option->group != NULL && option->group != group && option_find(option->group, key) != NULL)
            return option->key;
    }
    return option_find(&conf_root_group, key) != NULL && group != &conf_root_group ? "" : NULL;
}

static void load_refuse_key(const struct load *load, const struct option_group *group, struct conf_node *group_node,
                            struct conf_node *node)
{
    group_node->is_bad = true; /* any key of it may have been meant */
    const char *home = load_other_home(group, node->name);
    struct suggestion suggestion;
    suggestion_init(&suggestion, node->name);
    struct buf keys;
    buf_init(&keys, LOAD_KEYS_SIZE);
    for (size_t i = 0; i < group->count; i++) {
        if (group->options[i].type == OPTION_LATER)
            continue;
        suggestion_offer(&suggestion, group->options[i].key);
        buf_printf(&keys, "%s%s", i > 0 ? ", " : "", group->options[i].key);
    }
    if (suggestion.nearest != NULL)
        conf_mistake(load->mistakes, node, "unknown key %.60s; did you mean %s?", node->name, suggestion.nearest);
    else if (home != NULL && home[0] == '\0')
        conf_mistake(load->mistakes, node, "the key %.60s has no place in this group; put it outside of all groups",
                     node->name);
    else if (home != NULL)
        conf_mistake(load->mistakes, node, "the key %.60s has no place here; put it into %s: { ... }", node->name,
                     home);
    else
        conf_mistake(load->mistakes, node, "unknown key %.60s; there are %s", node->name, buf_text(&keys));
    buf_fini(&keys);
}

static bool load_is_group(const struct load *load, struct conf_node *node, const char *form)
{
    if (node->kind == CONF_GROUP)
        return true;
    conf_mistake(load->mistakes, node, "%s is %s; write %s: %s", node->name, conf_kind_text(node->kind), node->name,
                 form);
    return false;
}

static void load_group(const struct load *load, const struct option_group *group, struct conf_node *group_node,
                       unsigned variant, char *base)
{
    for (struct conf_node *node = group_node->first; node != NULL; node = node->next) {
        const struct option *option = option_find(group, node->name);
        if (option == NULL)
            load_refuse_key(load, group, group_node, node);
        else if (option->type == OPTION_LATER)
            conf_mistake(load->mistakes, node, "%s: %s", node->name, option->manual);
        else if (option->type == OPTION_GROUPS)
            (void)load_is_group(load, node, "{ NAME: { ... }; };");
        else if (option->type == OPTION_GROUP && load_is_group(load, node, "{ ... };"))
            load_group(load, option->group, node, 0, base + option->offset);
        else if (option->type != OPTION_GROUP && option->variants != 0 && (option->variants & 1U << variant) == 0)
            conf_mistake(load->mistakes, node, "%s means nothing with this %s; leave it out, or write another %s",
                         node->name, group->variant_key, group->variant_key);
        else if (option->type != OPTION_GROUP)
            conf_value_read(option, node, load->arena, load->mistakes, base + option->offset);
    }
}

static unsigned load_variant(const struct option_group *group, const struct conf_node *group_node)
{
    const struct conf_node *node = conf_node_find(group_node, group->variant_key);
    const struct option *option = option_find(group, group->variant_key);
    for (const struct option_word *word = option->words; word->text != NULL; word++) {
        if (node != NULL && node->kind == CONF_TEXT && strcmp(node->text, word->text) == 0 && word->value >= 0)
            return (unsigned)word->value;
    }
    return 0;
}

/* Looks at the name and the form of an operator's group, and at whether there is room for one more. */
static bool load_name(const struct load *load, struct conf_node *node, const char *kind, size_t count, size_t most,
                      char name_out[SETTINGS_NAME_SIZE])
{
    if (node->kind != CONF_GROUP) {
        conf_mistake(load->mistakes, node,
                     "%.60s is %s, but %s: { } holds groups alone; write %s: { NAME: { %.60s = ...; }; };", node->name,
                     conf_kind_text(node->kind), kind, kind, node->name);
        return false;
    }
    if (count == most) {
        conf_mistake(load->mistakes, node, "too many groups in %s; at most %zu are possible", kind, most);
        return false;
    }
    if (strlen(node->name) >= SETTINGS_NAME_SIZE || strchr(node->name, '*') != NULL) {
        conf_mistake(load->mistakes, node,
                     "the name %.60s can't be used; choose at most %d letters, digits, - and _, without *", node->name,
                     SETTINGS_NAME_SIZE - 1);
        return false;
    }
    return span_copy(span_text(node->name), name_out, SETTINGS_NAME_SIZE);
}

static void load_listener(const struct load *load, struct conf_node *node, struct listener_settings *listener)
{
    unsigned variant = load_variant(&conf_listener_group, node);
    load_fallbacks(load, &conf_listener_group, variant, (char *)listener);
    listener->policy = load->settings->policy;
    load_group(load, &conf_listener_group, node, variant, (char *)listener);
}

/* A program may be named below its base folder. */
static void load_program(const struct load *load, const char *base_folder, struct settings_list *command)
{
    char path[PATH_MAX];
    if (command->count == 0 || command->items[0][0] == '/' || base_folder[0] == '\0')
        return;
    int size = snprintf(path, sizeof path, "%s/%s", base_folder, command->items[0]);
    if (size > 0 && (size_t)size < sizeof path)
        command->items[0] = arena_try_text(load->arena, span_text(path));
}

static void load_scanner(const struct load *load, struct conf_node *node, struct scanner_settings *scanner)
{
    unsigned variant = load_variant(&conf_scanner_group, node);
    load_fallbacks(load, &conf_scanner_group, variant, (char *)scanner);
    load_group(load, &conf_scanner_group, node, variant, (char *)scanner);
    bool is_engine = scanner->type == SCANNER_CLAMAV || scanner->type == SCANNER_YARA;
    if (is_engine && conf_node_find(node, "concurrency") == NULL)
        scanner->concurrency = scanner->processes;
    load_program(load, scanner->run.base_folder, &scanner->run.command);
    load_program(load, scanner->run.base_folder, &scanner->run.version_command);
}

static void load_listeners(const struct load *load, const struct conf_node *root)
{
    struct settings *settings = load->settings;
    struct conf_node nothing = { .name = "default", .kind = CONF_GROUP };
    struct conf_node *group = conf_node_find(root, "listen");
    if (group == NULL) {
        struct listener_settings *listener = &settings->listeners[settings->listener_count++];
        (void)span_copy(span_text(nothing.name), listener->name, sizeof listener->name);
        load_listener(load, &nothing, listener);
        return;
    }
    for (struct conf_node *node = group->kind == CONF_GROUP ? group->first : NULL; node != NULL; node = node->next) {
        struct listener_settings *listener = &settings->listeners[settings->listener_count];
        char name[SETTINGS_NAME_SIZE];
        if (!load_name(load, node, "listen", settings->listener_count, SETTINGS_MOST_LISTENERS, name))
            continue;
        memcpy(listener->name, name, sizeof name);
        load_listener(load, node, listener);
        settings->listener_count++;
    }
}

static void load_scanners(const struct load *load, const struct conf_node *root)
{
    struct settings *settings = load->settings;
    struct conf_node nothing = { .name = "engine", .kind = CONF_GROUP };
    struct conf_node *group = conf_node_find(root, "scanner");
    if (group == NULL) {
        struct scanner_settings *scanner = &settings->scanners[settings->scanner_count++];
        (void)span_copy(span_text(nothing.name), scanner->name, sizeof scanner->name);
        load_scanner(load, &nothing, scanner);
        return;
    }
    for (struct conf_node *node = group->kind == CONF_GROUP ? group->first : NULL; node != NULL; node = node->next) {
        struct scanner_settings *scanner = &settings->scanners[settings->scanner_count];
        char name[SETTINGS_NAME_SIZE];
        if (!load_name(load, node, "scanner", settings->scanner_count, SETTINGS_MOST_SCANNERS, name))
            continue;
        memcpy(scanner->name, name, sizeof name);
        load_scanner(load, node, scanner);
        settings->scanner_count++;
    }
}

/* The store's own name in a default. */
static const char *load_own_name(const struct load *load, const char *text, const char *name)
{
    char path[PATH_MAX];
    const char *at = strstr(text, OPTION_OWN_NAME);
    if (at == NULL)
        return text;
    (void)snprintf(path, sizeof path, "%.*s%s%s", (int)(at - text), text, name, at + strlen(OPTION_OWN_NAME));
    return arena_try_text(load->arena, span_text(path));
}

static void load_store(const struct load *load, struct conf_node *node, struct store_conf *store)
{
    load_fallbacks(load, &conf_store_group, 0, (char *)store);
    store->path = load_own_name(load, store->path, store->name);
    store->head = load_own_name(load, store->head, store->name);
    store->root_key = load_own_name(load, store->root_key, store->name);
    store->owners.items[0] = load_own_name(load, store->owners.items[0], store->name);
    bool has_owners = conf_node_find(node, "owners") != NULL;
    store->owner_key = has_owners ? "" : load_own_name(load, store->owner_key, store->name);
    load_group(load, &conf_store_group, node, 0, (char *)store);
    for (enum category category = CATEGORY_CLEAN; category < CATEGORIES; category++) {
        bool is_set = (store->keep_categories.set & 1U << category) != 0;
        store->keep_ms[category] = is_set ? store->keep_categories.ms[category] : store->keep_for_ms;
    }
}

static void load_stores(const struct load *load, const struct conf_node *root)
{
    struct settings *settings = load->settings;
    struct conf_node *group = conf_node_find(root, "store");
    bool is_group = group != NULL && group->kind == CONF_GROUP;
    for (struct conf_node *node = is_group ? group->first : NULL; node != NULL; node = node->next) {
        struct store_conf *store = &settings->stores[settings->store_count];
        char name[SETTINGS_NAME_SIZE];
        if (!load_name(load, node, "store", settings->store_count, SETTINGS_MOST_STORES, name))
            continue;
        memcpy(store->name, name, sizeof name);
        load_store(load, node, store);
        settings->store_count++;
    }
}

static void load_hostname(const struct load *load, const struct conf_node *root)
{
    struct settings *settings = load->settings;
    char name[HOST_NAME_MAX + 1] = "";
    if (settings->hostname[0] != '\0' || conf_node_find(root, "hostname") != NULL)
        return;
    (void)gethostname(name, sizeof name - 1);
    if (!conf_value_is_host(name))
        conf_mistake_at(load->mistakes, root->file, root->line,
                        "this machine's own name \"%s\" can't be used; write hostname = \"mail.example.org\"", name);
    settings->hostname = arena_try_text(load->arena, span_text(name));
}

/* `folder` NULL: the text comes from the supervisor, which has looked at files and expanded everything. */
static struct settings *load_text(struct span text, const char *file, const char *folder, struct buf *mistakes_out)
{
    struct settings *settings = memory_new(sizeof *settings);
    struct conf_memory *memory = memory_new(sizeof *memory);
    struct conf_mistakes mistakes;
    conf_mistakes_init(&mistakes);
    arena_init(&memory->arena, LOAD_ARENA_LIMIT);
    settings->memory = memory;

    struct load load = { .settings = settings, .arena = &memory->arena, .mistakes = &mistakes };
    struct conf_node *root = conf_parse(text, file, folder, &memory->arena, &mistakes);
    memory->root = root;
    if (root != NULL) {
        load_fallbacks(&load, &conf_root_group, 0, (char *)settings);
        load_group(&load, &conf_root_group, root, 0, (char *)settings);
        load_scanners(&load, root);
        load_listeners(&load, root);
        load_stores(&load, root);
        load_hostname(&load, root);
        conf_check(settings, root, folder != NULL, &mistakes);
    }
    bool is_sound = mistakes.count == 0;
    assert(!is_sound || root != NULL);
    conf_mistakes_write(&mistakes, mistakes_out);
    conf_mistakes_fini(&mistakes);
    if (is_sound)
        return settings;
    settings_free(settings);
    return NULL;
}

static struct settings *load_refuse_file(const char *file, const struct fault *fault, struct buf *mistakes_out)
{
    struct conf_mistakes mistakes;
    conf_mistakes_init(&mistakes);
    conf_mistake_at(&mistakes, file, 1, "%s", fault->text);
    conf_mistakes_write(&mistakes, mistakes_out);
    conf_mistakes_fini(&mistakes);
    return NULL;
}

struct settings *conf_load(const char *path, struct buf *mistakes)
{
    const char *file = path != NULL ? path : CONF_DEFAULT_PATH;
    struct buf text;
    struct fault fault = { 0 };
    struct settings *settings = NULL;
    char folder[PATH_MAX] = ".";
    const char *slash = strrchr(file, '/');
    if (slash != NULL)
        (void)span_copy(span_of(file, slash > file ? (size_t)(slash - file) : 1), folder, sizeof folder);
    buf_init(&text, CONF_FILE_LIMIT);
    if (conf_file_read(file, false, &text, &fault) == 0 || (path == NULL && fault.code == ENOENT))
        settings = load_text(buf_span(&text), file, folder, mistakes);
    else
        settings = load_refuse_file(file, &fault, mistakes);
    buf_fini(&text);
    return settings;
}

struct settings *conf_load_fd(int fd, struct buf *mistakes)
{
    static const char file[] = "settings";
    struct buf text;
    struct fault fault = { 0 };
    struct settings *settings = NULL;
    buf_init(&text, CONF_FILE_LIMIT);
    if (conf_file_read_fd(fd, &text, &fault) == 0)
        settings = load_text(buf_span(&text), file, NULL, mistakes);
    else
        settings = load_refuse_file(file, &fault, mistakes);
    buf_fini(&text);
    return settings;
}

void settings_free(struct settings *settings)
{
    if (settings == NULL)
        return;
    struct conf_memory *memory = settings->memory;
    if (memory != NULL)
        arena_fini(&memory->arena);
    free(memory);
    free(settings);
}
