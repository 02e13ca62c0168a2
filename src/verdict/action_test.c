#include "verdict/action.h"

#include "base/test.h"

#include <string.h>

static void test_words_go_both_ways(void)
{
    static const char *const words[] = { "pass", "tag", "reject", "discard", "tempfail", "quarantine", "forget" };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        test_context(words[i]);
        unsigned action = action_from_text(span_text(words[i]));
        CHECK(action == 1U << i);
        struct buf text;
        buf_init(&text, 64);
        actions_text(action, &text);
        CHECK(strcmp(buf_text(&text), words[i]) == 0);
        buf_fini(&text);
    }
    test_context(NULL);
    CHECK(action_from_text(span_text("Reject")) == 0);
    CHECK(action_from_text(span_text("")) == 0);
}

static void test_a_set_is_a_list(void)
{
    struct buf text;
    buf_init(&text, 64);
    actions_text(ACTION_QUARANTINE | ACTION_REJECT, &text);
    CHECK(strcmp(buf_text(&text), "reject, quarantine") == 0);
    buf_clear(&text);
    actions_text(0, &text);
    CHECK(text.size == 0);
    buf_fini(&text);
}

int main(void)
{
    test_words_go_both_ways();
    test_a_set_is_a_list();
    return test_end();
}
