#include "iso.h"

#include "archive/libarchive.h"
#include "archive/place.h"
#include "base/buf.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum {
    ISO_SECTOR = 2048,
    ISO_FIRST = 16,       /* the first volume descriptor's sector */
    ISO_DESCRIPTORS = 64, /* looked at */
    ISO_BOOT = 0,
    ISO_PRIMARY = 1,
    ISO_SUPPLEMENTARY = 2,
    ISO_END = 255,
    ISO_ROOT = 156, /* the root's record in a descriptor */
    ISO_RECORD = 33,
    ISO_FOLDER = 0x02,
    ISO_MORE = 0x80, /* another record of the same file follows */
    ISO_FOLDERS = 1 << 16,
    ISO_NAME = 1 << 10,
    ISO_BOOT_ENTRY = 32,
    ISO_BOOT_ENTRIES = 64 /* in one sector */
};

/* The data of a sector stands at `skip`. */
static const struct iso_shape {
    size_t stride;
    size_t skip;
} iso_shapes[] = { { 2048, 0 }, { 2352, 16 }, { 2352, 24 }, { 2336, 8 }, { 2448, 16 }, { 2448, 24 } };

static struct span iso_sector(struct span content, const struct iso_shape *shape, size_t sector)
{
    size_t at = 0;
    if (__builtin_mul_overflow(sector, shape->stride, &at) || __builtin_add_overflow(at, shape->skip, &at))
        return span_of(NULL, 0);
    return span_slice(content, at, ISO_SECTOR);
}

static bool iso_is_descriptor(struct span sector)
{
    return sector.size == ISO_SECTOR && memcmp(sector.data + 1, "CD001", 5) == 0 &&
           ((unsigned char)sector.data[0] <= 3 || (unsigned char)sector.data[0] == ISO_END);
}

static const struct iso_shape *iso_find_shape(struct span content)
{
    for (size_t i = 0; i < sizeof iso_shapes / sizeof iso_shapes[0]; i++) {
        if (iso_is_descriptor(iso_sector(content, &iso_shapes[i], ISO_FIRST)))
            return &iso_shapes[i];
    }
    return NULL;
}

bool iso_looks(struct span content)
{
    return iso_find_shape(content) != NULL;
}

struct iso_volume {
    bool has_rock_ridge;
    size_t boot_catalog; /* its sector, or 0 */
};

static struct iso_volume iso_read_volume(struct span content, const struct iso_shape *shape)
{
    static const char rock_ridge[] = { 'S', 'P', 7, 1, (char)0xbe, (char)0xef }; /* SUSP 5.3 */
    struct iso_volume volume = { 0 };
    for (size_t i = 0; i < ISO_DESCRIPTORS; i++) {
        struct span sector = iso_sector(content, shape, ISO_FIRST + i);
        if (!iso_is_descriptor(sector) || (unsigned char)sector.data[0] == ISO_END)
            break;
        if (sector.data[0] == ISO_BOOT && memcmp(sector.data + 7, "EL TORITO SPECIFICATION", 23) == 0)
            volume.boot_catalog = place_u32(sector, 71);
    }
    volume.has_rock_ridge = span_find(content, span_of(rock_ridge, sizeof rock_ridge)) != SPAN_NONE;
    return volume;
}

/* El Torito 1.0, figures 3 and 5: a floppy has its own size, anything else the sectors of 512 bytes that it says. */
static size_t iso_boot_size(struct span entry)
{
    static const size_t floppies[] = { 0, 1228800, 1474560, 2949120 };
    unsigned media = (unsigned char)entry.data[1] & 0x0f;
    return media >= 1 && media <= 3 ? floppies[media] : (size_t)place_u16(entry, 6) * 512;
}

static bool iso_read_boot(struct unpack *unpack, struct span content, const struct iso_shape *shape, size_t catalog)
{
    struct span sector = iso_sector(content, shape, catalog);
    for (size_t i = 1; i < ISO_BOOT_ENTRIES && shape->stride == ISO_SECTOR; i++) {
        struct span entry = span_slice(sector, i * ISO_BOOT_ENTRY, ISO_BOOT_ENTRY);
        bool is_entry = entry.size == ISO_BOOT_ENTRY && ((unsigned char)entry.data[0] == 0x88 || entry.data[0] == 0);
        uint64_t at = is_entry ? (uint64_t)place_u32(entry, 8) * ISO_SECTOR : 0;
        if (at == 0 || at >= content.size)
            continue;
        static const struct unpack_member member = { .how = "iso, boot image" };
        if (!unpack_member_slice(unpack, &member, span_slice(content, (size_t)at, iso_boot_size(entry))))
            return false;
    }
    return true;
}

/* ---- Trees ---- */

/* One tree of one volume descriptor. libarchive refuses descriptors that other programs read (an odd path table is
 * enough), so that the trees are walked here. */
struct iso_tree {
    struct unpack *unpack;
    struct span content;
    const struct iso_shape *shape;
    bool is_joliet;
    bool is_cut;     /* something lies beyond the end */
    bool is_over;    /* no more members, or no more work */
    size_t *folders; /* first sectors and sizes that are still to be read */
    size_t count;
    unsigned char *seen; /* a bit for each sector where a folder began */
    size_t sectors;
};

static void tree_add_folder(struct iso_tree *tree, size_t sector, size_t size)
{
    if (sector >= tree->sectors) {
        tree->is_cut = true;
        return;
    }
    if ((tree->seen[sector / 8] >> sector % 8 & 1) != 0 || tree->count == ISO_FOLDERS)
        return;
    tree->seen[sector / 8] = (unsigned char)(tree->seen[sector / 8] | 1U << sector % 8);
    tree->folders[2 * tree->count] = sector;
    tree->folders[2 * tree->count + 1] = size;
    tree->count++;
}

/* A name without its version (ECMA-119 7.5.1); Joliet's are UCS-2, the high byte first. */
static void tree_put_name(const struct iso_tree *tree, struct span name, struct buf *names)
{
    for (size_t at = 0; at < name.size; at++) {
        unsigned unit = (unsigned char)name.data[at];
        if (tree->is_joliet) {
            unit = unit << 8 | (at + 1 < name.size ? (unsigned char)name.data[at + 1] : 0U);
            at++;
        }
        if (unit == ';' || unit == 0)
            break;
        if (!tree->is_joliet || unit < 0x80) {
            buf_put_char(names, (char)(unsigned char)unit);
            continue;
        }
        if (unit >= 0x800) {
            buf_put_char(names, (char)(0xe0 | unit >> 12));
            buf_put_char(names, (char)(0x80 | (unit >> 6 & 0x3f)));
        } else {
            buf_put_char(names, (char)(0xc0 | unit >> 6));
        }
        buf_put_char(names, (char)(0x80 | (unit & 0x3f)));
    }
    if (names->size > 0)
        buf_put_char(names, '\0');
}

static void tree_put_extent(struct iso_tree *tree, size_t sector, size_t size, bool is_whole)
{
    if (tree->shape->stride == ISO_SECTOR && is_whole) {
        struct span bytes = span_slice(tree->content, sector < tree->sectors ? sector * ISO_SECTOR : SIZE_MAX, size);
        tree->is_cut = tree->is_cut || bytes.size < size;
        (void)unpack_slice(tree->unpack, bytes);
        return;
    }
    while (size > 0) {
        struct span bytes = span_slice(iso_sector(tree->content, tree->shape, sector), 0, size);
        if (bytes.size == 0) {
            tree->is_cut = true;
            return;
        }
        if (!unpack_put(tree->unpack, bytes))
            return;
        size -= bytes.size;
        sector++;
    }
}

/* A file may have several records, all but the last of them marked. Returns the bytes of the records taken. */
static size_t tree_read_file(struct iso_tree *tree, struct span records)
{
    struct buf names;
    buf_init(&names, ISO_NAME);
    tree_put_name(tree, span_slice(records, 33, (unsigned char)records.data[32]), &names);
    struct unpack_member member = { .names = buf_span(&names),
                                    .size_hint = place_u32(records, 10),
                                    .how = tree->is_joliet ? "iso, Joliet" : "iso" };
    tree->is_over = !unpack_begin(tree->unpack, &member);
    buf_fini(&names);
    if (tree->is_over)
        return records.size;
    bool is_whole = ((unsigned char)records.data[25] & ISO_MORE) == 0;
    size_t taken = 0;
    for (bool is_more = true; is_more && records.size >= ISO_RECORD && (unsigned char)records.data[0] >= ISO_RECORD;) {
        size_t attributes = (unsigned char)records.data[1]; /* sectors of them before the data */
        tree_put_extent(tree, place_u32(records, 2) + attributes, place_u32(records, 10), is_whole);
        is_more = ((unsigned char)records.data[25] & ISO_MORE) != 0;
        taken += (unsigned char)records.data[0];
        records = span_from(records, (unsigned char)records.data[0]);
    }
    unpack_end(tree->unpack);
    return taken;
}

static void tree_read_records(struct iso_tree *tree, struct span records)
{
    while (records.size > ISO_RECORD && !tree->is_over) {
        size_t size = (unsigned char)records.data[0];
        if (size < ISO_RECORD || size > records.size) /* none goes over a sector's end */
            return;
        size_t name_size = (unsigned char)records.data[32];
        bool is_folder = ((unsigned char)records.data[25] & ISO_FOLDER) != 0;
        bool is_dots = name_size == 1 && (unsigned char)records.data[33] <= 1;
        if (is_folder)
            tree_add_folder(tree, place_u32(records, 2), place_u32(records, 10));
        else if (!is_dots)
            size = tree_read_file(tree, records);
        records = span_from(records, size);
    }
}

static void tree_read(struct iso_tree *tree, struct span descriptor)
{
    tree->sectors = tree->content.size / tree->shape->stride + 1;
    tree->seen = memory_new(tree->sectors / 8 + 1);
    tree->folders = memory_new(sizeof *tree->folders * 2 * ISO_FOLDERS);
    tree_add_folder(tree, place_u32(descriptor, ISO_ROOT + 2), place_u32(descriptor, ISO_ROOT + 10));
    while (tree->count > 0 && !tree->is_over) {
        tree->count--;
        size_t sector = tree->folders[2 * tree->count];
        size_t size = tree->folders[2 * tree->count + 1];
        for (; size > 0 && !tree->is_over; sector++) {
            struct span records = iso_sector(tree->content, tree->shape, sector);
            tree->is_cut = tree->is_cut || records.size == 0;
            if (records.size == 0 || !unpack_step(tree->unpack, ISO_SECTOR / 8))
                break;
            tree_read_records(tree, span_slice(records, 0, size));
            size -= size < ISO_SECTOR ? size : ISO_SECTOR;
        }
    }
    free(tree->folders);
    free(tree->seen);
}

/* Each descriptor has a tree. False: no more members. */
static bool iso_read_trees(struct unpack *unpack, struct span content, const struct iso_shape *shape)
{
    bool is_cut = false;
    bool is_over = false;
    for (size_t i = 0; i < ISO_DESCRIPTORS && !is_over; i++) {
        struct span sector = iso_sector(content, shape, ISO_FIRST + i);
        if (!iso_is_descriptor(sector) || (unsigned char)sector.data[0] == ISO_END)
            break;
        if (sector.data[0] != ISO_PRIMARY && sector.data[0] != ISO_SUPPLEMENTARY)
            continue;
        struct iso_tree tree = { .unpack = unpack,
                                 .content = content,
                                 .shape = shape,
                                 .is_joliet = sector.data[0] == ISO_SUPPLEMENTARY && sector.data[88] == '%' };
        tree_read(&tree, sector);
        is_cut = is_cut || tree.is_cut;
        is_over = tree.is_over;
    }
    if (is_cut)
        unpack_note(unpack, UNPACK_DAMAGED, "iso: cut short");
    return !is_over;
}

void iso_read(struct unpack *unpack, struct span content)
{
    const struct iso_shape *shape = iso_find_shape(content);
    if (shape == NULL)
        return;
    struct iso_volume volume = iso_read_volume(content, shape);
    if (volume.boot_catalog != 0 && !iso_read_boot(unpack, content, shape, volume.boot_catalog))
        return;
    if (!iso_read_trees(unpack, content, shape) || !volume.has_rock_ridge)
        return;
    /* Rock Ridge's names, moved folders, links and packed files. */
    struct libarchive_job job = {
        .format = LIBARCHIVE_ISO,
        .view = { .content = content, .stride = shape->stride == ISO_SECTOR ? 0 : shape->stride, .skip = shape->skip },
        .how = "iso, Rock Ridge",
    };
    libarchive_read(unpack, &job);
}
