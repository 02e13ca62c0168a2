#include "partition.h"

#include "archive/disk_rows.h"
#include "base/test.h"
#include "unpack/collect.h"

#include <stdlib.h>

static struct collect collect;

enum { DISK_SIZE = 262144, SECTOR = 512 };

/* sgdisk: two partitions, at 40 to 100 and 101 to 200. */
static const struct disk_row gpt_rows[] = {
    /* clang-format off */
    { 0x1c0, 12, "\x02\x00\xee\x08\x08\x00\x01\x00\x00\x00\xff\x01" },
    { 0x1fe, 27, "U\xaa" "EFI PART\x00\x00\x01\x00\\\x00\x00\x00\xb3\xdd\xd6\xf8\x00\x00\x00\x00\x01" },
    { 0x220, 2, "\xff\x01" },
    { 0x228, 1, "\"" },
    { 0x230, 2, "\xde\x01" },
    { 0x238, 17, "xV4\x12" "4\x12" "4\x12\x12" "4\x12" "4Vx\x9a\xbc\x02" },
    { 0x250, 12, "\x80\x00\x00\x00\x80\x00\x00\x00\xdf\x91x\x1d" },
    { 0x400, 33, "\xaf=\xc6\x0f\x83\x84rG\x8ey=i\xd8G}\xe4" "F\xbbo\x08\xe4" "28E\xbd" "E\x00" "b4L\x93\x88(" },
    { 0x428, 1, "d" },
    { 0x438, 17, "F\x00i\x00r\x00s\x00t\x00 \x00o\x00n\x00" "e" },
    { 0x480, 33, "\xaf=\xc6\x0f\x83\x84rG\x8ey=i\xd8G}\xe4\xaf^r\x1a\x84" "d\xc3" "C\xa0\x8c" "9S\xc4\xbd\xf5\xdf" "e" },
    { 0x4a8, 1, "\xc8" },
    { 0x4b8, 11, "s\x00" "e\x00" "c\x00o\x00n\x00" "d" },
    { 0x3be00, 33, "\xaf=\xc6\x0f\x83\x84rG\x8ey=i\xd8G}\xe4" "F\xbbo\x08\xe4" "28E\xbd" "E\x00" "b4L\x93\x88(" },
    { 0x3be28, 1, "d" },
    { 0x3be38, 17, "F\x00i\x00r\x00s\x00t\x00 \x00o\x00n\x00" "e" },
    { 0x3be80, 33, "\xaf=\xc6\x0f\x83\x84rG\x8ey=i\xd8G}\xe4\xaf^r\x1a\x84" "d\xc3" "C\xa0\x8c" "9S\xc4\xbd\xf5\xdf" "e" },
    { 0x3bea8, 1, "\xc8" },
    { 0x3beb8, 11, "s\x00" "e\x00" "c\x00o\x00n\x00" "d" },
    { 0x3fe00, 26, "EFI PART\x00\x00\x01\x00\\\x00\x00\x00\x9e\xb7\xc7\xe3\x00\x00\x00\x00\xff\x01" },
    { 0x3fe20, 1, "\x01" },
    { 0x3fe28, 1, "\"" },
    { 0x3fe30, 2, "\xde\x01" },
    { 0x3fe38, 18, "xV4\x12" "4\x12" "4\x12\x12" "4\x12" "4Vx\x9a\xbc\xdf\x01" },
    { 0x3fe50, 12, "\x80\x00\x00\x00\x80\x00\x00\x00\xdf\x91x\x1d" },
    /* clang-format on */
};

static void read_image(const char *image, size_t size)
{
    collect_fini(&collect);
    collect_init(&collect);
    CHECK(partition_looks(span_of(image, size)));
    collect_read(&collect, partition_read, span_of(image, size));
}

/* The member `index` is these sectors. */
static void check_member(size_t index, const char *image, size_t first, size_t count)
{
    CHECK(index < collect.count);
    if (index < collect.count)
        CHECK(span_equal(buf_span(&collect.members[index].bytes), span_of(image + first * SECTOR, count * SECTOR)));
}

static void put_entry(char *image, size_t record, size_t index, char type, unsigned start, unsigned size)
{
    char *entry = image + record * SECTOR + 446 + index * 16;
    entry[4] = type;
    entry[8] = (char)start;
    entry[9] = (char)(start >> 8);
    entry[12] = (char)size;
    entry[13] = (char)(size >> 8);
    image[record * SECTOR + 510] = 0x55;
    image[record * SECTOR + 511] = (char)0xaa;
}

static char *build_numbered(void)
{
    char *image = memory_new(DISK_SIZE);
    for (size_t i = 0; i < DISK_SIZE / SECTOR; i++)
        image[i * SECTOR] = (char)i;
    return image;
}

static void test_gpt(void)
{
    char *image = DISK_ROWS_BUILD(gpt_rows, DISK_SIZE);
    memcpy(image + 40 * SECTOR, "the payload", 11);
    read_image(image, DISK_SIZE);
    CHECK(collect.count == 2 && collect.note_count == 0);
    check_member(0, image, 40, 61);
    check_member(1, image, 101, 100);
    CHECK(collect_named(&collect, "First one") != NULL);

    /* By the copy at the end alone. */
    memset(image, 0, 3 * SECTOR);
    read_image(image, DISK_SIZE);
    CHECK(collect.count == 2 && collect.note_count == 0);
    check_member(1, image, 101, 100);

    /* The entries lead nowhere. */
    image[DISK_SIZE - SECTOR + 76] = 1;
    read_image(image, DISK_SIZE);
    CHECK(collect.count == 0 && collect_has_note(&collect, UNPACK_DAMAGED, "partition"));
    free(image);
}

static void test_mbr(void)
{
    char *image = build_numbered();
    put_entry(image, 0, 0, 1, 64, 64);
    put_entry(image, 0, 2, 5, 128, 300);
    put_entry(image, 128, 0, 6, 22, 32); /* from its own record on */
    put_entry(image, 128, 1, 5, 60, 50); /* from the extended partition on */
    put_entry(image, 188, 0, 0x0b, 4, 9999);
    read_image(image, DISK_SIZE);
    CHECK(collect.count == 3 && collect.note_count == 0);
    check_member(0, image, 64, 64);
    check_member(1, image, 150, 32);
    check_member(2, image, 192, 512 - 192);

    put_entry(image, 188, 1, 5, 60, 50); /* leads to itself */
    read_image(image, DISK_SIZE);
    CHECK(collect.count == 3 && collect_has_note(&collect, UNPACK_LIMIT, "partition"));
    put_entry(image, 188, 1, 5, 61, 50); /* leads to no record */
    read_image(image, DISK_SIZE);
    CHECK(collect.count == 3 && collect_has_note(&collect, UNPACK_DAMAGED, "partition"));
    free(image);
}

static void test_looks(void)
{
    char *image = build_numbered();
    CHECK(!partition_looks(span_of(image, DISK_SIZE)));
    put_entry(image, 0, 0, 1, 64, 64);
    CHECK(partition_looks(span_of(image, DISK_SIZE)));
    CHECK(!partition_looks(span_of(image, 64 * SECTOR)));
    CHECK(!partition_looks(span_of(image, 511)));
    image[446 + 16] = 1;
    CHECK(!partition_looks(span_of(image, DISK_SIZE)));
    memset(image, 'x', SECTOR);
    image[510] = 0x55;
    image[511] = (char)0xaa;
    CHECK(!partition_looks(span_of(image, DISK_SIZE)));
    free(image);
}

/* The same bytes again and again. */
static void test_overlap(void)
{
    char *image = build_numbered();
    for (unsigned i = 0; i < 4; i++)
        put_entry(image, 0, i, 5, 1, 500);
    for (unsigned i = 1; i < 120; i++) {
        put_entry(image, i, 0, 1, 1, 500);
        put_entry(image, i, 1, 5, i, 500);
    }
    read_image(image, DISK_SIZE);
    CHECK(collect.count < 8 && collect_has_note(&collect, UNPACK_LIMIT, "partition"));
    free(image);
}

int main(void)
{
    collect_init(&collect);
    test_gpt();
    test_mbr();
    test_looks();
    test_overlap();
    collect_fini(&collect);
    return test_end();
}
