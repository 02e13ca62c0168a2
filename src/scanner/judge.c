/* One message and all scanners: who is asked, what counts, and what follows from it. */
#include "set.h"

#include "base/buf.h"
#include "scanner/pieces.h"
#include "scanner/require.h"
#include "scanner/together.h"

#include <assert.h>
#include <stdio.h>

/* One scanner and one message. */
struct ask {
    struct scanner_set *set;
    struct scanner *scanner;
    const struct scan_input *input;
    struct deadline deadline;
    struct answer *answer;
};

static void ask_fail(struct ask *ask, const char *text)
{
    answer_set(ask->answer, ANSWER_FAILED, span_text(text));
}

/* False, and a failed answer, where its answers would not count. One that was never seen to work is tried first. */
static bool ask_is_trusted(struct ask *ask)
{
    struct scanner *scanner = ask->scanner;
    lock_take(&scanner->lock);
    enum health_state state = scanner->health.state;
    lock_drop(&scanner->lock);
    if (state == HEALTH_UNKNOWN)
        scanner_prove(ask->set, scanner, ask->deadline);

    lock_take(&scanner->lock);
    bool is_trusted = health_is_trusted(&scanner->health);
    if (!is_trusted) {
        const char *why = scanner->health.text;
        ask_fail(ask, why[0] != '\0' ? why : "it was not seen to work yet");
    }
    lock_drop(&scanner->lock);
    return is_trusted;
}

/* A canary that was missed while this message was with the scanner speaks about its answer too. */
static void ask_check_again(struct ask *ask)
{
    struct scanner *scanner = ask->scanner;
    lock_take(&scanner->lock);
    if (!health_is_trusted(&scanner->health) && ask->answer->kind != ANSWER_INFECTED)
        ask_fail(ask, scanner->health.text);
    else if (ask->answer->kind == ANSWER_FAILED)
        health_message_failed(&scanner->health, clock_now_ms(), ask->answer->text);
    else
        health_message_answered(&scanner->health, clock_now_ms());
    lock_drop(&scanner->lock);
}

static void ask_show(struct ask *ask, const struct pieces *pieces)
{
    struct scanner *scanner = ask->scanner;
    atomic_fetch_add(&scanner->waiting, 1);
    bool has_slot = slots_take(&scanner->slots, ask->deadline);
    atomic_fetch_sub(&scanner->waiting, 1);
    if (!has_slot) {
        ask_fail(ask, "timeout: it was busy with other messages");
        return;
    }
    struct scan_request request = {
        .packs = ask->input->packs, .pieces = pieces->list, .count = pieces->count, .deadline = ask->deadline
    };
    *ask->answer = (struct answer){ .kind = ANSWER_FAILED };
    scanner->ops->ask(scanner, &request, ask->answer);
    slots_drop(&scanner->slots);
    assert(ask->answer->kind != ANSWER_NOT_ASKED && ask->answer->piece < pieces->count);
    ask->answer->piece = pieces->numbers[ask->answer->piece];
    ask_check_again(ask);
}

/* What is too large was not asked, and that is a fact about the message. */
static void ask_add_larger(struct ask *ask, const struct pieces *pieces)
{
    if (!pieces->has_larger)
        return;
    char text[ANSWER_TEXT_SIZE];
    (void)snprintf(text, sizeof text, "%llu bytes, more than the %llu that this scanner is shown",
                   (unsigned long long)pieces->larger_size, (unsigned long long)ask->scanner->settings->max_bytes);
    struct answer larger = { .unscannable = UNSCANNABLE_LIMIT, .piece = pieces->larger };
    answer_set(&larger, ANSWER_UNSCANNABLE, span_text(text));
    answer_worsen(ask->answer, &larger);
}

static void ask_pieces(struct ask *ask, enum scanner_input wanted)
{
    struct pieces pieces;
    if (!pieces_choose(ask->scanner->settings, wanted, ask->input, &pieces)) {
        ask_fail(ask, "no memory for the list of pieces");
        return;
    }
    if (pieces.count > 0)
        ask_show(ask, &pieces);
    else
        answer_set(ask->answer, ANSWER_CLEAN, span_text("")); /* nothing, or nothing but what is too large */
    ask_add_larger(ask, &pieces);
    pieces_fini(&pieces);
}

static void ask_run(void *argument)
{
    struct ask *ask = argument;
    int64_t begin_ms = clock_now_ms();
    *ask->answer = (struct answer){ .piece = PIECE_WHOLE };
    ask->deadline = deadline_earlier(ask->deadline, deadline_in(ask->scanner->settings->timeout_ms));

    if (ask_is_trusted(ask)) { /* else the answer says why */
        enum scanner_input wanted = scanner_wanted(ask->scanner);
        ask_pieces(ask, wanted);
        /* With this very answer it may have said that it has other signatures now. */
        enum scanner_input now = scanner_wanted(ask->scanner);
        if (now != wanted && now == INPUT_BOTH && ask->answer->kind != ANSWER_INFECTED)
            ask_pieces(ask, INPUT_BOTH);
    }
    ask->answer->took_ms = (uint32_t)(clock_now_ms() - begin_ms);
}

/* Asks up to `most` scanners of this role that were not asked yet, side by side. False where there was none. */
static bool judge_ask(struct scanner_set *set, const struct scan_input *input, enum scanner_role role, size_t most,
                      struct deadline deadline, struct answer *answers)
{
    struct ask asks[SETTINGS_MOST_SCANNERS];
    struct together_task tasks[SETTINGS_MOST_SCANNERS];
    size_t count = 0;
    for (size_t i = 0; i < set->count && count < most; i++) {
        struct scanner *scanner = &set->scanners[i];
        if (scanner->settings->role != role || answers[i].kind != ANSWER_NOT_ASKED)
            continue;
        asks[count] = (struct ask){
            .set = set, .scanner = scanner, .input = input, .deadline = deadline, .answer = &answers[i]
        };
        tasks[count] = (struct together_task){ .run = ask_run, .argument = &asks[count] };
        count++;
    }
    together_run(tasks, count);
    return count > 0;
}

static struct require_count judge_count(const struct scanner_set *set, const struct answer *answers)
{
    struct require_count count = { 0 };
    for (size_t i = 0; i < set->count; i++) {
        bool is_primary = set->scanners[i].settings->role == SCANNER_PRIMARY;
        uint32_t is_definite = answer_is_definite(&answers[i]) ? 1 : 0;
        count.primaries += is_primary ? 1 : 0;
        count.primaries_definite += is_primary ? is_definite : 0;
        count.backups_definite += is_primary ? 0 : is_definite;
    }
    return count;
}

static bool judge_found(const struct scanner_set *set, const struct answer *answers)
{
    for (size_t i = 0; i < set->count; i++) {
        if (answers[i].kind == ANSWER_INFECTED)
            return true;
    }
    return false;
}

static void judge_add_answers(const struct scanner_set *set, const struct answer *answers, struct verdict *verdict)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct answer *answer = &answers[i];
        const char *name = set->scanners[i].settings->name;
        if (answer->kind == ANSWER_INFECTED)
            verdict_add(verdict, CATEGORY_INFECTED, UNSCANNABLE_NONE, name, answer->text);
        if (answer->unscannable != UNSCANNABLE_NONE) {
            bool is_its_text = answer->kind == ANSWER_UNSCANNABLE;
            verdict_add(verdict, CATEGORY_UNSCANNABLE, answer->unscannable, name,
                        is_its_text ? answer->text : unscannable_text(answer->unscannable));
        }
    }
}

/* "1 of 2 required scanners answered; clamd: timed out". */
static void judge_add_unscanned(const struct scanner_set *set, const struct answer *answers, uint32_t missing,
                                uint32_t wanted, struct verdict *verdict)
{
    struct buf text;
    buf_init(&text, (size_t)SETTINGS_MOST_SCANNERS * (SETTINGS_NAME_SIZE + ANSWER_TEXT_SIZE) + VERDICT_TEXT_SIZE);
    if (set->count == 0)
        buf_put_text(&text, "no scanner is configured");
    else
        buf_printf(&text, "%u of %u required scanners answered", wanted - missing, wanted);
    for (size_t i = 0; i < set->count; i++) {
        if (answers[i].kind == ANSWER_FAILED)
            buf_printf(&text, "; %s: %s", set->scanners[i].settings->name, answers[i].text);
    }
    verdict_add(verdict, CATEGORY_UNSCANNED, UNSCANNABLE_NONE, "scanners", buf_text(&text));
    buf_fini(&text);
}

void scanners_judge(struct scanner_set *set, const struct scan_input *input, const struct policy_settings *policy,
                    struct deadline deadline, struct answer *answers_out, struct verdict *verdict)
{
    for (size_t i = 0; i < set->count; i++)
        answers_out[i] = (struct answer){ .kind = ANSWER_NOT_ASKED };
    (void)judge_ask(set, input, SCANNER_PRIMARY, set->count, deadline, answers_out);

    struct require_count count = judge_count(set, answers_out);
    uint32_t missing = require_missing(policy->require, &count);
    while (missing > 0 && !judge_found(set, answers_out) && !deadline_passed(deadline)) {
        if (!judge_ask(set, input, SCANNER_BACKUP, missing, deadline, answers_out))
            break;
        count = judge_count(set, answers_out);
        missing = require_missing(policy->require, &count);
    }

    judge_add_answers(set, answers_out, verdict);
    if (missing > 0)
        judge_add_unscanned(set, answers_out, missing, require_wanted(policy->require, count.primaries), verdict);
    else
        verdict_conclude(verdict);
}
