#include "verdict.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char *const category_texts[CATEGORIES] = {
    [CATEGORY_CLEAN] = "clean",         [CATEGORY_MALFORMED] = "malformed", [CATEGORY_UNSCANNABLE] = "unscannable",
    [CATEGORY_UNSCANNED] = "unscanned", [CATEGORY_BANNED] = "banned",       [CATEGORY_INFECTED] = "infected",
};

static const char *const unscannable_texts[UNSCANNABLES] = {
    [UNSCANNABLE_NONE] = "",
    [UNSCANNABLE_DAMAGED] = "damaged",
    [UNSCANNABLE_UNSUPPORTED] = "unsupported",
    [UNSCANNABLE_ENCRYPTED] = "encrypted",
    [UNSCANNABLE_LIMIT] = "limit",
    [UNSCANNABLE_MASKED] = "masked",
    [UNSCANNABLE_DECODER] = "decoder",
    [UNSCANNABLE_POISON] = "poison",
};

static const char *const answer_texts[ANSWERS] = {
    [ANSWER_NOT_ASKED] = "not-asked", [ANSWER_CLEAN] = "clean",       [ANSWER_UNSCANNABLE] = "unscannable",
    [ANSWER_FAILED] = "failed",       [ANSWER_INFECTED] = "infected",
};

const char *category_text(enum category category)
{
    assert((size_t)category < CATEGORIES);
    return category_texts[category];
}

const char *unscannable_text(enum unscannable unscannable)
{
    assert((size_t)unscannable < UNSCANNABLES);
    return unscannable_texts[unscannable];
}

const char *answer_kind_text(enum answer_kind kind)
{
    assert((size_t)kind < ANSWERS);
    return answer_texts[kind];
}

bool category_from_text(struct span text, enum category *category_out)
{
    for (size_t i = 0; i < CATEGORIES; i++) {
        if (span_is(text, category_texts[i])) {
            *category_out = (enum category)i;
            return true;
        }
    }
    return false;
}

bool unscannable_from_text(struct span text, enum unscannable *unscannable_out)
{
    for (size_t i = UNSCANNABLE_NONE + 1; i < UNSCANNABLES; i++) {
        if (span_is(text, unscannable_texts[i])) {
            *unscannable_out = (enum unscannable)i;
            return true;
        }
    }
    return false;
}

/* What scanners say and what parts are called ends on terminals too. */
static void text_disarm(char *text)
{
    for (char *p = text; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?';
    }
}

void answer_set(struct answer *answer, enum answer_kind kind, struct span text)
{
    answer->kind = kind;
    (void)span_copy(text, answer->text, sizeof answer->text);
    text_disarm(answer->text);
}

bool answer_is_definite(const struct answer *answer)
{
    return answer->kind == ANSWER_CLEAN || answer->kind == ANSWER_UNSCANNABLE || answer->kind == ANSWER_INFECTED;
}

void verdict_init(struct verdict *verdict)
{
    *verdict = (struct verdict){ 0 };
}

static bool finding_is_graver(const struct finding *a, const struct finding *b)
{
    return a->category != b->category ? a->category > b->category : a->unscannable > b->unscannable;
}

/* Makes room where all are taken, by dropping the last of the least grave. False where the new one is that itself. */
static bool verdict_make_room(struct verdict *verdict, const struct finding *finding)
{
    if (verdict->finding_count < VERDICT_MOST_FINDINGS)
        return true;
    size_t least = 0;
    for (size_t i = 1; i < verdict->finding_count; i++) {
        if (!finding_is_graver(&verdict->findings[i], &verdict->findings[least]))
            least = i;
    }
    if (!finding_is_graver(finding, &verdict->findings[least]))
        return false;
    verdict->finding_count--;
    memmove(&verdict->findings[least], &verdict->findings[least + 1],
            (verdict->finding_count - least) * sizeof verdict->findings[0]);
    return true;
}

void verdict_add(struct verdict *verdict, enum category category, enum unscannable unscannable, const char *source,
                 const char *text)
{
    assert(category > CATEGORY_CLEAN && category < CATEGORIES);
    assert((category == CATEGORY_UNSCANNABLE) == (unscannable != UNSCANNABLE_NONE) && unscannable < UNSCANNABLES);
    verdict->categories |= 1U << category;
    if (unscannable > verdict->unscannable)
        verdict->unscannable = unscannable;

    struct finding finding = { .category = category, .unscannable = unscannable };
    if (!verdict_make_room(verdict, &finding))
        return;
    (void)snprintf(finding.source, sizeof finding.source, "%s", source);
    (void)snprintf(finding.text, sizeof finding.text, "%s", text);
    text_disarm(finding.text);
    verdict->findings[verdict->finding_count++] = finding;
}

void verdict_conclude(struct verdict *verdict)
{
    verdict->categories |= 1U << CATEGORY_CLEAN;
}

enum category verdict_gravest(const struct verdict *verdict)
{
    bool is_concluded = (verdict->categories & 1U << CATEGORY_CLEAN) != 0;
    enum category least = is_concluded ? CATEGORY_CLEAN : CATEGORY_UNSCANNED;
    for (enum category category = CATEGORY_INFECTED; category > least; category--) {
        if ((verdict->categories & 1U << category) != 0)
            return category;
    }
    return least;
}

const struct finding *verdict_main_finding(const struct verdict *verdict)
{
    enum category category = verdict_gravest(verdict);
    const struct finding *main_finding = NULL;
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        if (finding->category == category && (main_finding == NULL || finding_is_graver(finding, main_finding)))
            main_finding = finding;
    }
    return main_finding;
}
