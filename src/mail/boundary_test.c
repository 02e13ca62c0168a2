#include "boundary.h"

#include "base/escape.h"
#include "base/test.h"

#include <stdio.h>
#include <string.h>

static bool has(const struct mail_boundaries *boundaries, struct span boundary)
{
    for (size_t i = 0; i < boundaries->count; i++) {
        if (span_equal(mail_boundary_at(boundaries, i), boundary))
            return true;
    }
    return false;
}

static void put_all(const struct mail_boundaries *boundaries)
{
    struct buf text;
    buf_init(&text, 100000);
    for (size_t i = 0; i < boundaries->count; i++) {
        buf_put_char(&text, '<');
        escape_header(&text, mail_boundary_at(boundaries, i), 100);
        buf_put_char(&text, '>');
    }
    (void)fprintf(stderr, "the boundaries are %s\n", buf_text(&text));
    buf_fini(&text);
}

/* The first one is the standard's; the others that must be there come with '|' between. Where `others` is NULL there
 * are none. */
static void test_fields(void)
{
    static const struct {
        const char *value;
        const char *first;
        const char *others;
    } rows[] = {
        { "multipart/mixed; boundary=b", "b", NULL },
        { "multipart/mixed; boundary=\"b c\"", "b c", "\"b c\"" },
        { "multipart/mixed; BOUNDARY = b ; charset=x", "b", "b ; charset=x" },
        { "multipart/mixed; boundary=a; boundary=b", "a", "b" },
        { "multipart/mixed boundary=b", "b", NULL },
        { "multipart/mixed; boundary=a b", "a", "a b" },
        { "multipart/mixed; boundary=a,b", "a,b", "a" },
        { "multipart/mixed; boundary=a(x)b", "a", "ab|a(x)b" },
        { "multipart/mixed; boundary=\"a(x)b\"", "a(x)b", "ab" },
        { "multipart/mixed; boundary=\"a\\\"b\"", "a\"b", "a\\|a\\\"b" },
        { "multipart/mixed; boundary=\"a", "a", "\"a" },
        { "multipart/mixed; boundary=\"a;b\"", "a;b", "\"a" },
        { "multipart/mixed; boundary=\"a\"b", "a", "ab|\"a\"b" },
        { "multipart/mixed; boundary='a'", "'a'", "a" },
        { "multipart/mixed; boundary=\" a \"", " a", "a" },
        { "multipart/mixed; boundary=\"\"", "", "\"\"" },
        { "multipart/mixed; boundary=", "", NULL },
        { "multipart/mixed; boundary*=us-ascii''a%62", "ab", "us-ascii''a%62" },
        { "multipart/mixed; boundary*0=a; boundary*1=b", "ab", "a|b" },
        { "multipart/mixed; boundary*0*=''%61; boundary*1=b", "ab", "a" },
        { "multipart/mixed; boundary*0=a; boundary*0=b; boundary*1=c", "abc", "ac|bc" },
        { "multipart/mixed; boundary*=x''a; boundary=b", "b", "a" },
        { "multipart/mixed; boundary==?utf-8?Q?a=62?=", "=?utf-8?Q?a=62?=", "ab" },
        { "multipart/mixed; boundary=\"a\r\n b\"", "a b", "ab" },
        { "multipart/mixed; boundary:b", "b", NULL },
        { "multipart/mixed; boundary(x)=b", "b", NULL },
        { "multipart/mixed; xboundary=b", "b", NULL },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mail_boundaries boundaries;
        test_context(rows[i].value);
        mail_boundaries_init(&boundaries);
        mail_boundaries_add_field(&boundaries, span_text(rows[i].value));
        bool ok = CHECK(boundaries.count > 0 && span_is(mail_boundary_at(&boundaries, 0), rows[i].first));
        ok &= CHECK(!boundaries.is_cut && (rows[i].others != NULL || boundaries.count == 1));
        for (struct span rest = span_text(rows[i].others != NULL ? rows[i].others : ""); rest.size > 0;)
            ok &= CHECK(has(&boundaries, span_cut(&rest, '|')));
        if (!ok)
            put_all(&boundaries);
        mail_boundaries_fini(&boundaries);
    }
    test_context(NULL);
}

static void test_none(void)
{
    static const char *const values[] = { "",
                                          "text/plain",
                                          "multipart/mixed",
                                          "multipart/mixed; boundary",
                                          "multipart/mixed; boundaries=b",
                                          "a; boundary(=b" };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct mail_boundaries boundaries;
        test_context(values[i]);
        mail_boundaries_init(&boundaries);
        mail_boundaries_add_field(&boundaries, span_text(values[i]));
        if (!CHECK(boundaries.count == 0 && !boundaries.is_cut))
            put_all(&boundaries);
        mail_boundaries_fini(&boundaries);
    }
    test_context(NULL);
}

static void test_limits(void)
{
    struct mail_boundaries boundaries;
    mail_boundaries_init(&boundaries);
    for (unsigned i = 0; i <= MAIL_BOUNDARIES_MOST; i++) {
        char text[16];
        CHECK(!boundaries.is_cut);
        (void)snprintf(text, sizeof text, "b%u", i);
        mail_boundaries_add(&boundaries, span_text(text));
        mail_boundaries_add(&boundaries, span_text("b0")); /* is there already */
    }
    CHECK(boundaries.is_cut && boundaries.count == MAIL_BOUNDARIES_MOST);
    CHECK(span_is(mail_boundary_at(&boundaries, MAIL_BOUNDARIES_MOST - 1), "b47"));
    mail_boundaries_clear(&boundaries);
    CHECK(boundaries.count == 0 && !boundaries.is_cut);
    static char bytes[MAIL_BOUNDARY_MOST_BYTES + 1];
    memset(bytes, 'b', sizeof bytes);
    mail_boundaries_add(&boundaries, span_of(bytes, sizeof bytes - 1));
    CHECK(boundaries.count == 1 && !boundaries.is_cut);
    mail_boundaries_add(&boundaries, span_of(bytes, sizeof bytes));
    CHECK(boundaries.count == 1 && boundaries.is_cut);
    mail_boundaries_fini(&boundaries);
}

/* The word again and again, each time with the same value, which would be looked at again and again. */
static void test_many_words(void)
{
    struct mail_boundaries boundaries;
    struct buf value;
    buf_init(&value, 1 << 20);
    mail_boundaries_init(&boundaries);
    while (value.size < 50000)
        buf_put_text(&value, "boundary=a;");
    mail_boundaries_add_field(&boundaries, buf_span(&value));
    CHECK(boundaries.is_cut && span_is(mail_boundary_at(&boundaries, 0), "a"));
    mail_boundaries_fini(&boundaries);
    buf_fini(&value);
}

int main(void)
{
    test_fields();
    test_none();
    test_limits();
    test_many_words();
    return test_end();
}
