#include "filesystem.h"

#include "archive/disk.h"

typedef bool filesystem_check(struct span content);

/* The magic has two bytes: the numbers beside it must be those of a super block (fs/ext4/ext4.h). */
static bool filesystem_check_ext(struct span content)
{
    return disk_little(content, 1024, 4) != 0 && disk_little(content, 1028, 4) != 0 &&
           disk_little(content, 1048, 4) <= 6 && disk_little(content, 1056, 4) != 0 &&
           disk_little(content, 1100, 4) <= 1;
}

/* Technical note TN1150: the version, and a block size that is a power of two. */
static bool filesystem_check_hfsplus(struct span content)
{
    uint64_t version = disk_big(content, 1026, 2);
    uint64_t block = disk_big(content, 1064, 4);
    return (version == 4 || version == 5) && block >= 512 && (block & (block - 1)) == 0;
}

/* Inside Macintosh, "Master Directory Blocks": the size of a block is a multiple of 512, the bitmap begins at 3. */
static bool filesystem_check_hfs(struct span content)
{
    return disk_big(content, 1024 + 14, 2) == 3 && disk_big(content, 1024 + 20, 4) != 0 &&
           disk_big(content, 1024 + 20, 4) % 512 == 0;
}

static bool filesystem_check_squashfs(struct span content)
{
    uint64_t block = disk_little(content, 12, 4);
    return block >= 4096 && block <= 1 << 20 && (block & (block - 1)) == 0;
}

static const struct {
    uint64_t offset;
    const char *magic;
    size_t size;
    const char *name;
    enum unpack_trouble trouble;
    filesystem_check *check; /* NULL: the magic is enough */
} filesystem_rows[] = {
    { 3, "NTFS    ", 8, "NTFS", UNPACK_UNSUPPORTED, NULL },
    { 3, "EXFAT   ", 8, "exFAT", UNPACK_UNSUPPORTED, NULL },
    { 3, "ReFS\0\0\0\0", 8, "ReFS", UNPACK_UNSUPPORTED, NULL },
    { 3, "-FVE-FS-", 8, "BitLocker", UNPACK_ENCRYPTED, NULL },
    { 0, "LUKS\xba\xbe", 6, "LUKS", UNPACK_ENCRYPTED, NULL },
    { 1080, "\x53\xef", 2, "ext2, ext3 or ext4", UNPACK_UNSUPPORTED, filesystem_check_ext },
    { 1024, "H+", 2, "HFS+", UNPACK_UNSUPPORTED, filesystem_check_hfsplus },
    { 1024, "HX", 2, "HFSX", UNPACK_UNSUPPORTED, filesystem_check_hfsplus },
    { 1024, "BD", 2, "HFS", UNPACK_UNSUPPORTED, filesystem_check_hfs },
    { 32, "NXSB", 4, "APFS", UNPACK_UNSUPPORTED, NULL },
    { 0, "XFSB\0", 5, "XFS", UNPACK_UNSUPPORTED, NULL },
    { 65600, "_BHRfS_M", 8, "Btrfs", UNPACK_UNSUPPORTED, NULL },
    { 0, "hsqs", 4, "SquashFS", UNPACK_UNSUPPORTED, filesystem_check_squashfs },
    { 0, "\x45\x3d\xcd\x28", 4, "cramfs", UNPACK_UNSUPPORTED, NULL },
    { 0, "vhdxfile", 8, "VHDX", UNPACK_UNSUPPORTED, NULL },
    { 0, "QFI\xfb", 4, "QCOW", UNPACK_UNSUPPORTED, NULL },
    { 0, "KDMV", 4, "VMDK", UNPACK_UNSUPPORTED, NULL },
    { 64, "\x7f\x10\xda\xbe", 4, "VDI", UNPACK_UNSUPPORTED, NULL },
};

static bool filesystem_row_fits(size_t row, struct span content)
{
    return disk_has(content, filesystem_rows[row].offset, filesystem_rows[row].magic, filesystem_rows[row].size) &&
           (filesystem_rows[row].check == NULL || filesystem_rows[row].check(content));
}

bool filesystem_looks(struct span content)
{
    for (size_t i = 0; i < sizeof filesystem_rows / sizeof filesystem_rows[0]; i++) {
        if (filesystem_row_fits(i, content))
            return true;
    }
    return false;
}

void filesystem_read(struct unpack *unpack, struct span content)
{
    for (size_t i = 0; i < sizeof filesystem_rows / sizeof filesystem_rows[0]; i++) {
        if (filesystem_row_fits(i, content))
            unpack_note(unpack, filesystem_rows[i].trouble, "disk image: %s", filesystem_rows[i].name);
    }
}
