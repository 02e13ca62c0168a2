#include "vhd.h"

#include "archive/disk_rows.h"
#include "base/test.h"
#include "unpack/collect.h"

#include <stdlib.h>

static struct collect collect;

/* qemu-img: a disk of 6 MiB, of which the second and the third block are there. The bitmaps are filled in below. */
static const struct disk_row vhd_rows[] = {
    /* clang-format off */
    { 0x0, 14, "conectix\x00\x00\x00\x02\x00\x01" },
    { 0x16, 24, "\x02\x00" "2\x9b\x1d\x09qem2\x00\x05\x00\x03Wi2k\x00\x00\x00\x00\x00`" },
    { 0x35, 31, "`\x00\x00\xff\xff\x10\xff\x00\x00\x00\x03\xff\xff\xeeRAn\x83*\x1dMN9\xa0\xb3<3\xc8g\x8b\xe5" },
    { 0x200, 16, "cxsparse\xff\xff\xff\xff\xff\xff\xff\xff" },
    { 0x216, 18, "\x06\x00\x00\x01\x00\x00\x00\x00\x00\x03\x00 \x00\x00\xff\xff\xf4t" },
    { 0x600, 12, "\xff\xff\xff\xff\x00\x00\x00\x04\x00\x00\x10\x05" },
    { 0xa00, 11, "the payload" },
    { 0x300c00, 14, "second payload" },
    { 0x400c00, 14, "conectix\x00\x00\x00\x02\x00\x01" },
    { 0x400c16, 24, "\x02\x00" "2\x9b\x1d\x09qem2\x00\x05\x00\x03Wi2k\x00\x00\x00\x00\x00`" },
    { 0x400c35, 31, "`\x00\x00\xff\xff\x10\xff\x00\x00\x00\x03\xff\xff\xeeRAn\x83*\x1dMN9\xa0\xb3<3\xc8g\x8b\xe5" },
    /* clang-format on */
};

enum { VHD_SIZE = 4197888, VHD_BLOCK = 2 << 20, VHD_TABLE = 0x600, VHD_BITMAP = 512 };
enum { VHD_SECOND = 4 * 512, VHD_THIRD = 0x1005 * 512 };

static char *build_disk(void)
{
    char *image = DISK_ROWS_BUILD(vhd_rows, VHD_SIZE);
    memset(image + VHD_SECOND, 0xff, VHD_BITMAP);
    memset(image + VHD_THIRD, 0xff, VHD_BITMAP);
    return image;
}

static void read_image(const char *image, size_t size)
{
    collect_fini(&collect);
    collect_init(&collect);
    collect.most_bytes = (size_t)1 << 24;
    CHECK(vhd_looks(span_of(image, size)));
    collect_read(&collect, vhd_read, span_of(image, size));
}

static void test_dynamic(void)
{
    char *image = build_disk();
    read_image(image, VHD_SIZE);
    CHECK(collect.count == 1 && collect.note_count == 0);
    const struct buf *disk = &collect.members[0].bytes;
    CHECK(disk->size == (size_t)3 * VHD_BLOCK);
    if (disk->size == (size_t)3 * VHD_BLOCK) {
        CHECK(memcmp(disk->data + VHD_BLOCK, "the payload", 12) == 0);
        CHECK(memcmp(disk->data + 0x500000, "second payload", 15) == 0);
    }
    /* A sector that the bitmap says is none: two disks. */
    image[VHD_SECOND] = 0x7f;
    read_image(image, VHD_SIZE);
    CHECK(collect.count == 2 && collect.note_count == 0);
    CHECK(collect.members[1].bytes.data[VHD_BLOCK] == 0);
    image[VHD_SECOND + VHD_BITMAP] = 0;
    free(image);
}

static void test_damaged(void)
{
    char *image = build_disk();
    /* Without the footer at the end its copy counts; the last block is cut short. */
    read_image(image, VHD_THIRD + 10000);
    CHECK(collect.count >= 1 && collect.members[0].bytes.size == (size_t)3 * VHD_BLOCK);
    CHECK(collect_has_note(&collect, UNPACK_DAMAGED, "vhd"));
    image[VHD_TABLE] = 0;
    read_image(image, VHD_SIZE);
    CHECK(collect_has_note(&collect, UNPACK_DAMAGED, "vhd"));
    image[0x200] = 'x';
    read_image(image, VHD_SIZE);
    CHECK(collect.count == 0 && collect_has_note(&collect, UNPACK_DAMAGED, "header"));
    free(image);
}

static void test_kinds(void)
{
    char *image = build_disk();
    char *footer = image + VHD_SIZE - 512;
    footer[63] = 4;
    read_image(image, VHD_SIZE);
    CHECK(collect.count == 0 && collect_has_note(&collect, UNPACK_UNSUPPORTED, "differencing"));
    footer[63] = 9;
    read_image(image, VHD_SIZE);
    CHECK(collect.count == 1 && collect_has_note(&collect, UNPACK_UNSUPPORTED, "type 9"));
    footer[63] = 2;
    read_image(image, VHD_SIZE);
    CHECK(collect.count == 1 && collect.members[0].bytes.size == VHD_SIZE - 512 && collect.note_count == 0);
    read_image(footer - 100, 100 + 511);
    CHECK(collect.count == 1 && collect.members[0].bytes.size == 100);
    CHECK(!vhd_looks(span_of(footer - 100, 100 + 510)));
    CHECK(!vhd_looks(span_text("conectix")));
    free(image);
}

int main(void)
{
    collect_init(&collect);
    test_dynamic();
    test_damaged();
    test_kinds();
    collect_fini(&collect);
    return test_end();
}
