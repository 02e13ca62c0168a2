#include "apple.h"

#include "archive/disk_rows.h"
#include "base/test.h"
#include "unpack/collect.h"

#include <stdlib.h>

static struct collect collect;

/* RFC 1740: a name, a data fork and a resource fork. */
static const struct disk_row single_rows[] = {
    /* clang-format off */
    { 0, 8, "\0\x05\x16\0\0\2\0\0" }, { 25, 1, "\3" },
    { 26, 12, "\0\0\0\3\0\0\0\x3e\0\0\0\5" },
    { 38, 12, "\0\0\0\1\0\0\0\x43\0\0\0\x0b" },
    { 50, 12, "\0\0\0\2\0\0\0\x4e\0\0\0\6" },
    { 62, 22, "a.txtthe payloadforked" },
    /* clang-format on */
};
enum { SINGLE_SIZE = 84 };

/* Version III, with the check sum that its header asks for. */
static const struct disk_row macbinary_rows[] = {
    /* clang-format off */
    { 0, 10, "\0\x08" "file.bin" }, { 65, 8, "TEXTttxt" }, { 86, 1, "\x0b" }, { 90, 1, "\6" }, { 102, 4, "mBIN" },
    { 122, 2, "\x82\x81" }, { 128, 11, "the payload" }, { 256, 6, "forked" },
    /* clang-format on */
};
enum { MACBINARY_SIZE = 384 };

static void read_image(const char *image, size_t size)
{
    collect_fini(&collect);
    collect_init(&collect);
    CHECK(apple_looks(span_of(image, size)));
    collect_read(&collect, apple_read, span_of(image, size));
}

static void check_forks(const char *name)
{
    CHECK(collect.count == 2 && collect.note_count == 0);
    const struct collect_member *data = collect_find(&collect, span_text("the payload"));
    CHECK(data != NULL && strcmp(data->names, name) == 0);
    CHECK(collect_find(&collect, span_text("forked")) != NULL);
}

static void test_single(void)
{
    char *image = DISK_ROWS_BUILD(single_rows, SINGLE_SIZE);
    read_image(image, SINGLE_SIZE);
    check_forks("a.txt|");
    image[3] = 7;
    image[5] = 1;
    read_image(image, SINGLE_SIZE);
    check_forks("a.txt|");
    read_image(image, 70);
    CHECK(collect.count == 1 && collect_has_note(&collect, UNPACK_DAMAGED, "cut short"));
    image[24] = 2;
    read_image(image, SINGLE_SIZE);
    CHECK(collect.count == 2 && collect_has_note(&collect, UNPACK_LIMIT, "entries"));
    image[5] = 3;
    CHECK(!apple_looks(span_of(image, SINGLE_SIZE)));
    free(image);
}

static void test_macbinary(void)
{
    char *image = DISK_ROWS_BUILD(macbinary_rows, MACBINARY_SIZE);
    image[124] = (char)0xb4;
    image[125] = (char)0xaf;
    read_image(image, MACBINARY_SIZE);
    check_forks("file.bin|");
    read_image(image, 262);
    check_forks("file.bin|");
    /* Cut short: the check sum alone says what it is. */
    read_image(image, 132);
    CHECK(collect.count == 1 && collect_has_note(&collect, UNPACK_DAMAGED, "MacBinary"));
    /* Version I, or a wrong check sum: the sizes fit. */
    memset(image + 101, 0, 27);
    read_image(image, MACBINARY_SIZE);
    check_forks("file.bin|");
    CHECK(!apple_looks(span_of(image, 132)));
    image[74] = 1;
    CHECK(!apple_looks(span_of(image, MACBINARY_SIZE)));
    image[74] = 0;
    image[1] = 64;
    CHECK(!apple_looks(span_of(image, MACBINARY_SIZE)));
    memset(image, 0, MACBINARY_SIZE);
    CHECK(!apple_looks(span_of(image, MACBINARY_SIZE)));
    free(image);
}

int main(void)
{
    collect_init(&collect);
    test_single();
    test_macbinary();
    collect_fini(&collect);
    return test_end();
}
