#include "text/blocks.h"

#include "base/test.h"
#include "unpack/collect.h"

#include <stdio.h>
#include <string.h>

static struct collect collect;

#define PAYLOAD "the payload of this test, which goes over more than one line of the encoding, twice"
#define B64_1 "dGhlIHBheWxvYWQgb2YgdGhpcyB0ZXN0LCB3aGljaCBnb2VzIG92ZXIgbW9y"
#define B64_2 "ZSB0aGFuIG9uZSBsaW5lIG9mIHRoZSBlbmNvZGluZywgdHdpY2U="
#define BINARY "8PHy8/T19vf4+fr7/P3+/+Dh4uPk5ebn6Onq6+zt7u/Q0dLT1NXW19jZ2tvc3d7fwMHCw8TFxsc="

static const struct {
    const char *content;
    size_t count;
    const char *member;
} rows[] = {
    { "", 0, NULL },
    { B64_1 "\r\n" B64_2 "\r\n", 1, PAYLOAD },
    { "Look:\n\n" B64_1 "\n" B64_2 "\n\nRegards\n", 1, PAYLOAD },
    { "Look:\n\n" B64_1 "\n\n" B64_2 "\n", 1, PAYLOAD },
    { "> Look:\n> " B64_1 "\n> " B64_2 "\n> Bye.\n", 1, PAYLOAD },
    { "<a>\n\t" B64_1 "\n\t" B64_2 "</a>\n", 1, PAYLOAD },
    { "<a value=\"" B64_1 B64_2 "\"/>", 1, PAYLOAD },
    { "<a>" B64_1 B64_2 "</a>", 1, PAYLOAD },
    { "{\"a\": \"" B64_1 B64_2 "\"}", 1, PAYLOAD },
    { "BEGIN:VCALENDAR\r\nATTACH;ENCODING=BASE64;VALUE=BINARY;X-FIL\r\n ENAME=a.bin:" B64_1 "\r\n " B64_2
      "\r\nEND:VEVENT\r\n",
      2, PAYLOAD },
    { "BEGIN:VCARD\r\nKEY;ENCODING=b:dGhl\r\n IHBheWx\r\n vYWQgb2YgdGhpcyB0ZXN0\r\nEND:VCARD\r\n", 1,
      "the payload of this test" },
    { "BEGIN:VCARD\r\nPHOTO;TYPE=GIF;ENCODING=BASE64:\r\n    dGhlIHBheWxvYWQg\r\n    b2YgdGhpcyB0ZXN0\r\n\r\nEND:VCARD",
      1, "the payload of this test" },
    { "dn: a\njpegPhoto:: dGhlIHBheWxvYWQg\n b2YgdGhpcyB0ZXN0\ncn: b\n", 1, "the payload of this test" },
    { "see data:text/plain;base64,dGhlIHBheWxvYWQgb2YgdGhpcyB0ZXN0 there", 1, "the payload of this test" },
    { "Content-Transfer-Encoding: base64\n\n" BINARY "\n--x--\n", 1, NULL },
    { "d\nG\nh\nl\nI\nH\nB\nh\ne\nW\nx\nv\nY\nW\nQ\ng\n", 1, "the payload " },
    { "The key is\n" BINARY "\nas you know.\n", 0, NULL },
    { "Go to http://example.com/c?u=" B64_1 B64_2 " now", 0, NULL },
    { "Go to http://example.com/" B64_1 B64_2 " now", 0, NULL },
    { "In base64, letters stand for bytes: as you know, it is long.\n", 0, NULL },
    { "//////////////////////////////////////////////////////////////////////////\nA box\n", 0, NULL },
    { "Hello world this is prose without any mark at all\nand goes on for a while\n", 0, NULL },
    { ":::: L I N K S   F O R   T H E   D A Y :::\nMultimedia :: Conversion\n Visualization\n", 0, NULL },
    { "std:: string is written so, and encoding=b: is a parameter\n", 0, NULL },
};

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].content);
        for (size_t room = 1; room < 40; room++) {
            collect_init(&collect);
            collect.room = room;
            collect_read(&collect, blocks_read, span_text(rows[i].content));
            if (!CHECK(collect.count == rows[i].count))
                (void)fprintf(stderr, "%zu members, \"%s\"\n", collect.count, buf_text(&collect.members[0].bytes));
            if (rows[i].member != NULL)
                CHECK(collect_find(&collect, span_text(rows[i].member)) != NULL);
            CHECK(collect.note_count == 0);
            CHECK(collect.count == 0 || blocks_looks(span_text(rows[i].content)));
            collect_fini(&collect);
        }
    }
    test_context(NULL);
    CHECK(!blocks_looks(span_text("Hello world this is prose without any mark at all")));
    return test_end();
}
