#include "lzfu.h"

#include "document/little.h"

#include <string.h>

enum { LZFU_HEADER = 16, LZFU_WINDOW = 4096, LZFU_MAGIC = 0x75465a4c, LZFU_STORED = 0x414c454d };

/* What the window holds before the first byte (MS-OXRTFCP 2.1.2.1). */
static const char lzfu_start[] =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    "\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0"
    "\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

struct lzfu {
    struct unpack *unpack;
    char window[LZFU_WINDOW];
    size_t at;   /* where in the window the next byte goes */
    size_t done; /* all before it were put */
    uint64_t size;
};

bool lzfu_looks(struct span packed)
{
    uint32_t magic = little_32(packed, 8);
    return packed.size >= LZFU_HEADER && (magic == LZFU_MAGIC || magic == LZFU_STORED);
}

static bool lzfu_flush(struct lzfu *lzfu)
{
    struct span bytes = span_of(lzfu->window + lzfu->done, lzfu->at - lzfu->done);
    lzfu->at %= LZFU_WINDOW;
    lzfu->done = lzfu->at;
    return unpack_put(lzfu->unpack, bytes);
}

static bool lzfu_add(struct lzfu *lzfu, char byte)
{
    lzfu->window[lzfu->at++] = byte;
    lzfu->size++;
    return lzfu->at < LZFU_WINDOW || lzfu_flush(lzfu);
}

/* Twelve bits say where in the window, four how long; the place where the next byte goes is the end mark. */
static enum unpack_ending lzfu_copy(struct lzfu *lzfu, unsigned low_byte, unsigned high_byte, bool *ended_out)
{
    size_t from = high_byte << 4 | low_byte >> 4;
    *ended_out = from == lzfu->at;
    for (size_t i = 0; !*ended_out && i < (low_byte & 0xf) + 2; i++) {
        if (!lzfu_add(lzfu, lzfu->window[(from + i) % LZFU_WINDOW]))
            return UNPACK_STOPPED;
    }
    return UNPACK_WHOLE;
}

static enum unpack_ending lzfu_run(struct lzfu *lzfu, struct span packed)
{
    for (size_t at = 0; at < packed.size;) {
        unsigned control = little_8(packed, at++);
        for (unsigned bit = 0; bit < 8; bit++) {
            bool is_copy = (control >> bit & 1) != 0;
            if (packed.size - at < (is_copy ? 2U : 1U))
                return UNPACK_CUT;
            bool ended = false;
            enum unpack_ending ending = UNPACK_WHOLE;
            if (is_copy)
                ending = lzfu_copy(lzfu, little_8(packed, at + 1), little_8(packed, at), &ended);
            else if (!lzfu_add(lzfu, packed.data[at]))
                ending = UNPACK_STOPPED;
            if (ended || ending != UNPACK_WHOLE)
                return ending;
            at += is_copy ? 2 : 1;
        }
    }
    return UNPACK_CUT;
}

enum unpack_ending lzfu_put(struct unpack *unpack, struct span packed)
{
    struct lzfu lzfu = { .unpack = unpack };
    uint32_t packed_size = little_32(packed, 0);
    uint32_t raw_size = little_32(packed, 4);
    bool is_stored = little_32(packed, 8) == LZFU_STORED;
    packed = span_from(packed, LZFU_HEADER);
    if (is_stored) {
        /* Writers disagree about the raw size: it is cut short only where both say so. */
        struct span raw = span_slice(packed, 0, raw_size);
        bool is_cut = raw.size < raw_size && packed.size + LZFU_HEADER < (uint64_t)packed_size + 4;
        return !unpack_put(unpack, raw) ? UNPACK_STOPPED : is_cut ? UNPACK_CUT : UNPACK_WHOLE;
    }
    memset(lzfu.window, ' ', sizeof lzfu.window);
    memcpy(lzfu.window, lzfu_start, sizeof lzfu_start - 1);
    lzfu.at = lzfu.done = sizeof lzfu_start - 1;
    enum unpack_ending ending = lzfu_run(&lzfu, packed);
    if (ending == UNPACK_CUT && lzfu.size >= raw_size)
        ending = UNPACK_WHOLE; /* without its end mark */
    return lzfu_flush(&lzfu) ? ending : UNPACK_STOPPED;
}
