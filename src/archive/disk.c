#include "disk.h"

#include <string.h>

uint64_t disk_little(struct span span, uint64_t offset, unsigned size)
{
    struct span field = disk_slice(span, offset, size);
    uint64_t number = 0;
    if (field.size < size)
        return 0;
    for (unsigned i = size; i > 0; i--)
        number = number << 8 | (unsigned char)field.data[i - 1];
    return number;
}

uint64_t disk_big(struct span span, uint64_t offset, unsigned size)
{
    struct span field = disk_slice(span, offset, size);
    uint64_t number = 0;
    if (field.size < size)
        return 0;
    for (unsigned i = 0; i < size; i++)
        number = number << 8 | (unsigned char)field.data[i];
    return number;
}

struct span disk_slice(struct span span, uint64_t offset, uint64_t size)
{
    if (offset > span.size)
        offset = span.size;
    if (size > span.size - offset)
        size = span.size - offset;
    return span_slice(span, (size_t)offset, (size_t)size);
}

bool disk_has(struct span span, uint64_t offset, const char *magic, size_t size)
{
    return span_equal(disk_slice(span, offset, size), span_of(magic, size));
}

void disk_put_utf8(struct buf *buf, uint32_t character)
{
    if (character == 0 || character > 0x10ffff || (character >= 0xd800 && character < 0xe000))
        character = '?';
    if (character < 0x80) {
        buf_put_char(buf, (char)character);
        return;
    }
    char bytes[4];
    size_t size = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    static const unsigned leads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    for (size_t i = size - 1; i > 0; i--) {
        bytes[i] = (char)(0x80 | (character & 0x3f));
        character >>= 6;
    }
    bytes[0] = (char)(leads[size] | character);
    buf_put(buf, bytes, size);
}

void disk_put_name(struct buf *buf, struct span utf16)
{
    for (size_t at = 0; at + 1 < utf16.size; at += 2) {
        uint32_t unit = (uint32_t)disk_little(utf16, at, 2);
        if (unit == 0)
            return;
        uint32_t next = (uint32_t)disk_little(utf16, at + 2, 2);
        if (unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
            unit = 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00);
            at += 2;
        }
        disk_put_utf8(buf, unit);
    }
}
