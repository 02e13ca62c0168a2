#include "text/charset.h"

#include "base/test.h"
#include "unpack/collect.h"

#include <stdio.h>
#include <string.h>

static struct collect collect;
static const char *declared;

static void read_declared(struct unpack *unpack, struct span content)
{
    charset_read_declared(unpack, span_text(declared), content);
}

#define BYTES(text)                                                                                                    \
    {                                                                                                                  \
        (text), sizeof(text) - 1                                                                                       \
    }
#define LITTLE "t\0h\0e\0 \0p\0a\0y\0l\0o\0a\0d\0"
#define BIG "\0t\0h\0e\0 \0p\0a\0y\0l\0o\0a\0d"
#define FOUR "t\0\0\0h\0\0\0e\0\0\0 \0\0\0p\0\0\0a\0\0\0y\0\0\0"
/* "the payload" by iconv */
#define EBCDIC "\xa3\x88\x85\x40\x97\x81\xa8\x93\x96\x81\x84"

static const struct {
    const char *name; /* NULL: not declared */
    struct span text;
    size_t count;
    const char *member;
} rows[] = {
    { "utf-16le", BYTES(LITTLE), 1, "the payload" },
    { "UTF-16LE", BYTES("\xff\xfe" LITTLE), 1, "the payload" },
    { "UTF-16BE", BYTES(BIG), 1, "the payload" },
    { "UTF-16BE", BYTES(LITTLE), 2, "the payload" },
    { "utf-16", BYTES("\xfe\xff" BIG), 1, "the payload" },
    { "utf-16", BYTES("\xff\xfe" LITTLE), 1, "the payload" },
    { "utf-16", BYTES(LITTLE), 2, "the payload" },
    { "utf_16", BYTES(BIG "x"), 2, "the payload" },
    { "unicode", BYTES("\xff\xfe\x3d\xd8\x00\xde\xe4\x00\x3d\xd8z\0"), 1, "\xf0\x9f\x98\x80\xc3\xa4\xef\xbf\xbdz" },
    { "utf-32le", BYTES(FOUR), 1, "the pay" },
    { "utf-32", BYTES("\xff\xfe\0\0" FOUR), 1, "the pay" },
    { "utf-7", BYTES("+AHQ-+AGg-+AGU- +AHAAYQB5AGwAbwBhAGQ-"), 1, "the payload" },
    { "utf-7", BYTES("1 +- 1 +AOQ.+2D3eAA-+AHQ +"), 1, "1 + 1 \xc3\xa4.\xf0\x9f\x98\x80t " },
    { "unicode-1-1-utf-7", BYTES("+AHQ-he payload"), 1, "the payload" },
    { "utf-7", BYTES("the payload"), 0, NULL },
    { "utf-7-imap", BYTES("&AHQ-he &AHA,-"), 1, "the p" },
    { "IBM037", BYTES(EBCDIC), 1, "the payload" },
    { "cp1140", BYTES(EBCDIC "\x9f"), 1, "the payload\xe2\x82\xac" },
    { "ibm-500", BYTES(EBCDIC "\x4a\x5a"), 1, "the payload[]" },
    { "IBM01047", BYTES(EBCDIC "\xad\xbd"), 1, "the payload[]" },
    { "cp1026", BYTES(EBCDIC "\xad\xae"), 1, "the payload$@" },
    { "ibm424", BYTES(EBCDIC "\xb0\xba"), 1, "the payload^[" },
    { "ebcdic-cp-us", BYTES(EBCDIC "\xb0"), 1, "the payload^" },
    { "ebcdic-cp-he", BYTES(EBCDIC "\xbb"), 1, "the payload]" },
    { "iso-2022-jp", BYTES("the \x1b(Bpay\x1b$(D\x1b(Jload\x0e\x0f"), 1, "the payload" },
    { "iso-2022-jp", BYTES("the payload"), 0, NULL },
    { "hz-gb-2312", BYTES("the ~{~}pay~\nload ~~ ~"), 1, "the payload ~ ~" },
    { "utf-8", BYTES("the payload"), 0, NULL },
    { "UTF-8", BYTES("\xef\xbb\xbfthe payload"), 1, "the payload" },
    { "utf8", BYTES("t\xc1\xa8\xe0\x81\xa5\xf0\x80\x80\xa0payload\xc3\xa4"), 1, "the payload\xc3\xa4" },
    { "utf-8", BYTES("\xef\xbb\xbf\xc1\xb4he payload\xc0"), 1, "the payload\xc0" },
    { "utf-8", BYTES("\xc0 la carte, \xe0\xa4\x85 \xf0\x9f\x98\x80 \xe0"), 0, NULL },
    { "iso-8859-1", BYTES("the payload"), 0, NULL },
    { "cp1252", BYTES("the payload"), 0, NULL },
    { "ibm437", BYTES("the payload"), 0, NULL },
    { "cp500x", BYTES("the payload"), 0, NULL },
    { "", BYTES("the payload"), 0, NULL },
    { NULL, BYTES(LITTLE), 1, "the payload" },
    { NULL, BYTES(BIG), 1, "the payload" },
    { NULL, BYTES(FOUR), 1, "the pay" },
    { NULL, BYTES("\xff\xfe" LITTLE), 1, "the payload" },
    { NULL, BYTES("\xff\xfe\0\0" FOUR), 2, "the pay" },
    { NULL, BYTES("the payload, the payload"), 0, NULL },
    { NULL, BYTES("<meta charset='utf-7'>+AHQ-he payload"), 1, "<meta charset='utf-7'>the payload" },
    { NULL, BYTES("<meta content=\"charset=x; charset = ISO-2022-JP\">the \x1b(Bpayload"), 1,
      "<meta content=\"charset=x; charset = ISO-2022-JP\">the payload" },
    { NULL, BYTES("<?xml encoding='UTF-7'?>+AHQ-he payload"), 1, "<?xml encoding='UTF-7'?>the payload" },
    { NULL, BYTES("<meta charset=utf-8>+AHQ-he payload"), 0, NULL },
    { NULL, BYTES("charset=utf-7 +AHQ-he payload"), 0, NULL },
    { NULL, BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), 0, NULL },
    { NULL, BYTES(""), 0, NULL },
};

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        declared = rows[i].name;
        test_context(declared != NULL ? declared : "none");
        for (size_t room = 1; room < 40; room++) {
            collect_init(&collect);
            collect.room = room;
            collect_read(&collect, declared != NULL ? read_declared : charset_read, rows[i].text);
            if (!CHECK(collect.count == rows[i].count))
                (void)fprintf(stderr, "row %zu: %zu members\n", i, collect.count);
            if (rows[i].member != NULL && !CHECK(collect_find(&collect, span_text(rows[i].member)) != NULL))
                (void)fprintf(stderr, "row %zu: \"%s\"\n", i, buf_text(&collect.members[0].bytes));
            CHECK(collect.note_count == 0);
            CHECK(declared != NULL || charset_looks(rows[i].text) == (collect.count > 0));
            collect_fini(&collect);
        }
    }
    declared = "SCSU";
    collect_init(&collect);
    collect_read(&collect, read_declared, span_text("abc"));
    CHECK(collect.count == 0 && collect_has_note(&collect, UNPACK_UNSUPPORTED, "charset"));
    collect_fini(&collect);
    return test_end();
}
