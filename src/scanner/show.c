#include "show.h"

#include "base/memory.h"
#include "scanner/names.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOW_MOST_SUSPECTS = 2048 };

enum shown_state {
    SHOWN_ASK,     /* to be asked about, with others */
    SHOWN_CLAIMED, /* likewise, and what comes of it is to be settled */
    SHOWN_ALONE,   /* to be asked about by itself */
    SHOWN_ALONE_CLAIMED,
    SHOWN_WAIT, /* somebody else is asking */
    SHOWN_DONE
};

struct shown {
    enum shown_state state;
    bool has_digest;
    struct recall_key key;
};

struct show {
    struct scanner *scanner;
    const struct scan_request *request;
    struct answer *answer; /* of all pieces so far; a clean one at first */
    struct shown *shown;   /* of each piece */
    struct piece *pieces;  /* room for a request's */
    size_t *indexes;       /* of each of those: its index in the whole request */
    uint64_t generation;
    int64_t asked_ms; /* when it was asked last */
    bool was_asked;
};

/* Everything that the scanner is told of a piece besides its bytes. */
static uint64_t piece_hint(const struct piece *piece)
{
    return piece->is_opened ? 1 : 0;
}

static uint64_t scanner_generation(struct scanner *scanner)
{
    lock_take(&scanner->lock);
    uint64_t generation = scanner->generation;
    lock_drop(&scanner->lock);
    return generation;
}

/* It can go on: nothing was found yet, nothing failed, and somebody still wants to know. */
static bool show_goes_on(const struct show *show)
{
    return show->answer->kind != ANSWER_INFECTED && show->answer->kind != ANSWER_FAILED;
}

static void show_add(struct show *show, const struct answer *answer, size_t index)
{
    struct answer placed = *answer;
    placed.piece = (uint32_t)index;
    answer_worsen(show->answer, &placed);
}

static const struct digest *show_digest(struct show *show, size_t index)
{
    struct shown *shown = &show->shown[index];
    const struct piece *piece = &show->request->pieces[index];
    if (!shown->has_digest && piece->digest != NULL)
        shown->key.digest = *piece->digest;
    else if (!shown->has_digest)
        digest_of(request_bytes(show->request, index), &shown->key.digest);
    shown->has_digest = true;
    return &shown->key.digest;
}

static void show_settle(struct show *show, size_t index, uint64_t generation, const struct answer *answer)
{
    struct shown *shown = &show->shown[index];
    if (shown->state == SHOWN_CLAIMED || shown->state == SHOWN_ALONE_CLAIMED)
        recall_settle(show->scanner->recall, &shown->key, generation, clock_now_ms(), answer);
    shown->state = SHOWN_DONE;
}

/* A piece that is poison is not shown, and that is a fact about it. True where it is. */
static bool show_is_poison(struct show *show, size_t index)
{
    struct poison *poison = &show->scanner->poison;
    if (poison_is_empty(poison))
        return false;
    enum poison_state state = poison_look(poison, show_digest(show, index), clock_now_ms());
    if (state == POISON_SUSPECT)
        show->shown[index].state = SHOWN_ALONE;
    if (state != POISON_SURE)
        return false;
    struct answer answer = { .unscannable = UNSCANNABLE_POISON };
    answer_set(&answer, ANSWER_UNSCANNABLE, span_text("this scanner failed on it several times"));
    atomic_fetch_add(&show->scanner->counts.poisoned, 1);
    show->shown[index].state = SHOWN_DONE;
    show_add(show, &answer, index);
    return true;
}

/* Whole messages and their frames never come again but when a mail server tries again: not worth a digest. */
static void show_look_up(struct show *show, size_t index)
{
    struct shown *shown = &show->shown[index];
    const struct piece *piece = &show->request->pieces[index];
    shown->key.hint = piece_hint(piece);
    if (show_is_poison(show, index) || show->scanner->recall == NULL || show->generation == 0 || piece->digest == NULL)
        return;
    struct answer known = { .kind = ANSWER_CLEAN };
    (void)show_digest(show, index);
    switch (recall_claim(show->scanner->recall, &shown->key, show->generation, clock_now_ms(), &known)) {
    case RECALL_KNOWN:
        shown->state = SHOWN_DONE;
        show_add(show, &known, index);
        break;
    case RECALL_CLAIMED:
        shown->state = shown->state == SHOWN_ALONE ? SHOWN_ALONE_CLAIMED : SHOWN_CLAIMED;
        break;
    case RECALL_BUSY:
        shown->state = SHOWN_WAIT;
        break;
    case RECALL_NO_ROOM:
        break;
    }
}

/* What is to be noted about a piece that failed, or did not. */
static void show_note(struct show *show, const struct answer *answer, size_t index, bool was_alone)
{
    struct poison *poison = &show->scanner->poison;
    if (answer->kind != ANSWER_FAILED) {
        if (!poison_is_empty(poison) && was_alone)
            poison_forget(poison, show_digest(show, index));
        return;
    }
    bool had_time = clock_now_ms() - show->asked_ms >= show->scanner->settings->timeout_ms / 2;
    bool may_be_it = answer->blame == BLAME_DEATH || answer->blame == BLAME_PIECE ||
                     (answer->blame == BLAME_TIME && had_time);
    if (may_be_it && was_alone)
        poison_failed(poison, show_digest(show, index), clock_now_ms());
    else if (may_be_it)
        poison_suspect(poison, show_digest(show, index), clock_now_ms());
}

/* Whether some answer that was remembered may have come from one that has now died. */
static void show_look_at_death(const struct show *show, const struct answer *answer)
{
    bool has_died = answer->kind == ANSWER_FAILED && answer->blame == BLAME_DEATH;
    if (has_died && show->scanner->recall != NULL)
        recall_drop(show->scanner->recall);
}

/* What one answer about `count` pieces says about each, as far as it does. */
static void show_settle_all(struct show *show, const struct answer *answer, size_t count)
{
    uint64_t generation = scanner_generation(show->scanner);
    bool is_same = generation == show->generation;
    bool is_clean = answer->kind == ANSWER_CLEAN && answer->unscannable == UNSCANNABLE_NONE &&
                    answer->ignored[0] == '\0' && answer->named[0] == '\0';
    for (size_t i = 0; i < count; i++) {
        bool is_it = i == answer->piece && (answer->kind == ANSWER_INFECTED || answer->kind == ANSWER_UNSCANNABLE);
        const struct answer *said = is_same && (is_clean || is_it || count == 1) ? answer : NULL;
        show_settle(show, show->indexes[i], generation, said);
    }
}

/* Asks about the first `count` of show->pieces. */
static void show_ask(struct show *show, size_t count, struct answer *answer_out)
{
    struct scan_request request = *show->request;
    request.pieces = show->pieces;
    request.count = count;
    *answer_out = (struct answer){ .kind = ANSWER_FAILED };
    show->was_asked = true;
    show->asked_ms = clock_now_ms();
    show->scanner->ops->ask(show->scanner, &request, answer_out);
    assert(answer_out->kind != ANSWER_NOT_ASKED && answer_out->piece < count);
    show_look_at_death(show, answer_out);
}

static size_t show_gather(struct show *show, enum shown_state a, enum shown_state b, size_t from)
{
    size_t count = 0;
    for (size_t i = from; i < show->request->count; i++) {
        if (show->shown[i].state != a && show->shown[i].state != b)
            continue;
        show->pieces[count] = show->request->pieces[i];
        show->indexes[count++] = i;
    }
    return count;
}

/* Pieces failed together: from now on each is shown alone. Where there is time left that is now, for those who are
 * innocent are to be told from the one that is not. True where there is. */
static bool show_part(struct show *show, const struct answer *answer, size_t count)
{
    bool is_theirs = answer->blame == BLAME_DEATH || answer->blame == BLAME_PIECE;
    bool may_be_theirs = is_theirs || answer->blame == BLAME_TIME;
    if (!may_be_theirs || count > SHOW_MOST_SUSPECTS)
        return false;
    for (size_t i = 0; i < count; i++) {
        struct shown *shown = &show->shown[show->indexes[i]];
        show_note(show, answer, show->indexes[i], false);
        shown->state = shown->state == SHOWN_CLAIMED ? SHOWN_ALONE_CLAIMED : SHOWN_ALONE;
    }
    return is_theirs && !deadline_passed(show->request->deadline);
}

/* Everything that may be shown together. A scanner that tells one name stops at it: where that is none that counts, it
 * is asked again about those that are left. */
static void show_together(struct show *show)
{
    size_t from = 0;
    while (show_goes_on(show)) {
        struct answer answer;
        size_t count = show_gather(show, SHOWN_ASK, SHOWN_CLAIMED, from);
        if (count == 0)
            return;
        show_ask(show, count, &answer);
        size_t index = show->indexes[answer.piece];
        bool tells_all = show->scanner->ops->tells_all;
        if (!tells_all && names_mask(&show->scanner->settings->names, &answer)) {
            show_settle(show, index, 0, NULL);
            show_add(show, &answer, index);
            from = show->scanner->ops->asks_alone ? index + 1 : 0;
            continue;
        }
        bool is_alone = count == 1 || show->scanner->ops->asks_alone;
        if (answer.kind == ANSWER_FAILED && !is_alone && show_part(show, &answer, count))
            return;
        if (answer.kind == ANSWER_FAILED || count == 1)
            show_note(show, &answer, index, is_alone);
        show_settle_all(show, &answer, count);
        show_add(show, &answer, index);
    }
}

static void show_alone(struct show *show, size_t index)
{
    struct answer answer;
    show->pieces[0] = show->request->pieces[index];
    show->indexes[0] = index;
    show_ask(show, 1, &answer);
    bool is_masked = !show->scanner->ops->tells_all && names_mask(&show->scanner->settings->names, &answer);
    show_note(show, &answer, index, true);
    if (is_masked)
        show_settle(show, index, 0, NULL);
    else
        show_settle_all(show, &answer, 1);
    show_add(show, &answer, index);
}

/* Only after all that is ours is settled, for who waits may be waited for. */
static void show_wait(struct show *show, size_t index)
{
    struct shown *shown = &show->shown[index];
    struct answer known = { .kind = ANSWER_CLEAN };
    enum recall_state state = recall_wait(show->scanner->recall, &shown->key, show->generation, show->request->deadline,
                                          &known);
    shown->state = state == RECALL_CLAIMED ? SHOWN_ALONE_CLAIMED : SHOWN_ALONE;
    if (state == RECALL_BUSY) {
        answer_fail(&known, BLAME_NOBODY, span_text("timeout: another message's scan of the same part did not end"));
    } else if (state != RECALL_KNOWN) {
        show_alone(show, index);
        return;
    }
    shown->state = SHOWN_DONE;
    show_add(show, &known, index);
}

static void show_run(struct show *show)
{
    size_t count = show->request->count;
    for (size_t i = 0; i < count && show_goes_on(show); i++)
        show_look_up(show, i);
    show_together(show);
    for (size_t i = 0; i < count && show_goes_on(show); i++) {
        if (show->shown[i].state == SHOWN_ALONE || show->shown[i].state == SHOWN_ALONE_CLAIMED)
            show_alone(show, i);
    }
    for (size_t i = 0; i < count; i++) { /* what nobody will be asked about after all */
        if (show->shown[i].state != SHOWN_WAIT)
            show_settle(show, i, 0, NULL);
    }
    for (size_t i = 0; i < count && show_goes_on(show); i++) {
        if (show->shown[i].state == SHOWN_WAIT)
            show_wait(show, i);
    }
}

bool scanner_show(struct scanner *scanner, const struct scan_request *request, struct answer *answer_out)
{
    struct show show = { .scanner = scanner,
                         .request = request,
                         .answer = answer_out,
                         .shown = memory_try(request->count * sizeof *show.shown),
                         .pieces = memory_try(request->count * sizeof *show.pieces),
                         .indexes = memory_try(request->count * sizeof *show.indexes),
                         .generation = scanner_generation(scanner) };
    *answer_out = (struct answer){ .kind = ANSWER_CLEAN };
    if (show.shown != NULL && show.pieces != NULL && show.indexes != NULL) {
        memset(show.shown, 0, request->count * sizeof *show.shown);
        show_run(&show);
    } else {
        answer_fail(answer_out, BLAME_NOBODY, span_text("no memory for the list of pieces"));
    }
    free(show.shown);
    free(show.pieces);
    free(show.indexes);
    return show.was_asked;
}
