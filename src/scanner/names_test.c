#include "names.h"

#include "base/test.h"

#include <string.h>

static const struct settings_names names = {
    .patterns = { "PUA.Win.Packer.Evil", "PUA.*", "Heuristics.Phishing.*", "*.Noise" },
    .actions = { NAME_INFECTED, NAME_IGNORE, NAME_BANNED, NAME_MALFORMED },
    .count = 4,
};

static const struct {
    const char *name;
    enum name_action action;
} rows[] = {
    { "PUA.Win.Packer.Evil", NAME_INFECTED }, /* the first that fits */
    { "PUA.Win.Packer.Other", NAME_IGNORE },
    { "pua.lower", NAME_IGNORE },
    { "Heuristics.Phishing.Email.SpoofedDomain", NAME_BANNED },
    { "Heuristics.Phishing.Noise", NAME_BANNED },
    { "A.Noise", NAME_MALFORMED },
    { "Win.Test.EICAR_HDB-1", NAME_INFECTED },
    { "", NAME_INFECTED },
};

static struct answer infected(const char *name)
{
    struct answer answer = { .piece = 3 };
    answer_set(&answer, ANSWER_INFECTED, span_text(name));
    return answer;
}

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].name);
        CHECK(names_find(&names, span_text(rows[i].name)) == rows[i].action);
        struct answer answer = infected(rows[i].name);
        bool is_masked = rows[i].action != NAME_INFECTED;
        CHECK(names_mask(&names, &answer) == is_masked);
        CHECK(answer.kind == (is_masked ? ANSWER_UNSCANNABLE : ANSWER_INFECTED) && answer.piece == 3);
        CHECK(answer.unscannable == (is_masked ? UNSCANNABLE_MASKED : UNSCANNABLE_NONE));
        CHECK((answer.ignored[0] != '\0') == (rows[i].action == NAME_IGNORE));
        CHECK((answer.named[0] != '\0') == (is_masked && rows[i].action != NAME_IGNORE));
    }
    test_context("the gravest is kept");
    struct answer answer = { 0 };
    names_note(NAME_MALFORMED, span_text("one"), &answer);
    names_note(NAME_BANNED, span_text("two\n"), &answer);
    names_note(NAME_MALFORMED, span_text("three"), &answer);
    names_note(NAME_IGNORE, span_text("four"), &answer);
    names_note(NAME_IGNORE, span_text("five"), &answer);
    CHECK(strcmp(answer.named, "two?") == 0 && answer.named_as == CATEGORY_BANNED);
    CHECK(strcmp(answer.ignored, "four") == 0);
    struct answer clean = { .kind = ANSWER_CLEAN };
    CHECK(!names_mask(&names, &clean));
    return test_end();
}
