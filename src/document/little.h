/* Numbers as little-endian formats write them. What lies outside of the span reads as 0: whoever needs to know asks for
 * the span's size first. */
#ifndef CORDON_DOCUMENT_LITTLE_H
#define CORDON_DOCUMENT_LITTLE_H

#include "base/span.h"

#include <stdint.h>

static inline uint64_t little_number(struct span span, size_t at, size_t bytes)
{
    struct span field = span_slice(span, at, bytes);
    uint64_t number = 0;
    for (size_t i = field.size; field.size == bytes && i-- > 0;)
        number = number << 8 | (unsigned char)field.data[i];
    return number;
}

static inline unsigned little_8(struct span span, size_t at)
{
    return (unsigned)little_number(span, at, 1);
}

static inline unsigned little_16(struct span span, size_t at)
{
    return (unsigned)little_number(span, at, 2);
}

static inline uint32_t little_32(struct span span, size_t at)
{
    return (uint32_t)little_number(span, at, 4);
}

static inline uint64_t little_64(struct span span, size_t at)
{
    return little_number(span, at, 8);
}

#endif
