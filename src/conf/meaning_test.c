#include "conf/meaning.h"

#include "base/test.h"

#include <string.h>

static void check_bad(const char *text, bool with_reason, const char *wanted)
{
    struct meaning_item item;
    struct fault fault = { 0 };
    test_context(text);
    CHECK(meaning_read(text, with_reason, &item, &fault) == -1 && strstr(fault.text, wanted) != NULL);
    test_context(NULL);
}

int main(void)
{
    struct meaning_item item;
    struct fault fault = { 0 };
    CHECK(meaning_read("0", false, &item, &fault) == 0 && item.status == 0);
    CHECK(meaning_read("255", false, &item, &fault) == 0 && item.status == 255);
    CHECK(meaning_read("^1$", false, &item, &fault) == 0 && item.status == MEANING_NO_STATUS &&
          strcmp(item.pattern, "^1$") == 0);
    CHECK(meaning_read("encrypted: 13", true, &item, &fault) == 0 && item.status == 13 &&
          item.reason == UNSCANNABLE_ENCRYPTED);
    CHECK(meaning_read("limit:a: b", true, &item, &fault) == 0 && item.status == MEANING_NO_STATUS &&
          strcmp(item.pattern, "a: b") == 0 && item.reason == UNSCANNABLE_LIMIT);
    check_bad("256", false, "from 0 to 255");
    check_bad("", false, "empty");
    check_bad("(", false, "is no pattern");
    check_bad("13", true, "no reason");
    check_bad("poison: 13", true, "no reason");
    check_bad("none: 13", true, "no reason");
    check_bad("damaged:", true, "empty");
    return test_end();
}
