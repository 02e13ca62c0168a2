#include "skippable.h"

size_t skippable_size(struct span rest)
{
    const unsigned char *b = (const unsigned char *)rest.data;
    if (rest.size < SKIPPABLE_HEADER || (b[0] & 0xf0) != 0x50 || b[1] != 0x2a || b[2] != 0x4d || b[3] != 0x18)
        return 0;
    size_t size = b[4] | (size_t)b[5] << 8 | (size_t)b[6] << 16 | (size_t)b[7] << 24;
    return size < rest.size - SKIPPABLE_HEADER ? SKIPPABLE_HEADER + size : rest.size;
}
