#include "inflate.h"

#include <zlib.h>

#include "base/memory.h"

#include <limits.h>
#include <string.h>

enum { INFLATE_SURE_BYTES = 1 << 20, INFLATE_LEAST_BYTES = 16 };

/* zlib's own pointers to input know no const. */
static unsigned char *inflate_unconst(const char *data)
{
    unsigned char *same = NULL;
    memcpy(&same, &data, sizeof same);
    return same;
}

static int inflate_window(enum inflate_kind kind)
{
    static const int windows[] = {
        [INFLATE_RAW] = -MAX_WBITS, [INFLATE_ZLIB] = MAX_WBITS, [INFLATE_GZIP] = MAX_WBITS + 16
    };
    return windows[kind];
}

static void inflate_add(struct inflate_sum *sum, const char *data, uInt size)
{
    if (sum == NULL)
        return;
    sum->crc32 = (uint32_t)crc32(sum->crc32, (const unsigned char *)data, size);
    sum->size += size;
}

enum unpack_ending inflate_put(struct unpack *unpack, enum inflate_kind kind, struct span packed, size_t *used_out)
{
    return inflate_put_summed(unpack, kind, packed, used_out, NULL);
}

enum unpack_ending inflate_put_summed(struct unpack *unpack, enum inflate_kind kind, struct span packed,
                                      size_t *used_out, struct inflate_sum *sum)
{
    z_stream stream = { 0 };
    *used_out = 0;
    if (inflateInit2(&stream, inflate_window(kind)) != Z_OK)
        return UNPACK_BROKEN;
    enum unpack_ending ending = UNPACK_STOPPED;
    for (;;) {
        struct span rest = span_from(packed, *used_out);
        size_t size = 0;
        char *room = unpack_room(unpack, &size);
        if (room == NULL)
            break;
        stream.next_in = inflate_unconst(rest.data);
        stream.avail_in = rest.size < UINT_MAX ? (uInt)rest.size : UINT_MAX;
        stream.next_out = (unsigned char *)room;
        stream.avail_out = size < UINT_MAX ? (uInt)size : UINT_MAX;
        uInt had_in = stream.avail_in;
        uInt had_out = stream.avail_out;
        int result = inflate(&stream, Z_NO_FLUSH);
        *used_out += had_in - stream.avail_in;
        inflate_add(sum, room, had_out - stream.avail_out);
        unpack_wrote(unpack, had_out - stream.avail_out);
        if (result == Z_OK)
            continue;
        ending = result == Z_STREAM_END ? UNPACK_WHOLE : result == Z_BUF_ERROR ? UNPACK_CUT : UNPACK_BROKEN;
        break;
    }
    (void)inflateEnd(&stream);
    return ending;
}

uint32_t inflate_crc32(uint32_t crc, struct span bytes)
{
    return bytes.size == 0 ? crc : (uint32_t)crc32_z(crc, (const unsigned char *)bytes.data, bytes.size);
}

bool inflate_is_whole(enum inflate_kind kind, struct span packed)
{
    unsigned char room[4096];
    z_stream stream = { 0 };
    size_t size = 0;
    int result = Z_OK;
    if (packed.size > UINT_MAX || inflateInit2(&stream, inflate_window(kind)) != Z_OK)
        return false;
    stream.next_in = inflate_unconst(packed.data);
    stream.avail_in = (uInt)packed.size;
    while (result == Z_OK && size <= INFLATE_SURE_BYTES) {
        stream.next_out = room;
        stream.avail_out = sizeof room;
        result = inflate(&stream, Z_NO_FLUSH);
        size += sizeof room - stream.avail_out;
    }
    bool is_whole = result == Z_STREAM_END ? stream.avail_in == 0 : result == Z_OK;
    (void)inflateEnd(&stream);
    return is_whole && size >= INFLATE_LEAST_BYTES;
}
