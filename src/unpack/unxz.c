#include "unxz.h"

#include <lzma.h>

#include <string.h>

/* The dictionary's bound, and the library's with all that belongs to it. */
enum { UNXZ_DICTIONARY = 128 << 20, UNXZ_MEMORY = UNXZ_DICTIONARY + (8 << 20) };
enum { UNXZ_PROPERTIES = 5, UNXZ_LZMA_HEADER = 13, UNXZ_ZIP_HEADER = 4, UNXZ_LZIP_HEADER = 6 };
enum { UNXZ_LZIP_DICTIONARY = 27, UNXZ_LZIP_MASK = 31 }; /* 2 to the 27th, in the low five bits of byte 5 */

static uint64_t unxz_little(struct span bytes)
{
    uint64_t value = 0;
    for (size_t i = bytes.size; i > 0; i--)
        value = value << 8 | (unsigned char)bytes.data[i - 1];
    return value;
}

static enum unpack_ending unxz_failed(struct unpack *unpack, lzma_ret result)
{
    if (result == LZMA_MEMLIMIT_ERROR || result == LZMA_MEM_ERROR)
        unpack_note(unpack, UNPACK_LIMIT, "lzma: a dictionary above 128 MiB");
    if (result == LZMA_OPTIONS_ERROR)
        unpack_note(unpack, UNPACK_UNSUPPORTED, "lzma: unknown options");
    return result == LZMA_BUF_ERROR ? UNPACK_CUT : UNPACK_BROKEN;
}

/* Goes on with a stream that is set up, at packed + *used_out, and ends it. */
static enum unpack_ending unxz_run(struct unpack *unpack, lzma_stream *stream, struct span packed, size_t *used_out)
{
    enum unpack_ending ending = UNPACK_STOPPED;
    for (;;) {
        struct span rest = span_from(packed, *used_out);
        size_t size = 0;
        char *room = unpack_room(unpack, &size);
        if (room == NULL)
            break;
        stream->next_in = (const uint8_t *)rest.data;
        stream->avail_in = rest.size;
        stream->next_out = (uint8_t *)room;
        stream->avail_out = size;
        lzma_ret result = lzma_code(stream, LZMA_RUN);
        *used_out += rest.size - stream->avail_in;
        unpack_wrote(unpack, size - stream->avail_out);
        if (result == LZMA_OK)
            continue;
        ending = result == LZMA_STREAM_END ? UNPACK_WHOLE : unxz_failed(unpack, result);
        break;
    }
    lzma_end(stream);
    return ending;
}

/* Bare LZMA1 from packed + *used_out on. */
static enum unpack_ending unxz_raw(struct unpack *unpack, struct span properties, uint64_t size, struct span packed,
                                   size_t *used_out)
{
    if (properties.size < UNXZ_PROPERTIES)
        return UNPACK_CUT;
    unsigned bits = (unsigned char)properties.data[0];
    if (bits >= 9 * 5 * 5)
        return UNPACK_BROKEN;
    uint64_t declared = unxz_little(span_slice(properties, 1, 4));
    /* No distance is larger than what there is. */
    uint64_t needed = declared < size ? declared : size;
    lzma_options_lzma options = { .dict_size = needed < UNXZ_DICTIONARY ? (uint32_t)needed : UNXZ_DICTIONARY,
                                  .lc = bits % 9,
                                  .lp = bits / 9 % 5,
                                  .pb = bits / 45,
                                  .ext_flags = LZMA_LZMA1EXT_ALLOW_EOPM,
                                  .ext_size_low = (uint32_t)size,
                                  .ext_size_high = (uint32_t)(size >> 32) };
    if (options.lc + options.lp > LZMA_LCLP_MAX) {
        unpack_note(unpack, UNPACK_UNSUPPORTED, "lzma: lc %u with lp %u", (unsigned)options.lc, (unsigned)options.lp);
        return UNPACK_BROKEN;
    }
    lzma_filter filters[] = { { LZMA_FILTER_LZMA1EXT, &options }, { LZMA_VLI_UNKNOWN, NULL } };
    lzma_stream stream = LZMA_STREAM_INIT;
    lzma_ret result = lzma_raw_decoder(&stream, filters);
    if (result != LZMA_OK)
        return unxz_failed(unpack, result);
    enum unpack_ending ending = unxz_run(unpack, &stream, packed, used_out);
    if (ending == UNPACK_BROKEN && needed > UNXZ_DICTIONARY)
        unpack_note(unpack, UNPACK_LIMIT, "lzma: a dictionary above 128 MiB");
    return ending;
}

enum unpack_ending unxz_put_raw(struct unpack *unpack, struct span properties, uint64_t size, struct span packed,
                                size_t *used_out)
{
    *used_out = 0;
    return unxz_raw(unpack, properties, size, packed, used_out);
}

static enum unpack_ending unxz_lzma(struct unpack *unpack, struct span packed, size_t *used_out)
{
    if (packed.size < UNXZ_LZMA_HEADER)
        return UNPACK_CUT;
    *used_out = UNXZ_LZMA_HEADER;
    return unxz_raw(unpack, packed, unxz_little(span_slice(packed, UNXZ_PROPERTIES, 8)), packed, used_out);
}

static enum unpack_ending unxz_zip(struct unpack *unpack, struct span packed, size_t *used_out)
{
    if (packed.size < UNXZ_ZIP_HEADER)
        return UNPACK_CUT;
    size_t size = (size_t)unxz_little(span_slice(packed, 2, 2));
    *used_out = UNXZ_ZIP_HEADER + size;
    if (*used_out > packed.size)
        *used_out = packed.size;
    return unxz_raw(unpack, span_slice(packed, UNXZ_ZIP_HEADER, size), UNXZ_ANY_SIZE, packed, used_out);
}

/* The library gets a header of its own, with a dictionary that it may have: no check sum is over it. */
static enum unpack_ending unxz_lzip(struct unpack *unpack, struct span packed, size_t *used_out)
{
    if (packed.size < UNXZ_LZIP_HEADER)
        return UNPACK_CUT;
    uint8_t header[UNXZ_LZIP_HEADER];
    uint8_t none[1];
    memcpy(header, packed.data, sizeof header);
    bool is_large = (header[5] & UNXZ_LZIP_MASK) > UNXZ_LZIP_DICTIONARY;
    if (is_large)
        header[5] = UNXZ_LZIP_DICTIONARY;
    lzma_stream stream = LZMA_STREAM_INIT;
    if (lzma_lzip_decoder(&stream, UNXZ_MEMORY, 0) != LZMA_OK)
        return UNPACK_BROKEN;
    stream.next_in = header;
    stream.avail_in = sizeof header;
    stream.next_out = none;
    stream.avail_out = 0;
    lzma_ret result = lzma_code(&stream, LZMA_RUN);
    if (result != LZMA_OK || stream.avail_in > 0) {
        lzma_end(&stream);
        return result == LZMA_OK ? UNPACK_BROKEN : unxz_failed(unpack, result);
    }
    *used_out = sizeof header;
    enum unpack_ending ending = unxz_run(unpack, &stream, packed, used_out);
    if (ending == UNPACK_BROKEN && is_large)
        unpack_note(unpack, UNPACK_LIMIT, "lzma: a dictionary above 128 MiB");
    return ending;
}

static enum unpack_ending unxz_xz(struct unpack *unpack, uint32_t flags, struct span packed, size_t *used_out)
{
    lzma_stream stream = LZMA_STREAM_INIT;
    if (lzma_stream_decoder(&stream, UNXZ_MEMORY, flags) != LZMA_OK)
        return UNPACK_BROKEN;
    return unxz_run(unpack, &stream, packed, used_out);
}

enum unpack_ending unxz_put(struct unpack *unpack, enum unxz_kind kind, struct span packed, size_t *used_out)
{
    *used_out = 0;
    switch (kind) {
    case UNXZ_LZMA:
        return unxz_lzma(unpack, packed, used_out);
    case UNXZ_LZIP:
        return unxz_lzip(unpack, packed, used_out);
    case UNXZ_ZIP:
        return unxz_zip(unpack, packed, used_out);
    case UNXZ_XZ:
    case UNXZ_XZ_UNCHECKED:
        break;
    }
    return unxz_xz(unpack, kind == UNXZ_XZ ? 0 : LZMA_IGNORE_CHECK, packed, used_out);
}
