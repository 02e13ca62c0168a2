#include "value.h"

#include "base/escape.h"
#include "base/test.h"

#include <stdio.h>
#include <string.h>

#define BYTES(text)                                                                                                    \
    {                                                                                                                  \
        text, sizeof(text) - 1                                                                                         \
    }

/* Each reading with '|' behind it. */
static void test_readings(void)
{
    static const struct {
        struct span value;
        const char *readings;
    } rows[] = {
        { BYTES(""), "|" },
        { BYTES("a/b; c=d"), "a/b; c=d|" },
        { BYTES("a/b;\r\n c=d"), "a/b; c=d|a/b;c=d|" },
        { BYTES("a/\n\tb"), "a/\\x09b|a/b|" },
        { BYTES("a\0b"), "ab|a|" },
        { BYTES("a(b)c"), "a(b)c|ac|" },
        { BYTES("a(b(c)d)e"), "a(b(c)d)e|ae|" },
        { BYTES("a(b\\)c)d"), "a(b\\x5c)c)d|ad|" },
        { BYTES("\"a(b)c\""), "\"a(b)c\"|\"ac\"|" },
        { BYTES("a\\(b)c"), "a\\x5c(b)c|" },
        { BYTES("a(b"), "a(b|" },
        { BYTES("a)b"), "a)b|" },
        { BYTES("((((a"), "((((a|" },
        { BYTES("=?utf-8?Q?a=3Bb?="), "=?utf-8?Q?a=3Bb?=|a;b|" },
        { BYTES("(a)=?utf-8?Q?b?=\r\n \0c"), "(a)=?utf-8?Q?b?= c|(a)=?utf-8?Q?b?= |=?utf-8?Q?b?= c|(a)b c|"
                                             "(a)=?utf-8?Q?b?=c|" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mail_value value;
        struct buf text;
        buf_init(&text, 4096);
        mail_value_init(&value, rows[i].value);
        for (size_t k = 0; k < value.count; k++) {
            escape_header(&text, buf_span(&value.readings[k]), 200);
            buf_put_char(&text, '|');
        }
        test_context(rows[i].readings);
        if (!CHECK(strcmp(buf_text(&text), rows[i].readings) == 0))
            (void)fprintf(stderr, "the readings are %s\n", buf_text(&text));
        CHECK(!value.is_cut);
        mail_value_fini(&value);
        buf_fini(&text);
    }
    test_context(NULL);
}

static void test_limit(void)
{
    static char text[MAIL_VALUE_MOST_BYTES + 1];
    struct mail_value value;
    memset(text, '(', sizeof text);
    for (size_t more = 0; more <= 1; more++) {
        mail_value_init(&value, span_of(text, MAIL_VALUE_MOST_BYTES + more));
        CHECK(value.is_cut == (more > 0) && value.count == 1);
        CHECK(value.readings[0].size == MAIL_VALUE_MOST_BYTES);
        mail_value_fini(&value);
    }
}

int main(void)
{
    test_readings();
    test_limit();
    return test_end();
}
