#include "text/vobject.h"

#include "base/test.h"
#include "unpack/collect.h"

#include <stdio.h>
#include <string.h>

static struct collect collect;

#define LONG "=41=42=43=44=45=46=47=48=49=4A=4B=4C=4D=4E=4F=50=51=52=53=54"
#define LONG_TEXT "ABCDEFGHIJKLMNOPQRST"

/* Members with a '|' behind each. */
static const struct row {
    const char *content;
    bool looks;
    const char *members;
} rows[] = {
    { "", false, "" },
    { "A:b\n c\n", false, "" },
    { "BEGIN:VCARD\r\nN:a\r\nEND:VCARD\r\n", false, "" },
    { "BEGIN:VCARD\r\nNO\r\n TE:a\r\n\tb\r\n", true, "BEGIN:VCARD\r\nNOTE:ab\r\n|" },
    { "begin:vcalendar\nx:a\n b", true, "begin:vcalendar\nx:ab|" },
    { "BEGIN:VCARD\r\nN;ENCODING=QUOTED-PRINTABLE:=41\r\n", true, "" },
    { "BEGIN:VCARD\nN;quoted-printable;X=y:" LONG "=\n" LONG "\nEND:VCARD\n", true, LONG_TEXT LONG_TEXT "\n|" },
    { "BEGIN:VCARD\nN;QUOTED-PRINTABLE\n" LONG LONG ":" LONG LONG, true, "" },
};

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct span content = span_text(rows[i].content);
        struct buf members;
        test_context(rows[i].content);
        buf_init(&members, 1024);
        collect_init(&collect);
        CHECK(vobject_looks(content) == rows[i].looks);
        collect_read(&collect, vobject_read, content);
        for (size_t k = 0; k < collect.count; k++) {
            buf_put_span(&members, buf_span(&collect.members[k].bytes));
            buf_put_char(&members, '|');
        }
        if (!CHECK(strcmp(buf_text(&members), rows[i].members) == 0))
            (void)fprintf(stderr, "the members are %s\n", buf_text(&members));
        collect_fini(&collect);
        buf_fini(&members);
    }
    return test_end();
}
