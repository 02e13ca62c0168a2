#include "dialogue.h"

#include "base/test.h"

#include <string.h>

struct step_row {
    const char *text;
    bool is_sound;
    enum dialogue_kind kind;
    const char *rest; /* what is left as text; or what is wrong */
};

static const struct step_row step_rows[] = {
    { "> SSSP/1.0\\r", true, DIALOGUE_SEND, "SSSP/1.0\\r" },
    { ">> {body}", true, DIALOGUE_SEND, "{body}" },
    { ">> \\x00\\x1fA{size:b4}{size:l4}{chunks:b4}{path_size:b4}\\{", true, DIALOGUE_SEND, NULL },
    { "close", true, DIALOGUE_CLOSE, NULL },
    { "read line", true, DIALOGUE_READ, NULL },
    { "read nul", true, DIALOGUE_READ, NULL },
    { "read all", true, DIALOGUE_READ, NULL },
    { "read 16", true, DIALOGUE_READ, NULL },
    { "< ^OK SSSP", true, DIALOGUE_EXPECT, "^OK SSSP" },
    { "clean ^OK", true, DIALOGUE_CLEAN, "^OK" },
    { "last clean ^OK", true, DIALOGUE_CLEAN, "^OK" },
    { "infected ^FOUND (.*)", true, DIALOGUE_INFECTED, "^FOUND (.*)" },
    { "unscannable encrypted ^0212", true, DIALOGUE_UNSCANNABLE, "^0212" },
    { "last failed ^ERR", true, DIALOGUE_FAILED, "^ERR" },
    { "skip ^EVENT", true, DIALOGUE_SKIP, "^EVENT" },
    { "", false, DIALOGUE_SEND, "is no step" },
    { ">SSSP", false, DIALOGUE_SEND, "is no step" },
    { "clean", false, DIALOGUE_SEND, "is no step" },
    { "clean ", false, DIALOGUE_SEND, "is no step" },
    { "last skip x", true, DIALOGUE_SKIP, "x" },
    { "last < x", false, DIALOGUE_SEND, "is no step" },
    { "last read line", false, DIALOGUE_SEND, "is no step" },
    { "closed", false, DIALOGUE_SEND, "is no step" },
    { "> {file}", false, DIALOGUE_SEND, "\"{file}\" is no field" },
    { "> \\q", false, DIALOGUE_SEND, "\"\\q\" is no escape" },
    { "> \\xg0", false, DIALOGUE_SEND, "is no escape" },
    { "> \\", false, DIALOGUE_SEND, "is no escape" },
    { "read 0", false, DIALOGUE_SEND, "\"read 0\" is not known" },
    { "read 65537", false, DIALOGUE_SEND, "is not known" },
    { "read lines", false, DIALOGUE_SEND, "is not known" },
    { "unscannable ^x", false, DIALOGUE_SEND, "unscannable needs its reason" },
    { "unscannable limit", false, DIALOGUE_SEND, "unscannable needs its reason" },
    { "unscannable poison x", false, DIALOGUE_SEND, "unscannable needs its reason" },
    { "clean (", false, DIALOGUE_SEND, "the pattern \"(\" is none: missing" },
};

static void test_steps(void)
{
    for (size_t i = 0; i < sizeof step_rows / sizeof step_rows[0]; i++) {
        const struct step_row *row = &step_rows[i];
        struct dialogue_step step;
        struct fault fault = { 0 };
        test_context(row->text);
        CHECK(dialogue_step_read(row->text, &step, &fault) == row->is_sound);
        if (row->is_sound)
            CHECK(step.kind == row->kind && (row->rest == NULL || strcmp(step.text, row->rest) == 0));
        else if (!CHECK(strstr(fault.text, row->rest) != NULL))
            test_context(fault.text);
    }
    test_context(NULL);
    struct dialogue_step step;
    CHECK(dialogue_step_read("last unscannable limit x y", &step, NULL) && step.is_last);
    CHECK(step.unscannable == UNSCANNABLE_LIMIT && strcmp(step.text, "x y") == 0);
    CHECK(dialogue_step_read("> x", &step, NULL) && step.with_line_end);
    CHECK(dialogue_step_read(">> x", &step, NULL) && !step.with_line_end);
    CHECK(dialogue_step_read("read 16", &step, NULL) && step.unit == DIALOGUE_BYTES && step.bytes == 16);
}

static void test_wholes(void)
{
    struct fault fault = { 0 };
    struct settings_list good = { .items = { "> SCAN {path}", "clean ^OK", "infected ^F" }, .count = 3 };
    CHECK(dialogue_is_whole(&good, &fault));
    struct settings_list early = { .items = { "clean ^OK", "infected ^F", "> {body}" }, .count = 3 };
    CHECK(!dialogue_is_whole(&early, &fault) && strstr(fault.text, "no step for clean after") != NULL);
    struct settings_list blind = { .items = { "> SCAN", "clean ^OK", "infected ^F" }, .count = 3 };
    CHECK(!dialogue_is_whole(&blind, &fault) && strstr(fault.text, "never shows a piece") != NULL);
    struct settings_list mild = { .items = { "> {body}", "clean ^OK" }, .count = 2 };
    CHECK(!dialogue_is_whole(&mild, &fault) && strstr(fault.text, "no step for infected") != NULL);
    struct settings_list none = { .count = 0 };
    CHECK(!dialogue_is_whole(&none, &fault));
}

static void test_texts(void)
{
    const char *rest = "a\\r\\x7f\\0{size}\\{";
    char byte = 'x';
    CHECK(dialogue_next(&rest, &byte) == DIALOGUE_LITERAL && byte == 'a');
    CHECK(dialogue_next(&rest, &byte) == DIALOGUE_LITERAL && byte == '\r');
    CHECK(dialogue_next(&rest, &byte) == DIALOGUE_LITERAL && byte == 0x7f);
    CHECK(dialogue_next(&rest, &byte) == DIALOGUE_LITERAL && byte == '\0');
    CHECK(dialogue_next(&rest, &byte) == DIALOGUE_SIZE);
    CHECK(dialogue_next(&rest, &byte) == DIALOGUE_LITERAL && byte == '{');
    CHECK(dialogue_next(&rest, &byte) == DIALOGUE_END);
}

int main(void)
{
    test_steps();
    test_wholes();
    test_texts();
    return test_end();
}
