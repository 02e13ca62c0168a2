#include "fat.h"

#include "archive/disk_rows.h"
#include "base/test.h"
#include "unpack/collect.h"

#include <stdlib.h>

static struct collect collect;

/* mkfs.fat and mtools. */
static const struct disk_row fat12_rows[] = {
    /* clang-format off */
    { 0x0, 27, "\xeb<\x90mkfs.fat\x00\x02\x01\x01\x00\x02 \x00\x80\x00\xf8\x01\x00\x10\x00\x02" },
    { 0x24, 26, "\x80\x00)\xcd\xab" "4\x12TEST       FAT12   " },
    { 0x1fe, 17, "U\xaa\xf8\xff\xff\xff\xff\xff\xff\xff\xff\xff\x8f\x00\x09\xf0\xff" },
    { 0x400, 15, "\xf8\xff\xff\xff\xff\xff\xff\xff\xff\xff\x8f\x00\x09\xf0\xff" },
    { 0x600, 26, "TEST       \x08\x00\x00ZKnFnF\x00\x00ZKnF" },
    { 0x620, 40, "HOLE1       \x00\x00U\x84z]z]\x00\x00U\x84z]\x02\x00\x01\x00\x00\x00" "FRAG    " },
    { 0x648, 40, "BIN \x00\x00U\x84z]z]\x00\x00U\x84z]\x07\x00" "d\x04\x00\x00HOLE3       \x00\x00U\x84" },
    { 0x670, 39, "z]z]\x00\x00U\x84z]\x04\x00\x01\x00\x00\x00" "AS\x00o\x00m\x00" "e\x00 \x00\x0f\x00\xab" "f\x00o\x00l\x00" "d\x00" "e" },
    { 0x698, 35, "r\x00\x00\x00\x00\x00\xff\xffSOMEFO~1   \x10\x00\x00U\x84z]z]\x00\x00U\x84z]\x03" },
    { 0xa00, 1, "x" },
    { 0xc00, 40, ".          \x10\x00\x00U\x84z]z]\x00\x00U\x84z]\x03\x00\x00\x00\x00\x00..      " },
    { 0xc28, 18, "   \x10\x00\x00U\x84z]z]\x00\x00U\x84z]" },
    { 0xc40, 27, "INNER      \x10\x08\x00U\x84z]z]\x00\x00U\x84z]\x05" },
    { 0xe00, 1, "x" },
    { 0x1000, 40, ".          \x10\x00\x00U\x84z]z]\x00\x00U\x84z]\x05\x00\x00\x00\x00\x00..      " },
    { 0x1028, 39, "   \x10\x00\x00U\x84z]z]\x00\x00U\x84z]\x03\x00\x00\x00\x00\x00" "Bi\x00t\x00h\x00 \x00\xe4\x00\x0f\x00" "Bn" },
    { 0x1050, 39, "d\x00.\x00t\x00x\x00t\x00\x00\x00\x00\x00\xff\xff\x01" "A\x00 \x00l\x00o\x00n\x00\x0f\x00" "Bg\x00 \x00n\x00" "a\x00m" },
    { 0x1078, 37, "e\x00\x00\x00 \x00w\x00" "ALONGN~1TXT \x00\x00U\x84z]z]\x00\x00U\x84z]\x06\x00\x0b" },
    { 0x1200, 11, "the payload" },
    { 0x1400, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x1428, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x1450, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x1478, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x14a0, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x14c8, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x14f0, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x1518, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x1540, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x1568, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x1590, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x15b8, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x15e0, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABBBBBBBB" },
    { 0x1608, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x1630, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x1658, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x1680, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x16a8, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x16d0, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x16f8, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x1720, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x1748, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x1770, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x1798, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x17c0, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x17e8, 40, "BBBBBBBBBBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCC" },
    { 0x1810, 40, "CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC" },
    { 0x1838, 40, "CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC" },
    { 0x1860, 4, "CCCC" },
    /* clang-format on */
};

/* mkfs.fat and mtools. */
static const struct disk_row fat16_rows[] = {
    /* clang-format off */
    { 0x0, 27, "\xeb<\x90mkfs.fat\x00\x02\x01\x01\x00\x02 \x00\x00 \xf8 \x00 \x00\x02" },
    { 0x24, 26, "\x80\x00)\xcd\xab" "4\x12TEST       FAT16   " },
    { 0x1fe, 22, "U\xaa\xf8\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x08\x00\x09\x00\xff\xff" },
    { 0x4200, 20, "\xf8\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x08\x00\x09\x00\xff\xff" },
    { 0x8200, 26, "TEST       \x08\x00\x00ZKnFnF\x00\x00ZKnF" },
    { 0x8220, 40, "HOLE1       \x00\x00U\x84z]z]\x00\x00U\x84z]\x02\x00\x01\x00\x00\x00" "FRAG    " },
    { 0x8248, 40, "BIN \x00\x00U\x84z]z]\x00\x00U\x84z]\x07\x00" "d\x04\x00\x00HOLE3       \x00\x00U\x84" },
    { 0x8270, 39, "z]z]\x00\x00U\x84z]\x04\x00\x01\x00\x00\x00" "AS\x00o\x00m\x00" "e\x00 \x00\x0f\x00\xab" "f\x00o\x00l\x00" "d\x00" "e" },
    { 0x8298, 35, "r\x00\x00\x00\x00\x00\xff\xffSOMEFO~1   \x10\x00\x00U\x84z]z]\x00\x00U\x84z]\x03" },
    { 0x8600, 1, "x" },
    { 0x8800, 40, ".          \x10\x00\x00U\x84z]z]\x00\x00U\x84z]\x03\x00\x00\x00\x00\x00..      " },
    { 0x8828, 18, "   \x10\x00\x00U\x84z]z]\x00\x00U\x84z]" },
    { 0x8840, 27, "INNER      \x10\x08\x00U\x84z]z]\x00\x00U\x84z]\x05" },
    { 0x8a00, 1, "x" },
    { 0x8c00, 40, ".          \x10\x00\x00U\x84z]z]\x00\x00U\x84z]\x05\x00\x00\x00\x00\x00..      " },
    { 0x8c28, 39, "   \x10\x00\x00U\x84z]z]\x00\x00U\x84z]\x03\x00\x00\x00\x00\x00" "Bi\x00t\x00h\x00 \x00\xe4\x00\x0f\x00" "Bn" },
    { 0x8c50, 39, "d\x00.\x00t\x00x\x00t\x00\x00\x00\x00\x00\xff\xff\x01" "A\x00 \x00l\x00o\x00n\x00\x0f\x00" "Bg\x00 \x00n\x00" "a\x00m" },
    { 0x8c78, 37, "e\x00\x00\x00 \x00w\x00" "ALONGN~1TXT \x00\x00U\x84z]z]\x00\x00U\x84z]\x06\x00\x0b" },
    { 0x8e00, 11, "the payload" },
    { 0x9000, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x9028, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x9050, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x9078, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x90a0, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x90c8, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x90f0, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x9118, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x9140, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x9168, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x9190, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x91b8, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x91e0, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABBBBBBBB" },
    { 0x9208, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x9230, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x9258, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x9280, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x92a8, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x92d0, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x92f8, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x9320, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x9348, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x9370, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x9398, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x93c0, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x93e8, 40, "BBBBBBBBBBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCC" },
    { 0x9410, 40, "CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC" },
    { 0x9438, 40, "CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC" },
    { 0x9460, 4, "CCCC" },
    /* clang-format on */
};

/* mkfs.fat and mtools. */
static const struct disk_row fat32_rows[] = {
    /* clang-format off */
    { 0x0, 38, "\xebX\x90mkfs.fat\x00\x02\x01 \x00\x01\x00\x00\x00\x00\xf8\x00\x00 \x00\x08\x00\x00\x00\x00\x00\xa0\x09\x01\x00\x0f\x02" },
    { 0x2c, 7, "\x02\x00\x00\x00\x01\x00\x06" },
    { 0x40, 26, "\x80\x00)\xcd\xab" "4\x12TEST       FAT32   " },
    { 0x1fe, 6, "U\xaaRRaA" },
    { 0x3e4, 9, "rrAah\x07\x01\x00\x0b" },
    { 0x3fe, 2, "U\xaa" },
    { 0x4000, 37, "\xf8\xff\xff\x0f\xff\xff\xff\x0f\xf8\xff\xff\x0f\xff\xff\xff\x0f\x00\x00\x00\x00\xff\xff\xff\x0f\xff\xff\xff\x0f\xff\xff\xff\x0f\xff\xff\xff\x0f\x0a" },
    { 0x4028, 8, "\x0b\x00\x00\x00\xff\xff\xff\x0f" },
    { 0x45e00, 26, "TEST       \x08\x00\x00ZKnFnF\x00\x00ZKnF" },
    { 0x45e20, 40, "HOLE1       \x00\x00]\x84z]z]\x00\x00]\x84z]\x03\x00\x01\x00\x00\x00" "FRAG    " },
    { 0x45e48, 40, "BIN \x00\x00]\x84z]z]\x00\x00]\x84z]\x09\x00" "d\x04\x00\x00HOLE3       \x00\x00]\x84" },
    { 0x45e70, 39, "z]z]\x00\x00]\x84z]\x05\x00\x01\x00\x00\x00" "AS\x00o\x00m\x00" "e\x00 \x00\x0f\x00\xab" "f\x00o\x00l\x00" "d\x00" "e" },
    { 0x45e98, 35, "r\x00\x00\x00\x00\x00\xff\xffSOMEFO~1   \x10\x00\x00]\x84z]z]\x00\x00]\x84z]\x06" },
    { 0x46000, 1, "x" },
    { 0x46200, 1, "x" },
    { 0x46400, 1, "x" },
    { 0x46600, 40, ".          \x10\x00\x00]\x84z]z]\x00\x00]\x84z]\x06\x00\x00\x00\x00\x00..      " },
    { 0x46628, 18, "   \x10\x00\x00]\x84z]z]\x00\x00]\x84z]" },
    { 0x46640, 27, "INNER      \x10\x08\x00]\x84z]z]\x00\x00]\x84z]\x07" },
    { 0x46800, 40, ".          \x10\x00\x00]\x84z]z]\x00\x00]\x84z]\x07\x00\x00\x00\x00\x00..      " },
    { 0x46828, 39, "   \x10\x00\x00]\x84z]z]\x00\x00]\x84z]\x06\x00\x00\x00\x00\x00" "Bi\x00t\x00h\x00 \x00\xe4\x00\x0f\x00" "Bn" },
    { 0x46850, 39, "d\x00.\x00t\x00x\x00t\x00\x00\x00\x00\x00\xff\xff\x01" "A\x00 \x00l\x00o\x00n\x00\x0f\x00" "Bg\x00 \x00n\x00" "a\x00m" },
    { 0x46878, 37, "e\x00\x00\x00 \x00w\x00" "ALONGN~1TXT \x00\x00]\x84z]z]\x00\x00]\x84z]\x08\x00\x0b" },
    { 0x46a00, 11, "the payload" },
    { 0x46c00, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x46c28, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x46c50, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x46c78, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x46ca0, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x46cc8, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x46cf0, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x46d18, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x46d40, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x46d68, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x46d90, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x46db8, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    { 0x46de0, 40, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABBBBBBBB" },
    { 0x46e08, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x46e30, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x46e58, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x46e80, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x46ea8, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x46ed0, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x46ef8, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x46f20, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x46f48, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x46f70, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x46f98, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x46fc0, 40, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
    { 0x46fe8, 40, "BBBBBBBBBBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCC" },
    { 0x47010, 40, "CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC" },
    { 0x47038, 40, "CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC" },
    { 0x47060, 4, "CCCC" },
    /* clang-format on */
};

enum { FAT12_SIZE = 65536, FAT16_SIZE = 4194304, FAT32_SIZE = 34816000 };
enum { FAT12_TABLE = 0x200, FAT12_ROOT = 0x600, FAT12_DATA = 0xa00 };

static void read_image(const char *image, size_t size)
{
    collect_fini(&collect);
    collect_init(&collect);
    CHECK(fat_looks(span_of(image, size)));
    collect_read(&collect, fat_read, span_of(image, size));
}

static char *build_fat12(void)
{
    return DISK_ROWS_BUILD(fat12_rows, FAT12_SIZE);
}

static void check_tree(void)
{
    CHECK(collect_named(&collect, "A long name with \xc3\xa4nd.txt") != NULL);
    const struct collect_member *deep = collect_named(&collect, "ALONGN~1.TXT");
    CHECK(deep != NULL && span_is(buf_span(&deep->bytes), "the payload"));
    /* In two pieces: the hole of a file that is gone comes first. */
    const struct collect_member *pieces = collect_named(&collect, "FRAG.BIN");
    CHECK(pieces != NULL && pieces->bytes.size == 1124);
    if (pieces != NULL && pieces->bytes.size == 1124) {
        CHECK(pieces->bytes.data[0] == 'A' && pieces->bytes.data[511] == 'A' && pieces->bytes.data[512] == 'B');
        CHECK(pieces->bytes.data[1024] == 'C' && pieces->bytes.data[1123] == 'C');
    }
    CHECK(collect.count == 4);
    CHECK(collect.note_count == 0);
}

static void test_widths(void)
{
    char *image = build_fat12();
    test_context("12 bits");
    read_image(image, FAT12_SIZE);
    check_tree();
    free(image);

    image = DISK_ROWS_BUILD(fat16_rows, FAT16_SIZE);
    test_context("16 bits");
    read_image(image, FAT16_SIZE);
    check_tree();
    free(image);

    image = DISK_ROWS_BUILD(fat32_rows, FAT32_SIZE);
    test_context("32 bits");
    read_image(image, FAT32_SIZE);
    check_tree();
    free(image);
    test_context(NULL);
}

/* The offset of the entry with this short name of 11 letters. */
static size_t find_entry(const char *image, const char *name)
{
    size_t at = span_find(span_of(image, FAT12_SIZE), span_text(name));
    assert(at != SPAN_NONE);
    return at;
}

static void test_behind_the_end(void)
{
    char *image = build_fat12();
    size_t at = find_entry(image, "FRAG    BIN");
    memcpy(image + FAT12_ROOT + 20 * 32, image + at, 32);
    image[at] = '\0';
    read_image(image, FAT12_SIZE);
    CHECK(collect_named(&collect, "FRAG.BIN") != NULL);
    CHECK(collect.note_count == 0);
    free(image);
}

static void test_deleted(void)
{
    char *image = build_fat12();
    image[find_entry(image, "FRAG    BIN")] = '\xe5';
    read_image(image, FAT12_SIZE);
    CHECK(collect.count == 3 && collect.note_count == 0);
    free(image);
}

/* The second table knows the chain that the first one has lost. */
static void test_second_table(void)
{
    char *image = build_fat12();
    size_t at = find_entry(image, "FRAG    BIN");
    size_t cluster = (unsigned char)image[at + 26];
    size_t entry = FAT12_TABLE + cluster + cluster / 2;
    image[entry] = (char)(cluster % 2 == 0 ? 0 : image[entry] & 0x0f);
    image[entry + 1] = (char)(cluster % 2 == 0 ? image[entry + 1] & 0xf0 : 0);
    read_image(image, FAT12_SIZE);
    CHECK(collect_has_note(&collect, UNPACK_DAMAGED, "fat"));
    CHECK(collect.count == 8);
    CHECK(collect.members[1].bytes.size == 512 || collect.members[0].bytes.size == 512);
    size_t whole = 0;
    for (size_t i = 0; i < collect.count; i++)
        whole += collect.members[i].bytes.size == 1124;
    CHECK(whole == 1);
    free(image);
}

static void test_loops(void)
{
    char *image = build_fat12();
    /* The folder lists itself, and each file says that it is very large. */
    size_t at = find_entry(image, "INNER      ");
    size_t folder = find_entry(image, "SOMEFO~1   ");
    image[at + 26] = image[folder + 26];
    image[find_entry(image, "FRAG    BIN") + 31] = '\x7f';
    read_image(image, FAT12_SIZE);
    CHECK(collect_has_note(&collect, UNPACK_DAMAGED, "fat"));
    CHECK(collect.count == 3);
    free(image);
}

static void test_shared(void)
{
    char *image = build_fat12();
    /* All clusters in one chain, and a root full of files that begin with the first. */
    for (size_t cluster = 2; cluster < 200; cluster++) {
        size_t entry = FAT12_TABLE + cluster + cluster / 2;
        size_t next = cluster + 1;
        if (cluster % 2 == 0) {
            image[entry] = (char)next;
            image[entry + 1] = (char)((image[entry + 1] & 0xf0) | (int)(next >> 8));
        } else {
            image[entry] = (char)((image[entry] & 0x0f) | (int)((next & 0x0f) << 4));
            image[entry + 1] = (char)(next >> 4);
        }
    }
    for (size_t i = 0; i < 32; i++) {
        char *entry = image + FAT12_ROOT + i * 32;
        memset(entry, 0, 32);
        memcpy(entry, "SAME    BIN", 11);
        entry[26] = 2;
        entry[29] = '\xb0';
    }
    read_image(image, FAT12_SIZE);
    CHECK(collect_has_note(&collect, UNPACK_LIMIT, "fat"));
    size_t total = 0;
    for (size_t i = 0; i < collect.count; i++)
        total += collect.members[i].bytes.size;
    CHECK(total > FAT12_SIZE && total <= 4 * (size_t)FAT12_SIZE);
    free(image);
}

static void test_cut(void)
{
    char *image = build_fat12();
    read_image(image, FAT12_SIZE / 2);
    CHECK(collect.count == 4 && collect.note_count == 0);
    read_image(image, FAT12_DATA + 512);
    CHECK(collect_has_note(&collect, UNPACK_DAMAGED, "fat"));
    CHECK(!fat_looks(span_of(image, 511)));
    free(image);
}

/* One field each that no file system has. */
static void test_looks(void)
{
    static const struct {
        size_t offset;
        char byte;
    } cases[] = { { 12, 3 }, { 13, 3 }, { 13, 0 }, { 14, 0 }, { 16, 0 }, { 16, 9 }, { 21, 'x' }, { 22, 0 }, { 17, 0 } };
    char *image = build_fat12();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char before = image[cases[i].offset];
        image[cases[i].offset] = cases[i].byte;
        CHECK(!fat_looks(span_of(image, FAT12_SIZE)));
        image[cases[i].offset] = before;
    }
    CHECK(fat_looks(span_of(image, FAT12_SIZE)));
    memset(image, 'x', 512);
    CHECK(!fat_looks(span_of(image, FAT12_SIZE)));
    free(image);
}

int main(void)
{
    collect_init(&collect);
    test_widths();
    test_behind_the_end();
    test_deleted();
    test_second_table();
    test_loops();
    test_shared();
    test_cut();
    test_looks();
    collect_fini(&collect);
    return test_end();
}
