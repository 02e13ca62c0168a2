#include "zip_format.h"

#include <string.h>

enum {
    ZIP_EXTRA_ZIP64 = 1,
    ZIP_NARROW = 0xffff,
    ZIP_VERSION_LEAST = 10, /* APPNOTE 4.4.3.2 */
    ZIP_VERSION_MOST = 63,
    ZIP_FLAGS_RESERVED = 0xd780, /* 4.4.4: bits without a meaning */
    ZIP_NAME_PLAUSIBLE = 1024
};

#define ZIP_WIDE UINT32_C(0xffffffff)

uint16_t zip_u16(struct span span, size_t at)
{
    if (span.size < 2 || at > span.size - 2)
        return 0;
    const unsigned char *bytes = (const unsigned char *)span.data + at;
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

uint32_t zip_u32(struct span span, size_t at)
{
    if (span.size < 4 || at > span.size - 4)
        return 0;
    return (uint32_t)zip_u16(span, at) | (uint32_t)zip_u16(span, at + 2) << 16;
}

uint64_t zip_u64(struct span span, size_t at)
{
    if (span.size < 8 || at > span.size - 8)
        return 0;
    return (uint64_t)zip_u32(span, at) | (uint64_t)zip_u32(span, at + 4) << 32;
}

enum zip_record zip_record_at(struct span content, uint64_t at)
{
    static const struct {
        char signature[ZIP_SIGNATURE_SIZE];
        enum zip_record record;
    } records[] = { { { 'P', 'K', 3, 4 }, ZIP_RECORD_LOCAL },
                    { { 'P', 'K', 1, 2 }, ZIP_RECORD_CENTRAL },
                    { { 'P', 'K', 5, 6 }, ZIP_RECORD_END },
                    { { 'P', 'K', 6, 6 }, ZIP_RECORD_END64 },
                    { { 'P', 'K', 7, 8 }, ZIP_RECORD_DESCRIPTOR } };
    if (content.size < ZIP_SIGNATURE_SIZE || at > content.size - ZIP_SIGNATURE_SIZE)
        return ZIP_RECORD_NONE;
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        if (memcmp(content.data + at, records[i].signature, ZIP_SIGNATURE_SIZE) == 0)
            return records[i].record;
    }
    return ZIP_RECORD_NONE;
}

size_t zip_record_next(struct span content, size_t at, enum zip_record *record_out)
{
    for (;;) {
        struct span rest = span_from(content, at);
        size_t found = span_find(rest, span_of("PK", 2));
        if (found == SPAN_NONE)
            break;
        at += found;
        *record_out = zip_record_at(content, at);
        if (*record_out != ZIP_RECORD_NONE)
            return at;
        at += 2;
    }
    *record_out = ZIP_RECORD_NONE;
    return content.size;
}

struct span zip_extra_find(struct span extra, uint16_t number)
{
    while (extra.size >= 4) {
        size_t size = zip_u16(extra, 2);
        if (zip_u16(extra, 0) == number)
            return span_slice(extra, 4, size);
        extra = span_from(extra, 4 + size);
    }
    return span_of("", 0);
}

/* A field of 4 bytes that says "see the zip64 extra field", which has only those fields, in order (4.5.3). */
static void zip_widen(uint64_t *field, struct span wide, size_t *at)
{
    if (*field != ZIP_WIDE || wide.size < 8 || *at > wide.size - 8)
        return;
    *field = zip_u64(wide, *at);
    *at += 8;
}

static void zip_header_widen(struct zip_header *header)
{
    struct span wide = zip_extra_find(header->extra, ZIP_EXTRA_ZIP64);
    size_t at = 0;
    zip_widen(&header->size, wide, &at);
    zip_widen(&header->packed_size, wide, &at);
    zip_widen(&header->offset, wide, &at);
    if (header->disk == ZIP_NARROW && wide.size >= at + 4)
        header->disk = zip_u32(wide, at);
}

/* The fields from the version to the extra field's size are the same in both headers. */
static void zip_header_read(struct span content, size_t at, struct zip_header *header)
{
    header->version = zip_u16(content, at);
    header->flags = zip_u16(content, at + 2);
    header->method = zip_u16(content, at + 4);
    header->time = zip_u16(content, at + 6);
    header->crc = zip_u32(content, at + 10);
    header->packed_size = zip_u32(content, at + 14);
    header->size = zip_u32(content, at + 18);
    header->name_size = zip_u16(content, at + 22);
    header->extra_size = zip_u16(content, at + 24);
}

bool zip_local_read(struct span content, size_t at, struct zip_header *header_out)
{
    if (content.size < ZIP_LOCAL_SIZE || at > content.size - ZIP_LOCAL_SIZE)
        return false;
    *header_out = (struct zip_header){ .at = at };
    zip_header_read(content, at + 4, header_out);
    header_out->name = span_slice(content, at + ZIP_LOCAL_SIZE, header_out->name_size);
    header_out->extra = span_slice(content, at + ZIP_LOCAL_SIZE + header_out->name_size, header_out->extra_size);
    header_out->end = at + ZIP_LOCAL_SIZE + header_out->name_size + header_out->extra_size;
    zip_header_widen(header_out);
    return true;
}

bool zip_central_read(struct span content, size_t at, struct zip_header *header_out)
{
    if (content.size < ZIP_CENTRAL_SIZE || at > content.size - ZIP_CENTRAL_SIZE)
        return false;
    *header_out = (struct zip_header){ .at = at };
    zip_header_read(content, at + 6, header_out);
    size_t comment_size = zip_u16(content, at + 32);
    header_out->disk = zip_u16(content, at + 34);
    header_out->offset = zip_u32(content, at + 42);
    size_t name_end = at + ZIP_CENTRAL_SIZE + header_out->name_size;
    header_out->name = span_slice(content, at + ZIP_CENTRAL_SIZE, header_out->name_size);
    header_out->extra = span_slice(content, name_end, header_out->extra_size);
    header_out->comment = span_slice(content, name_end + header_out->extra_size, comment_size);
    header_out->end = name_end + header_out->extra_size + comment_size;
    zip_header_widen(header_out);
    return true;
}

bool zip_end_read(struct span content, size_t at, struct zip_end *end_out)
{
    if (content.size < ZIP_END_SIZE || at > content.size - ZIP_END_SIZE)
        return false;
    *end_out = (struct zip_end){ .at = at,
                                 .disk = zip_u16(content, at + 4),
                                 .entries = zip_u16(content, at + 10),
                                 .directory_size = zip_u32(content, at + 12),
                                 .directory_offset = zip_u32(content, at + 16),
                                 .comment = span_slice(content, at + ZIP_END_SIZE, zip_u16(content, at + 20)) };
    end_out->end = at + ZIP_END_SIZE + zip_u16(content, at + 20);
    return true;
}

bool zip_end64_read(struct span content, size_t at, struct zip_end *end_out)
{
    if (content.size < ZIP_END64_SIZE || at > content.size - ZIP_END64_SIZE)
        return false;
    *end_out = (struct zip_end){ .at = at,
                                 .disk = zip_u32(content, at + 16),
                                 .entries = zip_u64(content, at + 32),
                                 .directory_size = zip_u64(content, at + 40),
                                 .directory_offset = zip_u64(content, at + 48) };
    /* Its own size (4.3.14.1) leaves the first 12 bytes out. */
    uint64_t size = zip_u64(content, at + 4);
    end_out->end = size < content.size - at - 12 ? at + 12 + (size_t)size : at + ZIP_END64_SIZE;
    return true;
}

bool zip_local_is_possible(struct span content, const struct zip_header *header)
{
    bool has_method = header->method <= 20 || (header->method >= 93 && header->method <= 99);
    return has_method && header->name_size > 0 && header->name_size <= ZIP_NAME_PLAUSIBLE &&
           header->end <= content.size;
}

bool zip_local_is_plausible(struct span content, const struct zip_header *header)
{
    unsigned version = header->version & 0xff;
    bool is_said = (header->flags & ZIP_FLAG_DESCRIPTOR) != 0 || header->packed_size > 0 || header->size == 0;
    if (version < ZIP_VERSION_LEAST || version > ZIP_VERSION_MOST || (header->flags & ZIP_FLAGS_RESERVED) != 0 ||
        !is_said)
        return false;
    for (size_t i = 0; i < header->name.size; i++) {
        if ((unsigned char)header->name.data[i] < ' ')
            return false;
    }
    return zip_local_is_possible(content, header);
}

size_t zip_descriptor_read(struct span content, size_t at, uint64_t packed_size, uint32_t *crc_out)
{
    size_t mark = zip_record_at(content, at) == ZIP_RECORD_DESCRIPTOR ? ZIP_SIGNATURE_SIZE : 0;
    struct span rest = span_from(content, at);
    /* Without a signature only the packed size tells it from other bytes; with one it is the same size field. */
    if (rest.size >= mark + 20 && zip_u64(rest, mark + 4) == packed_size) {
        *crc_out = zip_u32(rest, mark);
        return mark + 20;
    }
    if (rest.size >= mark + 12 && zip_u32(rest, mark + 4) == (uint32_t)packed_size) {
        *crc_out = zip_u32(rest, mark);
        return mark + 12;
    }
    return 0;
}
