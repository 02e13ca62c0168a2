/* One reader and one printer for each type of option, in one table. */
#include "value.h"

#include "conf/settings.h"
#include "conf/suggest.h"
#include "conf/units.h"
#include "conf/value_category.h"
#include "conf/value_list.h"
#include "conf/value_names.h"
#include "sys/net.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    VALUE_TEXT_SIZE = 512,
    VALUE_MOST_TEXT = 1024,
    VALUE_USER_MOST = 31,
    VALUE_HOST_MOST = 255,
    VALUE_KEY_MOST = 512
};

static_assert(sizeof(enum protocol) == sizeof(unsigned) && sizeof(enum log_format) == sizeof(unsigned),
              "words are stored as unsigned");

static const char *value_keep(const struct value_reading *reading, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = arena_new(reading->arena, size);
    memcpy(copy, text, size);
    return copy;
}

static bool value_is_between(const struct value_reading *reading, uint64_t value)
{
    const struct option *option = reading->option;
    if (value >= option->least && value <= option->most)
        return true;
    struct buf bounds;
    buf_init(&bounds, VALUE_TEXT_SIZE);
    bool is_time = option->type == OPTION_DURATION || option->type == OPTION_AGE;
    enum unit_kind kind = is_time ? UNIT_DURATION : UNIT_SIZE;
    bool is_plain = option->type == OPTION_NUMBER || option->type == OPTION_REQUIRE;
    const char *quote = is_plain ? "" : "\"";
    const uint64_t shown[] = { value, option->least, option->most };
    static const char *const words[] = { " is ", "; write something from ", " to " };
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        buf_printf(&bounds, "%s%s", words[i], quote);
        if (is_plain)
            buf_printf(&bounds, "%" PRIu64, shown[i]);
        else
            unit_print(kind, shown[i], &bounds);
        buf_put_text(&bounds, quote);
    }
    conf_mistake(reading->mistakes, reading->node, "%s%s", option->key, buf_text(&bounds));
    buf_fini(&bounds);
    return false;
}

static void read_bool(const struct value_reading *reading, void *field)
{
    *(bool *)field = reading->node->number != 0;
}

static void read_number(const struct value_reading *reading, void *field)
{
    int64_t number = reading->node->number;
    if (number < 0)
        conf_mistake(reading->mistakes, reading->node, "%s is negative; write something from %" PRIu64 " to %" PRIu64,
                     reading->option->key, reading->option->least, reading->option->most);
    else if (value_is_between(reading, (uint64_t)number))
        *(uint32_t *)field = (uint32_t)number;
}

static bool read_unit(const struct value_reading *reading, enum unit_kind kind, uint64_t *value_out)
{
    struct conf_node *node = reading->node;
    const char *key = reading->option->key;
    static const char *const mends[] = {
        [UNIT_DURATION] = "a duration such as \"500ms\", \"60s\", \"5m\", \"1h\" or \"30d\", or a number of seconds",
        [UNIT_SIZE] = "a size such as \"64K\", \"25M\" or \"1G\", or a number of bytes",
    };
    char digits[32];
    if (node->kind == CONF_NUMBER && node->number >= 0) {
        (void)snprintf(digits, sizeof digits, "%" PRId64, node->number);
        if (!unit_read(kind, span_text(digits), value_out)) {
            conf_mistake(reading->mistakes, node, "%s is too large; write %s", key, mends[kind]);
            return false;
        }
    } else if (node->kind == CONF_NUMBER) {
        conf_mistake(reading->mistakes, node, "%s is negative; write %s", key, mends[kind]);
        return false;
    } else if (!unit_read(kind, span_text(node->text), value_out)) {
        conf_mistake(reading->mistakes, node, "%s = \"%.60s\" can't be understood; write %s", key, node->text,
                     mends[kind]);
        return false;
    }
    return value_is_between(reading, *value_out);
}

static void read_duration(const struct value_reading *reading, void *field)
{
    uint64_t value = 0;
    if (read_unit(reading, UNIT_DURATION, &value))
        *(uint32_t *)field = (uint32_t)value;
}

static void read_age(const struct value_reading *reading, void *field)
{
    uint64_t value = 0;
    if (read_unit(reading, UNIT_DURATION, &value))
        *(uint64_t *)field = value;
}

static void read_size(const struct value_reading *reading, void *field)
{
    uint64_t value = 0;
    if (read_unit(reading, UNIT_SIZE, &value))
        *(uint64_t *)field = value;
}

static void read_size_32(const struct value_reading *reading, void *field)
{
    uint64_t value = 0;
    if (read_unit(reading, UNIT_SIZE, &value))
        *(uint32_t *)field = (uint32_t)value;
}

/* "smtp" or "lmtp" */
static void word_list(const struct option_word *words, struct buf *text_out)
{
    size_t count = 0;
    for (const struct option_word *word = words; word->text != NULL; word++)
        count += word->value != OPTION_WORD_LATER;
    size_t shown = 0;
    for (const struct option_word *word = words; word->text != NULL; word++) {
        if (word->value == OPTION_WORD_LATER)
            continue;
        const char *separator = shown + 1 == count ? " or " : ", ";
        buf_printf(text_out, "%s\"%s\"", shown > 0 ? separator : "", word->text);
        shown++;
    }
}

static void read_word(const struct value_reading *reading, void *field)
{
    struct suggestion suggestion;
    suggestion_init(&suggestion, reading->node->text);
    bool is_later = false;
    for (const struct option_word *word = reading->option->words; word->text != NULL; word++) {
        bool is_meant = strcmp(word->text, reading->node->text) == 0;
        if (is_meant && word->value != OPTION_WORD_LATER) {
            *(unsigned *)field = (unsigned)word->value;
            return;
        }
        is_later = is_later || is_meant;
        if (word->value != OPTION_WORD_LATER)
            suggestion_offer(&suggestion, word->text);
    }
    struct buf words;
    buf_init(&words, VALUE_TEXT_SIZE);
    word_list(reading->option->words, &words);
    const char *key = reading->option->key;
    if (is_later)
        conf_mistake(reading->mistakes, reading->node, "%s = \"%s\" is not in this version; write %s", key,
                     reading->node->text, buf_text(&words));
    else if (suggestion.nearest != NULL)
        conf_mistake(reading->mistakes, reading->node, "%s = \"%.60s\" is not known; did you mean \"%s\"?", key,
                     reading->node->text, suggestion.nearest);
    else
        conf_mistake(reading->mistakes, reading->node, "%s = \"%.60s\" is not known; write %s", key,
                     reading->node->text, buf_text(&words));
    buf_fini(&words);
}

static void read_address(const struct value_reading *reading, void *field)
{
    struct net_address address;
    struct fault fault = { 0 };
    const char *text = reading->node->text;
    if (text[0] == '\0' || net_address_parse(text, &address, &fault) == 0)
        *(const char **)field = value_keep(reading, text);
    else if (text[0] == '/')
        conf_mistake(reading->mistakes, reading->node, "%s = \"%.100s\" is a path; write \"unix:%.100s\"",
                     reading->option->key, text, text);
    else if (strstr(text, "://") != NULL)
        conf_mistake(reading->mistakes, reading->node,
                     "%s = \"%.100s\" is a URL; write the host and the port alone, as in \"127.0.0.1:1344\"",
                     reading->option->key, text);
    else
        conf_mistake(reading->mistakes, reading->node, "%s = \"%.100s\": %s", reading->option->key, text, fault.text);
}

/* What stands before the address in a next hop, and what stands for it in net_address_parse's notation. */
static const struct hop_scheme {
    const char *text;
    const char *address;
    enum protocol protocol;
} hop_schemes[] = {
    { "smtp+unix:", "unix:", PROTOCOL_SMTP },
    { "lmtp+unix:", "unix:", PROTOCOL_LMTP },
    { "smtp://", "", PROTOCOL_SMTP },
    { "lmtp://", "", PROTOCOL_LMTP },
};

enum { HOP_SCHEMES = sizeof hop_schemes / sizeof hop_schemes[0] };

static void read_next_hop(const struct value_reading *reading, void *field)
{
    struct hop_settings *hop = field;
    struct span text = span_text(reading->node->text);
    size_t i = 0;
    while (i < HOP_SCHEMES && !span_starts_with(text, hop_schemes[i].text))
        i++;
    if (i == HOP_SCHEMES) {
        conf_mistake(reading->mistakes, reading->node,
                     "next_hop = \"%.100s\" can't be understood; write \"smtp://HOST:PORT\", \"lmtp://HOST:PORT\", "
                     "\"smtp+unix:PATH\" or \"lmtp+unix:PATH\"",
                     text.data);
        return;
    }
    char notation[VALUE_MOST_TEXT];
    (void)snprintf(notation, sizeof notation, "%s%s", hop_schemes[i].address, text.data + strlen(hop_schemes[i].text));
    struct net_address address;
    struct fault fault = { 0 };
    if (net_address_parse(notation, &address, &fault) != 0) {
        conf_mistake(reading->mistakes, reading->node, "next_hop = \"%.100s\": %s", text.data, fault.text);
        return;
    }
    if ((address.family == NET_UNIX) != (hop_schemes[i].address[0] != '\0')) {
        conf_mistake(reading->mistakes, reading->node,
                     "next_hop = \"%.100s\" mixes a host with a path; write \"smtp+unix:PATH\" or \"lmtp+unix:PATH\"",
                     text.data);
        return;
    }
    hop->protocol = hop_schemes[i].protocol;
    hop->address = value_keep(reading, notation);
}

static void read_socket_mode(const struct value_reading *reading, void *field)
{
    const char *text = reading->node->text;
    char *end = NULL;
    unsigned long mode = strtoul(text, &end, 8);
    bool is_octal = ascii_is_digit(text[0]) && *end == '\0' && mode <= reading->option->most;
    if (is_octal)
        *(unsigned *)field = (unsigned)mode;
    else
        conf_mistake(reading->mistakes, reading->node,
                     "socket_mode = \"%.60s\" is no mode of a file; write an octal number such as \"0660\"", text);
}

bool conf_value_is_host(const char *text)
{
    struct span rest = span_text(text);
    if (rest.size == 0 || rest.size > VALUE_HOST_MOST)
        return false;
    do {
        struct span label = span_cut(&rest, '.');
        if (label.size == 0 || label.size > 63 || label.data[0] == '-' || label.data[label.size - 1] == '-')
            return false;
        for (size_t i = 0; i < label.size; i++) {
            if (!ascii_is_alnum(label.data[i]) && label.data[i] != '-' && label.data[i] != '_')
                return false;
        }
    } while (rest.data != NULL);
    return true;
}

static void read_host(const struct value_reading *reading, void *field)
{
    if (conf_value_is_host(reading->node->text))
        *(const char **)field = value_keep(reading, reading->node->text);
    else
        conf_mistake(reading->mistakes, reading->node,
                     "hostname \"%.100s\" is not a host's name; write hostname = \"mail.example.org\"",
                     reading->node->text);
}

static void read_user(const struct value_reading *reading, void *field)
{
    const char *text = reading->node->text;
    size_t size = strlen(text);
    bool is_sound = size > 0 && size <= VALUE_USER_MOST && text[0] != '-';
    for (size_t i = 0; i < size && is_sound; i++)
        is_sound = ascii_is_alnum(text[i]) || strchr("-_.", text[i]) != NULL;
    bool is_shared = strcmp(text, "root") == 0 || strcmp(text, "nobody") == 0;
    if (is_sound && !is_shared)
        *(const char **)field = value_keep(reading, text);
    else if (is_shared)
        conf_mistake(reading->mistakes, reading->node,
                     "user = \"%s\" is not Cordon's own; make one (adduser --system --group cordon) and write user = "
                     "\"cordon\"",
                     text);
    else
        conf_mistake(reading->mistakes, reading->node, "user = \"%.60s\" is no user's name; write user = \"cordon\"",
                     text);
}

static void read_run_user(const struct value_reading *reading, void *field)
{
    const char *text = reading->node->text;
    size_t size = strlen(text);
    bool is_sound = size <= VALUE_USER_MOST && text[0] != '-' && strcmp(text, "root") != 0;
    for (size_t i = 0; i < size && is_sound; i++)
        is_sound = ascii_is_alnum(text[i]) || strchr("-_.", text[i]) != NULL;
    if (is_sound)
        *(const char **)field = value_keep(reading, text);
    else
        conf_mistake(reading->mistakes, reading->node,
                     "user = \"%.60s\" is no ordinary user's name; write one such as \"clamav\"", text);
}

static void read_pattern(const struct value_reading *reading, void *field)
{
    *(const char **)field = value_keep(reading, reading->node->text); /* conf_check_run compiles it */
}

/* What needs no escaping in a URI, RFC 3986 section 3.3. */
static void read_path_part(const struct value_reading *reading, void *field)
{
    const char *text = reading->node->text;
    bool is_sound = text[0] != '\0' && text[0] != '/';
    for (const char *p = text; *p != '\0' && is_sound; p++)
        is_sound = ascii_is_alnum(*p) || strchr("-._~!$&'()*+,;=:@/?%", *p) != NULL;
    if (is_sound)
        *(const char **)field = value_keep(reading, text);
    else
        conf_mistake(reading->mistakes, reading->node,
                     "%s = \"%.60s\" can't stand in a URI; write what follows the host in it, such as \"%s\"",
                     reading->option->key, text, option_fallback(reading->option, 0));
}

static void read_key(const struct value_reading *reading, void *field)
{
    const char *text = reading->node->text;
    bool is_sound = strlen(text) <= VALUE_KEY_MOST;
    for (const char *p = text; *p != '\0' && is_sound; p++)
        is_sound = *p >= 0x20 && *p <= 0x7e;
    if (is_sound)
        *(const char **)field = value_keep(reading, text);
    else
        conf_mistake(reading->mistakes, reading->node,
                     "%s has bytes that are not printable ASCII, or more than %d of them; write the key as its vendor "
                     "wrote it",
                     reading->option->key, VALUE_KEY_MOST);
}

static void read_path(const struct value_reading *reading, void *field)
{
    const struct option *option = reading->option;
    const char *text = reading->node->text;
    bool is_folder = option->type == OPTION_FOLDER;
    bool may_be_empty = option->type == OPTION_FILE;
    bool is_sample = strcmp(text, "eicar") == 0 || strcmp(text, "none") == 0;
    bool is_test = (option->type == OPTION_SIGNATURES && strcmp(text, "test") == 0) ||
                   (option->type == OPTION_CANARY && is_sample);
    size_t size = strlen(text);
    if (!(is_test || text[0] == '/' || (may_be_empty && size == 0)))
        conf_mistake(reading->mistakes, reading->node,
                     "%s = \"%.100s\" is not an absolute path; begin it with /, such as \"/etc/cordon/x\"%s",
                     option->key, text, option->type == OPTION_CANARY ? ", or write \"eicar\" or \"none\"" : "");
    else if (is_folder && (size > option->most || strcmp(text, "/") == 0))
        conf_mistake(reading->mistakes, reading->node,
                     "%s can't be \"%.120s\"; choose a folder of Cordon's own with at most %" PRIu64 " letters",
                     option->key, text, option->most);
    else
        *(const char **)field = value_keep(reading, text);
}

static void read_require(const struct value_reading *reading, void *field)
{
    struct conf_node *node = reading->node;
    if (node->kind == CONF_TEXT && strcmp(node->text, "any") == 0)
        *(uint32_t *)field = REQUIRE_ANY;
    else if (node->kind == CONF_TEXT && strcmp(node->text, "all") == 0)
        *(uint32_t *)field = REQUIRE_ALL;
    else if (node->kind == CONF_NUMBER)
        read_number(reading, field);
    else
        conf_mistake(reading->mistakes, node,
                     "require = \"%.60s\" is not known; write \"any\", \"all\" or a number such as 2", node->text);
}

static void print_quoted(const char *text, struct buf *text_out)
{
    buf_put_char(text_out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            buf_put_char(text_out, '\\');
        buf_put_char(text_out, *text);
    }
    buf_put_char(text_out, '"');
}

static void print_text(const struct option *option, const void *field, struct buf *text_out)
{
    (void)option;
    print_quoted(*(const char *const *)field, text_out);
}

static void print_bool(const struct option *option, const void *field, struct buf *text_out)
{
    (void)option;
    buf_put_text(text_out, *(const bool *)field ? "true" : "false");
}

static void print_number(const struct option *option, const void *field, struct buf *text_out)
{
    (void)option;
    buf_printf(text_out, "%" PRIu32, *(const uint32_t *)field);
}

static void print_unit(const struct option *option, const void *field, struct buf *text_out)
{
    bool is_long = option->type == OPTION_SIZE || option->type == OPTION_AGE;
    bool is_time = option->type == OPTION_DURATION || option->type == OPTION_AGE;
    uint64_t value = is_long ? *(const uint64_t *)field : *(const uint32_t *)field;
    buf_put_char(text_out, '"');
    unit_print(is_time ? UNIT_DURATION : UNIT_SIZE, value, text_out);
    buf_put_char(text_out, '"');
}

static void print_word(const struct option *option, const void *field, struct buf *text_out)
{
    const struct option_word *word = option->words;
    while (word->text != NULL && word->value != (int)*(const unsigned *)field)
        word++;
    assert(word->text != NULL);
    print_quoted(word->text, text_out);
}

static void print_next_hop(const struct option *option, const void *field, struct buf *text_out)
{
    (void)option;
    const struct hop_settings *hop = field;
    bool is_unix = span_starts_with(span_text(hop->address), "unix:");
    size_t i = 0;
    while (hop_schemes[i].protocol != hop->protocol || (hop_schemes[i].address[0] != '\0') != is_unix)
        i++;
    buf_printf(text_out, "\"%s", hop_schemes[i].text);
    struct buf quoted;
    buf_init(&quoted, VALUE_MOST_TEXT);
    print_quoted(hop->address + strlen(hop_schemes[i].address), &quoted);
    buf_put_span(text_out, span_from(buf_span(&quoted), 1));
    buf_fini(&quoted);
}

static void print_socket_mode(const struct option *option, const void *field, struct buf *text_out)
{
    (void)option;
    buf_printf(text_out, "\"0%03o\"", *(const unsigned *)field);
}

static void print_list(const struct option *option, const void *field, struct buf *text_out)
{
    (void)option;
    const struct settings_list *list = field;
    buf_put_char(text_out, '[');
    for (size_t i = 0; i < list->count; i++) {
        buf_put_text(text_out, i > 0 ? ", " : "");
        print_quoted(list->items[i], text_out);
    }
    buf_put_char(text_out, ']');
}

static void print_actions(const struct option *option, const void *field, struct buf *text_out)
{
    (void)option;
    struct buf words;
    buf_init(&words, VALUE_TEXT_SIZE);
    actions_text(*(const unsigned *)field, &words);
    struct span rest = buf_span(&words);
    bool is_one = span_find_byte(rest, ',') == SPAN_NONE;
    const char *separator = is_one ? "" : "[";
    while (rest.size > 0) {
        struct span word = span_trim(span_cut(&rest, ','));
        buf_printf(text_out, "%s\"%.*s\"", separator, (int)word.size, word.data);
        separator = ", ";
    }
    buf_put_text(text_out, is_one ? "" : "]");
    buf_fini(&words);
}

static void print_require(const struct option *option, const void *field, struct buf *text_out)
{
    uint32_t require = *(const uint32_t *)field;
    if (require == REQUIRE_ANY || require == REQUIRE_ALL)
        buf_put_text(text_out, require == REQUIRE_ANY ? "\"any\"" : "\"all\"");
    else
        print_number(option, field, text_out);
}

enum { IS_TEXT = 1U << CONF_TEXT, IS_NUMBER = 1U << CONF_NUMBER, IS_BOOL = 1U << CONF_BOOL, IS_LIST = 1U << CONF_LIST };

static const struct value_type {
    unsigned kinds; /* bits 1U << enum conf_kind */
    void (*read)(const struct value_reading *reading, void *field);
    void (*print)(const struct option *option, const void *field, struct buf *text_out);
    const char *example; /* NULL: the default */
} value_types[OPTION_TYPES_COUNT] = {
    [OPTION_BOOL] = { IS_BOOL, read_bool, print_bool, "true" },
    [OPTION_NUMBER] = { IS_NUMBER, read_number, print_number, NULL },
    [OPTION_DURATION] = { IS_NUMBER | IS_TEXT, read_duration, print_unit, NULL },
    [OPTION_AGE] = { IS_NUMBER | IS_TEXT, read_age, print_unit, NULL },
    [OPTION_AGES] = { IS_LIST, value_read_ages, value_print_ages, "[\"infected 90d\"]" },
    [OPTION_SIZE] = { IS_NUMBER | IS_TEXT, read_size, print_unit, NULL },
    [OPTION_SIZE_32] = { IS_NUMBER | IS_TEXT, read_size_32, print_unit, NULL },
    [OPTION_WORD] = { IS_TEXT, read_word, print_word, NULL },
    [OPTION_ADDRESS] = { IS_TEXT, read_address, print_text, "\"unix:/run/clamav/clamd.ctl\"" },
    [OPTION_NEXT_HOP] = { IS_TEXT, read_next_hop, print_next_hop, NULL },
    [OPTION_SOCKET_MODE] = { IS_TEXT, read_socket_mode, print_socket_mode, NULL },
    [OPTION_HOST] = { IS_TEXT, read_host, print_text, "\"mail.example.org\"" },
    [OPTION_USER] = { IS_TEXT, read_user, print_text, NULL },
    [OPTION_FOLDER] = { IS_TEXT, read_path, print_text, NULL },
    [OPTION_SIGNATURES] = { IS_TEXT, read_path, print_text, NULL },
    [OPTION_FILE] = { IS_TEXT, read_path, print_text, "\"/etc/cordon/FILE.pem\"" },
    [OPTION_OWN_FILE] = { IS_TEXT, read_path, print_text, NULL },
    [OPTION_FILES] = { IS_LIST, value_read_list, print_list, NULL },
    [OPTION_DOMAINS] = { IS_LIST, value_read_list, print_list, "[\"example.org\"]" },
    [OPTION_CATEGORIES] = { IS_LIST, value_read_categories, value_print_categories, "[\"infected\", \"banned\"]" },
    [OPTION_PATH_PART] = { IS_TEXT, read_path_part, print_text, NULL },
    [OPTION_NETWORKS] = { IS_LIST, value_read_list, print_list, NULL },
    [OPTION_PATTERNS] = { IS_LIST, value_read_list, print_list, "[\"*.exe\", \"*.scr\"]" },
    [OPTION_TYPES] = { IS_LIST, value_read_list, print_list, "[\"application/x-msdownload\"]" },
    [OPTION_RULES] = { IS_LIST, value_read_list, print_list, "[\"/etc/yara/*.yar\"]" },
    [OPTION_PATHS] = { IS_LIST, value_read_list, print_list, "[\"zip/*.exe\"]" },
    [OPTION_RUN_USER] = { IS_TEXT, read_run_user, print_text, "\"clamav\"" },
    [OPTION_COMMAND] = { IS_LIST, value_read_command, print_list, "[\"/usr/bin/clamscan\", \"{}\"]" },
    [OPTION_MEANINGS] = { IS_LIST, value_read_meanings, print_list, "[0]" },
    [OPTION_REASONS] = { IS_LIST, value_read_meanings, print_list, "[\"encrypted: 13\"]" },
    [OPTION_PATTERN] = { IS_TEXT, read_pattern, print_text, "\": (.+) FOUND$\"" },
    [OPTION_KEY] = { IS_TEXT, read_key, print_text, "\"1234-5678\"" },
    [OPTION_DIALOGUE] = { IS_LIST, value_read_list, print_list,
                          "[\"> SCAN {path}\", \"clean ^OK\", \"infected ^FOUND (.*)\"]" },
    [OPTION_CANARY] = { IS_TEXT, read_path, print_text, NULL },
    [OPTION_NAMES] = { IS_LIST, value_read_names, value_print_names,
                       "( { pattern = \"PUA.*\"; action = \"ignore\"; } )" },
    [OPTION_ACTIONS] = { IS_TEXT | IS_LIST, value_read_actions, print_actions, "[\"tag\", \"pass\"]" },
    [OPTION_CLEAN] = { IS_TEXT | IS_LIST, value_read_actions, print_actions, "\"pass\"" },
    [OPTION_REQUIRE] = { IS_TEXT | IS_NUMBER, read_require, print_require, "\"any\"" },
};

static void value_refuse_kind(const struct value_reading *reading)
{
    const char *example = value_types[reading->option->type].example;
    struct settings_list field = { 0 };
    static_assert(sizeof field > sizeof(struct hop_settings), "room for every type");
    struct buf fallback;
    buf_init(&fallback, VALUE_TEXT_SIZE);
    if (example == NULL) {
        conf_value_read_fallback(reading->option, 0, reading->arena, &field);
        conf_value_print(reading->option, &field, &fallback);
        example = buf_text(&fallback);
    }
    conf_mistake(reading->mistakes, reading->node, "%s is %s; write %s = %s", reading->option->key,
                 conf_kind_text(reading->node->kind), reading->option->key, example);
    buf_fini(&fallback);
}

void conf_value_read(const struct option *option, struct conf_node *node, struct arena *arena,
                     struct conf_mistakes *mistakes, void *field_out)
{
    struct value_reading reading = { .option = option, .node = node, .arena = arena, .mistakes = mistakes };
    if (node->is_bad)
        return;
    if ((value_types[option->type].kinds & 1U << node->kind) == 0)
        value_refuse_kind(&reading);
    else if (node->kind == CONF_TEXT && strlen(node->text) >= VALUE_TEXT_SIZE)
        conf_mistake(mistakes, node, "%s has more than %d letters; shorten it", option->key, (int)VALUE_TEXT_SIZE - 1);
    else
        value_types[option->type].read(&reading, field_out);
}

/* A default becomes the node that a file with it would have given. */
static struct conf_node *value_fallback_node(const struct option *option, unsigned variant, struct arena *arena)
{
    const char *text = option_fallback(option, variant);
    struct conf_node *node = arena_new(arena, sizeof *node);
    unsigned kinds = value_types[option->type].kinds;
    *node = (struct conf_node){ .name = option->key, .file = "default", .kind = CONF_TEXT, .text = text };
    if (kinds == IS_BOOL) {
        node->kind = CONF_BOOL;
        node->number = strcmp(text, "true") == 0;
    } else if (kinds == IS_NUMBER) {
        node->kind = CONF_NUMBER;
        node->number = strtol(text, NULL, 10);
    } else if ((kinds & IS_LIST) != 0) {
        node->kind = CONF_LIST;
        struct conf_node **end = &node->first;
        for (struct span rest = span_text(text); rest.size > 0; end = &(*end)->next, node->count++) {
            *end = arena_new(arena, sizeof **end);
            **end = (struct conf_node){ .name = "", .file = "default", .kind = CONF_TEXT };
            (*end)->text = arena_try_text(arena, span_cut(&rest, ' '));
        }
    }
    return node;
}

void conf_value_read_fallback(const struct option *option, unsigned variant, struct arena *arena, void *field_out)
{
    if (option->type == OPTION_HOST) {
        *(const char **)field_out = option_fallback(option, variant);
        return;
    }
    struct conf_mistakes mistakes;
    conf_mistakes_init(&mistakes);
    conf_value_read(option, value_fallback_node(option, variant, arena), arena, &mistakes, field_out);
    assert(mistakes.count == 0);
    conf_mistakes_fini(&mistakes);
}

void conf_value_print(const struct option *option, const void *field, struct buf *text_out)
{
    value_types[option->type].print(option, field, text_out);
}
