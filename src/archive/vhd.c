#include "vhd.h"

#include "archive/disk.h"

#include <string.h>

/* "Virtual Hard Disk Image Format Specification", version 1.0 (Microsoft, 2006). */
enum { VHD_FOOTER = 512, VHD_SECTOR = 512, VHD_FIXED = 2, VHD_DYNAMIC = 3, VHD_DIFFERENCING = 4 };
enum { VHD_BLOCK_SIZE = 1 << 28 }; /* of a block, at most; everyone writes 2 MiB */
static const uint32_t vhd_unused = 0xffffffff;
static const uint64_t vhd_zeros = UINT64_C(1) << 28; /* bytes of blocks that are not there, for one disk */

struct vhd {
    struct unpack *unpack;
    struct span content;
    uint64_t table_at;
    uint64_t entries; /* up to the last block that is there */
    uint64_t block_size;
    uint64_t bitmap_size; /* in front of each block */
    uint64_t disk_size;
    uint64_t budget; /* bytes of blocks: two entries may name the same one */
    bool is_damaged;
    bool is_limited;
    bool has_hidden; /* there are bytes that the bitmap says are none */
};

/* Old versions leave the footer's last byte out. SPAN_NONE: there is none. */
static size_t vhd_find_footer(struct span content)
{
    static const size_t sizes[] = { VHD_FOOTER, VHD_FOOTER - 1 };
    for (size_t i = 0; i < 2; i++) {
        if (content.size >= sizes[i] && disk_has(content, content.size - sizes[i], "conectix", 8))
            return content.size - sizes[i];
    }
    return content.size >= VHD_FOOTER && disk_has(content, 0, "conectix", 8) ? 0 : SPAN_NONE;
}

bool vhd_looks(struct span content)
{
    return vhd_find_footer(content) != SPAN_NONE;
}

static uint32_t vhd_entry(const struct vhd *vhd, uint64_t index)
{
    return (uint32_t)disk_big(vhd->content, vhd->table_at + index * 4, 4);
}

/* Section "Dynamic Disk Header Format". */
static bool vhd_open(struct vhd *vhd, struct span footer)
{
    uint64_t header = disk_big(footer, 16, 8);
    if (!disk_has(vhd->content, header, "cxsparse", 8))
        return false;
    vhd->table_at = disk_big(vhd->content, header + 16, 8);
    vhd->entries = disk_big(vhd->content, header + 28, 4);
    vhd->block_size = disk_big(vhd->content, header + 32, 4);
    vhd->disk_size = disk_big(footer, 48, 8);
    if (vhd->block_size == 0 || vhd->block_size % VHD_SECTOR != 0 || vhd->block_size > VHD_BLOCK_SIZE ||
        vhd->table_at > vhd->content.size)
        return false;
    uint64_t there = (vhd->content.size - vhd->table_at) / 4;
    if (vhd->entries > there) {
        vhd->is_damaged = true;
        vhd->entries = there;
    }
    while (vhd->entries > 0 && vhd_entry(vhd, vhd->entries - 1) == vhd_unused)
        vhd->entries--;
    uint64_t bits = vhd->block_size / VHD_SECTOR;
    vhd->bitmap_size = ((bits + 7) / 8 + VHD_SECTOR - 1) / VHD_SECTOR * VHD_SECTOR;
    return true;
}

static bool vhd_put_zeros(struct vhd *vhd, uint64_t size)
{
    while (size > 0) {
        size_t room_size = 0;
        char *room = unpack_room(vhd->unpack, &room_size);
        if (room == NULL)
            return false;
        size_t piece = size < room_size ? (size_t)size : room_size;
        memset(room, 0, piece);
        unpack_wrote(vhd->unpack, piece);
        size -= piece;
    }
    return true;
}

static bool vhd_is_set(struct span bitmap, uint64_t sector)
{
    return (disk_little(bitmap, sector / 8, 1) >> (7 - sector % 8) & 1) != 0;
}

static bool vhd_is_zero(struct span bytes)
{
    return bytes.size == 0 || (bytes.data[0] == 0 && memcmp(bytes.data, bytes.data + 1, bytes.size - 1) == 0);
}

/* Section "Block Allocation Table and Data Blocks". */
static bool vhd_put_block(struct vhd *vhd, uint64_t at, uint64_t size, bool by_bitmap)
{
    struct span bitmap = disk_slice(vhd->content, at, vhd->bitmap_size);
    uint64_t data = at + vhd->bitmap_size;
    for (uint64_t done = 0; done < size; done += VHD_SECTOR) {
        uint64_t piece = size - done < VHD_SECTOR ? size - done : VHD_SECTOR;
        struct span bytes = disk_slice(vhd->content, data + done, piece);
        bool is_set = vhd_is_set(bitmap, done / VHD_SECTOR);
        vhd->has_hidden |= !is_set && !vhd_is_zero(bytes);
        vhd->is_damaged |= bytes.size < piece;
        bool goes_on = is_set || !by_bitmap ? unpack_put(vhd->unpack, bytes) && vhd_put_zeros(vhd, piece - bytes.size)
                                            : vhd_put_zeros(vhd, piece);
        if (!goes_on)
            return false;
    }
    return true;
}

static void vhd_put_blocks(struct vhd *vhd, bool by_bitmap)
{
    uint64_t zeros = vhd_zeros;
    uint64_t bytes = vhd->budget;
    for (uint64_t i = 0; i < vhd->entries; i++) {
        uint64_t start = i * vhd->block_size;
        if (start >= vhd->disk_size)
            return;
        uint64_t left = vhd->disk_size - start;
        uint64_t size = left < vhd->block_size ? left : vhd->block_size;
        uint32_t sector = vhd_entry(vhd, i);
        uint64_t at = (uint64_t)sector * VHD_SECTOR;
        bool is_there = sector != vhd_unused && at < vhd->content.size;
        vhd->is_damaged |= sector != vhd_unused && !is_there;
        uint64_t *budget = is_there ? &bytes : &zeros;
        if (size > *budget) {
            vhd->is_limited = true;
            return;
        }
        *budget -= size;
        if (!(is_there ? vhd_put_block(vhd, at, size, by_bitmap) : vhd_put_zeros(vhd, size)))
            return;
    }
}

static void vhd_read_dynamic(struct unpack *unpack, struct span content, struct span footer)
{
    struct vhd vhd = { .unpack = unpack, .content = content };
    if (!vhd_open(&vhd, footer)) {
        unpack_note(unpack, UNPACK_DAMAGED, "vhd: no sound header of a dynamic disk");
        return;
    }
    vhd.budget = 2 * (uint64_t)content.size + vhd.block_size;
    struct unpack_member member = { .size_hint = vhd.disk_size, .how = "VHD, dynamic disk" };
    if (unpack_begin(unpack, &member)) {
        vhd_put_blocks(&vhd, false);
        unpack_end(unpack);
        member.how = "VHD, dynamic disk, by the bitmaps";
        if (vhd.has_hidden && unpack_begin(unpack, &member)) {
            vhd_put_blocks(&vhd, true);
            unpack_end(unpack);
        }
    }
    if (vhd.is_damaged)
        unpack_note(unpack, UNPACK_DAMAGED, "vhd: blocks that are not there");
    if (vhd.is_limited)
        unpack_note(unpack, UNPACK_LIMIT, "vhd: a disk with large holes");
}

void vhd_read(struct unpack *unpack, struct span content)
{
    size_t at = vhd_find_footer(content);
    if (at == SPAN_NONE)
        return;
    struct span footer = disk_slice(content, at, VHD_FOOTER);
    uint64_t type = disk_big(footer, 60, 4);
    if (type == VHD_DYNAMIC) {
        vhd_read_dynamic(unpack, content, footer);
    } else if (type == VHD_DIFFERENCING) {
        unpack_note(unpack, UNPACK_UNSUPPORTED, "vhd: a differencing disk, without its parent");
    } else if (at > 0) {
        struct unpack_member member = { .packed_size = at, .size_hint = at, .how = "VHD, fixed disk" };
        if (type != VHD_FIXED)
            unpack_note(unpack, UNPACK_UNSUPPORTED, "vhd: disk type %u", (unsigned)type);
        (void)unpack_member_slice(unpack, &member, span_slice(content, 0, at));
    } else if (type != VHD_FIXED) {
        unpack_note(unpack, UNPACK_UNSUPPORTED, "vhd: disk type %u", (unsigned)type);
    }
}
