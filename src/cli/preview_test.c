#include "cli/preview.h"

#include "base/test.h"

#include <string.h>

static const struct {
    const char *name;
    const char *message;
    size_t lines;
    const char *text;
} rows[] = {
    { "plain", "Subject: x\r\n\r\none\r\ntwo\r\n", 9, "  one\n  two\n" },
    { "cut", "Subject: x\n\none\ntwo\n", 1, "  one\n  [4 more bytes]\n" },
    { "escapes", "Subject: x\n\n\x1b]0;owned\x07\x9b\n", 9, "  \\x1b]0;owned\\x07\\x9b\n" },
    { "base64", "Content-Transfer-Encoding: BASE64\n\naGVsbG8K\nd29ybGQ=\n", 9, "  hello\n  world\n" },
    { "part",
      "Content-Type: multipart/mixed;\r\n boundary=b\r\n\r\npreamble\r\n--b\r\nContent-Type: image/png\r\n\r\nPNG\r\n"
      "--b\r\nContent-Type: text/html\r\n\r\n<b>x</b>\r\n--b--\r\n",
      9, "  <b>x</b>\n" },
    { "part in base64",
      "Content-Type: multipart/mixed\n\n--b\nContent-Type: text/plain\nContent-Transfer-Encoding: "
      "base64\n\naGkK\n--b--\n",
      9, "  hi\n" },
    { "quoted-printable",
      "Content-Transfer-Encoding: Quoted-Printable\r\n\r\ngr=C3=BC=\r\n=c3=9fe  \r\n--=3D=\t\r\n=4 =XY=1b[2J\r\n=", 9,
      "  gr\xc3\xbc\xc3\x9f"
      "e\n  --==4 =XY\\x1b[2J\n" },
    { "part in quoted-printable",
      "Content-Type: multipart/mixed\n\n--b\nContent-Type: text/plain\nContent-Transfer-Encoding: "
      "quoted-printable\n\n=68=\ni\n--b--\n",
      9, "  hi\n" },
    { "no text part", "Content-Type: multipart/mixed\n\n--b\n\nx\n--b--\n", 9, "  --b\n  \n  x\n  --b--\n" },
    { "no body", "Subject: x\r\n", 9, "" },
    { "nothing", "", 9, "" },
    { "no lines", "Subject: x\n\none\n", 0, "  [4 more bytes]\n" },
};

static void test_text(void)
{
    struct buf out;
    buf_init(&out, 65536);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].name);
        buf_clear(&out);
        preview_put_text(&out, span_text(rows[i].message), rows[i].lines);
        CHECK(span_is(buf_span(&out), rows[i].text));
    }
    test_context(NULL);
    buf_fini(&out);
}

static void test_header(void)
{
    struct buf out;
    buf_init(&out, 65536);
    struct span message = span_text(
        "Received: from x\r\n\tby y\r\nSubject: a\r\n b \x1b[2J\r\nFrom: joe\r\n\r\nTo: me\r\n");
    preview_put_header(&out, message, false);
    CHECK(span_is(buf_span(&out), "  Subject: a\n   b \\x1b[2J\n  From: joe\n"));
    buf_clear(&out);
    preview_put_header(&out, message, true);
    CHECK(span_starts_with(buf_span(&out), "  Received: from x\n      by y\n  Subject"));
    buf_fini(&out);
}

int main(void)
{
    test_text();
    test_header();
    return test_end();
}
