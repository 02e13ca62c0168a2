#include "health.h"

#include "base/test.h"

#include <string.h>

enum { INTERVAL = 300000 };

static void test_transitions(void)
{
    struct health health;
    enum health_state before = HEALTH_STATES;
    health_init(&health, 1000);
    CHECK(health.state == HEALTH_UNKNOWN && !health_is_trusted(&health) && health_canary_is_due(&health, 1000));
    CHECK(!health_take_change(&health, &before));

    health_message_failed(&health, 1000, BLAME_PIECE, "early"); /* nothing is known, so nothing is doubted */
    CHECK(health.state == HEALTH_UNKNOWN);

    health_canary_passed(&health, 2000, INTERVAL);
    CHECK(health.state == HEALTH_WORKING && health_is_trusted(&health) && health.since_ms == 2000);
    CHECK(!health_canary_is_due(&health, 2000 + INTERVAL - 1) && health_canary_is_due(&health, 2000 + INTERVAL));
    CHECK(health_take_change(&health, &before) && before == HEALTH_UNKNOWN);
    CHECK(!health_take_change(&health, &before));

    health_message_failed(&health, 3000, BLAME_PIECE, "timed out");
    CHECK(health.state == HEALTH_DOUBTFUL && health_is_trusted(&health) && health_canary_is_due(&health, 3000));
    CHECK(strcmp(health.text, "timed out") == 0);

    health_canary_passed(&health, 4000, INTERVAL);
    CHECK(health.state == HEALTH_WORKING && health.since_ms == 4000 && health.text[0] == '\0');

    health_canary_missed(&health, 5000, "said clean");
    CHECK(health.state == HEALTH_FAILED && !health_is_trusted(&health));
    CHECK(health_take_change(&health, &before) && before == HEALTH_WORKING);
    health_message_failed(&health, 5100, BLAME_SCANNER, "another"); /* does not hide the canary's finding */
    CHECK(health.state == HEALTH_FAILED && strcmp(health.text, "said clean") == 0);
    CHECK(health.since_ms == 5000);
}

static void test_retries(void)
{
    struct health health;
    health_init(&health, 0);
    int64_t now = 0;
    static const int64_t waits[] = { 2000, 3000, 4000, 5000, 5000, 5000, 5000, 5000 };
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
        health_canary_missed(&health, now, "gone");
        CHECK(!health_canary_is_due(&health, now + waits[i] - 1));
        CHECK(health_canary_is_due(&health, now + waits[i]));
        now += waits[i];
    }
    CHECK(health.since_ms == 0);
    health_canary_passed(&health, now, INTERVAL);
    health_canary_missed(&health, now, "gone");
    CHECK(health_canary_is_due(&health, now + 2000)); /* from the start again */
}

static void test_busy(void)
{
    struct health health;
    health_init(&health, 0);
    health_canary_passed(&health, 1000, INTERVAL);
    health_message_answered(&health, 2500);
    health_canary_late(&health, 2000, 17000, "timed out"); /* messages are answered meanwhile: busy */
    CHECK(health.state == HEALTH_WORKING && health_canary_is_due(&health, 17000 + HEALTH_RETRY_MOST_MS));
    CHECK(!health_canary_is_due(&health, 17000));
    health_canary_late(&health, 20000, 35000, "timed out"); /* nobody is */
    CHECK(health.state == HEALTH_FAILED);
    health_message_answered(&health, 40000);
    health_canary_late(&health, 39000, 45000, "timed out"); /* a failed one does not come back by being busy */
    CHECK(health.state == HEALTH_FAILED);
}

/* Open from the failure on that is the scanner's own, until a canary has passed. */
static void test_breaker(void)
{
    static const struct {
        enum blame blame;
        bool is_open;
    } rows[] = { { BLAME_SCANNER, true },
                 { BLAME_TIME, true },
                 { BLAME_DEATH, false },
                 { BLAME_PIECE, false },
                 { BLAME_NOBODY, false } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct health health;
        health_init(&health, 0);
        health_canary_passed(&health, 1000, INTERVAL);
        CHECK(health_is_trusted(&health) && health.passed_at_ms == 1000);
        health_message_failed(&health, 2000, rows[i].blame, "one");
        CHECK(health.state == HEALTH_DOUBTFUL && health_is_trusted(&health) == !rows[i].is_open);
        health_message_failed(&health, 2500, BLAME_SCANNER, "two"); /* worse than one that was not its own */
        CHECK(!health_is_trusted(&health) && strcmp(health.text, rows[i].is_open ? "one" : "two") == 0);
        health_canary_passed(&health, 3000, INTERVAL);
        CHECK(health_is_trusted(&health));
    }
    struct health health;
    health_init(&health, 0);
    health_canary_passed(&health, 1000, INTERVAL);
    health_message_failed(&health, 2000, BLAME_TIME, "timed out");
    health_message_answered(&health, 3500);
    health_canary_late(&health, 2500, 17000, "timed out"); /* others were answered meanwhile */
    CHECK(health_is_trusted(&health));
    health_accuse(&health, 18000, "tampered: x");
    CHECK(health.state == HEALTH_FAILED && strcmp(health.text, "tampered: x") == 0);
    health_renewed(&health, 18500); /* no shorter way back */
    CHECK(!health_canary_is_due(&health, 18500));
    health_canary_passed(&health, 20000, INTERVAL);
    health_renewed(&health, 21000);
    CHECK(health_is_trusted(&health) && health_canary_is_due(&health, 21000));
}

int main(void)
{
    test_breaker();
    test_transitions();
    test_retries();
    test_busy();
    for (enum health_state state = HEALTH_UNKNOWN; state < HEALTH_STATES; state++)
        CHECK(health_state_text(state)[0] != '\0');
    return test_end();
}
