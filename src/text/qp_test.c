#include "text/qp.h"

#include "base/test.h"
#include "unpack/collect.h"

#include <stdio.h>
#include <string.h>

static struct collect collect;

static void test_readings(void)
{
    static const struct {
        const char *body;
        const char *first; /* the main member */
        const char *other; /* one of the further ones, NULL: there must be none */
        const char *how;
    } rows[] = {
        { "", "", NULL, NULL },
        { "plain\r\ntext\n", "plain\r\ntext\n", NULL, NULL },
        { "a=3Db=3d", "a=b=", NULL, NULL },
        { "one =\r\ntwo\r\n", "one two\r\n", NULL, NULL },
        { "one=\ntwo\nthree\r\n", "onetwo\nthree\r\n", NULL, NULL },
        { "one=20\r\n", "one \r\n", NULL, NULL },
        { "a_b", "a_b", NULL, NULL },
        { "end=", "end", NULL, NULL },
        { "a\rb\r\n", "a\rb\r\n", NULL, NULL },
        { "\r\n\r\n", "\r\n\r\n", NULL, NULL },
        { "one=  \t\r\ntwo", "onetwo", "one=  \t\r\ntwo", "exact soft" },
        { "one= \r \r\r\ntwo", "onetwo", "one \r\r\ntwo", "end at CR" },
        { "one=\rtwo\r\n", "onetwo\r\n", "one=\rtwo\r\n", "exact soft" },
        { "one=\r\r\ntwo\r\n", "onetwo\r\n", "one\r\ntwo\r\n", "end at CR" },
        { "one=\r\r\ntwo\r\n", "onetwo\r\n", "one=\r\r\ntwo\r\n", "exact soft" },
        { "one=\r=\r\ntwo\r\n", "onetwo\r\n", "one=\rtwo\r\n", "exact soft" },
        { "one \t \r\ntwo  ", "one\r\ntwo", "one \t \r\ntwo  ", "blanks" },
        { "one= \r\ntwo \r\n", "onetwo\r\n", "onetwo \r\n", "blanks" },
        { "one=\v\f\r\ntwo", "onetwo", "one=\v\f\r\ntwo", "exact soft" },
        { "one=\n\r=74wo\r\n", "one\rtwo\r\n", "onetwo\r\n", "dropped" },
        { "one\n\rt=7\r7o\r\n", "one\n\rt=7\r7o\r\n", "one\ntwo\r\n", "dropped" },
        { "a=zzb=4", "a=zzb=4", "azzb4", "stray" },
        { "a==3Db", "a==b", "a=b", "stray" },
        { "X=5=\r\n8Y", "X=58Y", "XXY", "soft line breaks first" },
        { "X==\r\n5=\r\n8Y", "X=58Y", "XXY", "soft line breaks first" },
        { "X=5=\r8Y", "X=58Y", "XXY", "soft line breaks first" },
        { "X=5= \r\r\n8Y=4", "X=58Y=4", "XXY=4", "soft line breaks first" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].body);
        for (size_t room = 1; room < 40; room++) {
            collect_init(&collect);
            collect.room = room;
            collect_read(&collect, qp_read, span_text(rows[i].body));
            CHECK(collect.count >= 1 && collect.note_count == 0);
            const char *first = buf_text(&collect.members[0].bytes);
            if (!CHECK(strcmp(first, rows[i].first) == 0))
                (void)fprintf(stderr, "\"%s\"\n", first);
            bool is_there = rows[i].other == NULL && collect.count == 1;
            for (size_t j = 1; j < collect.count && rows[i].other != NULL; j++)
                is_there |= strcmp(buf_text(&collect.members[j].bytes), rows[i].other) == 0 &&
                            strstr(collect.members[j].how, rows[i].how) != NULL;
            CHECK(is_there);
            collect_fini(&collect);
        }
    }
    test_context(NULL);
}

static void test_nul(void)
{
    static const char body[] = "o=6\0Ee=\0\r\n=74wo";
    collect_init(&collect);
    collect_read(&collect, qp_read, span_of(body, sizeof body - 1));
    CHECK(collect_find(&collect, span_text("onetwo")) != NULL && collect.note_count == 0);
    collect_fini(&collect);
}

static void test_limit(void)
{
    collect_init(&collect);
    collect.most_bytes = 4;
    collect_read(&collect, qp_read, span_text("abcdefgh=zz"));
    CHECK(collect.count >= 1 && collect.members[0].bytes.size == 4);
    collect_fini(&collect);
}

/* Of what is no text, line ends are what the file had: LF to some. */
static void test_lf(void)
{
    static const struct {
        const char *body;
        size_t count;
    } rows[] = { { "P=00\r\nK\n\r\r\n", 2 }, { "P=00K\n", 1 }, { "P=01\r\nK", 1 }, { "P=00=\r\nK", 1 } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].body);
        collect_init(&collect);
        collect_read(&collect, qp_read, span_text(rows[i].body));
        CHECK(collect.count == rows[i].count);
        struct collect_member *last = &collect.members[collect.count - 1];
        bool is_lf = strstr(last->how, "line ends are LF") != NULL;
        CHECK(is_lf == (i == 0));
        CHECK(!is_lf || span_equal(buf_span(&last->bytes), span_of("P\0\nK\n\r\n", 7)));
        collect_fini(&collect);
    }
    test_context(NULL);
}

int main(void)
{
    test_lf();
    test_readings();
    test_nul();
    test_limit();
    return test_end();
}
