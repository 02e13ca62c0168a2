#include "engine_answer.h"

#include "base/test.h"

#include <string.h>

struct answer_row {
    const char *name;
    struct scan_answer answer;
    size_t cut; /* bytes that are missing */
    enum answer_kind kind;
};

#define SOUND .magic = SCAN_MAGIC, .text = "text", .engine = "ClamAV 1.4.6/27600", .generation = 7, .raw_signatures = 3

static const struct answer_row rows[] = {
    { "clean", { SOUND, .result = SCAN_CLEAN, .pieces_judged = 3 }, 0, ANSWER_CLEAN },
    { "infected", { SOUND, .result = SCAN_INFECTED, .piece = 1, .pieces_judged = 2 }, 0, ANSWER_INFECTED },
    { "infected and encrypted",
      { SOUND, .result = SCAN_INFECTED, .unscannable = UNSCANNABLE_ENCRYPTED, .pieces_judged = 1 },
      0,
      ANSWER_INFECTED },
    { "unscannable",
      { SOUND, .result = SCAN_UNSCANNABLE, .unscannable = UNSCANNABLE_LIMIT, .pieces_judged = 3 },
      0,
      ANSWER_UNSCANNABLE },
    { "failed", { SOUND, .result = SCAN_FAILED }, 0, ANSWER_FAILED },
    { "clean of two in three", { SOUND, .result = SCAN_CLEAN, .pieces_judged = 2 }, 0, ANSWER_FAILED },
    { "clean of four in three", { SOUND, .result = SCAN_CLEAN, .pieces_judged = 4 }, 0, ANSWER_FAILED },
    { "clean but encrypted",
      { SOUND, .result = SCAN_CLEAN, .unscannable = UNSCANNABLE_ENCRYPTED, .pieces_judged = 3 },
      0,
      ANSWER_FAILED },
    { "unscannable without a reason", { SOUND, .result = SCAN_UNSCANNABLE, .pieces_judged = 3 }, 0, ANSWER_FAILED },
    { "a reason that is the gate's",
      { SOUND, .result = SCAN_UNSCANNABLE, .unscannable = UNSCANNABLE_POISON, .pieces_judged = 3 },
      0,
      ANSWER_FAILED },
    { "a piece that is not there", { SOUND, .result = SCAN_INFECTED, .piece = 3 }, 0, ANSWER_FAILED },
    { "no result", { SOUND }, 0, ANSWER_FAILED },
    { "result 5", { SOUND, .result = 5, .pieces_judged = 3 }, 0, ANSWER_FAILED },
    { "no magic", { .result = SCAN_CLEAN, .pieces_judged = 3 }, 0, ANSWER_FAILED },
    { "too short", { SOUND, .result = SCAN_CLEAN, .pieces_judged = 3 }, 1, ANSWER_FAILED },
    { "empty", { SOUND, .result = SCAN_CLEAN, .pieces_judged = 3 }, sizeof(struct scan_answer), ANSWER_FAILED },
};

static void test_endless_text(void)
{
    test_context("text without end");
    struct scan_answer bytes = { .magic = SCAN_MAGIC, .result = SCAN_CLEAN, .pieces_judged = 1 };
    memset(bytes.text, 'x', sizeof bytes.text);
    struct answer answer;
    struct engine_about about;
    engine_answer_read(span_of(&bytes, sizeof bytes), 1, &answer, &about);
    CHECK(answer.kind == ANSWER_FAILED);
    bytes.text[0] = '\0';
    memset(bytes.engine, 'x', sizeof bytes.engine);
    engine_answer_read(span_of(&bytes, sizeof bytes), 1, &answer, &about);
    CHECK(answer.kind == ANSWER_FAILED && about.version[0] == '\0');
    bytes.engine[0] = '\0';
    memset(bytes.ignored, 'x', sizeof bytes.ignored);
    engine_answer_read(span_of(&bytes, sizeof bytes), 1, &answer, &about);
    CHECK(answer.kind == ANSWER_FAILED && about.ignored[0] == '\0');
    bytes.ignored[0] = '\0';
    memset(bytes.named, 'x', sizeof bytes.named);
    engine_answer_read(span_of(&bytes, sizeof bytes), 1, &answer, &about);
    CHECK(answer.kind == ANSWER_FAILED && about.named[0] == '\0');
    bytes.named[1] = '\0';
    engine_answer_read(span_of(&bytes, sizeof bytes), 1, &answer, &about);
    CHECK(answer.kind == ANSWER_CLEAN && strcmp(about.named, "x") == 0);
}

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct answer_row *row = &rows[i];
        test_context(row->name);
        struct answer answer;
        struct engine_about about;
        engine_answer_read(span_of(&row->answer, sizeof row->answer - row->cut), 3, &answer, &about);
        CHECK(answer.kind == row->kind);
        CHECK(answer.kind == ANSWER_FAILED || about.generation == 7);
    }
    test_endless_text();
    return test_end();
}
