#include "text/uuencode.h"

#include "base/buf.h"
#include "base/test.h"
#include "unpack/collect.h"

#include <stdio.h>
#include <string.h>

static struct collect collect;

#define PAYLOAD "the payload of this test, which goes over more than one line of the encoding, twice"

/* By uuencode of GNU sharutils 4.15. */
#define UU_1 "M=&AE('!A>6QO860@;V8@=&AI<R!T97-T+\"!W:&EC:\"!G;V5S(&]V97(@;6]R"
#define UU_2 "F92!T:&%N(&]N92!L:6YE(&]F('1H92!E;F-O9&EN9RP@='=I8V4`"
#define B64_1 "dGhlIHBheWxvYWQgb2YgdGhpcyB0ZXN0LCB3aGljaCBnb2VzIG92ZXIgbW9y"
#define B64_2 "ZSB0aGFuIG9uZSBsaW5lIG9mIHRoZSBlbmNvZGluZywgdHdpY2U="
#define XX_1 "hR4VZ65-VSKljMKEUPqMUR4VdQm-oNLBo90-rO4ZXO0-bPqJn64xqNL6UPKxm"
#define XX_2 "aNG-oO43i64xiNG-gOKtZ64xa65FcNG-ZPaBjN4ZiNmkUR5RdMqI+"
/* As above, with blanks for backquotes, of which the one at the end was cut off. */
#define UU_2_BLANK "F92!T:&%N(&]N92!L:6YE(&]F('1H92!E;F-O9&EN9RP@='=I8V4"

/* A line of data that is also a begin line, and what it stands for. */
#define UU_BEGIN "BEGIN AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define BEGIN_DATA                                                                                                     \
    "\226\172\156\002\030\141\206\030\141\206\030\141\206\030\141\206\030\141\206\030\141\206\030\141\206\030\141\206" \
    "\030\141\206\030\141\206"

static const struct row {
    const char *content;
    size_t count;       /* how many members */
    const char *member; /* one of them */
    const char *name;   /* of one of them, or NULL */
    const char *note;   /* NULL: there is none */
} uu_rows[] = {
    { "", 0, NULL, NULL, NULL },
    { "begin 644 payload.txt\n" UU_1 "\n" UU_2 "\n`\nend\n", 1, PAYLOAD, "payload.txt", NULL },
    { "Hello,\r\n\r\nbegin 644 pay load.txt\r\n" UU_1 "\r\n" UU_2 "\r\n`\r\nend\r\nBye\r\n", 1, PAYLOAD, "pay load.txt",
      NULL },
    { "begin 644 a\r" UU_1 "\r" UU_2 "\rend\r", 1, PAYLOAD, "a", NULL },
    { "begin  a.exe\n" UU_1 "\n" UU_2 "\n \nend\n", 1, PAYLOAD, "a.exe", NULL },
    { "Begin 644 a\n" UU_1 "\n" UU_2 "\n`\nEnd\n", 1, PAYLOAD, "a", NULL },
    { "x\nBEGIN 644 a\n" UU_1 "\n" UU_2 "\n`\nend\nbegin 644 b\n#86)C\n`\nend\n", 2, PAYLOAD, "b", NULL },
    { "begin 644 a\n#86)C\n" UU_BEGIN "\n`\nend\n", 1, "abc" BEGIN_DATA, "a", NULL },
    { "begin 644 a\n#86)C\n" UU_BEGIN "\n" UU_1 "\n" UU_2 "\n`\nend\n", 2, PAYLOAD, "a", NULL },
    { "begin 644 a\n#86)C\n" UU_BEGIN "\n" UU_1 "\n" UU_2 "\n`\nend\n", 2, "abc" BEGIN_DATA PAYLOAD, "a", NULL },
    { "begin 644 a\n#86)C\nEND\n#86)C\n`\nend\n", 3, "abc", "a", NULL },
    { "begin 644 a\n" UU_1 "X\n" UU_2 "X\n`\nend\n", 1, PAYLOAD, "a", NULL },
    { "begin 644 a\n" UU_1 "x\n" UU_2 "z\n`\nend\n", 1, PAYLOAD, "a", NULL },
    { "begin 644 a\n" UU_1 "\n" UU_2_BLANK "\n\nend\n", 1, PAYLOAD, "a", NULL },
    { "begin 644 a\n" UU_1 "\n" UU_2 "\n", 1, PAYLOAD, "a", "uuencode: no end" },
    { "begin 644 a\n" UU_1 "\n" UU_2 "\n`\n", 1, PAYLOAD, "a", NULL },
    { "begin 644 a\n" UU_1 "\n" UU_2 "\n-- \nThe list\nGOOD BYE\n", 2, PAYLOAD, "a", "uuencode: no end" },
    { "begin 644 the day with a smile\n\nbegin 644 b\n" UU_1 "\n" UU_2 "\n`\nend\n", 1, PAYLOAD, "b", NULL },
    { "begin 644 a\n" UU_1 "\n" UU_2 "\n`\nend\nbegin 644 b\n#86)C\n`\nend\n", 2, "abc", "b", NULL },
    { "begin 644 a\n#86)C\n`\n" UU_1 "\n" UU_2 "\nend\n", 2, "abc", "a", NULL },
    { "begin 644 a\n#86)C\nwhat is this\n#86)C\nend\n", 2, "abc", "a", NULL },
    { "begin 644 a\n#86)C\n\"86)C9&5F\nend\n", 2, "abcabcdef", "a", NULL },
    { "begin here, and go on\nuntil the end\nend\n", 0, NULL, NULL, NULL },
    { "To begin 644 a\n#86)C\nend\n", 0, NULL, NULL, NULL },
    { "begin THE DAY\nWITH A SMILE\nend\n", 0, NULL, NULL, NULL },
    { "begin-base64 644 payload.txt\n" B64_1 "\n" B64_2 "\n====\n", 1, PAYLOAD, "payload.txt", NULL },
    { "begin-base64-encoded 644 cGF5IGxvYWQudHh0\n" B64_1 "\n" B64_2 "\n====\n", 1, PAYLOAD, "pay load.txt", NULL },
    { "x\r\nbegin-base64 644 a\r\n" B64_1 "\r\n" B64_2 "\r\n-- \r\nbye", 1, PAYLOAD, "a", "begin-base64: no end" },
    { "begin-base64 is a format\n\n(of POSIX)", 0, NULL, NULL, NULL },
    { "begin 644 payload.txt\n" XX_1 "\n" XX_2 "\n+\nend\n", 0, NULL, NULL, NULL },
};

static const struct row xx_rows[] = {
    { "begin 644 payload.txt\n" XX_1 "\n" XX_2 "\n+\nend\n", 1, PAYLOAD, "payload.txt", NULL },
    { "begin 644 payload.txt\n" XX_1 "\n" XX_2 "\n", 1, PAYLOAD, "payload.txt", "xxencode: no end" },
    { "begin-base64 644 payload.txt\n" B64_1 "\n" B64_2 "\n====\n", 0, NULL, NULL, NULL },
    { "begin 644 a\n" UU_1 "\n" UU_2 "\n`\nend\n", 0, NULL, NULL, NULL },
    { "begin a new life\nand be happy\nend\n", 0, NULL, NULL, NULL },
};

static const struct row bare_rows[] = {
    { UU_1 "\r\n" UU_2 "\r\n", 1, PAYLOAD, NULL, NULL },
    { "Hello, all\n" UU_1 "\n" UU_2 "\n`\n", 2, PAYLOAD, NULL, NULL },
    { "begin 644 a\n" UU_1 "\n" UU_2 "\n`\nend\n", 1, PAYLOAD, "a", NULL },
    { "\r\n", 0, NULL, NULL, NULL },
    { "plain text\r\n", 0, NULL, NULL, "nothing that is encoded" },
};

static void check_rows(unpack_reader *reader, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        test_context(rows[i].content);
        for (size_t room = 1; room < 40; room++) {
            collect_init(&collect);
            collect.room = room;
            collect_read(&collect, reader, span_text(rows[i].content));
            if (!CHECK(collect.count == rows[i].count))
                (void)fprintf(stderr, "%zu members, \"%s\"\n", collect.count, buf_text(&collect.members[0].bytes));
            if (rows[i].member != NULL)
                CHECK(collect_find(&collect, span_text(rows[i].member)) != NULL);
            if (rows[i].name != NULL)
                CHECK(collect_named(&collect, rows[i].name) != NULL);
            CHECK(collect.note_count == (rows[i].note != NULL));
            if (rows[i].note != NULL)
                CHECK(collect_has_note(&collect, UNPACK_DAMAGED, rows[i].note));
            collect_fini(&collect);
        }
    }
    test_context(NULL);
}

/* Words that begin nothing, of one kind before the other: whoever looked again for the rarer one each time would need
 * hours. */
static void test_words(void)
{
    enum { WORDS_SIZE = 1 << 24 };
    static const char *const fill[] = { "EGIN", "egin", "\nBEGIN x\n" };
    for (size_t i = 0; i < sizeof fill / sizeof fill[0]; i++) {
        test_context(fill[i]);
        struct buf text;
        buf_init(&text, WORDS_SIZE);
        buf_put_text(&text, "x \nbegin 644 a\n");
        while (!buf_overflowed(&text))
            buf_put_text(&text, fill[i]);
        collect_init(&collect);
        CHECK(uu_looks(buf_span(&text)));
        collect_read(&collect, uu_read, buf_span(&text));
        CHECK(collect.count == 0);
        collect_fini(&collect);
        buf_fini(&text);
    }
    test_context(NULL);
}

int main(void)
{
    test_words();
    check_rows(uu_read, uu_rows, sizeof uu_rows / sizeof uu_rows[0]);
    check_rows(xx_read, xx_rows, sizeof xx_rows / sizeof xx_rows[0]);
    check_rows(uu_bare_read, bare_rows, sizeof bare_rows / sizeof bare_rows[0]);
    CHECK(uu_looks(span_text("x\nbegin 644 a\n")) && uu_looks(span_text("begin-base64 644 a\n")));
    CHECK(!uu_looks(span_text("x begin 644 a\n")) && !uu_looks(span_text("beginning\nbegin")));
    return test_end();
}
