#include "activemime.h"

#include "document/little.h"
#include "unpack/inflate.h"

enum {
    ACTIVEMIME_LEAST = 10,
    ACTIVEMIME_OFFSET = 0x1e,
    ACTIVEMIME_BASE = 46,
    ACTIVEMIME_SEARCHED = 1024,
    ACTIVEMIME_TRIES = 16
};

bool activemime_looks(struct span content)
{
    return span_starts_with(content, "ActiveMime") && content.size > ACTIVEMIME_LEAST;
}

/* Deflate with a window of at most 32 KiB and a header that sums up (RFC 1950 section 2.2). */
static bool activemime_is_zlib(struct span packed)
{
    unsigned method = little_8(packed, 0);
    return packed.size > 2 && (method & 0xf) == 8 && method >> 4 < 8 && (method << 8 | little_8(packed, 1)) % 31 == 0;
}

/* False: no further member. */
static bool activemime_hand(struct unpack *unpack, struct span packed, enum unpack_ending *ending_out)
{
    struct unpack_member member = { .packed_size = packed.size, .how = "activemime: stream" };
    size_t used = 0;
    if (!unpack_begin(unpack, &member))
        return false;
    *ending_out = inflate_put(unpack, INFLATE_ZLIB, packed, &used);
    unpack_end(unpack);
    return true;
}

/* Where the header says first, then wherever a zlib stream may begin near the start. */
void activemime_read(struct unpack *unpack, struct span content)
{
    size_t told = (size_t)little_16(content, ACTIVEMIME_OFFSET) + ACTIVEMIME_BASE;
    enum unpack_ending best = UNPACK_BROKEN;
    enum unpack_ending ending = UNPACK_BROKEN;
    if (activemime_is_zlib(span_from(content, told))) {
        if (!activemime_hand(unpack, span_from(content, told), &ending))
            return;
        best = ending;
    }
    size_t tries = 0;
    for (size_t at = ACTIVEMIME_LEAST; at < content.size && at < ACTIVEMIME_SEARCHED && tries < ACTIVEMIME_TRIES;
         at++) {
        if (at == told || !activemime_is_zlib(span_from(content, at)))
            continue;
        /* Another stream inside of a whole one is chance; it is read where the told one was not whole. */
        if (best == UNPACK_WHOLE && at > told)
            break;
        tries++;
        if (!activemime_hand(unpack, span_from(content, at), &ending))
            return;
        best = ending == UNPACK_WHOLE ? ending : best;
    }
    if (best == UNPACK_BROKEN || best == UNPACK_CUT)
        unpack_note(unpack, UNPACK_DAMAGED, "activemime: no whole stream in it");
}
