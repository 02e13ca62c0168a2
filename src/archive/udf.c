#include "udf.h"

#include "archive/disk.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* Sections are those of ECMA-167, 3rd edition. */
enum {
    UDF_RECOGNITION = 32768, /* 2/8.3 */
    UDF_RECOGNITION_STEP = 2048,
    UDF_RECOGNITION_MOST = 64,
    UDF_DESCRIPTORS = 256, /* of one volume descriptor sequence */
    UDF_PARTITIONS = 8,
    UDF_MAPS = 8,
    UDF_DIRECTORIES = 4096,
    UDF_DIRECTORY_SIZE = 8 << 20,
    UDF_CONTINUATIONS = 4096, /* blocks of allocation descriptors of one file */
    UDF_BYTES = 2             /* how often the image's size may be handed out in all */
};
enum {
    UDF_TAG_ANCHOR = 2,
    UDF_TAG_PARTITION = 5,
    UDF_TAG_VOLUME = 6,
    UDF_TAG_END = 8,
    UDF_TAG_SET = 256,
    UDF_TAG_NAME = 257,
    UDF_TAG_MORE = 258,
    UDF_TAG_FILE = 261,
    UDF_TAG_EXTENDED = 266
};
enum { UDF_NAME_DIRECTORY = 2, UDF_NAME_DELETED = 4, UDF_NAME_PARENT = 8 };

enum udf_map_kind { UDF_MAP_PLAIN, UDF_MAP_METADATA, UDF_MAP_UNSUPPORTED };
struct udf_map {
    enum udf_map_kind kind;
    uint64_t start; /* block of the partition */
    uint64_t file;  /* block of the metadata file in it */
};

struct udf_partition {
    uint64_t number;
    uint64_t start;
};

struct udf_place {
    uint64_t map;
    uint64_t block;
};

struct udf {
    struct unpack *unpack;
    struct span image;
    uint64_t block_size;
    struct udf_partition partitions[UDF_PARTITIONS];
    size_t partition_count;
    struct udf_map maps[UDF_MAPS];
    size_t map_count;
    struct udf_place set; /* of the file set descriptor */
    struct udf_place *directories;
    size_t directory_count;
    uint64_t budget;
    bool is_damaged;
    bool is_limited;
    bool is_unsupported;
    bool is_over;
};

/* A file's extents, one after the other (4/14.14.1). */
struct udf_extents {
    struct span descriptors;
    uint64_t map; /* that short ones are in */
    size_t width;
    size_t continuations;
};

struct udf_extent {
    uint64_t size;
    bool is_recorded; /* else it is all zeros */
    struct udf_place place;
};

bool udf_looks(struct span content)
{
    for (uint64_t i = 0; i < UDF_RECOGNITION_MOST; i++) {
        uint64_t at = UDF_RECOGNITION + i * UDF_RECOGNITION_STEP + 1;
        if (disk_has(content, at, "NSR02", 5) || disk_has(content, at, "NSR03", 5))
            return true;
    }
    return false;
}

static struct span udf_block(const struct udf *udf, uint64_t block)
{
    return block < udf->image.size / udf->block_size + 1
               ? disk_slice(udf->image, block * udf->block_size, udf->block_size)
               : span_of("", 0);
}

/* The number of a descriptor whose tag (3/7.2) is sound; 0: none. */
static uint64_t udf_tag(struct span block)
{
    unsigned sum = 0;
    for (size_t i = 0; i < 16 && i < block.size; i++)
        sum += i == 4 ? 0 : (unsigned char)block.data[i];
    return block.size >= 16 && disk_little(block, 4, 1) == (sum & 0xff) ? disk_little(block, 0, 2) : 0;
}

/* Descriptors, and where short and long ones are: in the file entry, or (inline) there is none. */
static bool udf_open_file(struct span entry, uint64_t map, struct udf_extents *extents_out, struct span *inline_out)
{
    uint64_t tag = udf_tag(entry);
    if (tag != UDF_TAG_FILE && tag != UDF_TAG_EXTENDED)
        return false;
    uint64_t head = tag == UDF_TAG_FILE ? 168 : 208;
    uint64_t at = head + 8 + disk_little(entry, head, 4);
    uint64_t size = disk_little(entry, head + 4, 4);
    uint64_t kind = disk_little(entry, 34, 2) & 7;
    struct span bytes = disk_slice(entry, at, size);
    *inline_out = kind == 3 ? bytes : span_of(NULL, 0);
    *extents_out = (struct udf_extents){ .descriptors = kind == 3 ? span_of("", 0) : bytes,
                                         .map = map,
                                         .width = kind == 0   ? 8
                                                  : kind == 1 ? 16
                                                              : 20 };
    return kind != 2 && bytes.size == size;
}

/* The block in the image; SIZE_MAX: nowhere. A metadata partition (UDF 2.50, 2.2.10) lies in a file. */
static uint64_t udf_locate(struct udf *udf, struct udf_place place)
{
    if (place.map >= udf->map_count)
        return SIZE_MAX;
    const struct udf_map *map = &udf->maps[place.map];
    if (map->kind == UDF_MAP_UNSUPPORTED) {
        udf->is_unsupported = true;
        return SIZE_MAX;
    }
    if (map->kind == UDF_MAP_PLAIN)
        return map->start + place.block;
    struct udf_extents extents;
    struct span within;
    struct udf_extent extent;
    uint64_t left = place.block;
    if (!udf_open_file(udf_block(udf, map->start + map->file), place.map, &extents, &within) || extents.width != 8)
        return SIZE_MAX;
    /* Its own short descriptors count from the partition's start, and there is one block of them. */
    for (size_t at = 0; at + 8 <= extents.descriptors.size; at += 8) {
        extent.size = disk_little(extents.descriptors, at, 4) & 0x3fffffff;
        uint64_t blocks = (extent.size + udf->block_size - 1) / udf->block_size;
        if (left < blocks)
            return map->start + disk_little(extents.descriptors, at + 4, 4) + left;
        left -= blocks;
    }
    return SIZE_MAX;
}

static struct span udf_place_block(struct udf *udf, struct udf_place place)
{
    uint64_t block = udf_locate(udf, place);
    return block == SIZE_MAX ? span_of("", 0) : udf_block(udf, block);
}

static bool udf_find_extent(struct udf *udf, struct udf_extents *extents, struct udf_extent *extent_out)
{
    while (extents->descriptors.size >= extents->width) {
        struct span at = extents->descriptors;
        uint64_t length = disk_little(at, 0, 4);
        bool is_short = extents->width == 8;
        struct udf_place place = { .map = is_short ? extents->map : disk_little(at, 8, 2),
                                   .block = disk_little(at, 4, 4) };
        extents->descriptors = span_from(at, extents->width);
        if ((length & 0x3fffffff) == 0)
            return false;
        if (length >> 30 != 3) {
            *extent_out = (struct udf_extent){ .size = length & 0x3fffffff,
                                               .is_recorded = length >> 30 == 0,
                                               .place = place };
            return true;
        }
        struct span more = udf_place_block(udf, place);
        if (udf_tag(more) != UDF_TAG_MORE || extents->continuations++ == UDF_CONTINUATIONS || udf->budget < more.size) {
            udf->is_damaged = true;
            return false;
        }
        udf->budget -= more.size;
        extents->descriptors = disk_slice(more, 24, disk_little(more, 20, 4));
    }
    return false;
}

/* The extent's bytes, as far as they are there and one behind the other. A metadata partition is in pieces. */
static struct span udf_extent_bytes(struct udf *udf, const struct udf_extent *extent)
{
    uint64_t block = udf_locate(udf, extent->place);
    if (block == SIZE_MAX || block > udf->image.size / udf->block_size)
        return span_of("", 0);
    return disk_slice(udf->image, block * udf->block_size, extent->size);
}

static bool udf_put_zeros(struct udf *udf, uint64_t size)
{
    static const char zeros[4096];
    for (; size > 0; size -= size < sizeof zeros ? size : sizeof zeros) {
        if (!unpack_put(udf->unpack, span_of(zeros, size < sizeof zeros ? (size_t)size : sizeof zeros)))
            return false;
    }
    return true;
}

/* All bytes of a file into the open member. */
static void udf_put_file(struct udf *udf, struct udf_extents extents, uint64_t size)
{
    struct udf_extent extent;
    uint64_t left = size;
    while (left > 0 && udf_find_extent(udf, &extents, &extent)) {
        uint64_t piece = extent.size < left ? extent.size : left;
        if (piece > udf->budget) {
            udf->is_limited = true;
            return;
        }
        udf->budget -= piece;
        struct span bytes = extent.is_recorded ? span_slice(udf_extent_bytes(udf, &extent), 0, (size_t)piece)
                                               : span_of("", 0);
        if (extent.is_recorded && bytes.size < piece)
            udf->is_damaged = true;
        if (piece == size && extent.is_recorded) {
            (void)unpack_slice(udf->unpack, bytes);
            return;
        }
        if (!unpack_put(udf->unpack, bytes) || !udf_put_zeros(udf, piece - bytes.size))
            return;
        left -= piece;
    }
    udf->is_damaged |= left > 0;
}

/* OSTA compressed unicode (UDF 2.60, 2.1.1): 8 or 16 bits each, most significant byte first. */
static void udf_put_name(struct buf *names, struct span name)
{
    bool is_wide = name.size > 0 && (name.data[0] == 16 || name.data[0] == (char)255);
    size_t step = is_wide ? 2 : 1;
    for (size_t at = 1; at + step <= name.size; at += step)
        disk_put_utf8(names, (uint32_t)disk_big(name, at, (unsigned)step));
    buf_put_char(names, '\0');
}

static void udf_hand_out(struct udf *udf, struct span name, struct udf_place place)
{
    struct span entry = udf_place_block(udf, place);
    struct udf_extents extents;
    struct span within;
    if (!udf_open_file(entry, place.map, &extents, &within)) {
        udf->is_damaged = true;
        return;
    }
    uint64_t size = disk_little(entry, 56, 8);
    if (size == 0)
        return;
    struct buf names;
    buf_init(&names, 1024);
    udf_put_name(&names, name);
    struct unpack_member member = { .names = buf_span(&names), .packed_size = size, .size_hint = size, .how = "UDF" };
    if (!unpack_begin(udf->unpack, &member)) {
        udf->is_over = true;
    } else {
        if (within.data != NULL && within.size <= udf->budget) {
            udf->budget -= within.size;
            (void)unpack_slice(udf->unpack, disk_slice(within, 0, size));
            udf->is_damaged |= within.size < size;
        } else if (within.data != NULL) {
            udf->is_limited = true;
        } else {
            udf_put_file(udf, extents, size);
        }
        unpack_end(udf->unpack);
    }
    buf_fini(&names);
}

static void udf_queue(struct udf *udf, struct udf_place place)
{
    for (size_t i = 0; i < udf->directory_count; i++) {
        if (udf->directories[i].map == place.map && udf->directories[i].block == place.block)
            return;
    }
    if (udf->directory_count == UDF_DIRECTORIES)
        udf->is_limited = true;
    else
        udf->directories[udf->directory_count++] = place;
}

/* File identifier descriptors (4/14.4), each at a multiple of 4. */
static void udf_read_names(struct udf *udf, struct span bytes)
{
    while (bytes.size >= 38 && !udf->is_over) {
        uint64_t flags = disk_little(bytes, 18, 1);
        uint64_t name_size = disk_little(bytes, 19, 1);
        uint64_t skip = disk_little(bytes, 36, 2);
        struct udf_place place = { .map = disk_little(bytes, 28, 2), .block = disk_little(bytes, 24, 4) };
        if (udf_tag(bytes) != UDF_TAG_NAME) {
            udf->is_damaged = true;
            return;
        }
        struct span name = disk_slice(bytes, 38 + skip, name_size);
        if ((flags & (UDF_NAME_PARENT | UDF_NAME_DELETED)) == 0) {
            if ((flags & UDF_NAME_DIRECTORY) != 0)
                udf_queue(udf, place);
            else
                udf_hand_out(udf, name, place);
        }
        bytes = disk_slice(bytes, (38 + skip + name_size + 3) / 4 * 4, bytes.size);
    }
}

static void udf_read_directory(struct udf *udf, struct udf_place place)
{
    struct span entry = udf_place_block(udf, place);
    struct udf_extents extents;
    struct udf_extent extent;
    struct span within;
    if (!udf_open_file(entry, place.map, &extents, &within)) {
        udf->is_damaged = true;
        return;
    }
    uint64_t size = disk_little(entry, 56, 8);
    if (within.data != NULL) {
        udf_read_names(udf, disk_slice(within, 0, size));
        return;
    }
    struct buf bytes;
    buf_init(&bytes, UDF_DIRECTORY_SIZE);
    while (bytes.size < size && udf_find_extent(udf, &extents, &extent)) {
        struct span piece = udf_extent_bytes(udf, &extent);
        if (!extent.is_recorded || piece.size < extent.size)
            udf->is_damaged = true;
        if (piece.size > udf->budget || piece.size > UDF_DIRECTORY_SIZE - bytes.size) {
            udf->is_limited = true;
            break;
        }
        udf->budget -= piece.size;
        buf_put_span(&bytes, piece);
    }
    udf_read_names(udf, disk_slice(buf_span(&bytes), 0, size));
    buf_fini(&bytes);
}

/* Partition maps (3/10.7; UDF 2.60, 2.2.8 to 2.2.10). */
static void udf_take_volume(struct udf *udf, struct span volume)
{
    udf->map_count = 0;
    udf->set = (struct udf_place){ .map = disk_little(volume, 256, 2), .block = disk_little(volume, 252, 4) };
    uint64_t at = 440;
    uint64_t count = disk_little(volume, 268, 4);
    for (uint64_t i = 0; i < count && udf->map_count < UDF_MAPS; i++) {
        uint64_t type = disk_little(volume, at, 1);
        uint64_t size = disk_little(volume, at + 1, 1);
        if (size < 6)
            return;
        struct udf_map *map = &udf->maps[udf->map_count++];
        *map = (struct udf_map){ .kind = UDF_MAP_UNSUPPORTED,
                                 .start = disk_little(volume, at + (type == 1 ? 4 : 38), 2) };
        if (type == 1 || disk_has(volume, at + 5, "*UDF Sparable Partition", 23))
            map->kind = UDF_MAP_PLAIN;
        if (type == 2 && disk_has(volume, at + 5, "*UDF Metadata Partition", 23)) {
            map->kind = UDF_MAP_METADATA;
            map->file = disk_little(volume, at + 40, 4);
        }
        at += size;
    }
}

/* One volume descriptor sequence (3/8.4.2); true where it has what is needed. */
static bool udf_read_volume(struct udf *udf, uint64_t block, uint64_t size)
{
    uint64_t count = size / udf->block_size;
    bool has_volume = false;
    udf->partition_count = 0;
    for (uint64_t i = 0; i < count && i < UDF_DESCRIPTORS; i++) {
        struct span descriptor = udf_block(udf, block + i);
        uint64_t tag = udf_tag(descriptor);
        if (tag == UDF_TAG_END)
            break;
        if (tag == UDF_TAG_PARTITION && udf->partition_count < UDF_PARTITIONS)
            udf->partitions[udf->partition_count++] = (struct udf_partition){
                .number = disk_little(descriptor, 22, 2), .start = disk_little(descriptor, 188, 4)
            };
        if (tag == UDF_TAG_VOLUME && disk_little(descriptor, 212, 4) == udf->block_size) {
            has_volume = true;
            udf_take_volume(udf, descriptor);
        }
    }
    /* The maps have the partitions' numbers so far; a later descriptor counts before an earlier one. */
    for (size_t i = 0; i < udf->map_count && has_volume; i++) {
        uint64_t number = udf->maps[i].start;
        udf->maps[i].start = UINT32_MAX;
        for (size_t k = 0; k < udf->partition_count; k++) {
            if (udf->partitions[k].number == number)
                udf->maps[i].start = udf->partitions[k].start;
        }
    }
    return has_volume && udf->partition_count > 0;
}

/* 3/8.4.2.1: the anchor is in two of three places; the size of a block is known by where it is. */
static bool udf_open(struct udf *udf)
{
    static const uint64_t sizes[] = { 2048, 512, 4096, 1024 };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        udf->block_size = sizes[i];
        uint64_t blocks = udf->image.size / udf->block_size;
        uint64_t places[] = { 256, blocks - 1, blocks - 257 };
        for (size_t k = 0; k < 3; k++) {
            struct span anchor = places[k] < blocks ? udf_block(udf, places[k]) : span_of("", 0);
            if (udf_tag(anchor) != UDF_TAG_ANCHOR)
                continue;
            if (udf_read_volume(udf, disk_little(anchor, 20, 4), disk_little(anchor, 16, 4)) ||
                udf_read_volume(udf, disk_little(anchor, 28, 4), disk_little(anchor, 24, 4)))
                return true;
        }
    }
    return false;
}

void udf_read(struct unpack *unpack, struct span content)
{
    struct udf udf = { .unpack = unpack, .image = content, .budget = UDF_BYTES * (uint64_t)content.size };
    udf.directories = memory_new(UDF_DIRECTORIES * sizeof *udf.directories);
    struct span set = span_of("", 0);
    if (udf_open(&udf))
        set = udf_place_block(&udf, udf.set);
    if (udf_tag(set) == UDF_TAG_SET) {
        /* 4/14.1: the root directory's entry, a long allocation descriptor. */
        udf_queue(&udf, (struct udf_place){ .map = disk_little(set, 408, 2), .block = disk_little(set, 404, 4) });
    } else if (!udf.is_unsupported) {
        udf.is_damaged = true;
    }
    for (size_t i = 0; i < udf.directory_count && !udf.is_over; i++)
        udf_read_directory(&udf, udf.directories[i]);
    free(udf.directories);
    if (udf.is_damaged)
        unpack_note(unpack, UNPACK_DAMAGED, "udf: cut short or corrupt");
    if (udf.is_unsupported)
        unpack_note(unpack, UNPACK_UNSUPPORTED, "udf: a virtual partition");
    if (udf.is_limited)
        unpack_note(unpack, UNPACK_LIMIT, "udf: too many directories, or the same place too often");
}
