#include "encoded_word.h"

#include "base/test.h"

#include <stdio.h>
#include <string.h>

int main(void)
{
    static const struct {
        const char *text;
        const char *read;
        bool has_any;
    } rows[] = {
        { "plain", "plain", false },
        { "", "", false },
        { "=?utf-8?Q?a=20b_c?=", "a b c", true },
        { "=?UTF-8?b?YWJj?=", "abc", true },
        { "=?iso-8859-1?q?caf=E9?=", "caf\xc3\xa9", true },
        { "=?windows-1252?Q?=93x=94?=", "\xe2\x80\x9cx\xe2\x80\x9d", true },
        { "=?iso-8859-1*en?Q?=E9?=", "\xc3\xa9", true },
        { "=?koi8-r?Q?=C1?=", "\xc1", true },
        { "=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab", true },
        { "=?utf-8?Q?a?=\r\n\t=?utf-8?B?Yg==?= c", "ab c", true },
        { "=?utf-8?Q?a?= x =?utf-8?Q?b?=", "a x b", true },
        { "x=?utf-8?Q?a?=y", "xay", true },
        { "=?utf-8?Q?a?= ", "a ", true },
        { "=?utf-8?Q?my file.exe?=", "my file.exe", true },
        { "=?utf-8?B?YWJj?", "=?utf-8?B?YWJj?", false },
        { "=?utf-8?X?YWJj?=", "=?utf-8?X?YWJj?=", false },
        { "=??Q?a?=", "=??Q?a?=", false },
        { "=?=?=?=?=?=?", "=?=?=?=?=?=?", false },
        { "=?utf-8?Q?a?= =?broken", "a =?broken", true },
        { "=?utf-8?Q?"
          "?=",
          "", true },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf text;
        buf_init(&text, 1000);
        test_context(rows[i].text);
        CHECK(mail_encoded_words_put(span_text(rows[i].text), &text) == rows[i].has_any);
        if (!CHECK(strcmp(buf_text(&text), rows[i].read) == 0))
            (void)fprintf(stderr, "it was read as: %s\n", buf_text(&text));
        buf_fini(&text);
    }
    return test_end();
}
