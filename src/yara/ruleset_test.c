#include "ruleset.h"

#include "base/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/cordon-yara-XXXXXX";

static const char *path_of(const char *name)
{
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void file_make(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "we");
    CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static struct ruleset *load(const char *text, struct fault *fault)
{
    struct settings_list patterns = { .items = { path_of("one.yar") }, .count = 1 };
    struct buf remarks;
    buf_init(&remarks, RULESET_REMARKS_LIMIT);
    file_make("one.yar", text);
    *fault = (struct fault){ 0 };
    struct ruleset *rules = ruleset_load(&patterns, &remarks, fault);
    buf_fini(&remarks);
    return rules;
}

static const char various[] =
    "import \"hash\"\n"
    "rule Marked { strings: $a = \"marker-one\" condition: $a }\n"
    "rule Twice { strings: $a = \"marker-two\" condition: #a == 2 }\n"
    "rule Apart { strings: $a = \"marker-six\" condition: #a == 2 and @a[2] - @a[1] == 12 }\n"
    "rule Locked { meta: cordon = \"unscannable:encrypted\" strings: $a = \"marker-three\" condition: $a }\n"
    "rule Broken { meta: cordon = \"unscannable:damaged\" strings: $a = \"marker-three\" condition: $a }\n"
    "rule Nothing { meta: cordon = \"ignore\" strings: $a = \"marker-four\" condition: $a }\n"
    "private rule Hidden { strings: $a = \"marker-five\" condition: $a }\n"
    "rule Seen { condition: Hidden and filesize < 100 }\n"
    "rule Digest { condition: hash.md5(0, filesize) == \"900150983cd24fb0d6963f7d28e17f72\" }\n"
    "rule Tree { strings: $a = /(a|b|c)+x{3,90}z/ condition: $a }\n";

static void test_matches(void)
{
    static const struct {
        const char *bytes;
        enum scan_result result;
        enum unscannable unscannable;
        const char *text;
    } rows[] = {
        { "nothing", SCAN_CLEAN, UNSCANNABLE_NONE, "" },
        { "a marker-one", SCAN_INFECTED, UNSCANNABLE_NONE, "one.Marked" },
        { "marker-two", SCAN_CLEAN, UNSCANNABLE_NONE, "" },
        { "marker-two marker-two", SCAN_INFECTED, UNSCANNABLE_NONE, "one.Twice" },
        { "marker-two marker-two marker-two", SCAN_CLEAN, UNSCANNABLE_NONE, "" },
        { "marker-six  marker-six", SCAN_INFECTED, UNSCANNABLE_NONE, "one.Apart" },
        { "marker-six marker-six", SCAN_CLEAN, UNSCANNABLE_NONE, "" },
        { "marker-three", SCAN_UNSCANNABLE, UNSCANNABLE_ENCRYPTED, "one.Locked" },
        { "marker-three marker-one", SCAN_INFECTED, UNSCANNABLE_NONE, "one.Marked" },
        { "marker-four", SCAN_CLEAN, UNSCANNABLE_NONE, "" },
        { "marker-five", SCAN_INFECTED, UNSCANNABLE_NONE, "one.Seen" },
        { "abc", SCAN_INFECTED, UNSCANNABLE_NONE, "one.Digest" },
    };
    struct fault fault;
    struct ruleset *rules = load(various, &fault);
    if (!CHECK(rules != NULL))
        return;
    CHECK(ruleset_count(rules) == 9 && ruleset_file_count(rules) == 1 && ruleset_generation(rules) != 0);
    CHECK(strncmp(ruleset_version(rules), "YARA ", 5) == 0);
    for (unsigned round = 0; round < 2; round++) { /* nothing stays from the scan before */
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            struct engine_result result;
            test_context(rows[i].bytes);
            ruleset_scan(rules, span_text(rows[i].bytes), NULL, &result);
            CHECK(result.result == rows[i].result && result.unscannable == rows[i].unscannable);
            CHECK(strcmp(result.text, rows[i].text) == 0);
        }
    }
    test_context(NULL);
    ruleset_free(rules);
}

/* Names that are less than infected end nothing, whatever the order of the rules. */
static void test_names(void)
{
    static const struct settings_names names = { .patterns = { "*.Odd*", "*.Mal*", "*.Ban*" },
                                                 .actions = { NAME_IGNORE, NAME_MALFORMED, NAME_BANNED },
                                                 .count = 3 };
    static const struct {
        const char *bytes;
        enum scan_result result;
        const char *text;
        const char *named;
        const char *ignored;
    } rows[] = {
        { "nothing", SCAN_CLEAN, "", "", "" },
        { "odd", SCAN_CLEAN, "", "", "one.Odd" },
        { "odd bad", SCAN_INFECTED, "one.Bad", "", "one.Odd" },
        { "odd locked", SCAN_UNSCANNABLE, "one.Locked", "", "one.Odd" },
        { "mal ban", SCAN_CLEAN, "", "one.Banned", "" },
        { "mal odd", SCAN_CLEAN, "", "one.Malformed", "one.Odd" },
    };
    struct fault fault;
    struct ruleset *rules = load("rule Odd { strings: $a = \"odd\" condition: $a }\n"
                                 "rule Malformed { strings: $a = \"mal\" condition: $a }\n"
                                 "rule Banned { strings: $a = \"ban\" condition: $a }\n"
                                 "rule Locked { meta: cordon = \"unscannable:encrypted\" "
                                 "strings: $a = \"locked\" condition: $a }\n"
                                 "rule Bad { strings: $a = \"bad\" condition: $a }\n",
                                 &fault);
    if (!CHECK(rules != NULL))
        return;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct engine_result result;
        test_context(rows[i].bytes);
        ruleset_scan(rules, span_text(rows[i].bytes), &names, &result);
        CHECK(result.result == rows[i].result && strcmp(result.text, rows[i].text) == 0);
        CHECK(strcmp(result.named, rows[i].named) == 0 && strcmp(result.ignored, rows[i].ignored) == 0);
    }
    struct engine_result result;
    test_context("a canary");
    ruleset_scan(rules, span_text("odd"), NULL, &result);
    CHECK(result.result == SCAN_INFECTED && strcmp(result.text, "one.Odd") == 0);
    test_context(NULL);
    ruleset_free(rules);
}

/* More matches of a string than the library keeps: whatever a condition makes of them, it is no clean answer. */
static void test_limits(void)
{
    struct fault fault;
    struct ruleset *rules = load("rule Many { strings: $a = \"aa\" condition: #a == 7 }", &fault);
    if (!CHECK(rules != NULL))
        return;
    size_t size = 2000000;
    char *bytes = malloc(size);
    if (bytes == NULL)
        abort();
    memset(bytes, 'a', size);
    struct engine_result result;
    ruleset_scan(rules, span_of(bytes, size), NULL, &result);
    CHECK(result.result == SCAN_UNSCANNABLE && result.unscannable == UNSCANNABLE_LIMIT);
    CHECK(strstr(result.text, "too many matches of $a") != NULL);
    ruleset_free(rules);
    /* Where it is only asked whether the string is there one match is enough. */
    rules = load("rule Any { strings: $a = \"aa\" $b = \"zz\" condition: $a and $b }", &fault);
    CHECK(rules != NULL);
    ruleset_scan(rules, span_of(bytes, size), NULL, &result);
    CHECK(result.result == SCAN_CLEAN);
    memcpy(bytes + size - 2, "zz", 2);
    ruleset_scan(rules, span_of(bytes, size), NULL, &result);
    CHECK(result.result == SCAN_INFECTED);
    ruleset_free(rules);
    free(bytes);
}

/* What an expression makes of some content is beyond what the library follows: nothing is known of that content. */
static void test_branching(void)
{
    struct fault fault;
    struct ruleset *rules = load("rule Tree { strings: $a = /x([a-z]{1,20}){1,40}y/ condition: $a }", &fault);
    if (!CHECK(rules != NULL))
        return;
    char bytes[3000];
    memset(bytes, 'a', sizeof bytes);
    bytes[0] = 'x';
    struct engine_result result;
    ruleset_scan(rules, span_of(bytes, sizeof bytes), NULL, &result);
    CHECK(result.result == SCAN_UNSCANNABLE && result.unscannable == UNSCANNABLE_LIMIT);
    CHECK(strstr(result.text, "in the rule Tree") != NULL);
    ruleset_scan(rules, span_text("xaby"), NULL, &result);
    CHECK(result.result == SCAN_INFECTED);
    ruleset_free(rules);
}

static void test_refused(void)
{
    static const struct {
        const char *text;
        const char *words;
    } rows[] = {
        { "rule A { condition: true }\nrule B { condition: }\n", "one.yar:2: syntax error" },
        { "rule A { strings: $a = \"x\" condition: true }", "one.yar:1: unreferenced string \"$a\"" },
        { "rule A { condition: filename == \"x\" }", "one.yar:1: undefined identifier \"filename\"" },
        { "rule A { condition: true }\nrule A { condition: true }", "one.yar:2: duplicated identifier \"A\"" },
        { "include \"none.yar\"\nrule A { condition: true }",
          "one.yar:1: callback failed to provide include resource: none.yar" },
        { "rule A { meta: cordon = \"tag\" condition: true }", "rule one.A: cordon = \"tag\"; write \"infected\"" },
        { "rule A { meta: cordon = 1 condition: true }", "rule one.A: cordon = \"\"; write" },
        { "import \"magic\"\nrule A { condition: magic.type() == \"x\" }", "imports the module magic" },
        { "import \"nothing\"\nrule A { condition: true }", "one.yar:1: unknown module \"nothing\"" },
        { "// nothing\n", "no rules" },
        { "", "no rules" },
        { "private rule A { condition: true }\n", "no rules" },
        { "YARA and nothing behind it", "one.yar" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fault fault;
        test_context(rows[i].text);
        struct ruleset *rules = load(rows[i].text, &fault);
        if (!CHECK(rules == NULL && strstr(fault.text, rows[i].words) != NULL))
            (void)printf("%s\n", fault.text);
        ruleset_free(rules);
    }
    test_context(NULL);
}

static void test_generation(void)
{
    struct fault fault;
    static const char including[] = "include \"part.inc\"\nrule A { condition: Part }";
    file_make("part.inc", "rule Part { strings: $a = \"one\" condition: $a }");
    struct ruleset *first = load(including, &fault);
    CHECK(first != NULL);
    uint64_t before = ruleset_generation(first);
    ruleset_free(first);
    struct ruleset *again = load(including, &fault);
    CHECK(again != NULL && ruleset_generation(again) == before);
    ruleset_free(again);
    file_make("part.inc", "rule Part { strings: $a = \"two\" condition: $a }");
    struct ruleset *other = load(including, &fault);
    CHECK(other != NULL && ruleset_generation(other) != before);
    ruleset_free(other);
    CHECK(unlink(path_of("part.inc")) == 0);
}

int main(void)
{
    CHECK(mkdtemp(folder) != NULL);
    test_matches();
    test_names();
    test_limits();
    test_branching();
    test_refused();
    test_generation();
    CHECK(unlink(path_of("one.yar")) == 0 && rmdir(folder) == 0);
    return test_end();
}
