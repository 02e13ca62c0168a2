#include "policy/policy.h"

#include "base/test.h"

#include <string.h>

/* Every set of actions that decides, each with what becomes of it in each place, without and with a store. */
static const struct {
    const char *name;
    unsigned actions;
    enum fate_action before, before_with_store, after, after_with_store;
} rows[] = {
    { "pass", ACTION_PASS, FATE_PASS, FATE_PASS, FATE_PASS, FATE_PASS },
    { "tag, pass", ACTION_TAG | ACTION_PASS, FATE_PASS, FATE_PASS, FATE_PASS, FATE_PASS },
    { "pass, quarantine", ACTION_PASS | ACTION_QUARANTINE, FATE_TEMPFAIL, FATE_PASS, FATE_TEMPFAIL, FATE_PASS },
    { "reject", ACTION_REJECT, FATE_REJECT, FATE_REJECT, FATE_TEMPFAIL, FATE_DISCARD },
    { "reject, quarantine", ACTION_REJECT | ACTION_QUARANTINE, FATE_REJECT, FATE_REJECT, FATE_TEMPFAIL, FATE_DISCARD },
    { "discard", ACTION_DISCARD, FATE_TEMPFAIL, FATE_DISCARD, FATE_TEMPFAIL, FATE_DISCARD },
    { "discard, forget", ACTION_DISCARD | ACTION_FORGET, FATE_DISCARD, FATE_DISCARD, FATE_DISCARD, FATE_DISCARD },
    { "discard, quarantine", ACTION_DISCARD | ACTION_QUARANTINE, FATE_TEMPFAIL, FATE_DISCARD, FATE_TEMPFAIL,
      FATE_DISCARD },
    { "tempfail", ACTION_TEMPFAIL, FATE_TEMPFAIL, FATE_TEMPFAIL, FATE_TEMPFAIL, FATE_TEMPFAIL },
    { "nothing", 0, FATE_TEMPFAIL, FATE_TEMPFAIL, FATE_TEMPFAIL, FATE_TEMPFAIL },
};

static void verdict_make(struct verdict *verdict, enum category category)
{
    verdict_init(verdict);
    if (category != CATEGORY_UNSCANNED)
        verdict_conclude(verdict);
    if (category != CATEGORY_CLEAN)
        verdict_add(verdict, category, category == CATEGORY_UNSCANNABLE ? UNSCANNABLE_ENCRYPTED : UNSCANNABLE_NONE,
                    "av", "Name\r\nWith.Break");
}

static void check_fate(const struct fate *fate, enum fate_action wanted)
{
    static const char codes[] = {
        [FATE_PASS] = '\0', [FATE_REJECT] = '5', [FATE_DISCARD] = '2', [FATE_TEMPFAIL] = '4'
    };
    CHECK(fate->action == wanted);
    CHECK(fate->reply[0] == codes[wanted]);
    CHECK(strpbrk(fate->reply, "\r\n") == NULL);
    CHECK(fate->action == FATE_PASS || !fate->is_tagged);
}

static void check_cell(size_t row, enum category category)
{
    struct policy_settings policy = { .require = REQUIRE_ANY };
    policy.actions[category] = rows[row].actions;
    policy.unscannable_actions[UNSCANNABLE_ENCRYPTED] = rows[row].actions;
    struct verdict verdict;
    verdict_make(&verdict, category);
    const struct {
        enum mode mode;
        bool has_store;
        enum fate_action wanted;
    } places[] = { { MODE_BEFORE_QUEUE, false, rows[row].before },
                   { MODE_BEFORE_QUEUE, true, rows[row].before_with_store },
                   { MODE_AFTER_QUEUE, false, rows[row].after },
                   { MODE_AFTER_QUEUE, true, rows[row].after_with_store } };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct fate fate;
        policy_decide(&verdict, &policy, places[i].mode, places[i].has_store, &fate);
        check_fate(&fate, places[i].wanted);
        if (places[i].mode == MODE_AFTER_QUEUE)
            CHECK(fate.reply[0] != '5'); /* never a bounce */
        if (fate.action == FATE_PASS)
            CHECK(fate.is_tagged == ((rows[row].actions & ACTION_TAG) != 0));
    }
}

static void test_the_whole_table(void)
{
    for (size_t row = 0; row < sizeof rows / sizeof rows[0]; row++) {
        test_context(rows[row].name);
        for (enum category category = CATEGORY_CLEAN; category < CATEGORIES; category++)
            check_cell(row, category);
    }
    test_context(NULL);
}

static void test_nothing_judged_is_never_passed(void)
{
    struct policy_settings policy = { .require = REQUIRE_ANY };
    policy.actions[CATEGORY_CLEAN] = ACTION_PASS;
    policy.actions[CATEGORY_UNSCANNED] = ACTION_TEMPFAIL;
    struct verdict verdict;
    verdict_init(&verdict); /* never concluded */
    struct fate fate;
    policy_decide(&verdict, &policy, MODE_BEFORE_QUEUE, false, &fate);
    CHECK(fate.action == FATE_TEMPFAIL);
}

static void test_the_sender_learns_the_name_and_no_internals(void)
{
    struct policy_settings policy = { .require = REQUIRE_ANY };
    policy.actions[CATEGORY_INFECTED] = ACTION_REJECT;
    policy.actions[CATEGORY_UNSCANNED] = ACTION_TEMPFAIL;
    struct verdict verdict;
    struct fate fate;
    verdict_make(&verdict, CATEGORY_INFECTED);
    policy_decide(&verdict, &policy, MODE_BEFORE_QUEUE, false, &fate);
    CHECK(strncmp(fate.reply, "550 5.7.1 ", 10) == 0 && strstr(fate.reply, "With.Break") != NULL);

    verdict_init(&verdict);
    verdict_add(&verdict, CATEGORY_UNSCANNED, UNSCANNABLE_NONE, "av", "cannot reach /run/clamav/clamd.ctl");
    policy_decide(&verdict, &policy, MODE_BEFORE_QUEUE, false, &fate);
    CHECK(strncmp(fate.reply, "451 4.7.1 ", 10) == 0 && strstr(fate.reply, "/run") == NULL);
}

static void test_merging(void)
{
    struct fate fate = { .action = FATE_PASS, .is_tagged = true };
    struct fate reject = { .action = FATE_REJECT, .reply = "550 5.7.1 no" };
    struct fate wait = { .action = FATE_TEMPFAIL, .reply = "451 4.7.1 later" };
    fate_merge(&fate, &reject);
    CHECK(fate.action == FATE_REJECT && fate.is_tagged);
    fate_merge(&fate, &wait);
    CHECK(fate.action == FATE_TEMPFAIL);
    fate_merge(&fate, &reject);
    CHECK(fate.action == FATE_TEMPFAIL && fate.reply[0] == '4');
}

int main(void)
{
    test_the_whole_table();
    test_nothing_judged_is_never_passed();
    test_the_sender_learns_the_name_and_no_internals();
    test_merging();
    return test_end();
}
