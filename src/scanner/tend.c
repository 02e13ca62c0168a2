/* Canaries and health: whether scanners work, found out before a message has to. */
#include "set.h"

#include "base/memory.h"
#include "scanner/require.h"
#include "scanner/together.h"

#include <stdlib.h>

enum { PROBE_INTERVAL_MS = 5000, TEND_PATIENCE_MS = 1000 };

static void scanner_show_canaries(struct scanner *scanner, struct deadline caller)
{
    char text[ANSWER_TEXT_SIZE] = "";
    int64_t sent_at_ms = clock_now_ms();
    uint32_t timeout_ms = scanner->settings->timeout_ms;
    struct deadline own = deadline_in(timeout_ms < CANARY_TIMEOUT_MS ? timeout_ms : CANARY_TIMEOUT_MS);
    struct deadline deadline = deadline_earlier(own, caller);
    lock_take(&scanner->lock);
    uint64_t generation = scanner->generation;
    lock_drop(&scanner->lock);
    enum canary_result result = canary_show(&scanner->canary, scanner, deadline, text);
    if (result == CANARY_FAILED && deadline_passed(caller) && !deadline_passed(own))
        return; /* it was not given the time that it has: that says nothing about it */
    if (result == CANARY_PASSED && scanner->ops->refresh != NULL)
        scanner->ops->refresh(scanner, deadline);
    if (result == CANARY_PASSED)
        poison_confirm(&scanner->poison, sent_at_ms);
    atomic_fetch_add(result == CANARY_PASSED ? &scanner->counts.canaries_passed : &scanner->counts.canaries_missed, 1);

    lock_take(&scanner->lock);
    int64_t now_ms = clock_now_ms();
    if (result == CANARY_PASSED)
        health_canary_passed(&scanner->health, now_ms, scanner->settings->canary_interval_ms);
    else if (result == CANARY_MISSED)
        health_canary_missed(&scanner->health, now_ms, text);
    else
        health_canary_late(&scanner->health, sent_at_ms, now_ms, text);
    if (generation != 0 && generation != scanner->generation)
        health_renewed(&scanner->health, now_ms); /* which of the two sets found it is not known */
    lock_drop(&scanner->lock);
}

/* True where the caller is to show canaries now, and nobody else does. */
static bool scanner_begin_proof(struct scanner *scanner)
{
    lock_take(&scanner->lock);
    bool is_ours = !scanner->is_proving;
    scanner->is_proving = true;
    lock_drop(&scanner->lock);
    return is_ours;
}

static void scanner_end_proof(struct scanner *scanner)
{
    lock_take(&scanner->lock);
    scanner->is_proving = false;
    signal_point_wake_all(&scanner->proved);
    lock_drop(&scanner->lock);
}

void scanner_await_proof(struct scanner *scanner, struct deadline deadline)
{
    bool is_in_time = true;
    lock_take(&scanner->lock);
    while (scanner->is_proving && is_in_time)
        is_in_time = signal_point_wait(&scanner->proved, &scanner->lock, deadline);
    lock_drop(&scanner->lock);
}

void scanner_prove(struct scanner *scanner, struct deadline deadline)
{
    if (!scanner_begin_proof(scanner)) {
        scanner_await_proof(scanner, deadline);
        return;
    }
    scanner_show_canaries(scanner, deadline);
    scanner_end_proof(scanner);
}

struct probe {
    struct scanner_set *set;
    struct scanner *scanner;
};

static void probe_end(struct probe *probe)
{
    struct scanner_set *set = probe->set;
    scanner_end_proof(probe->scanner);
    free(probe);
    lock_take(&set->probe_lock);
    set->probers--;
    signal_point_wake_all(&set->probers_ended);
    lock_drop(&set->probe_lock); /* from here on `set` may be gone */
}

static void probe_run(void *argument)
{
    struct probe *probe = argument;
    scanner_show_canaries(probe->scanner, deadline_in(2 * (int64_t)CANARY_TIMEOUT_MS)); /* more than it takes */
    probe_end(probe);
}

/* Where there is no thread for it, scanners_tend comes to it again. */
void scanner_probe(struct scanner_set *set, struct scanner *scanner)
{
    if (!scanner_begin_proof(scanner))
        return;
    struct probe *probe = memory_new(sizeof *probe);
    *probe = (struct probe){ .set = set, .scanner = scanner };
    lock_take(&set->probe_lock);
    set->probers++;
    lock_drop(&set->probe_lock);
    if (thread_start(probe_run, probe, TOGETHER_STACK_BYTES, NULL) != 0)
        probe_end(probe);
}

static void tend_run(void *argument)
{
    scanner_prove(argument, deadline_in(2 * (int64_t)CANARY_TIMEOUT_MS));
}

static bool tend_is_due(struct scanner *scanner, bool *is_new_out)
{
    lock_take(&scanner->lock);
    bool is_due = health_canary_is_due(&scanner->health, clock_now_ms());
    *is_new_out = scanner->health.state == HEALTH_UNKNOWN;
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

/* One that hangs must not keep the others from theirs: nobody waits long but for those of whom nothing is known. */
bool scanners_tend(struct scanner_set *set, struct buf *text_out)
{
    struct together_task tasks[SETTINGS_MOST_SCANNERS];
    bool is_probed[SETTINGS_MOST_SCANNERS] = { false };
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++) {
        struct scanner *scanner = &set->scanners[i];
        bool is_new = false;
        if (!tend_is_due(scanner, &is_new))
            continue;
        is_probed[i] = !is_new;
        if (!is_new) {
            scanner_probe(set, scanner);
            continue;
        }
        tasks[count++] = (struct together_task){ .run = tend_run, .argument = scanner };
    }
    together_run(tasks, count);

    bool has_changed = false;
    struct deadline patience = deadline_in(TEND_PATIENCE_MS);
    for (size_t i = 0; i < set->count; i++) {
        if (is_probed[i])
            scanner_await_proof(&set->scanners[i], patience);
        if (tend_put_change(&set->scanners[i], text_out))
            has_changed = true;
    }
    return has_changed;
}

/* Who could answer now. One of whom nothing is known is tried by the next message. */
static struct require_count tend_count(struct scanner_set *set, bool with_unknown)
{
    struct require_count count = { 0 };
    for (size_t i = 0; i < set->count; i++) {
        struct scanner *scanner = &set->scanners[i];
        bool is_primary = scanner->settings->role == SCANNER_PRIMARY;
        lock_take(&scanner->lock);
        bool is_hopeful = with_unknown && scanner->health.state != HEALTH_FAILED;
        uint32_t may_answer = is_hopeful || health_is_trusted(&scanner->health) ? 1 : 0;
        lock_drop(&scanner->lock);
        count.primaries += is_primary ? 1 : 0;
        count.primaries_definite += is_primary ? may_answer : 0;
        count.backups_definite += is_primary ? 0 : may_answer;
    }
    return count;
}

bool scanners_are_ready(struct scanner_set *set, const struct policy_settings *policy, uint32_t *working_out,
                        uint32_t *wanted_out)
{
    struct require_count count = tend_count(set, false);
    *wanted_out = require_wanted(policy->require, count.primaries);
    *working_out = *wanted_out - require_missing(policy->require, &count);
    return *working_out == *wanted_out;
}

bool scanners_admit(struct scanner_set *set, const struct policy_settings *policy)
{
    struct require_count count = tend_count(set, true);
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
