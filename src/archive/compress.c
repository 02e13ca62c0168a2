#include "compress.h"

#include "base/memory.h"

#include <stdlib.h>

enum { LZW_HEADER = 3, LZW_BITS = 0x1f, LZW_BLOCK_MODE = 0x80 };
enum { LZW_FIRST_BITS = 9, LZW_MOST_BITS = 16, LZW_CODES = 1 << LZW_MOST_BITS, LZW_CLEAR = 256, LZW_OUT = 16384 };

struct lzw {
    struct unpack *unpack;
    struct span in;     /* behind the header */
    uint64_t at;        /* bits */
    uint64_t run_start; /* where codes of this length began: they stand in groups of eight */
    unsigned bits;
    unsigned most_bits;
    bool has_clear;
    unsigned next; /* the code that is defined next */
    unsigned before;
    unsigned char first; /* of the string before */
    uint16_t prefix[LZW_CODES];
    unsigned char suffix[LZW_CODES];
    unsigned char string[LZW_CODES]; /* of one code, from the end */
    unsigned char out[LZW_OUT];
    size_t out_size;
};

bool compress_looks(struct span content)
{
    if (content.size < LZW_HEADER + 1 || content.data[0] != '\x1f' || content.data[1] != '\x9d')
        return false;
    unsigned bits = (unsigned char)content.data[2] & LZW_BITS;
    return bits >= LZW_FIRST_BITS && bits <= LZW_MOST_BITS;
}

static bool lzw_flush(struct lzw *lzw)
{
    size_t size = lzw->out_size;
    lzw->out_size = 0;
    return unpack_put(lzw->unpack, span_of(lzw->out, size));
}

/* The next code; false at the end. */
static bool lzw_code(struct lzw *lzw, unsigned *code_out)
{
    if (lzw->at + lzw->bits > (uint64_t)lzw->in.size * 8)
        return false;
    size_t byte = (size_t)(lzw->at / 8);
    unsigned value = 0;
    for (size_t i = 0; i < 3 && byte + i < lzw->in.size; i++)
        value |= (unsigned)(unsigned char)lzw->in.data[byte + i] << (8 * i);
    *code_out = value >> (lzw->at % 8) & ((1U << lzw->bits) - 1);
    lzw->at += lzw->bits;
    return true;
}

/* Codes of another length begin with a new group: what is left of the old one is padding. */
static void lzw_set_bits(struct lzw *lzw, unsigned bits)
{
    uint64_t group = (uint64_t)lzw->bits * 8;
    uint64_t used = lzw->at - lzw->run_start;
    lzw->at = lzw->run_start + (used + group - 1) / group * group;
    lzw->run_start = lzw->at;
    lzw->bits = bits;
}

static bool lzw_put(struct lzw *lzw, unsigned code)
{
    size_t start = LZW_CODES;
    unsigned walk = code;
    if (code == lzw->next) {
        lzw->string[--start] = lzw->first;
        walk = lzw->before;
    }
    while (walk >= LZW_CLEAR) {
        lzw->string[--start] = lzw->suffix[walk];
        walk = lzw->prefix[walk];
    }
    lzw->first = (unsigned char)walk;
    lzw->string[--start] = lzw->first;
    while (start < LZW_CODES) {
        if (lzw->out_size == LZW_OUT && !lzw_flush(lzw))
            return false;
        lzw->out[lzw->out_size++] = lzw->string[start++];
    }
    return true;
}

static void lzw_define(struct lzw *lzw)
{
    if (lzw->next >= 1U << lzw->most_bits)
        return;
    lzw->prefix[lzw->next] = (uint16_t)lzw->before;
    lzw->suffix[lzw->next] = lzw->first;
    lzw->next++;
    if (lzw->next >= 1U << lzw->bits && lzw->bits < lzw->most_bits)
        lzw_set_bits(lzw, lzw->bits + 1);
}

static enum unpack_ending lzw_run(struct lzw *lzw)
{
    unsigned code = 0;
    bool is_first = true;
    while (lzw_code(lzw, &code)) {
        if (code == LZW_CLEAR && lzw->has_clear) {
            lzw_set_bits(lzw, LZW_FIRST_BITS);
            /* The next code still defines one, which is the code for clearing and so never used. */
            lzw->next = LZW_CLEAR;
            continue;
        }
        if (code > lzw->next || (code >= LZW_CLEAR && is_first))
            return UNPACK_BROKEN;
        if (!lzw_put(lzw, code))
            return UNPACK_STOPPED;
        if (!is_first)
            lzw_define(lzw);
        is_first = false;
        lzw->before = code;
    }
    return UNPACK_WHOLE;
}

void compress_read(struct unpack *unpack, struct span content)
{
    if (!compress_looks(content) || !unpack_begin(unpack, &(struct unpack_member){ .how = "compress" }))
        return;
    struct lzw *lzw = memory_new(sizeof *lzw);
    unsigned flags = (unsigned char)content.data[2];
    lzw->unpack = unpack;
    lzw->in = span_from(content, LZW_HEADER);
    lzw->bits = LZW_FIRST_BITS;
    lzw->most_bits = flags & LZW_BITS;
    lzw->has_clear = (flags & LZW_BLOCK_MODE) != 0;
    lzw->next = lzw->has_clear ? LZW_CLEAR + 1 : LZW_CLEAR;
    enum unpack_ending ending = lzw_run(lzw);
    if (ending != UNPACK_STOPPED)
        (void)lzw_flush(lzw);
    free(lzw);
    unpack_end(unpack);
    if (ending == UNPACK_BROKEN)
        unpack_note(unpack, UNPACK_DAMAGED, "compress: corrupt");
}
