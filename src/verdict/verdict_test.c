#include "verdict.h"

#include "base/test.h"

#include <stdio.h>
#include <string.h>

static void test_words(void)
{
    for (enum category c = CATEGORY_CLEAN; c < CATEGORIES; c++) {
        enum category back = CATEGORIES;
        CHECK(category_from_text(span_text(category_text(c)), &back) && back == c);
    }
    for (enum unscannable u = UNSCANNABLE_DAMAGED; u < UNSCANNABLES; u++) {
        enum unscannable back = UNSCANNABLE_NONE;
        CHECK(unscannable_from_text(span_text(unscannable_text(u)), &back) && back == u);
    }
    enum category category = CATEGORY_CLEAN;
    enum unscannable unscannable = UNSCANNABLE_NONE;
    CHECK(!category_from_text(span_text("Infected"), &category));
    CHECK(!category_from_text(span_text(""), &category));
    CHECK(!unscannable_from_text(span_text(""), &unscannable));
    CHECK(strcmp(unscannable_text(UNSCANNABLE_NONE), "") == 0);
    CHECK(strcmp(answer_kind_text(ANSWER_INFECTED), "infected") == 0);
}

static void test_answers(void)
{
    struct answer answer = { 0 };
    CHECK(!answer_is_definite(&answer));
    answer_set(&answer, ANSWER_FAILED, span_of("a\nb\0c\x7f\x1b", 7));
    CHECK(strcmp(answer.text, "a?b?c??") == 0);
    CHECK(!answer_is_definite(&answer));

    char longer[1000];
    memset(longer, 'x', sizeof longer);
    answer_set(&answer, ANSWER_INFECTED, span_of(longer, sizeof longer));
    CHECK(strlen(answer.text) == ANSWER_TEXT_SIZE - 1);
    CHECK(answer_is_definite(&answer));
}

struct gravity_row {
    const char *name;
    enum category added[3];
    bool is_concluded;
    enum category expected;
};

static const struct gravity_row gravity_rows[] = {
    { "nothing judged", { 0 }, false, CATEGORY_UNSCANNED },
    { "all well", { 0 }, true, CATEGORY_CLEAN },
    { "malformed, never judged", { CATEGORY_MALFORMED }, false, CATEGORY_UNSCANNED },
    { "malformed", { CATEGORY_MALFORMED }, true, CATEGORY_MALFORMED },
    { "infected, never concluded", { CATEGORY_INFECTED }, false, CATEGORY_INFECTED },
    { "banned and infected", { CATEGORY_INFECTED, CATEGORY_BANNED }, true, CATEGORY_INFECTED },
    { "banned and unscanned", { CATEGORY_BANNED, CATEGORY_UNSCANNED }, false, CATEGORY_BANNED },
    { "unscanned outranks unscannable", { CATEGORY_UNSCANNABLE, CATEGORY_UNSCANNED }, true, CATEGORY_UNSCANNED },
    { "unscannable, never judged", { CATEGORY_UNSCANNABLE }, false, CATEGORY_UNSCANNED },
    { "unscannable outranks malformed", { CATEGORY_MALFORMED, CATEGORY_UNSCANNABLE }, true, CATEGORY_UNSCANNABLE },
};

static void test_gravity(void)
{
    for (size_t i = 0; i < sizeof gravity_rows / sizeof gravity_rows[0]; i++) {
        const struct gravity_row *row = &gravity_rows[i];
        test_context(row->name);
        struct verdict verdict;
        verdict_init(&verdict);
        for (size_t k = 0; k < 3 && row->added[k] != CATEGORY_CLEAN; k++) {
            enum category category = row->added[k];
            verdict_add(&verdict, category, category == CATEGORY_UNSCANNABLE ? UNSCANNABLE_ENCRYPTED : UNSCANNABLE_NONE,
                        "test", category_text(category));
        }
        if (row->is_concluded)
            verdict_conclude(&verdict);
        CHECK(verdict_gravest(&verdict) == row->expected);
        const struct finding *finding = verdict_main_finding(&verdict);
        CHECK(finding == NULL || strcmp(finding->text, category_text(row->expected)) == 0);
    }
    test_context(NULL);
}

static void test_bound(void)
{
    struct verdict verdict;
    verdict_init(&verdict);
    verdict_add(&verdict, CATEGORY_BANNED, UNSCANNABLE_NONE, "test", "first");
    for (unsigned i = 0; i < 2 * VERDICT_MOST_FINDINGS; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "%u", i);
        verdict_add(&verdict, CATEGORY_MALFORMED, UNSCANNABLE_NONE, "test", text);
    }
    CHECK(verdict.finding_count == VERDICT_MOST_FINDINGS);
    CHECK(strcmp(verdict.findings[1].text, "0") == 0);
    verdict_add(&verdict, CATEGORY_UNSCANNABLE, UNSCANNABLE_LIMIT, "test", "limit");
    verdict_add(&verdict, CATEGORY_UNSCANNABLE, UNSCANNABLE_DAMAGED, "test", "damaged");
    verdict_add(&verdict, CATEGORY_INFECTED, UNSCANNABLE_NONE, "test", "late");
    CHECK(verdict.finding_count == VERDICT_MOST_FINDINGS);
    CHECK(verdict.unscannable == UNSCANNABLE_LIMIT);
    CHECK(strcmp(verdict.findings[0].text, "first") == 0);
    CHECK(strcmp(verdict_main_finding(&verdict)->text, "late") == 0);
    CHECK(verdict_gravest(&verdict) == CATEGORY_INFECTED);
}

static void test_foreign_text(void)
{
    struct verdict verdict;
    verdict_init(&verdict);
    verdict_add(&verdict, CATEGORY_BANNED, UNSCANNABLE_NONE, "decoder", "a\x1b[2Jb\r\n.exe");
    CHECK(strcmp(verdict.findings[0].text, "a?[2Jb??.exe") == 0);
}

static void test_main_reason(void)
{
    struct verdict verdict;
    verdict_init(&verdict);
    verdict_add(&verdict, CATEGORY_UNSCANNABLE, UNSCANNABLE_DAMAGED, "one", "damaged");
    verdict_add(&verdict, CATEGORY_UNSCANNABLE, UNSCANNABLE_LIMIT, "two", "limit");
    verdict_add(&verdict, CATEGORY_UNSCANNABLE, UNSCANNABLE_LIMIT, "three", "limit too");
    verdict_conclude(&verdict);
    CHECK(strcmp(verdict_main_finding(&verdict)->source, "two") == 0);
}

int main(void)
{
    test_words();
    test_answers();
    test_gravity();
    test_bound();
    test_main_reason();
    test_foreign_text();
    return test_end();
}
