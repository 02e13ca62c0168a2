#include "escape.h"

#include "test.h"

#include <string.h>

struct row {
    const char *name;
    const char *bytes;
    size_t size;
    const char *value, *json, *header;
};

#define BYTES(literal) literal, sizeof(literal) - 1

static const struct row rows[] = {
    { "plain", BYTES("user@host.test"), "user@host.test", "\"user@host.test\"", "user@host.test" },
    { "empty", BYTES(""), "\"\"", "\"\"", "" },
    { "blank", BYTES("a b"), "\"a b\"", "\"a b\"", "a b" },
    { "a forged field", BYTES("x verdict=clean"), "\"x verdict=clean\"", "\"x verdict=clean\"", "x verdict=clean" },
    { "quotes", BYTES("a\"b\\c"), "\"a\\\"b\\\\c\"", "\"a\\\"b\\\\c\"", "a\"b\\x5cc" },
    { "a new line", BYTES("a\r\nevent=message"), "\"a\\r\\nevent=message\"", "\"a\\u000d\\u000aevent=message\"",
      "a\\x0d\\x0aevent=message" },
    { "NUL", BYTES("a\0b"), "\"a\\x00b\"", "\"a\\u0000b\"", "a\\x00b" },
    { "a terminal's escape", BYTES("\033[2J"), "\"\\x1b[2J\"", "\"\\u001b[2J\"", "\\x1b[2J" },
    { "umlaut", BYTES("gr\xc3\xbc\xc3\x9f"), "\"gr\xc3\xbc\xc3\x9f\"", "\"gr\xc3\xbc\xc3\x9f\"",
      "gr\\xc3\\xbc\\xc3\\x9f" },
    { "Latin-1", BYTES("gr\xfc"), "\"gr\\xfc\"", "\"gr\\ufffd\"", "gr\\xfc" },
    { "C1 control", BYTES("\xc2\x9b"), "\"\\xc2\\x9b\"", "\"\xc2\x9b\"", "\\xc2\\x9b" },
    { "right-to-left override",
      BYTES("a\xe2\x80\xae"
            "b"),
      "\"a\\xe2\\x80\\xaeb\"",
      "\"a\xe2\x80\xae"
      "b\"",
      "a\\xe2\\x80\\xaeb" },
};

static void test_the_table(void)
{
    struct buf buf;
    buf_init(&buf, 1000);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct span span = span_of(rows[i].bytes, rows[i].size);
        test_context(rows[i].name);
        buf_clear(&buf);
        escape_value(&buf, span);
        CHECK(strcmp(buf_text(&buf), rows[i].value) == 0);
        buf_clear(&buf);
        escape_json(&buf, span);
        CHECK(strcmp(buf_text(&buf), rows[i].json) == 0);
        buf_clear(&buf);
        escape_header(&buf, span, 100);
        CHECK(strcmp(buf_text(&buf), rows[i].header) == 0);
    }
    test_context(NULL);
    buf_clear(&buf);
    escape_header(&buf, span_text("0123456789"), 4);
    CHECK(strcmp(buf_text(&buf), "0123") == 0);
    buf_fini(&buf);
}

static void test_utf8(void)
{
    static const struct {
        const char *bytes;
        size_t length;
    } cases[] = {
        { "a", 1 },
        { "\xc3\xa4", 2 },
        { "\xe2\x82\xac", 3 },
        { "\xf0\x9f\x98\x80", 4 },
        { "\x80", 0 },
        { "\xc0\x80", 0 },
        { "\xc1\xbf", 0 },
        { "\xe0\x80\x80", 0 },
        { "\xed\xa0\x80", 0 },
        { "\xf0\x80\x80\x80", 0 },
        { "\xf4\x90\x80\x80", 0 },
        { "\xf5\x80\x80\x80", 0 },
        { "\xc3", 0 },
        { "\xe2\x82", 0 },
        { "\xf0\x9f\x98", 0 },
        { "\xc3"
          "a",
          0 },
        { "\xff", 0 },
        { "", 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CHECK(utf8_sequence(span_text(cases[i].bytes)) == cases[i].length);
}

static void test_shown(void)
{
    static const struct {
        const char *bytes;
        const char *shown;
    } cases[] = {
        { "plain text = \"1\"", "plain text = \"1\"" },
        { "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
        { "a\tb\r\n\x1b[1m\x7f", "a\\x09b\\x0d\\x0a\\x1b[1m\\x7f" },
        { "a\\b", "a\\x5cb" },
        { "\xff\xc3", "\\xff\\xc3" },
        { "a\xe2\x80\xae", "a\\xe2\\x80\\xae" },
        { "a\xe2\x80\x8b\xef\xbb\xbf", "a\\xe2\\x80\\x8b\\xef\\xbb\\xbf" },
        { "\xc2\x85\xc2\xad", "\\xc2\\x85\\xc2\\xad" },
        { "", "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf buf;
        buf_init(&buf, 256);
        escape_shown(&buf, span_text(cases[i].bytes), 200);
        CHECK(strcmp(buf_text(&buf), cases[i].shown) == 0);
        buf_clear(&buf);
        escape_shown(&buf, span_text("abc"), 2);
        CHECK(strcmp(buf_text(&buf), "ab") == 0);
        buf_fini(&buf);
    }
}

static void test_start(void)
{
    struct span text = span_text("a\xe2\x82\xac\x62");
    CHECK(utf8_start(text, 0) == 0 && utf8_start(text, 1) == 1 && utf8_start(text, 2) == 4 && utf8_start(text, 4) == 4);
    CHECK(utf8_start(span_text("\x80\x80"), 0) == 2);
}

int main(void)
{
    test_start();
    test_the_table();
    test_shown();
    test_utf8();
    return test_end();
}
