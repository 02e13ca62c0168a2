#include "ovba.h"

#include "document/little.h"

enum {
    OVBA_CHUNK = 4096,
    OVBA_SIGNATURE = 1,
    OVBA_NAME = 0x1a, /* records of the dir stream (2.3.4.2) */
    OVBA_NAME_UNICODE = 0x32,
    OVBA_OFFSET = 0x31,
    OVBA_VERSION = 0x09
};

struct ovba_chunk {
    char bytes[OVBA_CHUNK];
    size_t size;
};

bool ovba_looks(struct span packed)
{
    return packed.size > 3 && little_8(packed, 0) == OVBA_SIGNATURE && (little_16(packed, 1) >> 12 & 7) == 3;
}

/* A copy token (2.4.1.3.19): the more is unpacked already, the more bits say how far back. */
static bool ovba_copy(struct ovba_chunk *chunk, unsigned token)
{
    unsigned bits = 4;
    while ((size_t)1 << bits < chunk->size)
        bits++;
    size_t length = (token & (0xffffU >> bits)) + 3;
    size_t back = (token >> (16 - bits)) + 1;
    if (back > chunk->size)
        return false;
    for (; length > 0 && chunk->size < OVBA_CHUNK; length--, chunk->size++) {
        /* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign): all before chunk->size has been unpacked. */
        chunk->bytes[chunk->size] = chunk->bytes[chunk->size - back];
    }
    return length == 0;
}

static enum unpack_ending ovba_unpack_tokens(struct span packed, struct ovba_chunk *chunk)
{
    for (size_t at = 0; at < packed.size;) {
        unsigned flags = little_8(packed, at++);
        for (unsigned bit = 0; bit < 8 && at < packed.size; bit++) {
            if ((flags >> bit & 1) != 0) {
                if (packed.size - at < 2 || !ovba_copy(chunk, little_16(packed, at)))
                    return UNPACK_BROKEN;
                at += 2;
                continue;
            }
            if (chunk->size == OVBA_CHUNK)
                return UNPACK_BROKEN;
            chunk->bytes[chunk->size++] = packed.data[at++];
        }
    }
    return UNPACK_WHOLE;
}

/* One chunk off *rest. What was unpacked of it is in `chunk` however it ends. */
static enum unpack_ending ovba_cut_chunk(struct span *rest, struct ovba_chunk *chunk)
{
    unsigned header = little_16(*rest, 0);
    size_t size = (header & 0xfff) + 1U;
    chunk->size = 0;
    if (rest->size < 3)
        return UNPACK_CUT;
    if ((header >> 12 & 7) != 3)
        return UNPACK_BROKEN;
    struct span packed = span_slice(*rest, 2, size);
    *rest = span_from(*rest, 2 + packed.size);
    enum unpack_ending ending = UNPACK_WHOLE;
    if (header >> 15 != 0) {
        ending = ovba_unpack_tokens(packed, chunk);
    } else {
        for (; chunk->size < packed.size; chunk->size++)
            chunk->bytes[chunk->size] = packed.data[chunk->size];
    }
    return packed.size < size ? UNPACK_CUT : ending;
}

enum unpack_ending ovba_put(struct unpack *unpack, struct span packed)
{
    struct ovba_chunk chunk = { .size = 0 };
    struct span rest = span_from(packed, 1);
    /* No chunk has a header of zeros: what follows fills the stream up. */
    while (rest.size > 0 && (rest.size < 2 || little_16(rest, 0) != 0)) {
        enum unpack_ending ending = ovba_cut_chunk(&rest, &chunk);
        if (!unpack_put(unpack, span_of(chunk.bytes, chunk.size)))
            return UNPACK_STOPPED;
        if (ending != UNPACK_WHOLE)
            return ending;
    }
    return UNPACK_WHOLE;
}

void ovba_unpack(struct span packed, struct buf *plain)
{
    struct ovba_chunk chunk;
    struct span rest = span_from(packed, 1);
    enum unpack_ending ending = ovba_looks(packed) ? UNPACK_WHOLE : UNPACK_BROKEN;
    while (rest.size > 0 && ending == UNPACK_WHOLE && !buf_overflowed(plain)) {
        ending = ovba_cut_chunk(&rest, &chunk);
        buf_put(plain, chunk.bytes, chunk.size);
    }
}

size_t ovba_find_module(struct span dir, struct span name_utf16, struct span name)
{
    bool is_named = false;
    for (size_t at = 0; dir.size >= 6 && at <= dir.size - 6;) {
        unsigned id = little_16(dir, at);
        size_t size = little_32(dir, at + 2);
        if (id == OVBA_VERSION)
            size = 6; /* it says 4 */
        struct span value = span_slice(dir, at + 6, size);
        if (id == OVBA_NAME)
            is_named = span_equal_nocase(value, name);
        if (id == OVBA_NAME_UNICODE)
            is_named = is_named || span_equal_nocase(value, name_utf16);
        if (id == OVBA_OFFSET && is_named)
            return little_32(value, 0);
        at += 6 + size;
    }
    return SPAN_NONE;
}

size_t ovba_find_source(struct span module, size_t from)
{
    enum { BEFORE = 4 }; /* signature, header, flags */
    static const char start[] = "Attribut";
    while (from < module.size) {
        size_t found = span_find(span_from(module, from), span_text(start));
        if (found == SPAN_NONE)
            return SPAN_NONE;
        found += from;
        if (found >= BEFORE && ovba_looks(span_from(module, found - BEFORE)))
            return found - BEFORE;
        from = found + 1;
    }
    return SPAN_NONE;
}
