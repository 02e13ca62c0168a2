#include "sniff.h"

#include "base/buf.h"
#include "base/escape.h"
#include "base/test.h"

#include <stdio.h>
#include <string.h>

static void test_looks(void)
{
    static const struct {
        const char *file;
        size_t start;
        bool is_mail; /* from there on */
    } rows[] = {
        { "", 0, false },
        { "\n\n", 2, false },
        { "Subject: x\n\ny", 0, true },
        { "x-a: b\nsubject: x\n", 0, true },
        { "\r\n\nSubject: x\n", 3, true },
        { "\xef\xbb\xbfSubject: x\n", 3, true },
        { "\xef\xbb\xbf\nFrom a@b Thu\nSubject: x\n", 17, true },
        { ">From a@b Thu\nTo: x\n", 14, true },
        { "From here on\nit is text", 13, false },
        { "X-Thing: 1\n\nSubject: x\n", 0, false },
        { "X-Thing: 1\njunk\nSubject: x\n", 0, true },
        { "junk\nSubject: x\n", 0, false },
        { "junk\nContent-Type: a/b\n", 0, false },
        { "Content-Type : a/b\n", 0, true },
        { "Note: this is\na text\n", 0, false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].file);
        struct span file = span_text(rows[i].file);
        size_t start = mail_start(file);
        if (!CHECK(start == rows[i].start))
            (void)fprintf(stderr, "it starts at %zu\n", start);
        CHECK(mail_looks(span_from(file, start)) == rows[i].is_mail);
    }
    test_context(NULL);
}

/* Each find as "text from there up to its first line's end", with the boundary before it. */
static void test_next(void)
{
    static const struct {
        const char *text;
        const char *found;
    } rows[] = {
        { "", "" },
        { "no mail\nhere: none\n", "" },
        { "text\nContent-Type: a/b\n\nx", "<Content-Type: a/b>" },
        { "text\nA: b\nContent-Type: a/b\n", "<A: b>" },
        { "text\nA: b\n c\nContent-Type: a/b\n", "<A: b>" },
        { "text\n\nA: b\nContent-Type: a/b\n", "<A: b>" },
        { "A: b\nContent-Type: a/b\n", "<A: b>" },
        { "--q\nContent-Type: a/b\n\nx\n--q--", "q<Content-Type: a/b>" },
        { "--q \r\nA: b\r\nContent-Type: a/b\r\n", "q <A: b>" },
        { "--\nContent-Type: a/b\n", "<Content-Type: a/b>" },
        { "Content-Type: a/b\nContent-Disposition: c\n", "<Content-Type: a/b><Content-Disposition: c>" },
        { "> Content-Type: a/b\n", "" },
        { "--q\nContent-Type: a/b\n\nx\n--r\nContent-Type: c/d\n", "q<Content-Type: a/b>r<Content-Type: c/d>" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mail_sniff found;
        struct span text = span_text(rows[i].text);
        struct buf all;
        buf_init(&all, 1000);
        test_context(rows[i].text);
        for (size_t at = 0; mail_sniff_next(text, at, &found); at = found.next_at) {
            CHECK(found.at >= at && found.next_at > found.at);
            buf_put_span(&all, found.boundary);
            struct span rest = span_from(text, found.at);
            buf_put_char(&all, '<');
            escape_header(&all, span_trim(span_cut(&rest, '\n')), 100);
            buf_put_char(&all, '>');
        }
        if (!CHECK(strcmp(buf_text(&all), rows[i].found) == 0))
            (void)fprintf(stderr, "found: %s\n", buf_text(&all));
        buf_fini(&all);
    }
    test_context(NULL);
}

/* A header is followed back so far and no further. */
static void test_back(void)
{
    struct buf text;
    struct mail_sniff found;
    buf_init(&text, 10000);
    for (unsigned i = 0; i < 100; i++)
        buf_put_text(&text, "A: b\n");
    buf_put_text(&text, "Content-Type: a/b\n");
    CHECK(mail_sniff_next(buf_span(&text), 0, &found) && found.at == 36 * strlen("A: b\n"));
    CHECK(mail_sniff_next(buf_span(&text), 490, &found) && found.at == 490);
    CHECK(!mail_sniff_next(buf_span(&text), text.size, &found) && !mail_sniff_next(buf_span(&text), 501, &found));
    buf_fini(&text);
}

int main(void)
{
    test_looks();
    test_next();
    test_back();
    return test_end();
}
