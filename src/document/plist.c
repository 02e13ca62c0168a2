#include "plist.h"

enum {
    PLIST_TRAILER = 32,
    PLIST_LEAST_DATA = 16, /* bytes: fewer can't be anything */
    PLIST_DATA = 0x4,      /* the upper half of an object's first byte */
    PLIST_INTEGER = 0x1,
    PLIST_LONG = 0xf /* the lower half: the size follows as an integer */
};

static uint64_t big_number(struct span bytes)
{
    uint64_t number = 0;
    for (size_t i = 0; i < bytes.size; i++)
        number = number << 8 | (unsigned char)bytes.data[i];
    return number;
}

bool plist_looks(struct span content)
{
    return span_starts_with(content, "bplist") && content.size > PLIST_TRAILER + 8;
}

/* The bytes of the data object at an offset; false where there is none. */
static bool read_data(struct span content, uint64_t at, struct span *data_out)
{
    if (at >= content.size)
        return false;
    struct span rest = span_from(content, (size_t)at);
    unsigned char mark = (unsigned char)rest.data[0];
    uint64_t size = mark & 0xfU;
    rest = span_from(rest, 1);
    if (mark >> 4 != PLIST_DATA)
        return false;
    if (size == PLIST_LONG) {
        unsigned char integer = rest.size > 0 ? (unsigned char)rest.data[0] : 0;
        size_t width = (size_t)1 << (integer & 0xfU);
        if (integer >> 4 != PLIST_INTEGER || width > sizeof size || width >= rest.size)
            return false;
        size = big_number(span_slice(rest, 1, width));
        rest = span_from(rest, 1 + width);
    }
    *data_out = span_slice(rest, 0, size < rest.size ? (size_t)size : rest.size);
    return data_out->size >= PLIST_LEAST_DATA;
}

void plist_read(struct unpack *unpack, struct span content)
{
    static const struct unpack_member member = { .how = "property list" };
    struct span trailer = span_from(content, content.size - PLIST_TRAILER);
    size_t width = (unsigned char)trailer.data[6];
    uint64_t count = big_number(span_slice(trailer, 8, 8));
    uint64_t table_at = big_number(span_slice(trailer, 24, 8));
    if (width == 0 || width > 8 || table_at > content.size || count > (content.size - table_at) / width) {
        unpack_note(unpack, UNPACK_DAMAGED, "property list: the trailer is wrong");
        return;
    }
    for (uint64_t i = 0; i < count; i++) {
        struct span data;
        uint64_t at = big_number(span_slice(content, (size_t)(table_at + i * width), width));
        if (read_data(content, at, &data) && !unpack_member_slice(unpack, &member, data))
            return;
    }
}
