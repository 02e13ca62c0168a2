#include "transfer.h"

#include "base/buf.h"
#include "base/test.h"

#include <stdio.h>
#include <string.h>

#define BIT(name) MAIL_DEFECT_BIT(MAIL_DEFECT_##name)

/* Pulls `capacity` bytes at a time. */
static mail_defects decode(enum mail_encoding encoding, struct span body, size_t capacity, struct buf *bytes)
{
    struct mail_transfer transfer;
    char piece[256];
    mail_transfer_init(&transfer, encoding, body);
    for (size_t n = 0; (n = mail_transfer_read(&transfer, piece, capacity)) > 0;)
        buf_put(bytes, piece, n);
    CHECK(mail_transfer_read(&transfer, piece, capacity) == 0);
    CHECK(bytes->size <= mail_transfer_most(encoding, body.size));
    return transfer.defects;
}

static void test_decode(void)
{
    static const struct {
        const char *body;
        const char *bytes;
        enum mail_encoding encoding;
        mail_defects defects;
    } rows[] = {
        { "a=3D\r\n", "a=3D\r\n", MAIL_ENCODING_IDENTITY, 0 },
        { "", "", MAIL_ENCODING_BASE64, 0 },
        { "YWJj", "abc", MAIL_ENCODING_BASE64, 0 },
        { "YWJjZGVmZ2hpamtsbW5vcA==\r\n", "abcdefghijklmnop", MAIL_ENCODING_BASE64, 0 },
        { "YW\r\nJ\tj Z\nA==", "abcd", MAIL_ENCODING_BASE64, 0 },
        { "YWJjZA", "abcd", MAIL_ENCODING_BASE64, BIT(BASE64_CUT) },
        { "YWJjZGU", "abcde", MAIL_ENCODING_BASE64, BIT(BASE64_CUT) },
        { "YWJjZ", "abc", MAIL_ENCODING_BASE64, BIT(BASE64_CUT) },
        { "YWJjZ===", "abc", MAIL_ENCODING_BASE64, BIT(BASE64_CUT) },
        { "YWJjZA=", "abcd", MAIL_ENCODING_BASE64, 0 },
        { "YQ==\r\nYg==\r\n", "ab", MAIL_ENCODING_BASE64, BIT(BASE64_MORE) },
        { "YQ==YWJj", "aabc", MAIL_ENCODING_BASE64, BIT(BASE64_MORE) },
        { "Y!W\x01J\xffj", "abc", MAIL_ENCODING_BASE64, BIT(BASE64_JUNK) },
        { "YWJj\r\n-- \r\nfoot", "abc~\x8a-", MAIL_ENCODING_BASE64, BIT(BASE64_JUNK) },
        { "====", "", MAIL_ENCODING_BASE64, 0 },
        { "!!!!", "", MAIL_ENCODING_BASE64, BIT(BASE64_JUNK) },
        { "", "", MAIL_ENCODING_QP, 0 },
        { "a=3Db=3d", "a=b=", MAIL_ENCODING_QP, 0 },
        { "one =\r\ntwo\r\n", "one two\r\n", MAIL_ENCODING_QP, 0 },
        { "one=  \t\r\ntwo", "onetwo", MAIL_ENCODING_QP, 0 },
        { "one=\ntwo\nthree\r\n", "onetwo\nthree\r\n", MAIL_ENCODING_QP, 0 },
        { "one \t \r\ntwo  ", "one\r\ntwo", MAIL_ENCODING_QP, 0 },
        { "one=20\r\n", "one \r\n", MAIL_ENCODING_QP, 0 },
        { "a=zzb=4", "a=zzb=4", MAIL_ENCODING_QP, BIT(QP_SYNTAX) },
        { "a==3Db", "a==b", MAIL_ENCODING_QP, BIT(QP_SYNTAX) },
        { "end=", "end", MAIL_ENCODING_QP, 0 },
        { "a\rb\r\n", "a\rb\r\n", MAIL_ENCODING_QP, 0 },
        { "\r\n\r\n", "\r\n\r\n", MAIL_ENCODING_QP, 0 },
        { "begin 644 a\n", "begin 644 a\n", MAIL_ENCODING_UUENCODE, 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].body);
        for (size_t capacity = MAIL_TRANSFER_LEAST; capacity < 40; capacity++) {
            struct buf bytes;
            buf_init(&bytes, 4096);
            mail_defects defects = decode(rows[i].encoding, span_text(rows[i].body), capacity, &bytes);
            CHECK(defects == rows[i].defects);
            if (!CHECK(strcmp(buf_text(&bytes), rows[i].bytes) == 0))
                (void)fprintf(stderr, "%zu at a time: %s\n", capacity, buf_text(&bytes));
            buf_fini(&bytes);
        }
    }
    test_context(NULL);
}

static void test_all_bytes(void)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned char all[256];
    struct buf encoded;
    struct buf bytes;
    buf_init(&encoded, 4096);
    buf_init(&bytes, 4096);
    for (unsigned i = 0; i < sizeof all; i++)
        all[i] = (unsigned char)i;
    for (unsigned i = 0; i + 2 < sizeof all; i += 3) {
        unsigned group = (unsigned)all[i] << 16 | (unsigned)all[i + 1] << 8 | all[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6)
            buf_put_char(&encoded, alphabet[group >> shift & 63]);
    }
    CHECK(decode(MAIL_ENCODING_BASE64, buf_span(&encoded), 100, &bytes) == 0);
    CHECK(span_equal(buf_span(&bytes), span_of(all, 255)));
    buf_fini(&encoded);
    buf_fini(&bytes);
}

static void test_names(void)
{
    static const struct {
        const char *value;
        enum mail_encoding encoding;
        bool is_known;
    } rows[] = {
        { "7bit", MAIL_ENCODING_IDENTITY, true },           { "BASE64", MAIL_ENCODING_BASE64, true },
        { " base64 (really)", MAIL_ENCODING_BASE64, true }, { "base64;", MAIL_ENCODING_BASE64, true },
        { "\"base64\"", MAIL_ENCODING_BASE64, false },      { "base64 x", MAIL_ENCODING_BASE64, false },
        { "Quoted-Printable", MAIL_ENCODING_QP, true },     { "x-uuencode", MAIL_ENCODING_UUENCODE, true },
        { "x-what", MAIL_ENCODING_IDENTITY, false },        { "", MAIL_ENCODING_IDENTITY, false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum mail_encoding encoding;
        test_context(rows[i].value);
        CHECK(mail_encoding_read(span_text(rows[i].value), &encoding) == rows[i].is_known);
        CHECK(encoding == rows[i].encoding);
    }
    test_context(NULL);
}

int main(void)
{
    test_decode();
    test_all_bytes();
    test_names();
    return test_end();
}
