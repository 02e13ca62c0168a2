/* What is printed is read back as the same, whatever the settings are. */
#include "conf.h"

#include "base/test.h"
#include "conf/options.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { RANDOM_ROUNDS = 2000, RANDOM_LEAST_SOUND = 200, RANDOM_TEXT_LIMIT = 262144 };

/* xorshift64*, so that a failing round can be run again. */
static uint64_t random_state = UINT64_C(0x9e3779b97f4a7c15);

static uint64_t random_below(uint64_t bound)
{
    assert(bound > 0);
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * UINT64_C(2685821657736338717) % bound;
}

static struct settings *load_buf(const struct buf *text, struct buf *told)
{
    int fd = memfd_create("settings", MFD_CLOEXEC);
    if (fd < 0 || write(fd, text->data, text->size) != (ssize_t)text->size || lseek(fd, 0, SEEK_SET) != 0)
        abort();
    struct settings *settings = conf_load_fd(fd, told);
    (void)close(fd);
    return settings;
}

static void put_number(const struct option *option, const char *unit, struct buf *text)
{
    /* Small ones are as likely as large ones. */
    uint64_t range = option->most - option->least + 1;
    uint64_t bound = UINT64_C(1) << random_below(40);
    uint64_t number = option->least + random_below(bound < range ? bound : range);
    buf_printf(text, unit[0] != '\0' ? "\"%" PRIu64 "%s\"" : "%" PRIu64 "%s", number, unit);
}

static void put_word(const struct option *option, struct buf *text)
{
    size_t count = 0;
    while (option->words[count].text != NULL && option->words[count].value != OPTION_WORD_LATER)
        count++;
    buf_printf(text, "\"%s\"", option->words[random_below(count)].text);
}

static void put_text(enum option_type type, struct buf *text)
{
    static const char *const hops[] = { "\"smtp://[2001:db8::1]:25\"", "\"lmtp://mail.example.org:24\"",
                                        "\"smtp+unix:/run/a \\\"b\\\"\\\\c\"", "\"lmtp+unix:/run/dovecot/lmtp\"" };
    static const char *const paths[] = { "\"/etc/x.pem\"", "\"/with \\\"quotes\\\" and \\\\\"", "\"\"" };
    static const char *const folders[] = { "\"/run/other\"", "\"/srv/a b\"" };
    static const char *const signatures[] = { "\"test\"", "\"/srv/signatures\"" };
    static const char *const hosts[] = { "\"mx\"", "\"mx-1.example.org\"", "\"a_b.example\"" };
    static const char *const users[] = { "\"filter\"", "\"_cordon-2\"" };
    static const char *const modes[] = { "\"0600\"", "\"666\"", "\"0\"", "\"0777\"" };
    static const char *const networks[] = { "[]", "[\"unix\"]", "[\"10.0.0.0/8\", \"[2001:db8::]/32\", \"[::1]\"]" };
    static const char *const patterns[] = { "[]", "[\"*.exe\"]", "[\"*.[ps]cr\", \"a\\\\b\", \"\\\"*\"]" };
    static const char *const keys[] = { "\"\"", "\"1234-5678\"", "\"with \\\"quotes\\\"\"" };
    static const char *const types[] = { "[]", "[\"application/x-msdownload\", \"video/*\"]" };
    static const char *const containers[] = { "[]", "[\"zip/*.exe\", \"rpm/*\", \"*.js\"]" };
    static const char *const canaries[] = { "\"eicar\"", "\"none\"", "\"/srv/sample.zip\"" };
    static const char *const names[] = {
        "()",
        "( { pattern = \"PUA.*\"; action = \"ignore\"; } )",
        ("( { pattern = \"a\\\"*\"; action = \"banned\"; },"
         " { pattern = \"*\"; action = \"malformed\"; } )"),
    };
    static const char *const ages[] = { "[]", "[\"infected 90d\", \"malformed 36h\", \"clean 0s\"]" };
    static const char *const categories[] = { "[]", "[\"unscannable\", \"banned\"]" };
    static const char *const domains[] = { "[]", "[\"example.org\", \".example.org\", \"b\xc3\xbc.example\"]" };
    static const char *const files[] = { "[\"/etc/a.pub\"]", "[\"/etc/a b.pub\", \"/etc/\\\"\"]" };
    static const char *const rules[] = { "[\"/etc/yara/*.yar\", \"/srv/a b.yarc\"]" };
    static const char *const actions[] = { "\"pass\"",     "[\"tag\", \"pass\"]",
                                           "(\"reject\")", "[\"quarantine\", \"reject\"]",
                                           "\"tempfail\"", "[\"forget\", \"discard\"]",
                                           "\"discard\"" };
    static const char *const clean[] = { "\"pass\"", "[\"tag\", \"pass\"]" };
    static const char *const require[] = { "\"any\"", "\"all\"", "1", "2" };
    static const char *const flags[] = { "true", "false" };
    static const struct {
        const char *const *texts;
        size_t count;
    } rows[OPTION_TYPES_COUNT] = {
        [OPTION_BOOL] = { flags, 2 },
        [OPTION_NEXT_HOP] = { hops, 4 },
        [OPTION_SOCKET_MODE] = { modes, 4 },
        [OPTION_HOST] = { hosts, 3 },
        [OPTION_USER] = { users, 2 },
        [OPTION_FOLDER] = { folders, 2 },
        [OPTION_SIGNATURES] = { signatures, 2 },
        [OPTION_FILE] = { paths, 3 },
        [OPTION_OWN_FILE] = { folders, 2 },
        [OPTION_FILES] = { files, 2 },
        [OPTION_AGES] = { ages, 2 },
        [OPTION_CATEGORIES] = { categories, 2 },
        [OPTION_DOMAINS] = { domains, 2 },
        [OPTION_NETWORKS] = { networks, 3 },
        [OPTION_PATTERNS] = { patterns, 3 },
        [OPTION_KEY] = { keys, 3 },
        [OPTION_TYPES] = { types, 2 },
        [OPTION_RULES] = { rules, 1 },
        [OPTION_PATHS] = { containers, 2 },
        [OPTION_CANARY] = { canaries, 3 },
        [OPTION_NAMES] = { names, 3 },
        [OPTION_ACTIONS] = { actions, 7 },
        [OPTION_CLEAN] = { clean, 2 },
        [OPTION_REQUIRE] = { require, 4 },
    };
    assert(rows[type].texts != NULL);
    buf_put_text(text, rows[type].texts[random_below(rows[type].count)]);
}

static void put_value(const struct option *option, struct buf *text)
{
    static const char *const bytes[] = { "", "K", "M" };
    if (option->type == OPTION_NUMBER) {
        put_number(option, "", text);
    } else if (option->type == OPTION_DURATION || option->type == OPTION_AGE) {
        put_number(option, "ms", text);
    } else if (option->type == OPTION_SIZE || option->type == OPTION_SIZE_32) {
        struct option scaled = *option;
        size_t unit = random_below(3);
        uint64_t factor = UINT64_C(1) << (10 * unit);
        scaled.least = (option->least + factor - 1) / factor;
        scaled.most = option->most / factor;
        buf_put_char(text, '"');
        put_number(&scaled, "", text);
        buf_printf(text, "%s\"", bytes[unit]);
    } else if (option->type == OPTION_WORD) {
        put_word(option, text);
    } else if (option->type == OPTION_ADDRESS) {
        buf_printf(text, "\"127.0.0.1:%" PRIu64 "\"", 1 + random_below(65535));
    } else {
        put_text(option->type, text);
    }
}

static void put_group(const struct option_group *group, struct buf *text, unsigned variant)
{
    for (size_t i = 0; i < group->count; i++) {
        const struct option *option = &group->options[i];
        bool is_meant = option->variants == 0 || (option->variants & 1U << variant) != 0;
        bool is_variant = group->variant_key != NULL && strcmp(group->variant_key, option->key) == 0;
        if (random_below(6) != 0 || !is_meant || is_variant || option->type == OPTION_LATER ||
            option->type == OPTION_GROUPS)
            continue;
        buf_printf(text, "%s = ", option->key);
        if (option->type == OPTION_GROUP) {
            buf_put_text(text, "{\n");
            put_group(option->group, text, 0);
            buf_put_text(text, "}");
        } else {
            put_value(option, text);
        }
        buf_put_text(text, ";\n");
    }
}

static void put_random(struct buf *text)
{
    static const char *const modes[] = { "mode = \"after-queue\";", "mode = \"before-queue\";" };
    buf_put_text(text, "listen: {\n");
    for (uint64_t i = random_below(4); i > 0; i--) {
        buf_printf(text, "l%" PRIu64 ": {\naddress = \"127.0.0.1:%" PRIu64 "\";\n", i, i);
        uint64_t mode = random_below(2);
        buf_put_text(text, modes[mode]);
        struct buf keys;
        buf_init(&keys, RANDOM_TEXT_LIMIT);
        put_group(&conf_listener_group, &keys, (unsigned)mode);
        if (strstr(buf_text(&keys), "\naddress") == NULL && !span_starts_with(buf_span(&keys), "address"))
            buf_put_span(text, buf_span(&keys));
        buf_put_text(text, "};\n");
        buf_fini(&keys);
    }
    buf_put_text(text, "};\nscanner: {\nengine: {\n");
    put_group(&conf_scanner_group, text, SCANNER_CLAMAV);
    buf_put_text(text, "};\nclamd: {\ntype = \"clamd\";\naddress = \"unix:/run/clamd\";\n");
    if (random_below(2) == 0)
        buf_put_text(text, "role = \"backup\";\n");
    buf_put_text(text, "};\n};\nstore: {\n");
    for (uint64_t i = random_below(3); i > 0; i--) {
        buf_printf(text, "s%" PRIu64 ": {\n", i);
        put_group(&conf_store_group, text, 0);
        buf_put_text(text, "};\n");
    }
    buf_put_text(text, "};\n");
    put_group(&conf_root_group, text, 0);
}

/* Returns whether the text was right. */
static bool check_round(const struct buf *text)
{
    struct buf told;
    struct buf first;
    struct buf second;
    buf_init(&told, RANDOM_TEXT_LIMIT);
    buf_init(&first, RANDOM_TEXT_LIMIT);
    buf_init(&second, RANDOM_TEXT_LIMIT);
    struct settings *settings = load_buf(text, &told);
    bool is_sound = settings != NULL;
    CHECK(is_sound == (told.size == 0));
    if (is_sound) {
        conf_print(settings, false, &first);
        struct settings *again = load_buf(&first, &told);
        if (CHECK(again != NULL))
            conf_print(again, false, &second);
        CHECK(strcmp(buf_text(&first), buf_text(&second)) == 0);
        settings_free(again);
    }
    settings_free(settings);
    buf_fini(&told);
    buf_fini(&first);
    buf_fini(&second);
    return is_sound;
}

int main(int argc, char **argv)
{
    struct buf text;
    buf_init(&text, RANDOM_TEXT_LIMIT);
    unsigned sound = 0;
    for (unsigned round = 0; round < RANDOM_ROUNDS; round++) {
        buf_clear(&text);
        put_random(&text);
        sound += check_round(&text);
    }
    printf("%u of %u random texts were right\n", sound, (unsigned)RANDOM_ROUNDS);
    CHECK(sound >= RANDOM_LEAST_SOUND);

    /* Nothing but what has no default, of each type: the defaults that are written out are no mistakes. */
    static const char *const least[] = {
        "type = \"clamav\";",
        "type = \"clamd\"; address = \"127.0.0.1:3310\";",
        "type = \"icap\"; address = \"127.0.0.1:1344\";",
        "type = \"plugin\"; address = \"unix:/run/own.sock\";",
        "type = \"socket\"; address = \"127.0.0.1:1\"; dialogue = [\"> {body}\", \"infected ^(F)\", \"clean ^OK\"];",
        "type = \"command\"; user = \"daemon\"; command = [\"/bin/true\", \"{}\"];",
        "type = \"communigate\"; user = \"daemon\"; command = [\"/bin/true\"];",
        "type = \"yara\"; rules = [\"/etc/yara/a.yar\"];",
    };
    for (size_t i = 0; i < sizeof least / sizeof least[0]; i++) {
        test_context(least[i]);
        buf_clear(&text);
        buf_printf(&text, "scanner: { one: { %s }; };", least[i]);
        CHECK(check_round(&text));
    }

    for (int i = 1; i < argc; i++) { /* the sample */
        test_context(argv[i]);
        struct buf told;
        buf_init(&told, RANDOM_TEXT_LIMIT);
        buf_clear(&text);
        struct settings *settings = conf_load(argv[i], &told);
        if (!CHECK(settings != NULL))
            fputs(buf_text(&told), stderr);
        else
            conf_print(settings, true, &text); /* origins are comments */
        CHECK(check_round(&text));
        settings_free(settings);
        buf_fini(&told);
    }
    buf_fini(&text);
    return test_end();
}
