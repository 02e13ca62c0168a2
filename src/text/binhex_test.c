#include "text/binhex.h"

#include "base/test.h"
#include "unpack/collect.h"

#include <string.h>

static struct collect collect;

#define COMMENT "(This file must be converted with BinHex 4.0)\r\n\r\n"
#define PAYLOAD "the payload of this testaaaaaaaaaaaaaaaa\x90"
#define LINE_1 "#h\"KH@a[B@3ZG(Kd!&4&@&4dG(Kd!*!&+3!!!!K,2h4SC5\"`BAPXEf&N)'pQ)(4"
#define LINE_2 "SDA-JG'9cG''3%*!!h[KbCA0[GA*MC5*P"

static void test_files(void)
{
    static const struct {
        const char *content;
        size_t count;
        const char *member;
        const char *note;
    } rows[] = {
        { "", 0, NULL, NULL },
        { COMMENT ":" LINE_1 "\r\n" LINE_2 ":\r\n", 2, PAYLOAD, NULL },
        { COMMENT ":" LINE_1 "\r\n" LINE_2 ":\r\n", 2, "resource", NULL },
        { "Hello\n" COMMENT " :" LINE_1 "\n" LINE_2 ":\nBye: see you\n", 2, PAYLOAD, NULL },
        { ":" LINE_1 "\r\n" LINE_2 ":\r\n", 2, PAYLOAD, NULL },
        { COMMENT ":" LINE_1 "\r\n" LINE_2 "\r\n", 2, PAYLOAD, "no end" },
        { COMMENT ":" LINE_1 "\r\n" LINE_2 ":\r\n" COMMENT ":" LINE_1 "\r\n" LINE_2 ":\r\n", 4, PAYLOAD, NULL },
        { COMMENT ":" LINE_1 "\r\nSDA-JG'9cG''", 1, "the payload of this testa", "cut short" },
        { COMMENT ":!\"KH@a[B@3ZG(Kd!&4&@&4dG(:", 1, NULL, "damaged header" },
        { "(THIS FILE MUST BE CONVERTED WITH BinHex 4.0)\n:" LINE_1 "\n" LINE_2 ":\n", 2, PAYLOAD, NULL },
        { "made by BinHex 4.0\r\n\r\n:" LINE_1 "\n" LINE_2 ":\n", 2, PAYLOAD, NULL },
        { "A BinHex file:\n" COMMENT ":" LINE_1 "\n" LINE_2 ":\n", 2, PAYLOAD, NULL },
        { "made by BinHex 4.0\r\nsee\r\n:" LINE_1 "\n" LINE_2 ":\n", 0, NULL, NULL },
        { "He wrote (This file must be converted with BinHex)", 0, NULL, NULL },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].content);
        for (size_t room = 1; room < 40; room++) {
            collect_init(&collect);
            collect.room = room;
            collect_read(&collect, binhex_read, span_text(rows[i].content));
            CHECK(collect.count == rows[i].count);
            if (rows[i].member != NULL) {
                CHECK(collect_find(&collect, span_text(rows[i].member)) != NULL);
                CHECK(collect_named(&collect, "payload.txt") != NULL);
            }
            CHECK(collect.note_count == (rows[i].note != NULL));
            if (rows[i].note != NULL)
                CHECK(collect_has_note(&collect, UNPACK_DAMAGED, rows[i].note));
            CHECK(binhex_looks(span_text(rows[i].content)) == (i > 0));
            collect_fini(&collect);
        }
    }
    test_context(NULL);
    CHECK(!binhex_looks(span_text(": and so on, which is no file")));
}

int main(void)
{
    test_files();
    return test_end();
}
