#include "engine_answer.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

static const enum answer_kind answer_kinds[] = {
    [SCAN_CLEAN] = ANSWER_CLEAN,
    [SCAN_UNSCANNABLE] = ANSWER_UNSCANNABLE,
    [SCAN_FAILED] = ANSWER_FAILED,
    [SCAN_INFECTED] = ANSWER_INFECTED,
};

/* The first rule that the answer breaks, or NULL. */
static const char *engine_answer_mistake(const struct scan_answer *answer, size_t count)
{
    if (answer->magic != SCAN_MAGIC)
        return "wrong magic";
    if (answer->result < SCAN_CLEAN || answer->result > SCAN_INFECTED)
        return "unknown result";
    if (memchr(answer->text, '\0', sizeof answer->text) == NULL ||
        memchr(answer->engine, '\0', sizeof answer->engine) == NULL ||
        memchr(answer->named, '\0', sizeof answer->named) == NULL ||
        memchr(answer->ignored, '\0', sizeof answer->ignored) == NULL)
        return "text without end";
    /* `decoder` and `poison` are the gate's to say. */
    if (answer->unscannable > UNSCANNABLE_LIMIT)
        return "unknown reason";
    if (answer->result == SCAN_CLEAN && answer->unscannable != UNSCANNABLE_NONE)
        return "clean with a reason";
    if (answer->result == SCAN_UNSCANNABLE && answer->unscannable == UNSCANNABLE_NONE)
        return "unscannable without a reason";
    if (answer->piece >= count || answer->pieces_judged > count)
        return "a piece that it was not shown";
    bool is_definite_for_all = answer->result == SCAN_CLEAN || answer->result == SCAN_UNSCANNABLE;
    if (is_definite_for_all && answer->pieces_judged != count)
        return "not every piece was judged";
    return NULL;
}

void engine_answer_read(struct span answer, size_t count, struct answer *answer_out, struct engine_about *about_out)
{
    struct scan_answer got;
    *answer_out = (struct answer){ .kind = ANSWER_FAILED };
    *about_out = (struct engine_about){ .generation = 0 };
    const char *mistake = "wrong size";
    if (answer.size == sizeof got) {
        memcpy(&got, answer.data, sizeof got);
        mistake = engine_answer_mistake(&got, count);
    }
    if (mistake != NULL) {
        char text[ANSWER_TEXT_SIZE] = "the engine's answer is broken: ";
        (void)strncat(text, mistake, sizeof text - strlen(text) - 1);
        answer_set(answer_out, ANSWER_FAILED, span_text(text));
        return;
    }
    answer_set(answer_out, answer_kinds[got.result], span_text(got.text));
    answer_out->unscannable = (enum unscannable)got.unscannable;
    answer_out->blame = BLAME_PIECE; /* where it failed, it was over this piece */
    answer_out->piece = got.piece;
    static_assert(sizeof about_out->named == sizeof got.named, "one size of texts");
    memcpy(about_out->named, got.named, sizeof about_out->named);
    memcpy(about_out->ignored, got.ignored, sizeof about_out->ignored);
    memcpy(about_out->version, got.engine, sizeof about_out->version);
    about_out->generation = got.generation;
    about_out->raw_signatures = got.raw_signatures;
}
