#include "rule_meaning.h"

#include "base/test.h"

int main(void)
{
    static const struct {
        const char *text;
        bool is_known;
        struct rule_meaning meaning;
    } rows[] = {
        { NULL, true, { SCAN_INFECTED, UNSCANNABLE_NONE } },
        { "infected", true, { SCAN_INFECTED, UNSCANNABLE_NONE } },
        { "ignore", true, { SCAN_CLEAN, UNSCANNABLE_NONE } },
        { "unscannable:damaged", true, { SCAN_UNSCANNABLE, UNSCANNABLE_DAMAGED } },
        { "unscannable:unsupported", true, { SCAN_UNSCANNABLE, UNSCANNABLE_UNSUPPORTED } },
        { "unscannable:encrypted", true, { SCAN_UNSCANNABLE, UNSCANNABLE_ENCRYPTED } },
        { "unscannable:limit", true, { SCAN_UNSCANNABLE, UNSCANNABLE_LIMIT } },
        { "unscannable:decoder", false, { SCAN_INFECTED, UNSCANNABLE_NONE } },
        { "unscannable:poison", false, { SCAN_INFECTED, UNSCANNABLE_NONE } },
        { "unscannable:", false, { SCAN_INFECTED, UNSCANNABLE_NONE } },
        { "unscannable", false, { SCAN_INFECTED, UNSCANNABLE_NONE } },
        { "Infected", false, { SCAN_INFECTED, UNSCANNABLE_NONE } },
        { "", false, { SCAN_INFECTED, UNSCANNABLE_NONE } },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rule_meaning meaning;
        test_context(rows[i].text);
        CHECK(rule_meaning_read(rows[i].text, &meaning) == rows[i].is_known);
        CHECK(meaning.result == rows[i].meaning.result && meaning.unscannable == rows[i].meaning.unscannable);
    }
    test_context(NULL);
    return test_end();
}
