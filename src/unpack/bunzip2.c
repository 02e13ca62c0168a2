#include "bunzip2.h"

#include <bzlib.h>

#include <limits.h>
#include <string.h>

/* The library's own pointers to input know no const. */
static char *bunzip2_unconst(const char *data)
{
    char *same = NULL;
    memcpy(&same, &data, sizeof same);
    return same;
}

static unsigned bunzip2_some(size_t size)
{
    return size < UINT_MAX ? (unsigned)size : UINT_MAX;
}

enum unpack_ending bunzip2_put(struct unpack *unpack, struct span packed, size_t *used_out)
{
    bz_stream stream = { 0 };
    *used_out = 0;
    if (BZ2_bzDecompressInit(&stream, 0, 0) != BZ_OK)
        return UNPACK_BROKEN;
    enum unpack_ending ending = UNPACK_STOPPED;
    for (;;) {
        struct span rest = span_from(packed, *used_out);
        size_t size = 0;
        char *room = unpack_room(unpack, &size);
        if (room == NULL)
            break;
        unsigned had_in = bunzip2_some(rest.size);
        unsigned had_out = bunzip2_some(size);
        stream.next_in = bunzip2_unconst(rest.data);
        stream.avail_in = had_in;
        stream.next_out = room;
        stream.avail_out = had_out;
        int result = BZ2_bzDecompress(&stream);
        bool is_stuck = stream.avail_in == had_in && stream.avail_out == had_out;
        *used_out += had_in - stream.avail_in;
        unpack_wrote(unpack, had_out - stream.avail_out);
        if (result == BZ_OK && !is_stuck)
            continue;
        ending = result == BZ_STREAM_END ? UNPACK_WHOLE : result == BZ_OK ? UNPACK_CUT : UNPACK_BROKEN;
        break;
    }
    (void)BZ2_bzDecompressEnd(&stream);
    return ending;
}
