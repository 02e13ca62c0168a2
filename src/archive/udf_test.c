#include "udf.h"

#include "archive/disk_rows.h"
#include "base/test.h"
#include "unpack/collect.h"

#include <stdlib.h>

static struct collect collect;

/* genisoimage -udf; the content of its first file, and all of ISO 9660, is left out. */
static const struct disk_row image_rows[] = {
    /* clang-format off */
    { 0x9001, 6, "BEA01\x01" },
    { 0x9801, 6, "NSR02\x01" },
    { 0xa001, 6, "TEA01\x01" },
    { 0x10000, 13, "\x01\x00\x02\x00\x99\x00\x00\x00\xe8\x9d\xf0\x01 " },
    { 0x10018, 6, "\x08" "CDROM" },
    { 0x10037, 34, "\x06\x01\x00\x01\x00\x02\x00\x02\x00\x01\x00\x00\x00\x01\x00\x00\x00\x08" "6B0863CA00000D67" },
    { 0x100c7, 25, "\x11\x00OSTA Compressed Unicode" },
    { 0x10109, 23, "OSTA Compressed Unicode" },
    { 0x10179, 24, "\x10\xea\x07\x0b\x1a\x10" "4\x1a\x00\x00\x00\x00*genisoimage" },
    { 0x10800, 33, "\x04\x00\x02\x00\xe6\x00\x00\x00\x1f\xaf\xf0\x01!\x00\x00\x00\x01\x00\x00\x00\x00*UDF LV Info" },
    { 0x1082c, 2, "\x02\x01" },
    { 0x10835, 23, "OSTA Compressed Unicode" },
    { 0x10874, 6, "\x08" "CDROM" },
    { 0x108f3, 1, "\x06" },
    { 0x10961, 12, "*genisoimage" },
    { 0x11000, 31, "\x05\x00\x02\x00\x06\x00\x00\x00\\\x90\xf0\x01\"\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x02+NSR02" },
    { 0x110b8, 25, "\x01\x00\x00\x00\x01\x01\x00\x00\x13\x00\x00\x00\x00*genisoimage" },
    { 0x11800, 40, "\x06\x00\x02\x00O\x00\x00\x00" "d\x11\xae\x01#\x00\x00\x00\x03\x00\x00\x00\x00OSTA Compressed Uni" },
    { 0x11828, 4, "code" },
    { 0x11854, 6, "\x08" "CDROM" },
    { 0x118d3, 32, "\x06\x00\x08\x00\x00\x00*OSTA UDF Compliant\x00\x00\x00\x00\x02\x01\x03" },
    { 0x118f9, 1, "\x10" },
    { 0x11908, 21, "\x06\x00\x00\x00\x01\x00\x00\x00\x00*genisoimage" },
    { 0x119b1, 10, "\x10\x00\x00@\x00\x00\x00\x01\x06\x01" },
    { 0x12000, 17, "\x07\x00\x02\x00\xb1\x00\x00\x00m\x0f\x08\x00$\x00\x00\x00\x04" },
    { 0x12800, 13, "\x08\x00\x02\x00 \x00\x00\x00\x00\x00\xf0\x01%" },
    { 0x18000, 13, "\x01\x00\x02\x00\xee\x00\x00\x00\xe0\xea\xf0\x01" "0" },
    { 0x18018, 6, "\x08" "CDROM" },
    { 0x18037, 34, "\x06\x01\x00\x01\x00\x02\x00\x02\x00\x01\x00\x00\x00\x01\x00\x00\x00\x08" "6B0863CA00000D90" },
    { 0x180c7, 25, "\x11\x00OSTA Compressed Unicode" },
    { 0x18109, 23, "OSTA Compressed Unicode" },
    { 0x18179, 24, "\x10\xea\x07\x0b\x1a\x10" "4\x1a\x00\x00\x00\x00*genisoimage" },
    { 0x18800, 33, "\x04\x00\x02\x00\xf6\x00\x00\x00\x1f\xaf\xf0\x01" "1\x00\x00\x00\x01\x00\x00\x00\x00*UDF LV Info" },
    { 0x1882c, 2, "\x02\x01" },
    { 0x18835, 23, "OSTA Compressed Unicode" },
    { 0x18874, 6, "\x08" "CDROM" },
    { 0x188f3, 1, "\x06" },
    { 0x18961, 12, "*genisoimage" },
    { 0x19000, 31, "\x05\x00\x02\x00\x16\x00\x00\x00\\\x90\xf0\x01" "2\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x02+NSR02" },
    { 0x190b8, 25, "\x01\x00\x00\x00\x01\x01\x00\x00\x13\x00\x00\x00\x00*genisoimage" },
    { 0x19800, 40, "\x06\x00\x02\x00_\x00\x00\x00" "d\x11\xae\x01" "3\x00\x00\x00\x03\x00\x00\x00\x00OSTA Compressed Uni" },
    { 0x19828, 4, "code" },
    { 0x19854, 6, "\x08" "CDROM" },
    { 0x198d3, 32, "\x06\x00\x08\x00\x00\x00*OSTA UDF Compliant\x00\x00\x00\x00\x02\x01\x03" },
    { 0x198f9, 1, "\x10" },
    { 0x19908, 21, "\x06\x00\x00\x00\x01\x00\x00\x00\x00*genisoimage" },
    { 0x199b1, 10, "\x10\x00\x00@\x00\x00\x00\x01\x06\x01" },
    { 0x1a000, 17, "\x07\x00\x02\x00\xc1\x00\x00\x00m\x0f\x08\x00" "4\x00\x00\x00\x04" },
    { 0x1a800, 13, "\x08\x00\x02\x00" "0\x00\x00\x00\x00\x00\xf0\x01" "5" },
    { 0x80000, 29, "\x02\x00\x02\x00\xce\x00\x00\x00\x01\xd7\xf0\x01\x00\x01\x00\x00\x00\x80\x00\x00 \x00\x00\x00\x00\x80\x00\x00" "0" },
    { 0x80801, 36, "\x01\x02\x00G\x00\x00\x00\xdcw\xf0\x01\x00\x00\x00\x00\x00\x10\xea\x07\x0b\x1a\x10" "4\x1a\x00\x00\x00\x03\x00\x03\x00\x01\x00\x00\x00\x01" },
    { 0x80831, 23, "OSTA Compressed Unicode" },
    { 0x80870, 6, "\x08" "CDROM" },
    { 0x808ef, 25, "\x06\x00OSTA Compressed Unicode" },
    { 0x80930, 6, "\x08" "CDROM" },
    { 0x8094f, 1, "\x06" },
    { 0x80991, 4, "\x08\x00\x00\x02" },
    { 0x809a1, 26, "*OSTA UDF Compliant\x00\x00\x00\x00\x02\x01\x03" },
    { 0x81000, 13, "\x08\x00\x02\x00\xfc\x00\x00\x00\x00\x00\xf0\x01\x01" },
    { 0x81800, 13, "\x05\x01\x02\x00\xe0\x00\x00\x00\x8d\xa1\xa8\x00\x02" },
    { 0x81814, 8, "\x04\x00\x00\x00\x01\x00\x00\x04" },
    { 0x81822, 15, "0\x02\xff\xff\xff\xff\xff\xff\xff\xff\xa5\x14\x00\x00\x02" },
    { 0x81838, 1, "\x84" },
    { 0x81840, 1, "\x01" },
    { 0x81849, 36, "\x10\xea\x07\x0b\x1a\x10" "4\x1a\x00\x00\x00\x00\x10\xea\x07\x0b\x1a\x10" "4\x1a\x00\x00\x00\x00\x10\xea\x07\x0b\x1a\x10" "4\x1a\x00\x00\x00\x01" },
    { 0x81881, 12, "*genisoimage" },
    { 0x818ac, 9, "\x08\x00\x00\x00\x84\x00\x00\x00\x03" },
    { 0x82000, 25, "\x01\x01\x02\x00\xc8\x00\x00\x00Gb\x18\x00\x03\x00\x00\x00\x01\x00\x0a\x00\x00\x08\x00\x00\x02" },
    { 0x82028, 25, "\x01\x01\x02\x00\xf5\x00\x00\x00\x15\xb9 \x00\x03\x00\x00\x00\x01\x00\x00\x08\x00\x08\x00\x00\x06" },
    { 0x82048, 38, "\x07\x01\x00\x00\x00\x00\x08" "big.bin\x00\x00\x01\x01\x02\x00\xe2\x00\x00\x00\xcc\xf3\x1c\x00\x03\x00\x00\x00\x01\x00\x02\x04\x00\x08" },
    { 0x82070, 1, "\x04" },
    { 0x82078, 10, "\x05\x01\x00\x00\x00\x00\x08" "dir" },
    { 0x82800, 13, "\x05\x01\x02\x00y\x00\x00\x00" "1\x94\xa8\x00\x04" },
    { 0x82814, 8, "\x04\x00\x00\x00\x01\x00\x00\x04" },
    { 0x82822, 15, "0\x02\xff\xff\xff\xff\xff\xff\xff\xff\xa5\x14\x00\x00\x01" },
    { 0x82838, 1, "X" },
    { 0x82840, 1, "\x01" },
    { 0x82849, 36, "\x10\xea\x07\x0b\x1a\x10" "4\x1a\x00\x00\x00\x00\x10\xea\x07\x0b\x1a\x10" "4\x1a\x00\x00\x00\x00\x10\xea\x07\x0b\x1a\x10" "4\x1a\x00\x00\x00\x01" },
    { 0x82881, 12, "*genisoimage" },
    { 0x828a0, 2, "\x05\x01" },
    { 0x828ac, 9, "\x08\x00\x00\x00X\x00\x00\x00\x05" },
    { 0x83000, 25, "\x01\x01\x02\x00\xca\x00\x00\x00Gb\x18\x00\x05\x00\x00\x00\x01\x00\x0a\x00\x00\x08\x00\x00\x02" },
    { 0x83028, 25, "\x01\x01\x02\x00\xe9\x00\x00\x00iW \x00\x05\x00\x00\x00\x01\x00\x00\x0a\x00\x08\x00\x00\x07" },
    { 0x83048, 16, "\x08\x01\x00\x00\x00\x00\x08plain.txt" },
    { 0x83800, 13, "\x05\x01\x02\x00\x92\x00\x00\x00\x9f=\xa8\x00\x06" },
    { 0x83814, 8, "\x04\x00\x00\x00\x01\x00\x00\x05" },
    { 0x83822, 15, "0\x02\xff\xff\xff\xff\xff\xff\xff\xff\x84\x10\x00\x00\x01" },
    { 0x83838, 2, "\x88\x13" },
    { 0x83840, 1, "\x03" },
    { 0x83849, 36, "\x10\xea\x07\x0b\x1a\x10" "4\x1a\x00\x00\x00\x00\x10\xea\x07\x0b\x1a\x10" "4\x1a\x00\x00\x00\x00\x10\xea\x07\x0b\x1a\x10" "4\x1a\x00\x00\x00\x01" },
    { 0x83881, 12, "*genisoimage" },
    { 0x838a0, 2, "\x07\x01" },
    { 0x838ac, 9, "\x08\x00\x00\x00\x88\x13\x00\x00\x0e" },
    { 0x84000, 13, "\x05\x01\x02\x00G\x00\x00\x00(h\xa8\x00\x07" },
    { 0x84014, 8, "\x04\x00\x00\x00\x01\x00\x00\x05" },
    { 0x84022, 15, "0\x02\xff\xff\xff\xff\xff\xff\xff\xff\x84\x10\x00\x00\x01" },
    { 0x84038, 1, "\x0b" },
    { 0x84040, 1, "\x01" },
    { 0x84049, 36, "\x10\xea\x07\x0b\x1a\x10" "4\x1a\x00\x00\x00\x00\x10\xea\x07\x0b\x1a\x10" "4\x1a\x00\x00\x00\x00\x10\xea\x07\x0b\x1a\x10" "4\x1a\x00\x00\x00\x01" },
    { 0x84081, 12, "*genisoimage" },
    { 0x840a0, 2, "\x08\x01" },
    { 0x840ac, 9, "\x08\x00\x00\x00\x0b\x00\x00\x00\x11" },
    { 0x89000, 11, "the payload" },
    /* clang-format on */
};

/* Made by hand: a file in its entry, a file in two extents, a folder that leads back to the root. */
static const struct disk_row small_rows[] = {
    /* clang-format off */
    { 0x800, 5, "\x05\x00\x02\x00\x07" },
    { 0x8bc, 5, "\x05\x00\x00\x00\x0f" },
    { 0x1000, 5, "\x06\x00\x02\x00\x08" },
    { 0x10d5, 1, "\x08" },
    { 0x10f9, 1, "\x08" },
    { 0x1108, 5, "\x06\x00\x00\x00\x01" },
    { 0x11b8, 3, "\x01\x06\x01" },
    { 0x1800, 5, "\x08\x00\x02\x00\x0a" },
    { 0x2801, 4, "\x01\x02\x00\x03" },
    { 0x2991, 4, "\x08\x00\x00\x01" },
    { 0x3000, 5, "\x05\x01\x02\x00\x08" },
    { 0x3014, 1, "\x04" },
    { 0x301b, 1, "\x04" },
    { 0x3022, 1, "\x01" },
    { 0x3038, 1, "\xbc" },
    { 0x30ac, 9, "\x10\x00\x00\x00\xbc\x00\x00\x00\x04" },
    { 0x3800, 5, "\x05\x01\x02\x00\x08" },
    { 0x3814, 1, "\x04" },
    { 0x381b, 1, "\x05" },
    { 0x3822, 1, "\x03" },
    { 0x3838, 1, "\x0b" },
    { 0x38ac, 15, "\x0b\x00\x00\x00the payload" },
    { 0x4000, 5, "\x05\x01\x02\x00\x08" },
    { 0x4014, 1, "\x04" },
    { 0x401b, 1, "\x05" },
    { 0x4038, 2, "\x05\x08" },
    { 0x40ac, 17, "\x10\x00\x00\x00\x00\x08\x00\x00\x05\x00\x00\x00\x05\x00\x00\x00\x07" },
    { 0x4800, 5, "\x01\x01\x02\x00\x04" },
    { 0x4810, 9, "\x01\x00\x0a\x00\x00\x08\x00\x00\x01" },
    { 0x4828, 5, "\x01\x01\x02\x00\x04" },
    { 0x4838, 9, "\x01\x00\x00\x0b\x00\x08\x00\x00\x02" },
    { 0x484e, 19, "\x08inline.txt\x00\x00\x00\x01\x01\x02\x00\x04" },
    { 0x486c, 9, "\x01\x00\x00\x0b\x00\x08\x00\x00\x03" },
    { 0x4882, 19, "\x08pieces.bin\x00\x00\x00\x01\x01\x02\x00\x04" },
    { 0x48a0, 9, "\x01\x00\x02\x04\x00\x08\x00\x00\x06" },
    { 0x48b6, 4, "\x08sub" },
    { 0x57f8, 13, "AAAAAAAA\x05\x01\x02\x00\x08" },
    { 0x5814, 1, "\x04" },
    { 0x581b, 1, "\x04" },
    { 0x5822, 1, "\x03" },
    { 0x5838, 1, "," },
    { 0x58ac, 9, ",\x00\x00\x00\x01\x01\x02\x00\x04" },
    { 0x58c0, 9, "\x01\x00\x02\x05\x00\x08\x00\x00\x01" },
    { 0x58d6, 5, "\x08loop" },
    { 0x6000, 5, "BBBBB" },
    { 0x8001, 6, "BEA01\x01" },
    { 0x8801, 6, "NSR02\x01" },
    { 0x9800, 5, "\x02\x00\x02\x00\x04" },
    { 0x9811, 12, "\x18\x00\x00\x01\x00\x00\x00\x00\x18\x00\x00\x01" },
    /* clang-format on */
};

enum { IMAGE_SIZE = 872448, IMAGE_FILE = 271 * 2048, SMALL_SIZE = 20 * 2048, SMALL_ROOT = 5 * 2048 };
enum { BLOCK = 2048 };

static void read_image(const char *image, size_t size)
{
    collect_fini(&collect);
    collect_init(&collect);
    CHECK(udf_looks(span_of(image, size)));
    collect_read(&collect, udf_read, span_of(image, size));
}

static void check_member(const char *name, const char *bytes, size_t size)
{
    const struct collect_member *member = collect_named(&collect, name);
    CHECK(member != NULL && span_equal(buf_span(&member->bytes), span_of(bytes, size)));
}

static void test_disc(void)
{
    char *image = DISK_ROWS_BUILD(image_rows, IMAGE_SIZE);
    memset(image + IMAGE_FILE, 'A', 5000);
    read_image(image, IMAGE_SIZE);
    CHECK(collect.count == 2 && collect.note_count == 0);
    check_member("big.bin", image + IMAGE_FILE, 5000);
    check_member("plain.txt", "the payload", 11);

    /* The first sequence of descriptors is gone, then both. */
    memset(image + 32 * BLOCK, 0, 6 * BLOCK);
    read_image(image, IMAGE_SIZE);
    CHECK(collect.count == 2 && collect.note_count == 0);
    memset(image + 48 * BLOCK, 0, 6 * BLOCK);
    read_image(image, IMAGE_SIZE);
    CHECK(collect.count == 0 && collect_has_note(&collect, UNPACK_DAMAGED, "udf"));
    free(image);
}

static char *build_small(void)
{
    char *image = DISK_ROWS_BUILD(small_rows, SMALL_SIZE);
    memset(image + SMALL_ROOT + 5 * BLOCK, 'A', BLOCK);
    return image;
}

static void test_small(void)
{
    char *image = build_small();
    read_image(image, SMALL_SIZE);
    CHECK(collect.count == 2 && collect.note_count == 0);
    check_member("inline.txt", "the payload", 11);
    const struct collect_member *pieces = collect_named(&collect, "pieces.bin");
    CHECK(pieces != NULL && pieces->bytes.size == BLOCK + 5 && strcmp(pieces->bytes.data + BLOCK - 1, "ABBBBB") == 0);

    /* The second extent is not recorded: zeros. */
    char *extents = image + SMALL_ROOT + 3 * BLOCK + 176;
    extents[11] = 0x40;
    read_image(image, SMALL_SIZE);
    pieces = collect_named(&collect, "pieces.bin");
    CHECK(pieces != NULL && pieces->bytes.size == BLOCK + 5 && pieces->bytes.data[BLOCK] == '\0');
    CHECK(collect.note_count == 0);

    /* It lies behind the image's end. */
    extents[11] = 0;
    extents[14] = 1;
    read_image(image, SMALL_SIZE);
    CHECK(collect.count == 2 && collect_has_note(&collect, UNPACK_DAMAGED, "udf"));

    /* It has more zeros than the image has bytes, many times over. */
    extents[3] = 0x7f;
    image[SMALL_ROOT + 3 * BLOCK + 56 + 3] = 0x3f;
    read_image(image, SMALL_SIZE);
    CHECK(collect_has_note(&collect, UNPACK_LIMIT, "udf"));

    image[SMALL_ROOT + BLOCK] = 0;
    read_image(image, SMALL_SIZE);
    CHECK(collect.count == 0 && collect_has_note(&collect, UNPACK_DAMAGED, "udf"));
    free(image);
}

static void test_virtual(void)
{
    char *image = build_small();
    char *map = image + 2 * BLOCK + 440;
    map[0] = 2;
    map[1] = 64;
    memcpy(map + 5, "*UDF Virtual Partition", 22);
    read_image(image, SMALL_SIZE);
    CHECK(collect.count == 0 && collect.note_count == 1);
    CHECK(collect_has_note(&collect, UNPACK_UNSUPPORTED, "virtual"));
    free(image);
}

/* UDF 2.50: what the descriptors of files are in is a file itself, here the whole partition from its second block on.
 */
static void test_metadata(void)
{
    char *image = memory_new(SMALL_SIZE + BLOCK);
    char *small = build_small();
    memcpy(image, small, SMALL_ROOT);
    memcpy(image + SMALL_ROOT + BLOCK, small + SMALL_ROOT, SMALL_SIZE - SMALL_ROOT);
    memcpy(image + 16 * BLOCK, small + 16 * BLOCK, BLOCK);
    char *entry = image + SMALL_ROOT;
    memcpy(entry, small + SMALL_ROOT + 3 * BLOCK, BLOCK);
    memset(entry + 176, 0, 16);
    entry[172] = 8;
    entry[177] = 0x48;
    entry[180] = 1;
    char *map = image + 2 * BLOCK + 440;
    map[0] = 2;
    map[1] = 64;
    memcpy(map + 5, "*UDF Metadata Partition", 23);
    read_image(image, SMALL_SIZE + BLOCK);
    CHECK(collect.count == 2 && collect.note_count == 0);
    check_member("inline.txt", "the payload", 11);
    free(image);
    free(small);
}

int main(void)
{
    collect_init(&collect);
    test_disc();
    test_small();
    test_virtual();
    test_metadata();
    CHECK(!udf_looks(span_text("NSR02")));
    collect_fini(&collect);
    return test_end();
}
