/* One message and all scanners: who is asked, what counts, and what follows from it. */
#include "set.h"

#include "base/buf.h"
#include "base/memory.h"
#include "scanner/pieces.h"
#include "scanner/require.h"
#include "scanner/show.h"
#include "scanner/together.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum { ASK_PATIENCE_MS = 250 };

/* One scanner and one message. */
struct ask {
    struct scanner_set *set;
    struct scanner *scanner;
    const struct scan_input *input;
    struct deadline deadline; /* the earlier of the two: */
    struct deadline given;    /* the message's */
    struct deadline own;      /* the scanner's */
    struct stop *stop;
    struct answer *answer;
};

static void ask_fail(struct ask *ask, enum blame blame, const char *text)
{
    answer_fail(ask->answer, blame, span_text(text));
}

/* False, and a failed answer, where nobody is to be sent to the scanner. One that was never seen to work is tried
 * first; one that failed on a message just now is being tried, and if it works that shows soon. */
static bool ask_is_trusted(struct ask *ask)
{
    struct scanner *scanner = ask->scanner;
    lock_take(&scanner->lock);
    enum health_state state = scanner->health.state;
    bool is_trusted = health_is_trusted(&scanner->health);
    lock_drop(&scanner->lock);
    if (state == HEALTH_UNKNOWN)
        scanner_prove(scanner, ask->deadline);
    else if (state == HEALTH_DOUBTFUL && !is_trusted)
        scanner_await_proof(scanner, deadline_earlier(ask->deadline, deadline_in(ASK_PATIENCE_MS)));

    lock_take(&scanner->lock);
    is_trusted = health_is_trusted(&scanner->health);
    if (!is_trusted) {
        const char *why = scanner->health.text;
        ask_fail(ask, BLAME_NOBODY, why[0] != '\0' ? why : "it was not seen to work yet");
    }
    lock_drop(&scanner->lock);
    if (!is_trusted)
        counts_answer(&scanner->counts, ANSWER_NOT_ASKED, 0);
    return is_trusted;
}

/* A canary that was missed while this message was with the scanner speaks about its answer too. A failure has the
 * scanner looked at at once. */
static void ask_check_again(struct ask *ask)
{
    struct scanner *scanner = ask->scanner;
    struct answer *answer = ask->answer;
    bool was_hurried = answer->kind == ANSWER_FAILED && answer->blame == BLAME_TIME && deadline_passed(ask->given) &&
                       ask->given.at_ms < ask->own.at_ms;
    if (was_hurried)
        answer->blame = BLAME_NOBODY; /* it was not given the time that it has */
    lock_take(&scanner->lock);
    bool was_open = scanner->health.is_open || scanner->health.state == HEALTH_FAILED;
    if (scanner->health.state == HEALTH_FAILED && answer->kind != ANSWER_INFECTED)
        ask_fail(ask, BLAME_NOBODY, scanner->health.text);
    else if (answer->kind == ANSWER_FAILED)
        health_message_failed(&scanner->health, clock_now_ms(), answer->blame, answer->text);
    else
        health_message_answered(&scanner->health, clock_now_ms());
    bool is_open = scanner->health.is_open || scanner->health.state == HEALTH_FAILED;
    bool is_doubtful = scanner->health.state == HEALTH_DOUBTFUL;
    lock_drop(&scanner->lock);
    if (is_open && !was_open)
        atomic_fetch_add(&scanner->counts.opened, 1);
    if (is_doubtful && answer->kind == ANSWER_FAILED)
        scanner_probe(ask->set, scanner);
}

/* Somebody else has found the message infected, and this scanner was told to stop: no answer, and nobody's fault. */
static bool ask_is_stopped(const struct ask *ask)
{
    return ask->stop != NULL && ask->answer->kind == ANSWER_FAILED && ask->answer->blame == BLAME_NOBODY &&
           stop_is_raised(ask->stop);
}

static void ask_show(struct ask *ask, const struct pieces *pieces)
{
    struct scanner *scanner = ask->scanner;
    atomic_fetch_add(&scanner->waiting, 1);
    bool has_slot = slots_take(&scanner->slots, ask->deadline);
    atomic_fetch_sub(&scanner->waiting, 1);
    if (!has_slot) {
        ask_fail(ask, BLAME_NOBODY, "timeout: it was busy with other messages");
        return;
    }
    struct scan_request request = {
        .packs = ask->input->packs,
        .pieces = pieces->list,
        .count = pieces->count,
        .deadline = ask->deadline,
        .stop = ask->stop,
    };
    bool was_asked = scanner_show(scanner, &request, ask->answer);
    slots_drop(&scanner->slots);
    assert(ask->answer->kind != ANSWER_NOT_ASKED && ask->answer->piece < pieces->count);
    ask->answer->piece = pieces->numbers[ask->answer->piece];
    if (was_asked && !ask_is_stopped(ask))
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
        ask_fail(ask, BLAME_NOBODY, "no memory for the list of pieces");
        return;
    }
    if (pieces.count > 0)
        ask_show(ask, &pieces);
    else
        answer_set(ask->answer, ANSWER_CLEAN, span_text("")); /* nothing, or nothing but what is too large */
    ask_add_larger(ask, &pieces);
    pieces_fini(&pieces);
}

static void ask_end(struct ask *ask, int64_t begin_ms)
{
    if (ask_is_stopped(ask)) {
        *ask->answer = (struct answer){ .kind = ANSWER_NOT_ASKED, .piece = PIECE_WHOLE };
        return;
    }
    if (ask->answer->kind == ANSWER_INFECTED && ask->stop != NULL)
        stop_raise(ask->stop);
    if (ask->answer->ignored[0] != '\0')
        atomic_fetch_add(&ask->scanner->counts.ignored, 1);
    counts_answer(&ask->scanner->counts, ask->answer->kind, (uint32_t)(clock_now_ms() - begin_ms));
}

static void ask_run(void *argument)
{
    struct ask *ask = argument;
    int64_t begin_ms = clock_now_ms();
    *ask->answer = (struct answer){ .piece = PIECE_WHOLE };
    ask->given = ask->deadline;
    ask->own = deadline_in(ask->scanner->settings->timeout_ms);
    ask->deadline = deadline_earlier(ask->given, ask->own);

    if (ask_is_trusted(ask)) { /* else the answer says why */
        enum scanner_input wanted = scanner_wanted(ask->scanner);
        ask_pieces(ask, wanted);
        /* With this very answer it may have said that it has other signatures now. */
        enum scanner_input now = scanner_wanted(ask->scanner);
        if (now != wanted && now == INPUT_BOTH && ask->answer->kind != ANSWER_INFECTED)
            ask_pieces(ask, INPUT_BOTH);
        ask_end(ask, begin_ms);
    }
    ask->answer->took_ms = (uint32_t)(clock_now_ms() - begin_ms);
}

/* Asks up to `most` scanners of this role that were not asked yet, side by side. False where there was none. */
static bool judge_ask(struct scanner_set *set, const struct scan_input *input, enum scanner_role role, size_t most,
                      struct deadline deadline, struct answer *answers)
{
    struct stop stop = { .fd = -1 };
    struct ask asks[SETTINGS_MOST_SCANNERS];
    struct together_task tasks[SETTINGS_MOST_SCANNERS];
    size_t count = 0;
    for (size_t i = 0; i < set->count && count < most; i++) {
        struct scanner *scanner = &set->scanners[i];
        if (scanner->settings->role != role || answers[i].kind != ANSWER_NOT_ASKED)
            continue;
        asks[count] = (struct ask){
            .set = set, .scanner = scanner, .input = input, .deadline = deadline, .stop = &stop, .answer = &answers[i]
        };
        tasks[count] = (struct together_task){ .run = ask_run, .argument = &asks[count] };
        count++;
    }
    if (count > 1)
        stop_open(&stop);
    together_run(tasks, count);
    stop_close(&stop);
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

static bool judge_has(const struct scanner_set *set, const struct answer *answers, enum answer_kind kind)
{
    for (size_t i = 0; i < set->count; i++) {
        if (answers[i].kind == kind)
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
        if (answer->named[0] != '\0')
            verdict_add(verdict, answer->named_as, UNSCANNABLE_NONE, name, answer->named);
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

struct digested {
    struct piece *parts;
    struct digest *digests;
};

/* The parts with the digests of their bytes, made once for all scanners. Where there is no memory for them nothing is
 * remembered of this message. */
static void judge_digest(const struct scanner_set *set, struct scan_input *input, struct digested *digested_out)
{
    *digested_out = (struct digested){ .parts = NULL };
    if (!set->remembers || input->part_count == 0)
        return;
    digested_out->parts = memory_try(input->part_count * sizeof *digested_out->parts);
    digested_out->digests = memory_try(input->part_count * sizeof *digested_out->digests);
    if (digested_out->parts == NULL || digested_out->digests == NULL)
        return;
    for (size_t i = 0; i < input->part_count; i++) {
        struct piece *part = &digested_out->parts[i];
        *part = input->parts[i];
        digest_of(pack_bytes(input->packs, part), &digested_out->digests[i]);
        part->digest = &digested_out->digests[i];
    }
    input->parts = digested_out->parts;
}

static void digested_fini(struct digested *digested)
{
    free(digested->parts);
    free(digested->digests);
}

void scanners_judge(struct scanner_set *set, const struct scan_input *given, const struct policy_settings *policy,
                    struct deadline deadline, struct answer *answers_out, struct verdict *verdict)
{
    struct scan_input digested_input = *given;
    const struct scan_input *input = &digested_input;
    struct digested digested;
    judge_digest(set, &digested_input, &digested);
    for (size_t i = 0; i < set->count; i++)
        answers_out[i] = (struct answer){ .kind = ANSWER_NOT_ASKED };
    (void)judge_ask(set, input, SCANNER_PRIMARY, set->count, deadline, answers_out);

    struct require_count count = judge_count(set, answers_out);
    uint32_t missing = require_missing(policy->require, &count);
    while (missing > 0 && !judge_has(set, answers_out, ANSWER_INFECTED) && !deadline_passed(deadline)) {
        if (!judge_ask(set, input, SCANNER_BACKUP, missing, deadline, answers_out))
            break;
        count = judge_count(set, answers_out);
        missing = require_missing(policy->require, &count);
    }

    digested_fini(&digested);
    judge_add_answers(set, answers_out, verdict);
    if (missing == 0)
        verdict_conclude(verdict);
    else if (!judge_has(set, answers_out, ANSWER_INFECTED) ||
             judge_has(set, answers_out, ANSWER_FAILED)) /* else the others were not waited for */
        judge_add_unscanned(set, answers_out, missing, require_wanted(policy->require, count.primaries), verdict);
}
