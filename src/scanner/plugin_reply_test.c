#include "plugin_reply.h"

#include "base/test.h"

#include <string.h>

struct reply_row {
    const char *reply;
    enum answer_kind kind;
    enum unscannable unscannable;
    const char *text;
};

static const struct reply_row rows[] = {
    { "clean", ANSWER_CLEAN, UNSCANNABLE_NONE, "" },
    { "infected Eicar test", ANSWER_INFECTED, UNSCANNABLE_NONE, "Eicar test" },
    { "failed no licence", ANSWER_FAILED, UNSCANNABLE_NONE, "no licence" },
    { "unscannable encrypted", ANSWER_UNSCANNABLE, UNSCANNABLE_ENCRYPTED, "encrypted" },
    { "unscannable limit 7 levels", ANSWER_UNSCANNABLE, UNSCANNABLE_LIMIT, "7 levels" },
    { "unscannable damaged x", ANSWER_UNSCANNABLE, UNSCANNABLE_DAMAGED, "x" },
    { "unscannable unsupported x", ANSWER_UNSCANNABLE, UNSCANNABLE_UNSUPPORTED, "x" },
    { "unscannable poison x", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown reply: unscannable poison x" },
    { "unscannable", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown reply: unscannable" },
    { "unscannable because", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown reply: unscannable because" },
    { "infected", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown reply: infected" },
    { "infected  ", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown reply: infected  " },
    { "failed", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown reply: failed" },
    { "clean ", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown reply: clean " },
    { "Clean", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown reply: Clean" },
    { "cleanish", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown reply: cleanish" },
    { "", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown reply: " },
};

int main(void)
{
    struct answer answer;
    struct span generation;
    struct span text;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].reply);
        plugin_reply_read(span_text(rows[i].reply), &answer);
        CHECK(answer.kind == rows[i].kind && answer.unscannable == rows[i].unscannable);
        CHECK(strcmp(answer.text, rows[i].text) == 0);
    }
    test_context("a NUL within");
    plugin_reply_read(span_of("clean\0", 6), &answer);
    CHECK(answer.kind == ANSWER_FAILED);
    CHECK(plugin_version_read(span_text("version 12/3 Example scanner 1.0"), &generation, &text));
    CHECK(span_is(generation, "12/3") && span_is(text, "Example scanner 1.0"));
    CHECK(!plugin_version_read(span_text("version"), &generation, &text));
    CHECK(!plugin_version_read(span_text("version 12"), &generation, &text));
    CHECK(!plugin_version_read(span_text("versions 12 x"), &generation, &text));
    return test_end();
}
