#include "border.h"

#include "base/buf.h"
#include "base/escape.h"
#include "base/test.h"

#include <stdio.h>
#include <string.h>

/* Each border as "<header|body>", in order. */
static void put_borders(struct span bytes, size_t from, struct buf *text)
{
    struct mail_border borders[MAIL_BORDERS_MOST];
    size_t count = mail_borders_find(bytes, from, bytes.size, borders);
    for (size_t i = 0; i < count; i++) {
        buf_put_char(text, '<');
        escape_header(text, span_slice(bytes, from, borders[i].header_end - from), 200);
        buf_put_char(text, '|');
        escape_header(text, span_from(bytes, borders[i].body_at), 200);
        buf_put_char(text, '>');
        CHECK((borders[i].how == NULL) == (i == 0));
    }
}

static void test_borders(void)
{
    static const struct {
        const char *name;
        const char *bytes;
        const char *borders;
    } rows[] = {
        { "nothing", "", "<|>" },
        { "header alone", "A: b\n", "<A: b\\x0a|>" },
        { "header without a line end", "A: b", "<A: b|>" },
        { "the usual", "A: b\n\nx", "<A: b\\x0a|x>" },
        { "crlf", "A: b\r\n\r\nx", "<A: b\\x0d\\x0a|x>" },
        { "mixed line ends", "A: b\n\r\nx", "<A: b\\x0a|x>" },
        { "no header", "\nx", "<|x>" },
        { "no empty line", "A: b\nx\n", "<A: b\\x0a|x\\x0a><A: b\\x0ax\\x0a|>" },
        { "no header and no empty line", "x\ny", "<|x\\x0ay><x\\x0ay|>" },
        { "no field between", "A: b\nx\nC: d\n\ny", "<A: b\\x0ax\\x0aC: d\\x0a|y><A: b\\x0a|x\\x0aC: d\\x0a\\x0ay>" },
        { "junk before the empty line", "A: b\nx\n\ny", "<A: b\\x0a|x\\x0a\\x0ay><A: b\\x0ax\\x0a|y>" },
        { "junk twice", "A: b\nx\nC: d\ny\n\nz",
          "<A: b\\x0ax\\x0aC: d\\x0a|y\\x0a\\x0az><A: b\\x0ax\\x0aC: d\\x0ay\\x0a|z><A: b\\x0a|x\\x0aC: "
          "d\\x0ay\\x0a\\x0az>" },
        { "a line of spaces", "A: b\n \nC: d\n\nx", "<A: b\\x0a \\x0aC: d\\x0a|x><A: b\\x0a|C: d\\x0a\\x0ax>" },
        { "a line of tab and CR", "A: b\n\t\r\r\nx: y\n\nz",
          "<A: b\\x0a\\x09\\x0d\\x0d\\x0ax: y\\x0a|z><A: b\\x0a|x: y\\x0a\\x0az>" },
        { "a fold first is junk", " x\nA: b\n\ny", "< x\\x0aA: b\\x0a|y><| x\\x0aA: b\\x0a\\x0ay>" },
        { "a fold behind a field", "A: b\n c\n\ny", "<A: b\\x0a c\\x0a|y>" },
        { "a field that only some see, and no empty line", "A: b\nContent-Type c/d\nx\n",
          "<A: b\\x0aContent-Type c/d\\x0a|x\\x0a><A: b\\x0aContent-Type c/d\\x0ax\\x0a|>"
          "<A: b\\x0a|Content-Type c/d\\x0ax\\x0a>" },
        { "mbox separator", "From a b\nC: d\n\nx", "<From a b\\x0aC: d\\x0a|x><|From a b\\x0aC: d\\x0a\\x0ax>" },
        { "the header goes on", "A: b\n\nContent-Type: c/d\n\nx",
          "<A: b\\x0a|Content-Type: c/d\\x0a\\x0ax><A: b\\x0a\\x0aContent-Type: c/d\\x0a|x>" },
        { "and behind more empty lines", "A: b\n\n\nContent-Type: c/d\nE: f\n\nx",
          "<A: b\\x0a|\\x0aContent-Type: c/d\\x0aE: f\\x0a\\x0ax><A: b\\x0a\\x0a\\x0aContent-Type: c/d\\x0aE: "
          "f\\x0a|x>" },
        { "a text that begins otherwise does not go on", "A: b\n\nE: f\nContent-Type: c/d\n\nx",
          "<A: b\\x0a|E: f\\x0aContent-Type: c/d\\x0a\\x0ax>" },
        { "a header that goes on without end does not", "A: b\n\nContent-Type: c/d\n",
          "<A: b\\x0a|Content-Type: c/d\\x0a>" },
        { "everything at once", "A: b\nx\n \nC: d\ny\n\nContent-Type: c/d\n\nz",
          "<A: b\\x0ax\\x0a \\x0aC: d\\x0a|y\\x0a\\x0aContent-Type: c/d\\x0a\\x0az>"
          "<A: b\\x0ax\\x0a \\x0aC: d\\x0ay\\x0a|Content-Type: c/d\\x0a\\x0az>"
          "<A: b\\x0a|x\\x0a \\x0aC: d\\x0ay\\x0a\\x0aContent-Type: c/d\\x0a\\x0az>"
          "<A: b\\x0ax\\x0a|C: d\\x0ay\\x0a\\x0aContent-Type: c/d\\x0a\\x0az>"
          "<A: b\\x0ax\\x0a \\x0aC: d\\x0ay\\x0a\\x0aContent-Type: c/d\\x0a|z>" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf text;
        test_context(rows[i].name);
        buf_init(&text, 4096);
        put_borders(span_text(rows[i].bytes), 0, &text);
        if (!CHECK(strcmp(buf_text(&text), rows[i].borders) == 0))
            (void)fprintf(stderr, "the borders are %s\n", buf_text(&text));
        buf_fini(&text);
    }
    test_context(NULL);
}

/* What lies outside of the range counts for nothing. */
static void test_range(void)
{
    struct span bytes = span_text("junk\nA: b\n\nx\n\ny");
    struct mail_border borders[MAIL_BORDERS_MOST];
    CHECK(mail_borders_find(bytes, 5, bytes.size, borders) == 1);
    CHECK(borders[0].header_end == 10 && borders[0].body_at == 11);
    CHECK(mail_borders_find(bytes, 5, 10, borders) == 1 && borders[0].header_end == 10 && borders[0].body_at == 10);
    CHECK(mail_borders_find(bytes, 5, 5, borders) == 1 && borders[0].header_end == 5 && borders[0].body_at == 5);
}

int main(void)
{
    test_borders();
    test_range();
    return test_end();
}
