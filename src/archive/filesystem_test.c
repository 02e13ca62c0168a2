#include "filesystem.h"

#include "archive/disk_rows.h"
#include "base/test.h"
#include "unpack/collect.h"

#include <stdlib.h>

static struct collect collect;

enum { IMAGE_SIZE = 70000 };

static const struct {
    const char *name;
    enum unpack_trouble trouble;
    struct disk_row rows[4];
} cases[] = {
    /* clang-format off */
    { "NTFS", UNPACK_UNSUPPORTED, { { 0, 11, "\xebR\x90NTFS    " } } },
    { "exFAT", UNPACK_UNSUPPORTED, { { 0, 11, "\xebv\x90" "EXFAT   " } } },
    { "BitLocker", UNPACK_ENCRYPTED, { { 0, 11, "\xebX\x90-FVE-FS-" } } },
    /* mke2fs */
    { "ext2", UNPACK_UNSUPPORTED, { { 1024, 6, "\x10\0\0\0\x40\0" }, { 1056, 2, "\0\x20" }, { 1080, 4, "\x53\xef\1\0" }, { 1100, 1, "\1" } } },
    { "HFS+", UNPACK_UNSUPPORTED, { { 1024, 4, "H+\0\4" }, { 1064, 4, "\0\0\x10\0" } } },
    { "HFS", UNPACK_UNSUPPORTED, { { 1024, 2, "BD" }, { 1038, 2, "\0\3" }, { 1044, 4, "\0\0\2\0" } } },
    { "Btrfs", UNPACK_UNSUPPORTED, { { 65600, 8, "_BHRfS_M" } } },
    { "SquashFS", UNPACK_UNSUPPORTED, { { 0, 4, "hsqs" }, { 12, 4, "\0\0\2\0" } } },
    { "VHDX", UNPACK_UNSUPPORTED, { { 0, 8, "vhdxfile" } } },
    { "VDI", UNPACK_UNSUPPORTED, { { 64, 4, "\x7f\x10\xda\xbe" } } },
    /* Magics of two bytes alone are nothing. */
    { NULL, 0, { { 1080, 2, "\x53\xef" } } },
    { NULL, 0, { { 1024, 2, "BD" } } },
    { NULL, 0, { { 1024, 2, "H+" } } },
    { NULL, 0, { { 0, 4, "hsqs" } } },
    { NULL, 0, { { 0, 9, "some text" } } },
    /* clang-format on */
};

int main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *image = DISK_ROWS_BUILD(cases[i].rows, IMAGE_SIZE);
        struct span content = span_of(image, IMAGE_SIZE);
        collect_init(&collect);
        test_context(cases[i].name);
        collect_read(&collect, filesystem_read, content);
        CHECK(filesystem_looks(content) == (cases[i].name != NULL));
        CHECK(collect.note_count == (cases[i].name != NULL) && collect.count == 0);
        if (cases[i].name != NULL)
            CHECK(collect_has_note(&collect, cases[i].trouble, cases[i].name));
        CHECK(!filesystem_looks(span_of(image, 3)));
        collect_fini(&collect);
        free(image);
    }
    return test_end();
}
