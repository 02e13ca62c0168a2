#include "policy/policy.h"

#include "base/test.h"

#include <stdio.h>
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

enum { ALL_SETS = 1U << 7 };

/* Also for sets that no configuration can have: mail passes only where nothing else was asked for, and a 250 without a
 * store is given only for what was to be forgotten. */
static void check_set(unsigned actions, enum mode mode, bool has_store, const struct fate *fate)
{
    unsigned others = ACTION_TEMPFAIL | ACTION_REJECT | ACTION_DISCARD;
    bool may_pass = (actions & others) == 0 && (has_store || (actions & ACTION_QUARANTINE) == 0);
    bool may_discard = (actions & ACTION_FORGET) != 0 && (actions & ACTION_QUARANTINE) == 0;
    check_fate(fate, fate->action);
    CHECK(fate->action != FATE_PASS || ((actions & ACTION_PASS) != 0 && may_pass));
    CHECK(fate->action != FATE_REJECT || ((actions & ACTION_REJECT) != 0 && mode == MODE_BEFORE_QUEUE));
    bool is_forgotten = (actions & ACTION_DISCARD) != 0 && (actions & ACTION_REJECT) == 0 && may_discard;
    bool is_quarantined = (actions & ACTION_QUARANTINE) != 0 && fate->action != FATE_TEMPFAIL;
    CHECK(fate->wants_keeping == (has_store && (fate->action == FATE_DISCARD ? !is_forgotten : is_quarantined)));
    CHECK(fate->action != FATE_DISCARD || has_store || ((actions & ACTION_DISCARD) != 0 && may_discard));
    CHECK((actions & ACTION_TEMPFAIL) == 0 || fate->action == FATE_TEMPFAIL);
    CHECK(fate->action != FATE_TEMPFAIL || (actions & ACTION_TEMPFAIL) != 0 || fate->finding[0] != '\0');
    bool keeps_nothing = fate->action == FATE_REJECT && (actions & ACTION_QUARANTINE) != 0 && !has_store;
    CHECK(!keeps_nothing || fate->finding[0] != '\0');
}

static void test_every_set_of_actions(void)
{
    for (unsigned i = 0; i < ALL_SETS * CATEGORIES * 4; i++) {
        unsigned actions = i % ALL_SETS;
        enum category category = (enum category)(i / ALL_SETS % CATEGORIES);
        enum mode mode = i / ALL_SETS / CATEGORIES % 2 == 0 ? MODE_AFTER_QUEUE : MODE_BEFORE_QUEUE;
        bool has_store = i / ALL_SETS / CATEGORIES / 2 != 0;
        struct policy_settings policy = { .require = REQUIRE_ANY };
        policy.actions[category] = actions;
        policy.unscannable_actions[UNSCANNABLE_ENCRYPTED] = actions;
        struct verdict verdict;
        verdict_make(&verdict, category);
        struct fate fate;
        policy_decide(&verdict, &policy, mode, has_store, &fate);
        check_set(actions, mode, has_store, &fate);
    }
}

/* Each reason has its own row, the gravest decides, and the sender is told which. */
static void test_the_gravest_reason_decides(void)
{
    for (enum unscannable reason = UNSCANNABLE_DAMAGED; reason < UNSCANNABLES; reason++) {
        struct policy_settings policy = { .require = REQUIRE_ANY };
        for (enum unscannable other = UNSCANNABLE_DAMAGED; other < UNSCANNABLES; other++)
            policy.unscannable_actions[other] = other == reason ? ACTION_REJECT : ACTION_PASS;
        struct verdict verdict;
        verdict_init(&verdict);
        verdict_conclude(&verdict);
        for (enum unscannable found = UNSCANNABLE_DAMAGED; found <= reason; found++)
            verdict_add(&verdict, CATEGORY_UNSCANNABLE, found, "decoder", "somewhere");
        struct fate fate;
        policy_decide(&verdict, &policy, MODE_BEFORE_QUEUE, false, &fate);
        char reply[64];
        (void)snprintf(reply, sizeof reply, "550 5.7.1 unscannable: %s", unscannable_text(reason));
        CHECK(strcmp(fate.reply, reply) == 0);
    }
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
    CHECK(strcmp(fate.reply, "550 5.7.1 infected: Name??With.Break") == 0);

    verdict_init(&verdict);
    verdict_add(&verdict, CATEGORY_UNSCANNED, UNSCANNABLE_NONE, "av", "cannot reach /run/clamav/clamd.ctl");
    policy_decide(&verdict, &policy, MODE_BEFORE_QUEUE, false, &fate);
    CHECK(strcmp(fate.reply, "451 4.7.1 not scanned: try again later") == 0);
}

int main(void)
{
    test_the_whole_table();
    test_every_set_of_actions();
    test_the_gravest_reason_decides();
    test_nothing_judged_is_never_passed();
    test_the_sender_learns_the_name_and_no_internals();
    return test_end();
}
