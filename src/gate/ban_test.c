#include "gate/ban.h"

#include "base/escape.h"
#include "base/test.h"
#include "gate/ban_name.h"

#include <stdio.h>
#include <string.h>

/* --- Names --- */

static void test_forms(void)
{
    static const struct {
        const char *name;
        const char *forms; /* each ended by a bar */
        const char *plain;
    } rows[] = {
        { "a.exe", "a.exe|", "a.exe" },
        { "", "|", "" },
        { "a.exe. . ", "a.exe. . |a.exe|", "a.exe" },
        { "a.exe\xc2\xa0", "a.exe\xc2\xa0|a.exe|", "a.exe" },
        { "..\\..\\run me/a.exe", "..\\..\\run me/a.exe|a.exe|", "a.exe" },
        { "a.exe/", "a.exe/|a.exe|", "a.exe" },
        { "fdp.\xe2\x80\xae"
          "a.exe",
          "fdp.\xe2\x80\xae"
          "a.exe|fdp.a.exe|",
          "fdp.a.exe" },
        { "a\xef\xbc\x8e\xef\xbd\x85xe", "a\xef\xbc\x8e\xef\xbd\x85xe|a.exe|", "a.exe" },
        { "a\xe3\x80\x82"
          "exe",
          "a\xe3\x80\x82"
          "exe|a.exe|",
          "a.exe" },
        { "a.e\xe2\x80\x8bxe", "a.e\xe2\x80\x8bxe|a.exe|", "a.exe" },
        { "a.\x01"
          "exe",
          "a.?exe|", NULL },
        { "a.exe:x.txt", "a.exe:x.txt|a.exe|x.txt|", "a.exe:x.txt" },
        { "C:a.exe", "C:a.exe|C|a.exe|", "C:a.exe" },
        { " a.exe", " a.exe|a.exe|", "a.exe" },
        { ". .", ". .|", ". ." },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ban_name name;
        char forms[8192] = "";
        test_context(rows[i].name);
        ban_name_read(span_text(rows[i].name), &name);
        for (size_t k = 0; k < name.count; k++) {
            (void)strcat(forms, name.forms[k]);
            (void)strcat(forms, "|");
        }
        if (rows[i].plain == NULL) { /* a control character is kept in what came, and no more than that */
            CHECK(name.count == 2 && strcmp(name.forms[name.plain], "a.exe") == 0);
            continue;
        }
        if (!CHECK(strcmp(forms, rows[i].forms) == 0))
            (void)fprintf(stderr, "the forms are %s\n", forms);
        CHECK(strcmp(name.forms[name.plain], rows[i].plain) == 0);
    }
    test_context(NULL);
}

static void test_long_name(void)
{
    char text[5000];
    struct ban_name name;
    memset(text, 'x', sizeof text);
    memcpy(text + sizeof text - 4, ".exe", 4);
    ban_name_read(span_of(text, sizeof text), &name);
    CHECK(name.count == 1 && strlen(name.forms[0]) == BAN_NAME_SIZE - 1 && ban_name_is_dangerous(name.forms[0]));
}

static void test_extensions(void)
{
    static const struct {
        const char *name;
        bool is_dangerous, is_double;
    } rows[] = {
        { "a.exe", true, false },
        { "a.EXE", true, false },
        { "exe", false, false },
        { "a.txt", false, false },
        { "a.exe.txt", false, false },
        { "a.pdf.exe", true, true },
        { "a.pdf      .exe", true, true },
        { "a.pdf .. .JS", true, true },
        { "a.v2.exe", true, false },
        { ".js", true, false },
        { "", false, false },
        { "a.", false, false },
        { "a.exe ", true, false },
        { "a.xn", false, false },
        { "a.xnk", true, false },
        { "a.ade", true, false },
        { ".pdf.lnk", true, true },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].name);
        CHECK(ban_name_is_dangerous(rows[i].name) == rows[i].is_dangerous);
        CHECK(ban_name_is_double(rows[i].name) == rows[i].is_double);
    }
    test_context(NULL);
}

/* --- Rules --- */

enum { MOST_PARTS = 8, TEXT_SIZE = 4096 };

struct tree {
    struct decode_report report;
    struct decode_part parts[MOST_PARTS];
    char text[TEXT_SIZE];
    uint32_t text_size;
};

static struct decode_text put(struct tree *tree, const void *text, size_t size)
{
    struct decode_text placed = { .offset = tree->text_size, .size = (uint32_t)size };
    memcpy(tree->text + tree->text_size, text, size);
    tree->text_size += (uint32_t)size;
    return placed;
}

/* `names`: with bars between them. */
static void add(struct tree *tree, int32_t parent, const char *names, const char *declared, const char *detected,
                uint32_t flags)
{
    char ended[256];
    size_t size = strlen(names);
    (void)snprintf(ended, sizeof ended, "%s", names);
    for (char *p = ended; *p != '\0'; p++)
        *p = *p == '|' ? '\0' : *p;
    struct decode_part *part = &tree->parts[tree->report.part_count++];
    *part = (struct decode_part){ .parent = parent, .flags = flags };
    part->names = put(tree, ended, size > 0 ? size + 1 : 0);
    part->declared = put(tree, declared, strlen(declared));
    part->detected = put(tree, detected, strlen(detected));
}

/* A mail with a zip that holds a tar with two files, a program with a second name, and something encrypted. */
static void tree_init(struct tree *tree)
{
    *tree = (struct tree){ .text_size = 0 };
    tree->report.parts = tree->parts;
    add(tree, DECODE_NO_PARENT, "", "multipart/mixed", "", 0);
    add(tree, 0, "all.zip", "application/octet-stream", "application/zip", 0);
    add(tree, 1, "src.tar", "", "application/x-tar", 0);
    add(tree, 2, "dir/setup.exe", "", "application/vnd.microsoft.portable-executable", 0);
    add(tree, 2, "read.me", "", "text/plain", 0);
    add(tree, 0, "picture.png|picture.png.js ", "image/png", "application/javascript", 0);
    add(tree, 0, "locked.7z", "application/x-7z-compressed", "", DECODE_KIND_BIT(DECODE_ENCRYPTED));
    tree->report.text = span_of(tree->text, tree->text_size);
}

#define LIST(...)                                                                                                      \
    {                                                                                                                  \
        .items = { __VA_ARGS__ }, .count = sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *)                    \
    }

struct ban_row {
    const char *name;
    struct ban_settings ban;
    const char *findings; /* each ended by a semicolon */
};

static const struct ban_row rows[] = {
    { "nothing", { .encrypted = false }, "" },
    { "a name", { .names = LIST("*.exe") }, "zip/tar/dir/setup.exe matches *.exe;" },
    { "a whole name, within a folder", { .names = LIST("setup.exe") }, "zip/tar/dir/setup.exe matches setup.exe;" },
    { "a second name with a blank", { .names = LIST("*.js") }, "picture.png.js  matches *.js;" },
    { "the ready list",
      { .names = LIST("@dangerous") },
      "zip/tar/dir/setup.exe matches @dangerous;picture.png.js  matches @dangerous;" },
    { "a declared type", { .types = LIST("image/*") }, "image/png matches image/*;" },
    { "a detected type", { .types = LIST("*/JavaScript") }, "application/javascript matches */JavaScript;" },
    { "a type at a depth",
      { .types = LIST("*executable") },
      "zip/tar/application/vnd.microsoft.portable-executable matches *executable;" },
    { "double extensions", { .double_extensions = true }, "picture.png.js  matches a double extension;" },
    { "encrypted", { .encrypted = true }, "locked.7z matches encrypted;" },
    { "a path", { .paths = LIST("zip/*.exe") }, "zip/tar/dir/setup.exe matches zip/*.exe;" },
    { "a path from a container within",
      { .paths = LIST("tar/setup.exe") },
      "zip/tar/dir/setup.exe matches tar/setup.exe;" },
    { "a path of one level", { .paths = LIST("zip/src.tar") }, "zip/src.tar matches zip/src.tar;" },
    { "a path that is none", { .paths = LIST("ip/src.tar", "rar/*", "tar/zip/*") }, "" },
    { "everything within an archive",
      { .paths = LIST("zip/*") },
      "zip/src.tar matches zip/*;zip/tar/dir/setup.exe matches zip/*;zip/tar/read.me matches zip/*;" },
    { "an exception",
      { .names = LIST("@dangerous"), .allow = LIST("tar/*.exe") },
      "picture.png.js  matches @dangerous;" },
    { "an exception for one of two names",
      { .names = LIST("@dangerous"), .allow = LIST("*.js", "tar/*") },
      "picture.png.js  matches @dangerous;" },
    { "an exception for both names", { .names = LIST("@dangerous"), .allow = LIST("*.js", "*.png", "tar/*") }, "" },
    { "an exception for what is encrypted", { .encrypted = true, .allow = LIST("locked.7z") }, "" },
};

static void test_rules(void)
{
    struct tree tree;
    tree_init(&tree);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct verdict verdict;
        struct buf text;
        test_context(rows[i].name);
        verdict_init(&verdict);
        buf_init(&text, 4096);
        ban_check(&rows[i].ban, &tree.report, &verdict);
        for (size_t k = 0; k < verdict.finding_count; k++)
            buf_printf(&text, "%s;", verdict.findings[k].text);
        if (!CHECK(strcmp(buf_text(&text), rows[i].findings) == 0))
            (void)fprintf(stderr, "the findings are %s\n", buf_text(&text));
        CHECK((verdict.categories != 0) == (rows[i].findings[0] != '\0'));
        buf_fini(&text);
    }
    test_context(NULL);
}

/* A finding shows the end of a long name, and no half letter. */
static void test_long_finding(void)
{
    struct tree tree = { .text_size = 0 };
    struct ban_settings ban = { .names = LIST("*.exe") };
    struct verdict verdict;
    char name[2 * 60 + sizeof "x.exe"] = "";
    for (size_t i = 0; i < 60; i++)
        memcpy(name + 2 * i, "\xc3\xbc", 2);
    memcpy(name + 2 * 60, "x.exe", sizeof "x.exe"); /* so that byte 80 from the end is the second of a letter */
    tree.report.parts = tree.parts;
    add(&tree, DECODE_NO_PARENT, name, "", "", 0);
    tree.report.text = span_of(tree.text, tree.text_size);
    verdict_init(&verdict);
    ban_check(&ban, &tree.report, &verdict);
    if (!CHECK(verdict.finding_count == 1))
        return;
    struct span shown = span_text(verdict.findings[0].text);
    CHECK(utf8_sequence(shown) == 2 && span_find(shown, span_text("x.exe matches *.exe")) != SPAN_NONE);
}

/* Nothing is left out of a short one, whatever its bytes mean. */
static void test_short_finding(void)
{
    struct tree tree = { .text_size = 0 };
    struct ban_settings ban = { .names = LIST("*.exe") };
    struct verdict verdict;
    tree.report.parts = tree.parts;
    add(&tree, DECODE_NO_PARENT, "\x84\x84.exe", "", "", 0);
    tree.report.text = span_of(tree.text, tree.text_size);
    verdict_init(&verdict);
    ban_check(&ban, &tree.report, &verdict);
    if (CHECK(verdict.finding_count == 1))
        CHECK(span_starts_with(span_text(verdict.findings[0].text), "\x84\x84.exe matches"));
}

static void test_paths(void)
{
    struct tree tree;
    char path[BAN_PATH_SIZE];
    tree_init(&tree);
    ban_path(&tree.report, 3, path);
    CHECK(strcmp(path, "zip/tar/") == 0);
    ban_path(&tree.report, 0, path);
    CHECK(strcmp(path, "") == 0);
    ban_path(&tree.report, 5, path);
    CHECK(strcmp(path, "") == 0);
}

int main(void)
{
    test_forms();
    test_long_name();
    test_long_finding();
    test_short_finding();
    test_extensions();
    test_rules();
    test_paths();
    return test_end();
}
