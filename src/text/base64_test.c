#include "text/base64.h"

#include "base/test.h"
#include "unpack/collect.h"

#include <stdio.h>
#include <string.h>

static struct collect collect;

/* "the payload of this test" */
#define PAYLOAD "the payload of this test"
#define LETTERS "dGhlIHBheWxvYWQgb2YgdGhpcyB0ZXN0"

static void test_readings(void)
{
    static const struct {
        const char *body;
        const char *first; /* the main member */
        const char *other; /* one of the further ones, NULL: there must be none */
        const char *how;
    } rows[] = {
        { "", "", NULL, NULL },
        { "YWJj", "abc", NULL, NULL },
        { LETTERS "\r\n" LETTERS "YQ==\r\n", PAYLOAD PAYLOAD "a", NULL, NULL },
        { LETTERS "\n" LETTERS "\n", PAYLOAD PAYLOAD, NULL, NULL },
        { "YWJjZA", "abcd", NULL, NULL },
        { "YWJjZA=\r\n", "abcd", NULL, NULL },
        { "YWJjZA==\r\n\r\n==", "abcd", NULL, NULL },
        { "YW\r\nJ\tj Z\nA==", "abcd", "a&6", "each line by itself" },
        { "Y\r\nW\r\nJ\r\nj\r\n", "abc", "", "each line by itself" },
        { "Y.W.J.j.", "abc", "", "first foreign byte" },
        { "YWJj\xff\x80ZGVm", "abcdef", "abc", "first foreign byte" },
        { "YQ==\r\nYg==\r\n", "ab", "a", "first padding" },
        { "aGFybWxlc3M=" LETTERS, "harmless" PAYLOAD, "harmless", "first padding" },
        { "aGFybWxlc3M=" LETTERS, "harmless" PAYLOAD, "harmless", "first full padding" },
        { "aGFybWxlc3M=" LETTERS, "harmless" PAYLOAD, PAYLOAD, "a run between" },
        { "dGhl=IHBh=eWxv=YWQg", "the payload ", "the", "first padding" },
        { "dG=hlIHB=heWxvYW=Qg", NULL, "the payload ", "padding skipped" },
        { "dG=hlIHB=heWxvYW=Qg", NULL, "the p", "full padding" },
        { "dG=hIHBh", NULL, "t pa", "as a letter" },
        { "Hello, all!\r\n" LETTERS "\r\n-- \r\nlist mailing list\r\n", NULL, PAYLOAD, "pure base64" },
        { "Hello there\r\n" LETTERS "\r\n", NULL, PAYLOAD, "pure base64" },
        { "Hello\r\n" LETTERS "\r\n", NULL, "\x1d\xe9\x65" PAYLOAD, "each line by itself" },
        { "Pz8_Pj4-", NULL, "??\?>>>", "URL-safe" },
        { "YWJjZ", "abc", "abcd", "single letter" },
        { "YWJjZ===", "abc", "abcd", "single letter" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].body);
        for (size_t room = 1; room < 40; room++) {
            collect_init(&collect);
            collect.room = room;
            collect_read(&collect, base64_read, span_text(rows[i].body));
            CHECK(collect.count >= 1 && collect.note_count == 0);
            const char *first = buf_text(&collect.members[0].bytes);
            if (rows[i].first != NULL && !CHECK(strcmp(first, rows[i].first) == 0))
                (void)fprintf(stderr, "\"%s\"\n", first);
            if (rows[i].other == NULL) {
                CHECK(collect.count == 1);
            } else {
                bool is_there = false;
                for (size_t j = 1; j < collect.count; j++)
                    is_there |= strcmp(buf_text(&collect.members[j].bytes), rows[i].other) == 0 &&
                                strstr(collect.members[j].how, rows[i].how) != NULL;
                CHECK(is_there);
            }
            collect_fini(&collect);
        }
    }
    test_context(NULL);
}

/* Many runs are not as many members. */
static void test_runs(void)
{
    char body[2000] = "";
    for (size_t i = 0; i < 40; i++)
        strcat(body, LETTERS "=");
    collect_init(&collect);
    collect_read(&collect, base64_read, span_text(body));
    CHECK(collect.count < 20);
    CHECK(collect_find(&collect, span_text(PAYLOAD)) != NULL);
    collect_fini(&collect);
}

/* Where the main member is cut short by a limit, the others are tried all the same. */
static void test_limit(void)
{
    collect_init(&collect);
    collect.most_bytes = 30;
    collect_read(&collect, base64_read, span_text(LETTERS "YQ==" LETTERS LETTERS));
    CHECK(collect.count > 1 && collect.members[0].bytes.size == 30);
    CHECK(collect_find(&collect, span_text(PAYLOAD "a")) != NULL);
    collect_fini(&collect);
    collect_init(&collect);
    collect.most_members = 0;
    collect_read(&collect, base64_read, span_text(LETTERS));
    CHECK(collect.count == 0);
    collect_fini(&collect);
}

int main(void)
{
    test_readings();
    test_runs();
    test_limit();
    return test_end();
}
