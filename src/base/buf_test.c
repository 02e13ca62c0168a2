#include "buf.h"

#include "test.h"

#include <string.h>

static void test_puts(void)
{
    struct buf buf;
    buf_init(&buf, 1000);
    CHECK(strcmp(buf_text(&buf), "") == 0 && buf_span(&buf).size == 0);
    buf_put_text(&buf, "one");
    buf_put_char(&buf, ' ');
    buf_put_span(&buf, span_text("two"));
    buf_printf(&buf, " %d %s", 3, "four");
    buf_put(&buf, "", 0);
    CHECK(strcmp(buf_text(&buf), "one two 3 four") == 0);
    CHECK(buf_span(&buf).size == strlen("one two 3 four") && !buf_overflowed(&buf));
    buf_clear(&buf);
    CHECK(strcmp(buf_text(&buf), "") == 0);
    buf_fini(&buf);
}

static void test_what_does_not_fit_is_dropped_whole(void)
{
    struct buf buf;
    buf_init(&buf, 10);
    buf_put_text(&buf, "0123456789");
    CHECK(!buf_overflowed(&buf));
    buf_put_char(&buf, 'x');
    CHECK(buf_overflowed(&buf) && strcmp(buf_text(&buf), "0123456789") == 0);
    buf_clear(&buf);
    CHECK(!buf_overflowed(&buf));
    buf_put_text(&buf, "12345");
    buf_printf(&buf, "%s", "678901");
    CHECK(buf_overflowed(&buf) && strcmp(buf_text(&buf), "12345") == 0);
    buf_printf(&buf, "%s", "67890");
    CHECK(strcmp(buf_text(&buf), "1234567890") == 0); /* later pieces that fit still do */
    buf_fini(&buf);
}

static void test_growing(void)
{
    struct buf buf;
    buf_init(&buf, 1 << 20);
    for (int i = 0; i < 100000; i++)
        buf_put_char(&buf, (char)('a' + i % 26));
    CHECK(buf.size == 100000 && buf_text(&buf)[99999] == 'a' + 99999 % 26 && buf_text(&buf)[100000] == '\0');
    buf_fini(&buf);
}

int main(void)
{
    test_puts();
    test_what_does_not_fit_is_dropped_whole();
    test_growing();
    return test_end();
}
