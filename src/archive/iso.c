#include "iso.h"

#include "archive/libarchive.h"
#include "archive/place.h"

#include <string.h>

enum {
    ISO_SECTOR = 2048,
    ISO_FIRST = 16,       /* the first volume descriptor's sector */
    ISO_DESCRIPTORS = 64, /* looked at */
    ISO_BOOT = 0,
    ISO_SUPPLEMENTARY = 2,
    ISO_END = 255,
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
    bool has_joliet;
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
        if (sector.data[0] == ISO_SUPPLEMENTARY && sector.data[88] == '%' && sector.data[89] == '/')
            volume.has_joliet = true;
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

static void iso_read_tree(struct unpack *unpack, struct span content, const struct iso_shape *shape,
                          const char *const *switches, const char *how)
{
    struct libarchive_job job = {
        .format = LIBARCHIVE_ISO,
        .view = { .content = content, .stride = shape->stride == ISO_SECTOR ? 0 : shape->stride, .skip = shape->skip },
        .name = "iso",
        .how = how,
        .switches = switches,
    };
    libarchive_read(unpack, &job);
}

void iso_read(struct unpack *unpack, struct span content)
{
    static const char *const no_rock_ridge[] = { "!rockridge", NULL };
    static const char *const plain[] = { "!joliet", "!rockridge", NULL };
    const struct iso_shape *shape = iso_find_shape(content);
    if (shape == NULL)
        return;
    struct iso_volume volume = iso_read_volume(content, shape);
    if (volume.boot_catalog != 0 && !iso_read_boot(unpack, content, shape, volume.boot_catalog))
        return;
    iso_read_tree(unpack, content, shape, NULL, "iso");
    if (volume.has_joliet && volume.has_rock_ridge)
        iso_read_tree(unpack, content, shape, no_rock_ridge, "iso, Joliet");
    if (volume.has_joliet || volume.has_rock_ridge)
        iso_read_tree(unpack, content, shape, plain, "iso, plain names");
}
