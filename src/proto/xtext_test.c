#include "proto/xtext.h"

#include "base/test.h"

#include <string.h>

static void test_decode(void)
{
    static const struct {
        const char *text;
        const char *value; /* NULL: it is not xtext */
    } rows[] = {
        { "", "" },           { "abc", "abc" },         { "a+2Bb", "a+b" }, { "+3D", "=" },
        { "+2b", "+" },       { "+C3+BC", "\xc3\xbc" }, { "+20", " " },     { "a+", NULL },
        { "a+2", NULL },      { "a+2G", NULL },         { "a=b", NULL },    { "a b", NULL },
        { "\xc3\xbc", NULL }, { "a\x7f", NULL },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].text);
        struct buf value;
        buf_init(&value, 100);
        CHECK(xtext_decode(span_text(rows[i].text), &value) == (rows[i].value != NULL));
        CHECK(xtext_is_valid(span_text(rows[i].text)) == (rows[i].value != NULL));
        if (rows[i].value != NULL)
            CHECK(strcmp(buf_text(&value), rows[i].value) == 0);
        buf_fini(&value);
    }
    test_context(NULL);
}

static void test_every_byte_returns(void)
{
    char all[256];
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (char)(unsigned char)i;
    struct buf text;
    struct buf value;
    buf_init(&text, 1024);
    buf_init(&value, 1024);
    xtext_encode(span_of(all, sizeof all), &text);
    CHECK(xtext_is_valid(buf_span(&text)));
    CHECK(xtext_decode(buf_span(&text), &value));
    CHECK(span_equal(buf_span(&value), span_of(all, sizeof all)));
    buf_clear(&text);
    xtext_encode(span_text("a+b=c d\r\n"), &text);
    CHECK(strcmp(buf_text(&text), "a+2Bb+3Dc+20d+0D+0A") == 0);
    buf_fini(&text);
    buf_fini(&value);
}

int main(void)
{
    test_decode();
    test_every_byte_returns();
    return test_end();
}
