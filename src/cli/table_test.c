#include "cli/table.h"

#include "base/memory.h"
#include "base/test.h"

#include <stdlib.h>
#include <string.h>

static const struct table_column columns[] = { { "ID", 0, true }, { "SENDER", 6, false }, { "SUBJECT", 6, false } };

static struct table *begin(size_t width)
{
    struct table *table = memory_new(sizeof *table);
    table_init(table, columns, 3, width);
    return table;
}

static void put_row(struct table *table, const char *a, const char *b, const char *c)
{
    table_put_text(table, a);
    table_put_text(table, b);
    table_put_text(table, c);
}

static bool end_is(struct table *table, const char *text)
{
    struct buf out;
    buf_init(&out, 65536);
    table_print(table, &out);
    bool is_same = span_is(buf_span(&out), text);
    if (!is_same)
        test_check(false, __FILE__, __LINE__, buf_text(&out));
    buf_fini(&out);
    table_fini(table);
    free(table);
    return is_same;
}

static void test_aligned(void)
{
    struct table *table = begin(0);
    put_row(table, "7", "joe@example.org", "hello");
    put_row(table, "1234", "", "x");
    CHECK(end_is(table, "  ID  SENDER           SUBJECT\n"
                        "   7  joe@example.org  hello\n"
                        "1234  -                x\n"));
}

static void test_cut(void)
{
    struct table *table = begin(24);
    put_row(table, "7", "joe@example.org", "a long subject");
    CHECK(end_is(table, "ID  SENDER     SUBJECT\n"
                        " 7  joe@exam\xe2\x80\xa6  a long s\xe2\x80\xa6\n"));
    table = begin(5); /* narrower than can be: no column goes below its least */
    put_row(table, "7", "joe@example.org", "a long subject");
    CHECK(end_is(table, "ID  SENDER  SUBJE\xe2\x80\xa6\n"
                        " 7  joe@e\xe2\x80\xa6  a lon\xe2\x80\xa6\n"));
}

/* Written so that no editor turns around what stands here. */
static const char turning[] = { 'a', '\xe2', '\x80', '\xae', 'b', '\xff', '\t', 'c', '\0' };

static void test_foreign(void)
{
    struct table *table = begin(0);
    put_row(table, "7", "\x1b[31m\r\n", turning);
    struct buf out;
    buf_init(&out, 65536);
    table_print(table, &out);
    for (size_t i = 0; i < out.size; i++)
        CHECK(out.data[i] == '\n' || (out.data[i] >= ' ' && out.data[i] <= '~'));
    CHECK(span_find(buf_span(&out), span_text("a\\xe2\\x80\\xaeb\\xff\\x09c")) != SPAN_NONE);
    buf_fini(&out);
    table_fini(table);
    free(table);
}

static void test_widths(void)
{
    CHECK(table_text_width(span_text("abc")) == 3);
    CHECK(table_text_width(span_text("\xc3\xa4\xc3\xb6")) == 2);
    CHECK(table_text_width(span_text("\xe6\xbc\xa2\xe5\xad\x97")) == 4);
    CHECK(table_text_width(span_text("a\xcc\x88")) == 1);
    CHECK(table_text_cut(span_text("\xe6\xbc\xa2\xe5\xad\x97"), 3).size == 3);
    CHECK(table_text_cut(span_text(""), 3).size == 0);
}

static void test_many(void)
{
    struct table *table = begin(0);
    for (int i = 0; i < TABLE_MOST_ROWS; i++) {
        CHECK(!table_is_full(table));
        put_row(table, "1", "b", "c");
    }
    CHECK(table_is_full(table));
    struct buf out;
    buf_init(&out, 1 << 20);
    table_print(table, &out);
    CHECK(!table_is_full(table) && span_starts_with(buf_span(&out), "ID"));
    buf_clear(&out);
    put_row(table, "1", "b", "c");
    table_print(table, &out);
    CHECK(span_find(buf_span(&out), span_text("ID")) == SPAN_NONE);
    buf_fini(&out);
    table_fini(table);
    free(table);
}

/* No failure that can be told is cut in a pipe. */
static void test_long(void)
{
    char text[FAULT_TEXT_SIZE];
    struct table *table = begin(0);
    struct buf out;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    put_row(table, "1", "a", text);
    buf_init(&out, 65536);
    table_print(table, &out);
    CHECK(span_find(buf_span(&out), span_text(text)) != SPAN_NONE);
    buf_fini(&out);
    table_fini(table);
    free(table);
}

int main(void)
{
    test_long();
    test_aligned();
    test_cut();
    test_foreign();
    test_widths();
    test_many();
    return test_end();
}
