/* Canaries and health: whether scanners work, found out before a message has to. */
#include "set.h"

#include "base/escape.h"
#include "scanner/require.h"
#include "scanner/together.h"

#include <stdio.h>
#include <time.h>

enum { PROBE_INTERVAL_MS = 5000 };

static void scanner_show_canaries(struct scanner_set *set, struct scanner *scanner, struct deadline caller)
{
    char text[ANSWER_TEXT_SIZE] = "";
    int64_t sent_at_ms = clock_now_ms();
    uint32_t timeout_ms = scanner->settings->timeout_ms;
    struct deadline own = deadline_in(timeout_ms < CANARY_TIMEOUT_MS ? timeout_ms : CANARY_TIMEOUT_MS);
    struct deadline deadline = deadline_earlier(own, caller);
    enum canary_result result = canaries_show(&set->canaries, scanner, deadline, text);
    if (result == CANARY_FAILED && deadline_passed(caller) && !deadline_passed(own))
        return; /* it was not given the time that it has: that says nothing about it */
    if (result == CANARY_PASSED && scanner->ops->refresh != NULL)
        scanner->ops->refresh(scanner, deadline);

    lock_take(&scanner->lock);
    int64_t now_ms = clock_now_ms();
    if (result == CANARY_PASSED)
        health_canary_passed(&scanner->health, now_ms, scanner->settings->canary_interval_ms);
    else if (result == CANARY_MISSED)
        health_canary_missed(&scanner->health, now_ms, text);
    else
        health_canary_late(&scanner->health, sent_at_ms, now_ms, text);
    lock_drop(&scanner->lock);
}

void scanner_prove(struct scanner_set *set, struct scanner *scanner, struct deadline deadline)
{
    lock_take(&scanner->lock);
    if (scanner->is_proving) {
        bool is_in_time = true;
        while (scanner->is_proving && is_in_time)
            is_in_time = signal_point_wait(&scanner->proved, &scanner->lock, deadline);
        lock_drop(&scanner->lock);
        return;
    }
    scanner->is_proving = true;
    lock_drop(&scanner->lock);

    scanner_show_canaries(set, scanner, deadline);

    lock_take(&scanner->lock);
    scanner->is_proving = false;
    signal_point_wake_all(&scanner->proved);
    lock_drop(&scanner->lock);
}

struct tend {
    struct scanner_set *set;
    struct scanner *scanner;
};

static void tend_run(void *argument)
{
    const struct tend *tend = argument;
    scanner_prove(tend->set, tend->scanner, deadline_in(2 * (int64_t)CANARY_TIMEOUT_MS)); /* more than it takes */
}

static bool tend_is_due(struct scanner *scanner)
{
    lock_take(&scanner->lock);
    bool is_due = health_canary_is_due(&scanner->health, clock_now_ms());
    lock_drop(&scanner->lock);
    return is_due;
}

/* "clamd: failed (was working): timed out" */
static bool tend_put_change(struct scanner *scanner, struct buf *text)
{
    lock_take(&scanner->lock);
    enum health_state before = HEALTH_UNKNOWN;
    const struct health *health = &scanner->health;
    bool has_changed = health_take_change(&scanner->health, &before);
    if (has_changed)
        buf_printf(text, "%s: %s (was %s)%s%s\n", scanner->settings->name, health_state_text(health->state),
                   health_state_text(before), health->text[0] != '\0' ? ": " : "", health->text);
    lock_drop(&scanner->lock);
    return has_changed;
}

bool scanners_tend(struct scanner_set *set, struct buf *text_out)
{
    struct tend tends[SETTINGS_MOST_SCANNERS];
    struct together_task tasks[SETTINGS_MOST_SCANNERS];
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++) {
        if (!tend_is_due(&set->scanners[i]))
            continue;
        tends[count] = (struct tend){ .set = set, .scanner = &set->scanners[i] };
        tasks[count] = (struct together_task){ .run = tend_run, .argument = &tends[count] };
        count++;
    }
    together_run(tasks, count);

    bool has_changed = false;
    for (size_t i = 0; i < set->count; i++) {
        if (tend_put_change(&set->scanners[i], text_out))
            has_changed = true;
    }
    return has_changed;
}

bool scanners_admit(struct scanner_set *set, const struct policy_settings *policy)
{
    struct require_count count = { 0 };
    for (size_t i = 0; i < set->count; i++) {
        struct scanner *scanner = &set->scanners[i];
        bool is_primary = scanner->settings->role == SCANNER_PRIMARY;
        lock_take(&scanner->lock);
        uint32_t may_answer = scanner->health.state != HEALTH_FAILED ? 1 : 0; /* an unknown one is tried first */
        lock_drop(&scanner->lock);
        count.primaries += is_primary ? 1 : 0;
        count.primaries_definite += is_primary ? may_answer : 0;
        count.backups_definite += is_primary ? 0 : may_answer;
    }
    if (require_missing(policy->require, &count) == 0)
        return true;

    lock_take(&set->probe_lock);
    int64_t now_ms = clock_now_ms();
    bool is_probe = now_ms >= set->probe_at_ms;
    if (is_probe)
        set->probe_at_ms = now_ms + PROBE_INTERVAL_MS;
    lock_drop(&set->probe_lock);
    return is_probe;
}

static void scanner_put_status(struct scanner *scanner, struct buf *text)
{
    static const char *const inputs[] = {
        [INPUT_MESSAGE] = "message", [INPUT_PARTS] = "parts", [INPUT_BOTH] = "both", [INPUT_AUTO] = "parts+frame"
    };
    const char *input = inputs[scanner_wanted(scanner)];
    lock_take(&scanner->lock);
    const struct health *health = &scanner->health;
    if (scanner->since_wall == 0 || scanner->since_told_ms != health->since_ms) {
        scanner->since_told_ms = health->since_ms; /* once, for the two clocks drift */
        scanner->since_wall = (int64_t)time(NULL) - (clock_now_ms() - health->since_ms) / 1000;
    }
    time_t since = (time_t)scanner->since_wall;
    struct tm utc;
    char since_text[32] = "";
    if (gmtime_r(&since, &utc) != NULL)
        (void)strftime(since_text, sizeof since_text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    buf_printf(text,
               "scanner.%s.state=%s since=%s generation=%016llx queue=%u input=%s version=", scanner->settings->name,
               health_state_text(health->state), since_text, (unsigned long long)scanner->generation,
               atomic_load(&scanner->waiting), input);
    escape_value(text, span_text(scanner->version));
    if (health->text[0] != '\0') {
        buf_put_text(text, " reason=");
        escape_value(text, span_text(health->text));
    }
    buf_put_char(text, '\n');
    lock_drop(&scanner->lock);
}

void scanners_status(struct scanner_set *set, struct buf *text_out)
{
    for (size_t i = 0; i < set->count; i++)
        scanner_put_status(&set->scanners[i], text_out);
}
