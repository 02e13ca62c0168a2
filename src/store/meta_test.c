#include "meta.h"

#include "base/test.h"

#include <string.h>

static void test_round(void)
{
    struct buf meta;
    buf_init(&meta, 1024);
    meta_put_text(&meta, META_SENDER, "a@example.org");
    meta_put_text(&meta, META_RECIPIENT, "b@example.org");
    meta_put_text(&meta, META_RECIPIENT, "c@example.org");
    meta_put_text(&meta, META_SUBJECT, "");
    meta_put_number(&meta, META_SIZE, UINT64_C(0x1122334455667788));
    struct span all = buf_span(&meta);
    CHECK(memcmp(all.data, "\1\0\15\0a@example.org\2\0", 19) == 0);
    CHECK(span_is(meta_find(all, META_SENDER), "a@example.org"));
    CHECK(span_is(meta_find(all, META_RECIPIENT), "b@example.org"));
    CHECK(meta_find(all, META_SUBJECT).data != NULL && meta_find(all, META_SUBJECT).size == 0);
    CHECK(meta_find(all, META_CLIENT).data == NULL);
    uint64_t number = 0;
    CHECK(meta_number(all, META_SIZE, &number) && number == UINT64_C(0x1122334455667788));
    CHECK(!meta_number(all, META_SENDER, &number) && !meta_number(all, META_RECEIVED, &number));
    struct meta_reader reader;
    unsigned field = 0;
    struct span value = { 0 };
    unsigned count = 0;
    for (meta_begin(&reader, all); meta_next(&reader, &field, &value);)
        count++;
    CHECK(count == 5 && !reader.is_broken);
    buf_fini(&meta);
}

/* Cut at each byte: whole fields, or broken; never a read beyond the end. */
static void test_cuts(void)
{
    struct buf meta;
    buf_init(&meta, 1024);
    meta_put_text(&meta, META_SENDER, "abc");
    meta_put_text(&meta, META_RECIPIENT, "de");
    for (size_t size = 0; size <= meta.size; size++) {
        struct meta_reader reader;
        unsigned field = 0;
        struct span value = { 0 };
        unsigned count = 0;
        for (meta_begin(&reader, span_slice(buf_span(&meta), 0, size)); meta_next(&reader, &field, &value);)
            count++;
        CHECK(count == (size < 7 ? 0U : size < 13 ? 1U : 2U));
        CHECK(reader.is_broken == (size != 0 && size != 7 && size != 13));
        CHECK(!meta_next(&reader, &field, &value));
    }
    buf_fini(&meta);
    struct meta_reader reader;
    unsigned field = 0;
    struct span value = { 0 };
    meta_begin(&reader, span_of("\0\0\1\0x", 5)); /* no number */
    CHECK(!meta_next(&reader, &field, &value) && reader.is_broken);
    meta_begin(&reader, span_of("\xe8\3\1\0x", 5)); /* one that is not known */
    CHECK(meta_next(&reader, &field, &value) && field == 1000 && span_is(value, "x"));
}

static void test_bounds(void)
{
    struct buf meta;
    static char large[META_FIELD_MOST + 2];
    memset(large, 'a', sizeof large - 1);
    buf_init(&meta, META_FIELD_MOST + 4 + 6);
    meta_put_text(&meta, META_SUBJECT, large);
    CHECK(meta_find(buf_span(&meta), META_SUBJECT).size == META_FIELD_MOST && !buf_overflowed(&meta));
    meta_put_text(&meta, META_FROM, "abc"); /* its head would fit, but not all */
    CHECK(buf_overflowed(&meta) && meta.size == META_FIELD_MOST + 4);
    buf_fini(&meta);
}

int main(void)
{
    test_round();
    test_cuts();
    test_bounds();
    return test_end();
}
