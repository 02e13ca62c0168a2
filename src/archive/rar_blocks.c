#include "rar_blocks.h"

#include "archive/place.h"
#include "base/buf.h"

/* technote.txt of RAR 3.93. */
enum {
    RAR4_SIGNATURE = 7,
    RAR4_HEADER = 7,
    RAR4_FILE_HEADER = 32,
    RAR4_FILE = 0x74,
    RAR4_SERVICE = 0x7a,
    RAR4_END = 0x7b,
    RAR4_HAS_DATA = 0x8000,
    RAR4_PART = 0x0003,
    RAR4_PASSWORD = 0x0004,
    RAR4_FOLDER = 0x00e0,
    RAR4_LARGE = 0x0100,
    RAR4_STORED = 0x30
};

/* technote.txt of RAR 5. */
enum {
    RAR5_SIGNATURE = 8,
    RAR5_FILE = 2,
    RAR5_SERVICE = 3,
    RAR5_ENCRYPTION = 4,
    RAR5_END = 5,
    RAR5_HAS_EXTRA = 0x0001,
    RAR5_HAS_DATA = 0x0002,
    RAR5_PART = 0x0018,
    RAR5_FOLDER = 0x0001,
    RAR5_HAS_TIME = 0x0002,
    RAR5_HAS_SUM = 0x0004,
    RAR5_EXTRA_ENCRYPTION = 1,
    RAR5_METHOD = 0x0380
};

enum { RAR_BLOCKS = 1 << 20, RAR_NAME = 1 << 13 };

struct rar_entry {
    struct span name;
    struct span data;
    bool is_cut; /* the data goes beyond the content */
    bool is_folder;
    bool is_stored;
    bool is_encrypted;
    bool is_part;
    bool is_ancient;
};

static void blocks_put_stored(struct unpack *unpack, const struct rar_entry *entry, struct rar_blocks *blocks)
{
    struct buf name;
    buf_init(&name, RAR_NAME);
    buf_put_span(&name, span_slice(entry->name, 0, span_find_byte(entry->name, '\0')));
    if (name.size > 0)
        buf_put_char(&name, '\0');
    struct unpack_member member = { .names = buf_overflowed(&name) ? span_of(NULL, 0) : buf_span(&name),
                                    .packed_size = entry->data.size,
                                    .size_hint = entry->data.size,
                                    .how = "rar, stored" };
    blocks->is_over = !unpack_member_slice(unpack, &member, entry->data);
    buf_fini(&name);
}

static void blocks_add(struct unpack *unpack, const struct rar_entry *entry, struct rar_blocks *blocks)
{
    if (entry->is_folder && entry->data.size == 0)
        return;
    blocks->files++;
    blocks->is_cut = blocks->is_cut || entry->is_cut;
    blocks->is_part = blocks->is_part || entry->is_part;
    blocks->is_encrypted = blocks->is_encrypted || entry->is_encrypted;
    if (entry->is_encrypted)
        return;
    if (entry->is_stored) {
        blocks_put_stored(unpack, entry, blocks);
    } else {
        blocks->is_ancient = blocks->is_ancient || entry->is_ancient;
        blocks->packed += entry->is_part ? 0 : 1;
    }
}

/* ---- RAR 4 ---- */

static void rar4_add_file(struct unpack *unpack, struct span header, struct span data, bool is_cut,
                          struct rar_blocks *blocks)
{
    unsigned flags = place_u16(header, 3);
    size_t name_at = RAR4_FILE_HEADER + ((flags & RAR4_LARGE) != 0 ? 8 : 0);
    unsigned char version = (unsigned char)header.data[24];
    struct rar_entry entry = {
        .name = span_slice(header, name_at, place_u16(header, 26)),
        .data = data,
        .is_cut = is_cut,
        .is_folder = (flags & RAR4_FOLDER) == RAR4_FOLDER,
        .is_stored = (unsigned char)header.data[25] == RAR4_STORED,
        .is_encrypted = (flags & RAR4_PASSWORD) != 0,
        .is_part = (flags & RAR4_PART) != 0,
        .is_ancient = version < 20,
    };
    blocks_add(unpack, &entry, blocks);
}

/* True where another block may follow. */
static bool rar4_step(struct unpack *unpack, struct span *rest, struct rar_blocks *blocks)
{
    size_t size = place_u16(*rest, 5);
    unsigned flags = place_u16(*rest, 3);
    if (rest->size < RAR4_HEADER || size < RAR4_HEADER || size > rest->size) {
        blocks->is_cut = rest->size > 0;
        return false;
    }
    unsigned char type = (unsigned char)rest->data[2];
    bool is_file = type == RAR4_FILE && size >= RAR4_FILE_HEADER;
    uint64_t data_size = is_file || type == RAR4_SERVICE || (flags & RAR4_HAS_DATA) != 0 ? place_u32(*rest, 7) : 0;
    if ((is_file || type == RAR4_SERVICE) && (flags & RAR4_LARGE) != 0)
        data_size |= (uint64_t)place_u32(*rest, RAR4_FILE_HEADER) << 32;
    struct span header = span_slice(*rest, 0, size);
    struct span behind = span_from(*rest, size);
    bool is_cut = data_size > behind.size;
    size_t taken = is_cut ? behind.size : (size_t)data_size;
    if (is_file)
        rar4_add_file(unpack, header, span_slice(behind, 0, taken), is_cut, blocks);
    *rest = span_from(behind, taken);
    return type != RAR4_END && !blocks->is_over && !is_cut;
}

void rar4_walk(struct unpack *unpack, struct span content, struct rar_blocks *blocks_out)
{
    *blocks_out = (struct rar_blocks){ 0 };
    struct span rest = span_from(content, RAR4_SIGNATURE);
    for (size_t i = 0; i < RAR_BLOCKS && rest.size > 0 && rar4_step(unpack, &rest, blocks_out); i++)
        continue;
}

/* ---- RAR 5 ---- */

uint64_t rar5_number(struct span *rest)
{
    uint64_t number = 0;
    for (unsigned shift = 0; rest->size > 0 && shift < 63; shift += 7) {
        unsigned char byte = (unsigned char)rest->data[0];
        *rest = span_from(*rest, 1);
        number |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            break;
    }
    return number;
}

static bool rar5_has_encryption(struct span extra)
{
    while (extra.size > 0) {
        uint64_t size = rar5_number(&extra);
        struct span record = span_slice(extra, 0, size < extra.size ? (size_t)size : extra.size);
        extra = span_from(extra, record.size);
        if (rar5_number(&record) == RAR5_EXTRA_ENCRYPTION)
            return true;
    }
    return false;
}

static void rar5_add_file(struct unpack *unpack, struct span fields, struct rar_entry *entry, struct rar_blocks *blocks)
{
    uint64_t flags = rar5_number(&fields);
    (void)rar5_number(&fields); /* unpacked size */
    (void)rar5_number(&fields); /* attributes */
    fields = span_from(fields, ((flags & RAR5_HAS_TIME) != 0 ? 4 : 0) + ((flags & RAR5_HAS_SUM) != 0 ? 4 : 0));
    entry->is_stored = (rar5_number(&fields) & RAR5_METHOD) == 0;
    entry->is_folder = (flags & RAR5_FOLDER) != 0;
    (void)rar5_number(&fields); /* system */
    uint64_t name_size = rar5_number(&fields);
    entry->name = span_slice(fields, 0, name_size < fields.size ? (size_t)name_size : fields.size);
    blocks_add(unpack, entry, blocks);
}

static bool rar5_step(struct unpack *unpack, struct span *rest, struct rar_blocks *blocks)
{
    struct span at = span_from(*rest, 4);
    uint64_t size = rar5_number(&at);
    if (size == 0 || size > at.size) {
        blocks->is_cut = true;
        return false;
    }
    struct span fields = span_slice(at, 0, (size_t)size);
    struct span behind = span_from(at, (size_t)size);
    uint64_t type = rar5_number(&fields);
    uint64_t flags = rar5_number(&fields);
    uint64_t extra_size = (flags & RAR5_HAS_EXTRA) != 0 ? rar5_number(&fields) : 0;
    uint64_t data_size = (flags & RAR5_HAS_DATA) != 0 ? rar5_number(&fields) : 0;
    struct span extra = span_from(fields, extra_size <= fields.size ? fields.size - (size_t)extra_size : fields.size);
    bool is_cut = data_size > behind.size;
    size_t taken = is_cut ? behind.size : (size_t)data_size;
    struct rar_entry entry = { .data = span_slice(behind, 0, taken),
                               .is_cut = is_cut,
                               .is_part = (flags & RAR5_PART) != 0,
                               .is_encrypted = extra_size > 0 && rar5_has_encryption(extra) };
    if (type == RAR5_FILE)
        rar5_add_file(unpack, span_slice(fields, 0, fields.size - extra.size), &entry, blocks);
    blocks->is_encrypted = blocks->is_encrypted || type == RAR5_ENCRYPTION;
    *rest = span_from(behind, taken);
    return type != RAR5_END && type != RAR5_ENCRYPTION && !blocks->is_over && !is_cut;
}

void rar5_walk(struct unpack *unpack, struct span content, struct rar_blocks *blocks_out)
{
    *blocks_out = (struct rar_blocks){ 0 };
    struct span rest = span_from(content, RAR5_SIGNATURE);
    for (size_t i = 0; i < RAR_BLOCKS && rest.size > 0 && rar5_step(unpack, &rest, blocks_out); i++)
        continue;
}
