#include "place.h"

size_t place_find(struct span content, size_t from, struct span signature, place_check *check)
{
    while (from < content.size) {
        size_t at = span_find(span_from(content, from), signature);
        if (at == SPAN_NONE)
            break;
        if (check(span_from(content, from + at)))
            return from + at;
        from += at + 1;
    }
    return SPAN_NONE;
}

uint32_t place_crc32(struct span bytes)
{
    static const uint32_t nibbles[16] = { 0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
                                          0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                          0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c };
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < bytes.size; i++) {
        crc ^= (unsigned char)bytes.data[i];
        crc = (crc >> 4) ^ nibbles[crc & 15];
        crc = (crc >> 4) ^ nibbles[crc & 15];
    }
    return ~crc;
}

static uint64_t place_number(struct span bytes, size_t at, size_t size)
{
    uint64_t number = 0;
    struct span piece = span_slice(bytes, at, size);
    if (piece.size < size)
        return 0;
    for (size_t i = 0; i < size; i++)
        number |= (uint64_t)(unsigned char)piece.data[i] << 8 * i;
    return number;
}

uint16_t place_u16(struct span bytes, size_t at)
{
    return (uint16_t)place_number(bytes, at, 2);
}

uint32_t place_u32(struct span bytes, size_t at)
{
    return (uint32_t)place_number(bytes, at, 4);
}

uint64_t place_u64(struct span bytes, size_t at)
{
    return place_number(bytes, at, 8);
}
