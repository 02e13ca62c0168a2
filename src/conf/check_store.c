/* The checks of stores, and of policies that need one. */
#include "check.h"

#include "conf/options.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define CHECK_AGAIN_LEAST_MS UINT64_C(3600000)

struct store_check {
    const struct settings *settings;
    const struct conf_node *root;
    const struct conf_node *group; /* the key `store` */
    struct conf_mistakes *mistakes;
};

/* Where a mistake about a store's key is to be shown; NULL where it has one already. */
static struct conf_node *store_place(const struct store_check *check, const struct store_conf *store, const char *key)
{
    struct conf_node *group = conf_node_find(check->group, store->name);
    struct conf_node *node = conf_node_find(group, key);
    if (node == NULL)
        node = group;
    return node == NULL || node->is_bad ? NULL : node;
}

/* `path` is the folder, or in it. */
static bool path_is_within(const char *path, const char *folder)
{
    size_t size = strlen(folder);
    while (size > 1 && folder[size - 1] == '/')
        size--;
    return strncmp(path, folder, size) == 0 && (path[size] == '\0' || path[size] == '/');
}

/* In a store's folder lies nothing but the store: a foreign file there is a finding of its verification. */
static void store_check_place(const struct store_check *check, const struct store_conf *store, const char *key,
                              const char *path)
{
    struct conf_node *place = store_place(check, store, key);
    for (size_t i = 0; i < check->settings->store_count && place != NULL && path[0] != '\0'; i++) {
        const struct store_conf *other = &check->settings->stores[i];
        bool is_own_folder = other == store && strcmp(key, "path") == 0;
        if (is_own_folder || !path_is_within(path, other->path))
            continue;
        conf_mistake(check->mistakes, place, "%s = \"%.200s\" lies in the folder of the store %s; choose another place",
                     key, path, other->name);
        return;
    }
}

/* Each store has files of its own. */
static void store_check_clashes(const struct store_check *check, size_t index)
{
    const struct store_conf *store = &check->settings->stores[index];
    for (size_t i = 0; i < index; i++) {
        const struct store_conf *other = &check->settings->stores[i];
        const struct {
            const char *key;
            const char *path;
            const char *others;
        } files[] = { { "head", store->head, other->head }, { "root_key", store->root_key, other->root_key } };
        for (size_t k = 0; k < sizeof files / sizeof files[0]; k++) {
            struct conf_node *place = store_place(check, store, files[k].key);
            if (place != NULL && strcmp(files[k].path, files[k].others) == 0)
                conf_mistake(check->mistakes, place, "%s = \"%.200s\" is that of the store %s; choose another file",
                             files[k].key, files[k].path, other->name);
        }
    }
}

static bool domain_is_in(const char *domain, const struct settings_list *domains)
{
    for (size_t i = 0; i < domains->count; i++) {
        if (strcasecmp(domain, domains->items[i]) == 0)
            return true;
    }
    return false;
}

/* All that `store` takes, `earlier` takes. */
static bool store_is_covered(const struct store_conf *store, const struct store_conf *earlier)
{
    bool has_categories = earlier->categories == 0 ||
                          (store->categories != 0 && (store->categories & ~earlier->categories) == 0);
    bool has_domains = earlier->domains.count == 0 || store->domains.count > 0;
    for (size_t i = 0; i < store->domains.count && earlier->domains.count > 0 && has_domains; i++)
        has_domains = domain_is_in(store->domains.items[i], &earlier->domains);
    return has_categories && has_domains;
}

static void store_check_use(const struct store_check *check, size_t index)
{
    const struct store_conf *store = &check->settings->stores[index];
    struct conf_node *place = store_place(check, store, "");
    for (size_t i = 0; i < index && place != NULL; i++) {
        const struct store_conf *other = &check->settings->stores[i];
        bool is_sure = store_place(check, store, "domains") != NULL &&
                       store_place(check, store, "categories") != NULL &&
                       store_place(check, other, "domains") != NULL && store_place(check, other, "categories") != NULL;
        if (!is_sure || !store_is_covered(store, other))
            continue;
        conf_mistake(check->mistakes, place,
                     "nothing ever comes to the store %s, for the store %s before it takes all; put it before that one",
                     store->name, other->name);
        return;
    }
}

static void store_check_ages(const struct store_check *check, const struct store_conf *store)
{
    struct conf_node *place = store_place(check, store, "keep_categories");
    bool is_sure = store_place(check, store, "categories") != NULL;
    for (enum category category = CATEGORY_CLEAN; category < CATEGORIES && place != NULL && is_sure; category++) {
        bool is_taken = store->categories == 0 || (store->categories & 1U << category) != 0;
        if ((store->keep_categories.set & 1U << category) != 0 && !is_taken) {
            conf_mistake(
                check->mistakes, place,
                "keep_categories names %s, which the store does not take; leave it out, or add it to categories",
                category_text(category));
            return;
        }
    }
}

/* A pair is made every quarter of it. */
static void store_check_again(const struct store_check *check, const struct store_conf *store)
{
    struct conf_node *place = store_place(check, store, "judge_again");
    if (place != NULL && store->again_ms > 0 && store->again_ms < CHECK_AGAIN_LEAST_MS)
        conf_mistake(check->mistakes, place, "judge_again is shorter than \"1h\"; write a longer time, or 0 for none");
}

/* The first owner's file may be made at the first start. */
static void store_check_owners(const struct store_check *check, const struct store_conf *store)
{
    struct conf_node *place = store_place(check, store, "owners");
    for (size_t i = store->owner_key[0] != '\0' ? 1 : 0; i < store->owners.count && place != NULL; i++) {
        if (access(store->owners.items[i], F_OK) == 0 || errno != ENOENT)
            continue;
        conf_mistake(
            check->mistakes, place,
            "owners: \"%.200s\" is not there; make it by cordon store keygen, or name owner_key for a pair that "
            "the first start makes",
            store->owners.items[i]);
        return;
    }
}

/* Drops without record are only what was written as such. */
static void store_check_actions(const struct store_check *check, const struct option_group *group,
                                const struct conf_node *node, const char *base)
{
    for (size_t i = 0; i < group->count; i++) {
        const struct option *option = &group->options[i];
        struct conf_node *place = conf_node_find(node, option->key);
        if (place == NULL || place->is_bad)
            continue;
        if (option->type == OPTION_GROUP)
            store_check_actions(check, option->group, place, base + option->offset);
        if (option->type != OPTION_ACTIONS)
            continue;
        unsigned actions = *(const unsigned *)(const void *)(base + option->offset);
        if ((actions & (ACTION_DISCARD | ACTION_FORGET)) == ACTION_DISCARD)
            conf_mistake(check->mistakes, place,
                         "%s: discard needs a store, and there is none; write store: { quarantine: { }; };, or "
                         "[\"discard\", \"forget\"] to drop without record",
                         option->key);
    }
}

static void store_check_policies(const struct store_check *check)
{
    const struct option_group *policy = option_find(&conf_root_group, "policy")->group;
    const struct settings *settings = check->settings;
    store_check_actions(check, policy, conf_node_find(check->root, "policy"), (const char *)&settings->policy);
    const struct conf_node *listen = conf_node_find(check->root, "listen");
    for (size_t i = 0; i < settings->listener_count; i++) {
        const struct listener_settings *listener = &settings->listeners[i];
        const struct conf_node *node = conf_node_find(conf_node_find(listen, listener->name), "policy");
        store_check_actions(check, policy, node, (const char *)&listener->policy);
    }
}

void conf_check_stores(const struct settings *settings, const struct conf_node *root, bool with_files,
                       struct conf_mistakes *mistakes)
{
    struct store_check check = {
        .settings = settings, .root = root, .group = conf_node_find(root, "store"), .mistakes = mistakes
    };
    for (size_t i = 0; i < settings->store_count; i++) {
        const struct store_conf *store = &settings->stores[i];
        store_check_place(&check, store, "path", store->path);
        store_check_place(&check, store, "head", store->head);
        store_check_place(&check, store, "root_key", store->root_key);
        store_check_place(&check, store, "owner_key", store->owner_key);
        store_check_clashes(&check, i);
        store_check_use(&check, i);
        store_check_ages(&check, store);
        store_check_again(&check, store);
        if (with_files)
            store_check_owners(&check, store);
    }
    bool is_sure = check.group == NULL || !check.group->is_bad;
    if (settings->store_count == 0 && is_sure)
        store_check_policies(&check);
}
