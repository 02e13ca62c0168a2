#include "header.h"

#include "base/test.h"

#include <string.h>

static void test_line_kinds(void)
{
    static const struct {
        const char *line;
        enum mail_line kind;
    } rows[] = {
        { "Subject: x\r\n", MAIL_LINE_FIELD },
        { "Subject:\n", MAIL_LINE_FIELD },
        { "Subject : x\r\n", MAIL_LINE_FIELD },
        { "a:b", MAIL_LINE_FIELD },
        { "\r\n", MAIL_LINE_EMPTY },
        { "\n", MAIL_LINE_EMPTY },
        { "", MAIL_LINE_EMPTY },
        { " \r\n", MAIL_LINE_FOLD },
        { "\tx\r\n", MAIL_LINE_FOLD },
        { ": x\r\n", MAIL_LINE_JUNK },
        { "no field\r\n", MAIL_LINE_JUNK },
        { "two words: x\r\n", MAIL_LINE_JUNK },
        { "From a Thu 10:00:00\r\n", MAIL_LINE_JUNK },
        { ">From a\r\n", MAIL_LINE_JUNK },
        { "--b\r\n", MAIL_LINE_JUNK },
        { "\r\rx\r\n", MAIL_LINE_JUNK },
        { "na\xc3\xafve: x\r\n", MAIL_LINE_JUNK },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].line);
        CHECK(mail_line_kind(span_text(rows[i].line)) == rows[i].kind);
    }
    test_context(NULL);
}

static void test_fields(void)
{
    struct span header = span_text("A: 1\r\nB:\r\n\t2\n 3\r\nthis is junk\r\n folded junk\r\nc :  4 \r\n");
    struct mail_field field;
    CHECK(mail_field_next(&header, &field));
    CHECK(span_is(field.name, "A") && span_is(field.value, "1") && span_is(field.whole, "A: 1\r\n"));
    CHECK(mail_field_next(&header, &field));
    CHECK(span_is(field.name, "B") && span_is(field.value, "2\n 3") && span_is(field.whole, "B:\r\n\t2\n 3\r\n"));
    CHECK(mail_field_next(&header, &field));
    CHECK(span_is(field.name, "c") && span_is(field.value, "4"));
    CHECK(!mail_field_next(&header, &field));
    CHECK(!mail_field_next(&header, &field));
}

static void test_lines(void)
{
    struct span rest = span_text("a\r\nb\nc");
    CHECK(span_is(mail_line_text(mail_line_cut(&rest)), "a"));
    CHECK(span_is(mail_line_cut(&rest), "b\n"));
    CHECK(span_is(mail_line_cut(&rest), "c"));
    CHECK(mail_line_cut(&rest).size == 0);
}

int main(void)
{
    test_line_kinds();
    test_fields();
    test_lines();
    return test_end();
}
