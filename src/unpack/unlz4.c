#include "unlz4.h"

#include <lz4.h>
#include <lz4frame.h>

#include "base/memory.h"

#include <stdlib.h>

/* The legacy format's blocks hold this much, the last one less. */
enum { UNLZ4_BEGIN = 5 }; /* what is asked for first */
enum { UNLZ4_BLOCK = 8 << 20, UNLZ4_HEADER = 4 };

static size_t unlz4_u32(struct span bytes)
{
    const unsigned char *b = (const unsigned char *)bytes.data;
    return b[0] | (size_t)b[1] << 8 | (size_t)b[2] << 16 | (size_t)b[3] << 24;
}

/* As for Zstandard, the library gets no more than it asks for. */
static enum unpack_ending unlz4_frame(struct unpack *unpack, LZ4F_dctx *context, bool is_checked, struct span packed,
                                      size_t *used_out)
{
    LZ4F_decompressOptions_t options = { .skipChecksums = !is_checked };
    size_t given = 0;
    size_t wanted = UNLZ4_BEGIN;
    for (;;) {
        size_t room_size = 0;
        char *room = unpack_room(unpack, &room_size);
        if (room == NULL)
            return UNPACK_STOPPED;
        given += span_slice(packed, given, wanted).size;
        struct span rest = span_slice(packed, *used_out, given - *used_out);
        size_t taken = rest.size;
        size_t size = room_size;
        size_t result = LZ4F_decompress(context, room, &size, rest.data, &taken, &options);
        /* Where it fails, the library leaves both numbers as they were. */
        if (LZ4F_isError(result)) {
            unpack_wrote(unpack, 0);
            return UNPACK_BROKEN;
        }
        *used_out += taken;
        unpack_wrote(unpack, size);
        if (result == 0)
            return UNPACK_WHOLE;
        bool is_stuck = taken == 0 && size == 0;
        if (is_stuck && given == packed.size)
            return UNPACK_CUT;
        wanted = is_stuck || (*used_out == given && size < room_size) ? result : 0;
    }
}

/* A block that is broken or cut, as far as it goes: the library doesn't say how far that is, but it
 * does as it is told where it is told to stop before. It is the last block, so that the attempts cost little. */
static int unlz4_some(struct span in, char *block)
{
    int low = 0;
    for (int step = UNLZ4_BLOCK / 2; step > 0; step /= 2) {
        int some = LZ4_decompress_safe_partial(in.data, block, (int)in.size, low + step, UNLZ4_BLOCK);
        if (some == low + step)
            low += step;
    }
    if (low > 0)
        (void)LZ4_decompress_safe_partial(in.data, block, (int)in.size, low, UNLZ4_BLOCK);
    return low;
}

static enum unpack_ending unlz4_legacy(struct unpack *unpack, struct span packed, size_t *used_out)
{
    char *block = memory_try(UNLZ4_BLOCK);
    if (block == NULL)
        return UNPACK_BROKEN;
    enum unpack_ending ending = UNPACK_WHOLE;
    *used_out = UNLZ4_HEADER;
    while (ending == UNPACK_WHOLE) {
        struct span rest = span_from(packed, *used_out);
        if (rest.size < UNLZ4_HEADER)
            break;
        size_t size = unlz4_u32(rest);
        /* What can't be a block's size begins something else. */
        if (size == 0 || size > (size_t)LZ4_COMPRESSBOUND(UNLZ4_BLOCK))
            break;
        bool is_cut = size > rest.size - UNLZ4_HEADER;
        struct span in = span_slice(rest, UNLZ4_HEADER, size);
        int got = LZ4_decompress_safe(in.data, block, (int)in.size, UNLZ4_BLOCK);
        if (got < 0) {
            ending = is_cut ? UNPACK_CUT : UNPACK_BROKEN;
            got = unlz4_some(in, block);
        }
        *used_out += UNLZ4_HEADER + in.size;
        if (got > 0 && !unpack_put(unpack, span_of(block, (size_t)got)))
            ending = UNPACK_STOPPED;
    }
    free(block);
    return ending;
}

enum unpack_ending unlz4_put(struct unpack *unpack, enum unlz4_kind kind, struct span packed, size_t *used_out)
{
    *used_out = 0;
    if (kind == UNLZ4_LEGACY)
        return packed.size < UNLZ4_HEADER ? UNPACK_CUT : unlz4_legacy(unpack, packed, used_out);
    LZ4F_dctx *context = NULL;
    if (LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)))
        return UNPACK_BROKEN;
    enum unpack_ending ending = unlz4_frame(unpack, context, kind == UNLZ4_FRAME, packed, used_out);
    (void)LZ4F_freeDecompressionContext(context);
    return ending;
}
