#include "charset.h"

#include "base/escape.h"
#include "base/test.h"

#include <stdio.h>
#include <string.h>

#define BYTES(text)                                                                                                    \
    {                                                                                                                  \
        text, sizeof(text) - 1                                                                                         \
    }

static void test_charsets(void)
{
    static const struct {
        const char *charset;
        struct span bytes;
        const char *text; /* escaped */
        bool is_odd;
    } rows[] = {
        { "utf-8", BYTES("caf\xc3\xa9"), "caf\xc3\xa9", false },
        { "ISO-8859-1", BYTES("caf\xe9"), "caf\xc3\xa9", false },
        { "cp1252", BYTES("\x80"), "\xe2\x82\xac", false },
        { "koi8-r", BYTES("a\x80"), "a\x80", false },
        { "", BYTES("a\xff"), "a\xff", false },
        { "ibm437", BYTES("a.exe"), "a.exe", false },
        { "UTF-16", BYTES("\xfe\xff\0a\0b"), "ab", true },
        { "utf-16",
          BYTES("\xff\xfe"
                "a\0b\0"),
          "ab", true },
        { "utf-16", BYTES("a\0b\0"), "ab", true },
        { "utf_16be", BYTES("\0a\0b"), "ab", true },
        { "utf-16", BYTES("\xd8\x3d\xde\x00\0a"),
          "\xf0\x9f\x98\x80"
          "a",
          true },
        { "utf-16", BYTES("\xd8\x3d\0a\xde\x00"), "a", true },
        { "utf-16", BYTES("\0a\0"), "a", true },
        { "utf-16", BYTES("\0"), "", true },
        { "utf-16", BYTES(""), "", true },
        { "utf-32", BYTES("\xff\xfe\0\0a\0\0\0"), "a", true },
        { "UTF-32BE", BYTES("\0\0\0a\0\1\xf6\0"), "a\xf0\x9f\x98\x80", true },
        { "utf-32", BYTES("\xff\xff\xff\xff\0\0\0a"), "a", true },
        { "utf-32", BYTES("a"), "", true },
        { "utf-7", BYTES("a+AC4-b"), "a.b", true },
        { "utf-7", BYTES("a+-b"), "a+b", true },
        { "utf-7", BYTES("+AGEAYg"), "ab", true },
        { "utf-7", BYTES("+AGE.b"), "a.b", true },
        { "utf-7", BYTES("a+"), "a", true },
        { "utf-7", BYTES("++"), "", true },
        { "unicode-1-1-utf-7", BYTES("+AGE-"), "a", true },
        { "IBM037", BYTES("\xc1\x82\x99\xa9\x4b\xf9\x6d\x00"), "Abrz.9_?", true },
        { "ebcdic-cp-us", BYTES("\x81"), "a", true },
        { "cp01140", BYTES("\x81"), "a", true },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf text;
        buf_init(&text, 1000);
        test_context(rows[i].charset);
        mail_charset_put(span_text(rows[i].charset), rows[i].bytes, &text);
        if (!CHECK(strcmp(buf_text(&text), rows[i].text) == 0))
            (void)fprintf(stderr, "row %zu: the text is \"%s\"\n", i, buf_text(&text));
        CHECK(mail_charset_is_odd(span_text(rows[i].charset)) == rows[i].is_odd);
        buf_fini(&text);
    }
    test_context(NULL);
}

int main(void)
{
    test_charsets();
    return test_end();
}
