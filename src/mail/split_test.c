#include "split.h"

#include "base/buf.h"
#include "base/escape.h"
#include "base/test.h"

#include <stdio.h>
#include <string.h>

/* The pieces between delimiters, with '|' for a delimiter and '#' for a close one. */
static void put_pieces(struct span body, const char *boundary, bool is_wide, struct buf *text)
{
    struct mail_lines lines;
    struct mail_split split;
    struct mail_cut cut;
    size_t from = 0;
    mail_lines_init(&lines, body, 100);
    mail_split_init(&split, &lines, 0, body.size, span_text(boundary), is_wide);
    while (mail_split_next(&split, &cut)) {
        escape_header(text, span_slice(body, from, cut.body_end > from ? cut.body_end - from : 0), 200);
        buf_put_char(text, cut.is_close ? '#' : '|');
        from = cut.next_at;
        CHECK(span_starts_with_nocase(span_from(body, cut.text_at), boundary) || strchr(boundary, ' ') != NULL);
    }
    escape_header(text, span_from(body, from), 200);
    mail_lines_fini(&lines);
}

static void test_split(void)
{
    static const struct {
        const char *name;
        const char *body;
        const char *boundary;
        const char *narrow;
        const char *wide; /* NULL: the same */
    } rows[] = {
        { "nothing", "", "b", "", NULL },
        { "no delimiter", "x\n-b\n", "b", "x\\x0a-b\\x0a", NULL },
        { "one part", "--b\nx\n--b--\n", "b", "|x#", NULL },
        { "preamble, two parts, epilogue", "pre\n--b\none\n--b\ntwo\n\n--b--\nepi", "b", "pre|one|two\\x0a#epi", NULL },
        { "crlf", "--b\r\nx\r\n\r\n--b--\r\n", "b", "|x\\x0d\\x0a#", NULL },
        { "the line end before is of any kind", "--b\r\nx\n--b\ny\r\n--b--", "b", "|x|y#", NULL },
        { "a delimiter is the whole line", "--b\n--bx\nx--b\n--b-\n--b--\n", "b", "|--bx\\x0ax--b\\x0a--b-#",
          "||x--b|#" },
        { "spaces behind", "--b \t\nx\n--b--  \r\n", "b", "|x#", NULL },
        { "NUL and CR behind", "--b\r\r\nx\n--b--", "b", "|x#", NULL },
        { "indented", "--b\n --b\nx\n\t--b--", "b", "| --b\\x0ax\\x0a\\x09--b--", "||x#" },
        { "a boundary that ends in a space", "--b\nx\n--b--", "b ", "|x#", NULL },
        { "a boundary that ends like a close", "--b--\nx\n--b----", "b--", "|x#", NULL },
        { "the end of one begins with the other", "--b\n--bb\nx\n--bb--\n--b--", "b", "|--bb\\x0ax\\x0a--bb--#",
          "||x|#" },
        { "parts behind the close", "--b\nx\n--b--\n--b\ny\n", "b", "|x#|y\\x0a", NULL },
        { "empty parts", "--b\n--b\n\n--b--", "b", "||#", NULL },
        { "no boundary", "--\nx\n----\n--y", "", "|x#--y", NULL },
        { "letter case counts, but not to all", "--B\nx\n--b--", "b", "--B\\x0ax#", "|x#" },
        { "a field on the delimiter's line", "--b\vContent-Type: a\nx\n--b Content-Typed: a\ny\n--b--", "b",
          "--b\\x0bContent-Type: a\\x0ax\\x0a--b Content-Typed: a\\x0ay#", "|\\x0bContent-Type: a\\x0ax|y#" },
        { "dashes", "--b--c\n", "b", "--b--c\\x0a", "#" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int is_wide = 0; is_wide < 2; is_wide++) {
            struct buf text;
            const char *expected = is_wide != 0 && rows[i].wide != NULL ? rows[i].wide : rows[i].narrow;
            test_context(rows[i].name);
            buf_init(&text, 4096);
            put_pieces(span_text(rows[i].body), rows[i].boundary, is_wide != 0, &text);
            if (!CHECK(strcmp(buf_text(&text), expected) == 0))
                (void)fprintf(stderr, "%s: %s\n", is_wide != 0 ? "wide" : "narrow", buf_text(&text));
            buf_fini(&text);
        }
    }
    test_context(NULL);
}

/* A delimiter counts where its line begins inside of the range; its own line may end there. */
static void test_range(void)
{
    struct span body = span_text("--b\nx\n--b\ny\n--b--\n");
    struct mail_lines lines;
    struct mail_split split;
    struct mail_cut cut;
    mail_lines_init(&lines, body, 100);
    mail_split_init(&split, &lines, 4, 8, span_text("b"), false);
    CHECK(mail_split_next(&split, &cut) && cut.at == 6 && cut.body_end == 5 && cut.next_at == 8 && !cut.is_close);
    CHECK(!mail_split_next(&split, &cut) && split.steps == 1);
    mail_split_init(&split, &lines, 6, 6, span_text("b"), false);
    CHECK(!mail_split_next(&split, &cut) && split.steps == 0);
    mail_split_init(&split, &lines, 6, body.size, span_text("b"), false);
    CHECK(mail_split_next(&split, &cut) && cut.at == 6 && cut.body_end == 6); /* never before the range */
    mail_lines_fini(&lines);
}

/* What is compared costs, whether it's equal or not. */
static void test_steps(void)
{
    struct buf body;
    struct buf boundary;
    struct mail_lines lines;
    struct mail_split split;
    struct mail_cut cut;
    buf_init(&body, 1 << 20);
    buf_init(&boundary, 10000);
    for (unsigned i = 0; i < 640; i++)
        buf_put_char(&boundary, 'b');
    for (unsigned i = 0; i < 10; i++)
        buf_printf(&body, "--%s%u\n--b\n", buf_text(&boundary), i);
    buf_put_char(&boundary, 'x');
    mail_lines_init(&lines, buf_span(&body), 100);
    mail_split_init(&split, &lines, 0, body.size, buf_span(&boundary), false);
    CHECK(!mail_split_next(&split, &cut) && split.steps == 20 + 10 * 10);
    mail_lines_fini(&lines);
    buf_fini(&body);
    buf_fini(&boundary);
}

int main(void)
{
    test_split();
    test_range();
    test_steps();
    return test_end();
}
