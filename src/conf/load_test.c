#include "conf.h"

#include "base/memory.h"
#include "base/test.h"
#include "conf/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEST_PATH_SIZE = 256, TEST_TOLD_LIMIT = 4 * CONF_FILE_LIMIT };

static char test_folder[] = "/tmp/cordon-conf-XXXXXX";

static void test_path(const char *name, char path_out[TEST_PATH_SIZE])
{
    (void)snprintf(path_out, TEST_PATH_SIZE, "%s/%s", test_folder, name);
}

static void write_file(const char *name, const void *data, size_t size)
{
    char path[TEST_PATH_SIZE];
    test_path(name, path);
    FILE *file = fopen(path, "we");
    if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        abort();
}

static void write_text(const char *name, const char *text)
{
    write_file(name, text, strlen(text));
}

static void remove_file(const char *name)
{
    char path[TEST_PATH_SIZE];
    test_path(name, path);
    (void)unlink(path);
}

/* Through a real file. What is told goes to `told`, which is cleared before. */
static struct settings *load_bytes(const void *data, size_t size, struct buf *told)
{
    char path[TEST_PATH_SIZE];
    buf_clear(told);
    write_file("x.conf", data, size);
    test_path("x.conf", path);
    struct settings *settings = conf_load(path, told);
    remove_file("x.conf");
    return settings;
}

static struct settings *load_text(const char *text, struct buf *told)
{
    return load_bytes(text, strlen(text), told);
}

static struct settings *load_descriptor(const char *text, struct buf *told)
{
    buf_clear(told);
    int fd = memfd_create("settings", MFD_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || lseek(fd, 0, SEEK_SET) != 0)
        abort();
    struct settings *settings = conf_load_fd(fd, told);
    (void)close(fd);
    return settings;
}

static void test_nothing_at_all(struct buf *told)
{
    struct settings *s = load_text("", told);
    CHECK(s != NULL && told->size == 0);
    if (s == NULL)
        abort();
    CHECK(s->listener_count == 1 && s->scanner_count == 1);
    const struct listener_settings *listener = &s->listeners[0];
    CHECK(strcmp(listener->name, "default") == 0 && listener->protocol == PROTOCOL_SMTP);
    CHECK(strcmp(listener->address, "127.0.0.1:10024") == 0);
    CHECK(listener->hop.protocol == PROTOCOL_SMTP && strcmp(listener->hop.address, "127.0.0.1:10025") == 0);
    CHECK(listener->mode == MODE_AFTER_QUEUE && listener->message_timeout_ms == 240000);
    CHECK(listener->bare_newline == BARE_NEWLINE_NORMALISE && listener->socket_mode == 0660);
    CHECK(listener->trust.count == 3 && strcmp(listener->trust.items[2], "unix") == 0);
    CHECK(listener->max_message_bytes == 50 << 20 && listener->hop.tls_verify);

    const struct scanner_settings *scanner = &s->scanners[0];
    CHECK(strcmp(scanner->name, "engine") == 0 && scanner->type == SCANNER_CLAMAV && scanner->input == INPUT_AUTO);
    CHECK(strcmp(scanner->signatures, "/var/lib/clamav") == 0 && scanner->timeout_ms == 60000);
    CHECK(scanner->processes == 3 && scanner->concurrency == 3 && scanner->scans_per_process == 32);

    const struct policy_settings *policy = &s->policy;
    CHECK(policy->require == REQUIRE_ANY);
    CHECK(policy->actions[CATEGORY_INFECTED] == (ACTION_REJECT | ACTION_QUARANTINE));
    CHECK(policy->actions[CATEGORY_BANNED] == (ACTION_REJECT | ACTION_QUARANTINE));
    CHECK(policy->actions[CATEGORY_UNSCANNED] == ACTION_TEMPFAIL);
    CHECK(policy->actions[CATEGORY_MALFORMED] == (ACTION_TAG | ACTION_PASS));
    CHECK(policy->actions[CATEGORY_CLEAN] == ACTION_PASS);
    for (enum unscannable u = UNSCANNABLE_DAMAGED; u < UNSCANNABLES; u++)
        CHECK(policy->unscannable_actions[u] ==
              (u < UNSCANNABLE_LIMIT ? (ACTION_TAG | ACTION_PASS) : (ACTION_REJECT | ACTION_QUARANTINE)));
    CHECK(memcmp(policy, &listener->policy, sizeof *policy) == 0);

    CHECK(strcmp(s->user, "cordon") == 0 && strcmp(s->run_directory, "/run/cordon") == 0);
    CHECK(s->hostname[0] != '\0' && s->memory_budget == 1 << 30 && s->shutdown_timeout_ms == 30000);
    CHECK(s->log.destination == LOG_TO_STDERR && s->log.format == LOG_KEYVALUE && s->log.privacy == LOG_FULL);
    CHECK(s->ban.names.count == 0 && s->ban.types.count == 0 && s->decoder.max_header_bytes == 1 << 20);
    settings_free(s);
}

static const char example[] = "listen: {\n"
                              "    before: { mode = \"before-queue\"; address = \"[::1]:25\"; };\n"
                              "    after: {\n"
                              "        address = \"unix:/run/cordon/in.sock\";\n"
                              "        next_hop = \"lmtp+unix:/run/dovecot/lmtp\";\n"
                              "        protocol = \"lmtp\"; trust = [ ]; message_timeout = 100;\n"
                              "        max_message_size = 2097152; socket_mode = \"666\";\n"
                              "        policy: { infected = (\"discard\", \"forget\"); };\n"
                              "    };\n"
                              "};\n"
                              "scanner: {\n"
                              "    clamd: { type = \"clamd\"; address = \"127.0.0.1:3310\"; };\n"
                              "    engine: { role = \"backup\"; processes = 7; };\n"
                              "};\n"
                              "policy: {\n"
                              "    require = \"all\"; banned = \"reject\";\n"
                              "    unscannable: { encrypted = \"reject\"; };\n"
                              "};\n";

static void test_what_is_written_counts(struct buf *told)
{
    struct settings *s = load_text(example, told);
    CHECK(s != NULL && s->listener_count == 2 && s->scanner_count == 2);
    if (s == NULL)
        abort();
    const struct listener_settings *before = &s->listeners[0];
    const struct listener_settings *after = &s->listeners[1];
    CHECK(before->message_timeout_ms == 80000 && before->bare_newline == BARE_NEWLINE_REJECT);
    CHECK(strcmp(after->address, "unix:/run/cordon/in.sock") == 0 && after->socket_mode == 0666);
    CHECK(after->hop.protocol == PROTOCOL_LMTP && strcmp(after->hop.address, "unix:/run/dovecot/lmtp") == 0);
    CHECK(after->protocol == PROTOCOL_LMTP && after->trust.count == 0 && after->message_timeout_ms == 100000);
    CHECK(after->max_message_bytes == 2097152);
    /* The listener's own policy covers the global one key by key, and that the defaults. */
    CHECK(after->policy.actions[CATEGORY_INFECTED] == (ACTION_DISCARD | ACTION_FORGET));
    CHECK(before->policy.actions[CATEGORY_INFECTED] == (ACTION_REJECT | ACTION_QUARANTINE));
    CHECK(after->policy.actions[CATEGORY_BANNED] == ACTION_REJECT && after->policy.require == REQUIRE_ALL);
    CHECK(after->policy.unscannable_actions[UNSCANNABLE_ENCRYPTED] == ACTION_REJECT);
    CHECK(after->policy.unscannable_actions[UNSCANNABLE_DAMAGED] == (ACTION_TAG | ACTION_PASS));
    CHECK(s->scanners[0].concurrency == 8 && s->scanners[1].concurrency == 7);
    settings_free(s);
}

static void test_stores(struct buf *told)
{
    struct settings *s = load_text(
        "store: {\n"
        "    mail: { domains = [\"example.org\", \".example.net\"]; keep = \"1d\";\n"
        "        keep_categories = [\"infected 90d\", \"clean 0\"];\n"
        "        owners = [\"/etc/hostname\"]; segment_size = \"64K\"; judge_again = \"48h\"; };\n"
        "    quarantine: { categories = [\"infected\", \"malformed\"]; };\n"
        "};\n"
        "policy: { infected = \"discard\"; };\n",
        told);
    CHECK(s != NULL && s->store_count == 2);
    if (s == NULL)
        abort();
    const struct store_conf *mail = &s->stores[0];
    const struct store_conf *quarantine = &s->stores[1];
    const uint64_t day = UINT64_C(86400000);
    CHECK(strcmp(mail->name, "mail") == 0 && strcmp(mail->path, "/var/lib/cordon/mail") == 0);
    CHECK(mail->domains.count == 2 && mail->categories == 0 && mail->segment_bytes == 65536);
    CHECK(mail->keep_ms[CATEGORY_INFECTED] == 90 * day && mail->keep_ms[CATEGORY_BANNED] == day);
    CHECK(mail->keep_ms[CATEGORY_CLEAN] == 0 && mail->again_ms == 2 * day && quarantine->again_ms == 0);
    CHECK(mail->owners.count == 1 && mail->owner_key[0] == '\0'); /* who names owners has their keys */
    CHECK(strcmp(quarantine->head, "/var/lib/cordon/heads/quarantine") == 0);
    CHECK(strcmp(quarantine->root_key, "/etc/cordon/keys/quarantine.root") == 0);
    CHECK(strcmp(quarantine->owner_key, "/etc/cordon/keys/quarantine.secret") == 0);
    CHECK(quarantine->owners.count == 1 && strcmp(quarantine->owners.items[0], "/etc/cordon/keys/quarantine.pub") == 0);
    CHECK(quarantine->keep_ms[CATEGORY_INFECTED] == 30 * day && quarantine->share_ms == 30 * day);
    CHECK(quarantine->most_bytes == 0 && quarantine->check_percent == 100 && quarantine->segment_bytes == 64 << 20);
    CHECK(quarantine->check_every_ms == day && quarantine->check_rate_bytes == 20 << 20);
    CHECK(quarantine->categories == (1U << CATEGORY_INFECTED | 1U << CATEGORY_MALFORMED));
    CHECK(s->policy.actions[CATEGORY_INFECTED] == ACTION_DISCARD); /* which needs a store */

    struct buf text;
    buf_init(&text, TEST_TOLD_LIMIT);
    conf_print(s, true, &text);
    CHECK(strstr(buf_text(&text), "nothing is kept") == NULL);
    settings_free(s);
    s = load_text("", told);
    if (s == NULL)
        abort();
    buf_clear(&text);
    conf_print(s, true, &text);
    CHECK(s->store_count == 0 && strstr(buf_text(&text), "nothing is kept") != NULL);
    settings_free(s);
    buf_fini(&text);
}

static void test_origins(struct buf *told)
{
    struct settings *s = load_text(example, told);
    struct buf text;
    buf_init(&text, TEST_TOLD_LIMIT);
    conf_print(s, true, &text);
    struct span after = span_from(buf_span(&text), span_find(buf_span(&text), span_text("    after: {\n")));
    after = span_slice(after, 0, span_find(after, span_text("\n    };\n")));
    static const struct {
        const char *value;
        const char *origin;
    } rows[] = {
        { "socket_mode = \"0666\";", "x.conf:7\n" },     { "max_sessions = 6000;", "# default\n" },
        { "infected = [\"discard\",", "x.conf:8\n" },    { "banned = \"reject\";", "x.conf:16\n" },
        { "encrypted = \"reject\";", "x.conf:17\n" },    { "unscanned = \"tempfail\";", "# default\n" },
        { "message_timeout = \"100s\";", "x.conf:6\n" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].value);
        size_t at = span_find(after, span_text(rows[i].value));
        CHECK(at != SPAN_NONE);
        struct span rest = span_from(after, at);
        struct span line = span_slice(rest, 0, span_find_byte(rest, '\n') + 1);
        CHECK(span_find(line, span_text(rows[i].origin)) != SPAN_NONE);
    }
    test_context(NULL);
    buf_fini(&text);
    settings_free(s);
}

static void test_no_listener_is_possible(struct buf *told)
{
    struct settings *s = load_text("listen: { };\n", told);
    CHECK(s != NULL && s->listener_count == 0);
    settings_free(s);
}

static void test_included_files(struct buf *told)
{
    write_text("more.inc", "\nhostname = \"mx.example.org\";\n@include \"most.inc\"\n");
    write_text("most.inc", "user = \"filter\";\n");
    struct settings *s = load_text("# @include \"none\"\n/* \n@include \"none\" */\n@include \"more.inc\"\n", told);
    CHECK(s != NULL && strcmp(s->hostname, "mx.example.org") == 0 && strcmp(s->user, "filter") == 0);
    settings_free(s);

    write_text("most.inc", "\nuser = 5;\n");
    CHECK(load_text("@include \"more.inc\"\n", told) == NULL);
    CHECK(strstr(buf_text(told), "/most.inc:2: user is a number") != NULL);

    CHECK(load_descriptor("@include \"more.inc\"\n", told) == NULL);
    CHECK(strstr(buf_text(told), "settings:1: nothing can be included here") != NULL);
    remove_file("more.inc");
    remove_file("most.inc");
}

static void test_files_that_are_none(struct buf *told)
{
    char path[TEST_PATH_SIZE];
    test_path("none.conf", path);
    buf_clear(told);
    CHECK(conf_load(path, told) == NULL && strstr(buf_text(told), "none.conf:1: ") != NULL);
    CHECK(strstr(buf_text(told), "No such file or directory; make it") != NULL);
    buf_clear(told);
    CHECK(conf_load(test_folder, told) == NULL && strstr(buf_text(told), "Is a directory; name a plain") != NULL);

    CHECK(load_bytes("user = \"x\";\n\0hidden", 19, told) == NULL);
    CHECK(strstr(buf_text(told), "x.conf:2: a NUL byte; ") != NULL);

    char *large = memory_new(CONF_FILE_LIMIT + 1);
    memset(large, ' ', CONF_FILE_LIMIT + 1);
    CHECK(load_bytes(large, CONF_FILE_LIMIT + 1, told) == NULL);
    CHECK(strstr(buf_text(told), "is larger than 1048576 bytes; ") != NULL);
    struct settings *s = load_bytes(large, CONF_FILE_LIMIT, told);
    CHECK(s != NULL);
    settings_free(s);
    free(large);
}

static void test_most_mistakes(struct buf *told)
{
    struct buf text;
    buf_init(&text, CONF_FILE_LIMIT);
    for (int i = 0; i < CONF_MOST_MISTAKES + 7; i++)
        buf_printf(&text, "wrong%d = 1;\n", i);
    CHECK(load_text(buf_text(&text), told) == NULL);
    size_t lines = 0;
    for (size_t i = 0; i < told->size; i++)
        lines += told->data[i] == '\n';
    CHECK(lines == CONF_MOST_MISTAKES + 1 && strstr(buf_text(told), "7 mistakes more are not shown") != NULL);
    buf_fini(&text);
}

/* A role in its box can't look for files, and need not. */
static void test_files_are_looked_for_once(struct buf *told)
{
    static const char text[] = "listen: { in: { tls = \"may\"; tls_certificate = \"/nowhere/c.pem\"; tls_key = "
                               "\"/nowhere/k.pem\"; }; };\n";
    CHECK(load_text(text, told) == NULL && strstr(buf_text(told), "name a file that can be read") != NULL);
    struct settings *s = load_descriptor(text, told);
    CHECK(s != NULL && strcmp(s->listeners[0].tls_key, "/nowhere/k.pem") == 0);
    settings_free(s);
}

/* An option without a text in the manual is not done; and each default is a value that may be written. */
static void test_every_option_has_a_text(const struct option_group *group)
{
    struct buf manual;
    buf_init(&manual, TEST_TOLD_LIMIT);
    conf_print_manual(&manual);
    for (size_t i = 0; i < group->count; i++) {
        const struct option *option = &group->options[i];
        test_context(option->key);
        CHECK(option->manual != NULL && strlen(option->manual) > 10);
        CHECK((option->type == OPTION_GROUP || option->type == OPTION_GROUPS) == (option->group != NULL));
        CHECK((option->type == OPTION_WORD) == (option->words != NULL));
        CHECK(option->group != NULL || option->type == OPTION_LATER || option->fallback[0] != NULL);
        CHECK(option_find(group, option->key) == option); /* no key twice */
        char item[128];
        (void)snprintf(item, sizeof item, ".It Ic %s\n", option->key);
        CHECK((option->type == OPTION_LATER) == (strstr(buf_text(&manual), item) == NULL));
        if (option->group != NULL)
            test_every_option_has_a_text(option->group);
    }
    test_context(NULL);
    buf_fini(&manual);
}

int main(void)
{
    if (mkdtemp(test_folder) == NULL)
        abort();
    struct buf told;
    buf_init(&told, TEST_TOLD_LIMIT);
    test_nothing_at_all(&told);
    test_what_is_written_counts(&told);
    test_stores(&told);
    test_origins(&told);
    test_no_listener_is_possible(&told);
    test_included_files(&told);
    test_files_that_are_none(&told);
    test_most_mistakes(&told);
    test_files_are_looked_for_once(&told);
    test_every_option_has_a_text(&conf_root_group);
    settings_free(NULL);
    buf_fini(&told);
    (void)rmdir(test_folder);
    return test_end();
}
