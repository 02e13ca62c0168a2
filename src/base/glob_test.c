#include "glob.h"

#include "base/test.h"

#include <stdlib.h>
#include <string.h>

struct glob_row {
    const char *pattern;
    const char *text;
    bool is_match;
};

static const struct glob_row rows[] = {
    { "", "", true },
    { "", "a", false },
    { "a", "", false },
    { "*", "", true },
    { "*", "anything", true },
    { "**", "a", true },
    { "*.exe", "a.exe", true },
    { "*.exe", "A.EXE", true },
    { "*.EXE", "a.exe", true },
    { "*.exe", ".exe", true },
    { "*.exe", "a.exe.txt", false },
    { "*.exe", "a.exe.exe", true },
    { "*.exe", "exe", false },
    { "a*b*c", "axxbxxbxxc", true },
    { "a*b*c", "axxbxxbxx", false },
    { "?", "a", true },
    { "?", "", false },
    { "??", "a", false },
    { "*.ex[ea]", "x.exa", true },
    { "*.ex[ea]", "x.exb", false },
    { "[a-c]x", "Bx", true },
    { "[A-C]x", "bx", true },
    { "[!a-c]x", "bx", false },
    { "[^a-c]x", "dx", true },
    { "[]]", "]", true },
    { "[!]]", "]", false },
    { "[a-]", "-", true },
    { "[", "[", true },
    { "[a", "[a", true },
    { "[a", "a", false },
    { "a\\*", "a\\b", true },
    { "zip/*.exe", "zip/tar/a.exe", true },
    { "*[0-9]*", "abc7def", true },
    { "*\xe9*", "caf\xe9!", true },
};

static void test_rows(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].pattern);
        CHECK(glob_match(rows[i].pattern, span_text(rows[i].text)) == rows[i].is_match);
    }
    test_context(NULL);
    CHECK(glob_match("a?b", span_of("a\0b", 3)));
}

/* Many stars over a text that nearly fits everywhere: with a look back for each of them it would never end. */
static void test_cost(void)
{
    enum { SIZE = 100000 };
    char *text = malloc(SIZE);
    CHECK(text != NULL);
    memset(text, 'a', SIZE);
    CHECK(!glob_match("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", span_of(text, SIZE)));
    CHECK(glob_match("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*", span_of(text, SIZE)));
    free(text);
}

int main(void)
{
    test_rows();
    test_cost();
    return test_end();
}
