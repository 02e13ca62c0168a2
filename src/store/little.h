/* Numbers as the store's bytes write them: little-endian. Nobody looks whether there is room: callers have fixed places
 * in arrays of known size, or have asked for the size before. */
#ifndef CORDON_STORE_LITTLE_H
#define CORDON_STORE_LITTLE_H

#include "base/span.h"

#include <assert.h>
#include <stdint.h>

static inline void little_put(unsigned char *out, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        out[i] = (unsigned char)(number >> (8 * i));
}

static inline uint64_t little_get(struct span span, size_t at, size_t bytes)
{
    assert(at <= span.size && bytes <= span.size - at);
    uint64_t number = 0;
    for (size_t i = bytes; i-- > 0;)
        number = number << 8 | (unsigned char)span.data[at + i];
    return number;
}

#endif
