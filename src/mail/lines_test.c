#include "lines.h"

#include "base/buf.h"
#include "base/escape.h"
#include "base/test.h"

#include <stdio.h>
#include <string.h>

/* Each mark as "<text>", with '_' before it where it is indented. */
static void test_marks(void)
{
    static const struct {
        const char *name;
        const char *bytes;
        const char *marks;
        bool has_cr;
    } rows[] = {
        { "nothing", "", "", false },
        { "none", "a\n-b\nx--\n- -\n", "", false },
        { "dashes alone", "--\n---\n--", "<><-><>", false },
        { "at the start, within and at the end", "--a\nx\n--b--\n\n--c", "<a><b--><c>", false },
        { "spaces behind", "--a \t\r\n--b\r\r\n", "<a><b>", true },
        { "spaces within", "--a b\n", "<a b>", false },
        { "indented", " --a\n\t --b\n        --c\n         --d\n", "_<a>_<b>_<c>", false },
        { "CR in the header", "A: b\rC: d\n\n", "", true },
        { "CR behind the header", "A: b\n\nc\rd\n", "", false },
        { "CR before a delimiter", "A: b\n\nc\r--d\n", "", true },
        { "CR before a field", "A: b\n\nc\rCONTENT-x\n", "", true },
        { "CR before a boundary", "A: b\n\nc\rboundary=\n", "", true },
        { "CR in a part's header", "A: b\n\n--b\nC: d\rx\n", "<b>", true },
        { "CR behind a part's header", "A: b\n\n--b\nC: d\n\nx\ry\n", "<b>", false },
        { "CR alone on a line", "A: b\n\nC: d\n\rx\n", "", true },
        { "two CRs within a line", "A: b\n\nC: d\r\rx\n", "", true },
        { "two CRs at the end of a line", "A: b\n\nc\r\r\n", "", false },
        { "two CRs at the end of a header line", "A: b\r\r\n\n", "", true },
        { "crlf", "A: b\r\n\r\nc\r\n--d\r\n", "<d>", false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mail_lines lines;
        struct buf text;
        test_context(rows[i].name);
        buf_init(&text, 1000);
        mail_lines_init(&lines, span_text(rows[i].bytes), 100);
        for (size_t k = 0; k < lines.count; k++) {
            const struct mail_mark *mark = &lines.marks[k];
            buf_put_text(&text, mark->is_indented ? "_<" : "<");
            escape_header(&text, span_slice(lines.bytes, mark->text_at, mark->text_size), 100);
            buf_put_char(&text, '>');
        }
        if (!CHECK(strcmp(buf_text(&text), rows[i].marks) == 0))
            (void)fprintf(stderr, "the marks are %s\n", buf_text(&text));
        CHECK(lines.has_cr == rows[i].has_cr && !lines.has_nul && !lines.is_cut);
        mail_lines_fini(&lines);
        buf_fini(&text);
    }
    test_context(NULL);
}

static void test_nul(void)
{
    static const char header[] = "A: b\0c\n\n";
    static const char body[] = "A: b\n\nc\0d\n";
    static const char delimiter[] = "A: b\n\n\0--d\n";
    struct mail_lines lines;
    mail_lines_init(&lines, span_of(header, sizeof header - 1), 10);
    CHECK(lines.has_nul && !lines.has_cr);
    mail_lines_fini(&lines);
    mail_lines_init(&lines, span_of(body, sizeof body - 1), 10);
    CHECK(!lines.has_nul);
    mail_lines_fini(&lines);
    mail_lines_init(&lines, span_of(delimiter, sizeof delimiter - 1), 10);
    CHECK(lines.has_nul && lines.count == 0);
    mail_lines_fini(&lines);
}

static void test_limit(void)
{
    for (size_t most = 0; most < 5; most++) {
        struct mail_lines lines;
        mail_lines_init(&lines, span_text("--a\n--b\n--c\n"), most);
        CHECK(lines.count == (most < 3 ? most : 3) && lines.is_cut == (most < 3));
        mail_lines_fini(&lines);
    }
}

static void test_find(void)
{
    static const size_t expected[] = { 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3 };
    struct mail_lines lines;
    mail_lines_init(&lines, span_text("--a\nx\n--b\n--c\n"), 10);
    CHECK(lines.count == 3 && lines.marks[1].at == 6 && lines.marks[1].next_at == 10);
    for (size_t at = 0; at < sizeof expected / sizeof expected[0]; at++)
        CHECK(mail_lines_find(&lines, at) == expected[at]);
    CHECK(mail_lines_find(&lines, SIZE_MAX) == 3);
    mail_lines_fini(&lines);
}

int main(void)
{
    test_marks();
    test_nul();
    test_limit();
    test_find();
    return test_end();
}
