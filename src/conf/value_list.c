#include "value_list.h"

#include "conf/dangerous.h"
#include "conf/dialogue.h"
#include "conf/settings.h"
#include "conf/suggest.h"
#include "sys/net.h"
#include "verdict/action.h"

#include <string.h>

static void list_check_network(const struct value_reading *reading, struct conf_node *item)
{
    struct fault fault = { 0 };
    struct net_trust *trust = net_trust_new();
    if (net_trust_add(trust, item->text, &fault) != 0)
        conf_mistake(reading->mistakes, item, "%s: \"%.60s\": %s", reading->option->key, item->text, fault.text);
    net_trust_free(trust);
}

bool value_pattern_is_whole(const char *pattern)
{
    const char *open = strchr(pattern, '[');
    while (open != NULL) {
        const char *inside = open + 1;
        inside += *inside == '!' || *inside == '^';
        const char *close = *inside != '\0' ? strchr(inside + 1, ']') : NULL;
        if (close == NULL)
            return false;
        open = strchr(close, '[');
    }
    return pattern[0] != '\0';
}

static void list_check_pattern(const struct value_reading *reading, struct conf_node *item)
{
    bool is_type = reading->option->type == OPTION_TYPES;
    bool is_path = reading->option->type == OPTION_PATHS;
    bool is_set = item->text[0] == '@';
    bool has_slash = strchr(item->text, '/') != NULL;
    if (!value_pattern_is_whole(item->text))
        conf_mistake(reading->mistakes, item, "%s: \"%.100s\" is no whole pattern; write one such as \"%s\"",
                     reading->option->key, item->text, is_type ? "application/x-*" : "*.ex[ea]");
    else if (is_set && (is_type || is_path || strcmp(item->text, DANGEROUS_NAME) != 0))
        conf_mistake(reading->mistakes, item,
                     "%s: there is no list \"%.100s\" here; there is \"" DANGEROUS_NAME
                     "\" for names; a name that begins so is written \"[@]...\"",
                     reading->option->key, item->text);
    else if (is_type && !has_slash && strcmp(item->text, "*") != 0)
        conf_mistake(reading->mistakes, item,
                     "%s: \"%.100s\" is no media type; write one such as \"application/x-msdownload\"",
                     reading->option->key, item->text);
    else if (!is_type && !is_path && has_slash)
        conf_mistake(reading->mistakes, item,
                     "%s: \"%.100s\" has a / and no file name ever has; write a file name such as \"*.exe\", or put a "
                     "media type under types and containers under paths",
                     reading->option->key, item->text);
}

static void list_check_step(const struct value_reading *reading, struct conf_node *item)
{
    struct dialogue_step step;
    struct fault fault = { 0 };
    if (!dialogue_step_read(item->text, &step, &fault))
        conf_mistake(reading->mistakes, item, "%s: %s", reading->option->key, fault.text);
}

static void list_check_rules(const struct value_reading *reading, struct conf_node *item)
{
    if (item->text[0] != '/')
        conf_mistake(reading->mistakes, item,
                     "%s: \"%.100s\" is no absolute path; write one such as \"/etc/yara/*.yar\"", reading->option->key,
                     item->text);
}

static void list_check_file(const struct value_reading *reading, struct conf_node *item)
{
    if (item->text[0] != '/')
        conf_mistake(reading->mistakes, item,
                     "%s: \"%.100s\" is not an absolute path; begin it with /, such as \"/etc/cordon/keys/x.pub\"",
                     reading->option->key, item->text);
}

/* A domain may be written in letters of any script; it is compared as it stands. */
static void list_check_domain(const struct value_reading *reading, struct conf_node *item)
{
    const char *domain = item->text + (item->text[0] == '.');
    bool is_sound = domain[0] != '\0' && domain[0] != '.';
    for (const char *p = domain; *p != '\0' && is_sound; p++)
        is_sound = ascii_is_alnum(*p) || (unsigned char)*p >= 0x80 || strchr("-_", *p) != NULL ||
                   (*p == '.' && p[1] != '.' && p[1] != '\0');
    if (!is_sound)
        conf_mistake(reading->mistakes, item,
                     "%s: \"%.100s\" is no domain; write one such as \"example.org\", or \".example.org\" for all that "
                     "end in it",
                     reading->option->key, item->text);
}

static void list_check_item(const struct value_reading *reading, struct conf_node *item)
{
    static void (*const checks[OPTION_TYPES_COUNT])(const struct value_reading *reading, struct conf_node *item) = {
        [OPTION_NETWORKS] = list_check_network, [OPTION_DIALOGUE] = list_check_step,
        [OPTION_RULES] = list_check_rules,      [OPTION_FILES] = list_check_file,
        [OPTION_DOMAINS] = list_check_domain,   [OPTION_PATTERNS] = list_check_pattern,
        [OPTION_TYPES] = list_check_pattern,    [OPTION_PATHS] = list_check_pattern,
    };
    checks[reading->option->type](reading, item);
}

void value_read_list(const struct value_reading *reading, void *field)
{
    struct settings_list *list = field;
    const char *key = reading->option->key;
    bool is_files = reading->option->type == OPTION_FILES;
    size_t most = is_files ? (size_t)reading->option->most : SETTINGS_MOST_LIST;
    *list = (struct settings_list){ 0 };
    if (reading->node->count > most) {
        conf_mistake(reading->mistakes, reading->node, "%s has %zu members; at most %zu are possible", key,
                     reading->node->count, most);
        return;
    }
    if (is_files && reading->node->count == 0) {
        conf_mistake(reading->mistakes, reading->node, "%s is empty; name one file or more, or leave it out", key);
        return;
    }
    for (struct conf_node *item = reading->node->first; item != NULL; item = item->next) {
        if (item->kind != CONF_TEXT)
            conf_mistake(reading->mistakes, item, "%s has %s in its list; put each member in double quotes", key,
                         conf_kind_text(item->kind));
        else
            list_check_item(reading, item);
        reading->node->is_bad = reading->node->is_bad || item->is_bad;
        if (item->is_bad)
            continue;
        size_t size = strlen(item->text) + 1;
        char *copy = arena_new(reading->arena, size);
        memcpy(copy, item->text, size);
        list->items[list->count++] = copy;
    }
}

/* What later versions know. */
static const char *const actions_later[] = { "archive", "notify", "tag_subject" };

/* What makes no sense, in the order of asking: all of `has` and none of `lacks`. */
static const struct {
    unsigned has;
    unsigned lacks;
    const char *text;
} action_conflicts[] = {
    { ACTION_PASS | ACTION_REJECT, 0, "pass contradicts reject; choose one of them" },
    { ACTION_PASS | ACTION_DISCARD, 0, "pass contradicts discard; choose one of them" },
    { ACTION_PASS | ACTION_TEMPFAIL, 0, "pass contradicts tempfail; choose one of them" },
    { ACTION_REJECT | ACTION_DISCARD, 0, "reject contradicts discard; choose one of them" },
    { ACTION_REJECT | ACTION_TEMPFAIL, 0, "reject contradicts tempfail; choose one of them" },
    { ACTION_DISCARD | ACTION_TEMPFAIL, 0, "discard contradicts tempfail; choose one of them" },
    { ACTION_FORGET, ACTION_DISCARD, "forget makes sense beside discard alone; write [\"discard\", \"forget\"]" },
    { ACTION_FORGET | ACTION_QUARANTINE, 0, "forget contradicts quarantine; choose one of them" },
    { ACTION_QUARANTINE | ACTION_PASS, 0,
      "quarantine beside pass would keep what was delivered; write [\"tag\", \"pass\"]" },
    { ACTION_QUARANTINE | ACTION_TEMPFAIL, 0,
      "quarantine beside tempfail would keep every retry; write \"tempfail\" alone" },
    { ACTION_TAG | ACTION_REJECT, 0, "tag beside reject tags nothing; write \"reject\" alone" },
    { ACTION_TAG | ACTION_DISCARD, 0, "tag beside discard tags nothing; leave tag out" },
    { ACTION_TAG | ACTION_TEMPFAIL, 0, "tag beside tempfail tags nothing; write \"tempfail\" alone" },
    { ACTION_TAG, ACTION_PASS, "tag alone does not say what becomes of the message; write [\"tag\", \"pass\"]" },
    { ACTION_QUARANTINE, ACTION_REJECT | ACTION_DISCARD,
      "quarantine alone does not say what the sender hears; write [\"reject\", \"quarantine\"]" },
    { 0, ACTION_PASS | ACTION_REJECT | ACTION_DISCARD | ACTION_TEMPFAIL,
      "no action decides; write \"pass\", \"reject\", \"tempfail\" or [\"discard\", \"forget\"]" },
};

static bool action_is_later(const char *text)
{
    for (size_t i = 0; i < sizeof actions_later / sizeof actions_later[0]; i++) {
        if (strcmp(text, actions_later[i]) == 0)
            return true;
    }
    return false;
}

static void action_refuse(const struct value_reading *reading, struct conf_node *item)
{
    struct suggestion suggestion;
    suggestion_init(&suggestion, item->text);
    static const char *const words[] = { "pass", "tag", "reject", "discard", "tempfail", "quarantine", "forget" };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        suggestion_offer(&suggestion, words[i]);
    const char *key = reading->option->key;
    if (action_is_later(item->text))
        conf_mistake(reading->mistakes, item, "%s: the action \"%s\" is not in this version; leave it out", key,
                     item->text);
    else if (suggestion.nearest != NULL)
        conf_mistake(reading->mistakes, item, "%s: no action \"%.60s\"; did you mean \"%s\"?", key, item->text,
                     suggestion.nearest);
    else
        conf_mistake(reading->mistakes, item,
                     "%s: no action \"%.60s\"; there are pass, tag, reject, discard, tempfail, quarantine and forget",
                     key, item->text);
}

static unsigned actions_read_item(const struct value_reading *reading, struct conf_node *item, unsigned before)
{
    if (item->kind != CONF_TEXT) {
        conf_mistake(reading->mistakes, item, "%s has %s in its list; put each action in double quotes",
                     reading->option->key, conf_kind_text(item->kind));
        return 0;
    }
    unsigned action = action_from_text(span_text(item->text));
    if (action == 0)
        action_refuse(reading, item);
    else if ((before & action) != 0)
        conf_mistake(reading->mistakes, item, "%s names \"%s\" twice; leave one out", reading->option->key, item->text);
    return action;
}

static bool actions_make_sense(const struct value_reading *reading, unsigned actions)
{
    const char *key = reading->option->key;
    if (reading->option->type == OPTION_CLEAN && (actions & ~(unsigned)(ACTION_PASS | ACTION_TAG)) != 0) {
        conf_mistake(reading->mistakes, reading->node,
                     "%s: clean mail can be passed or tagged and passed; write \"pass\" or [\"tag\", \"pass\"]", key);
        return false;
    }
    for (size_t i = 0; i < sizeof action_conflicts / sizeof action_conflicts[0]; i++) {
        unsigned has = action_conflicts[i].has;
        if ((actions & has) == has && (actions & action_conflicts[i].lacks) == 0) {
            conf_mistake(reading->mistakes, reading->node, "%s: %s", key, action_conflicts[i].text);
            return false;
        }
    }
    return true;
}

void value_read_actions(const struct value_reading *reading, void *field)
{
    struct conf_node *node = reading->node;
    unsigned actions = 0;
    if (node->kind == CONF_TEXT)
        actions = actions_read_item(reading, node, 0);
    for (struct conf_node *item = node->kind == CONF_LIST ? node->first : NULL; item != NULL; item = item->next) {
        actions |= actions_read_item(reading, item, actions);
        node->is_bad = node->is_bad || item->is_bad;
    }
    if (!node->is_bad && actions_make_sense(reading, actions))
        *(unsigned *)field = actions;
}
