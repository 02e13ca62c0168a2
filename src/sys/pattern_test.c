#include "sys/pattern.h"

#include "base/test.h"

#include <stdlib.h>
#include <string.h>

static enum pattern_result match(const char *pattern, const char *text, struct span *group_out)
{
    struct fault fault = { 0 };
    struct pattern *compiled = pattern_new(pattern, &fault);
    CHECK(compiled != NULL);
    enum pattern_result result = compiled != NULL ? pattern_match(compiled, span_text(text), group_out) : PATTERN_NO;
    pattern_free(compiled);
    return result;
}

static void test_matches(void)
{
    struct span group = { 0 };
    CHECK(match("^(.+) FOUND$", "/x: OK\n/y: Eicar FOUND\n", &group) == PATTERN_YES && span_is(group, "/y: Eicar"));
    CHECK(match(": (.+) FOUND$", "/y: Eicar FOUND\n", &group) == PATTERN_YES && span_is(group, "Eicar"));
    CHECK(match("virus", "no such thing", &group) == PATTERN_NO);
    CHECK(match("a(x)?(b)", "ab", &group) == PATTERN_YES && span_is(group, "b"));
    CHECK(match("ab", "xaby", &group) == PATTERN_YES && span_is(group, "ab"));
    CHECK(match("^$", "", &group) == PATTERN_YES && group.size == 0);
    CHECK(match("a\\Kb", "ab", NULL) == PATTERN_YES);
}

static void test_mistakes(void)
{
    struct fault fault = { 0 };
    CHECK(pattern_new("(unclosed", &fault) == NULL && strstr(fault.text, "at letter") != NULL);
    CHECK(pattern_new("\\C", &fault) == NULL);
}

/* Neither a match nor none. */
static void test_costs(void)
{
    char *text = malloc(65536);
    CHECK(text != NULL);
    if (text == NULL)
        return;
    memset(text, 'a', 65535);
    text[65535] = '\0';
    CHECK(match("(a+)+(a+)+(a+)+$[xy]", text, NULL) == PATTERN_GAVE_UP);
    CHECK(match("a*$", text, NULL) == PATTERN_YES);
    free(text);
}

int main(void)
{
    test_matches();
    test_mistakes();
    test_costs();
    return test_end();
}
