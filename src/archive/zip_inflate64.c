#include "zip_inflate64.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum {
    INFLATE64_WINDOW = 1 << 16,
    INFLATE64_FAST = 10, /* bits that the first look takes */
    INFLATE64_BITS = 15, /* of the longest code */
    INFLATE64_SYMBOLS = 288,
    INFLATE64_DISTANCES = 32,
    INFLATE64_END = 256,
    INFLATE64_ORDER = 19
};

/* A canonical Huffman code. Codes of up to INFLATE64_FAST bits are looked up at once, longer ones counted down. */
struct inflate64_code {
    uint16_t fast[1 << INFLATE64_FAST]; /* symbol << 4 | bits; 0: longer, or no code */
    uint16_t count[INFLATE64_BITS + 1];
    uint16_t symbols[INFLATE64_SYMBOLS];
};

struct inflate64 {
    struct unpack *unpack;
    struct span packed;
    size_t at;
    uint64_t hold;
    unsigned held;
    unsigned missing; /* bits of zero that stand for what is behind the end */
    size_t written;   /* into the window, in all */
    size_t flushed;
    struct inflate64_code literal;
    struct inflate64_code distance;
    char window[INFLATE64_WINDOW];
};

static void inflate64_fill(struct inflate64 *state, unsigned bits)
{
    while (state->held < bits) {
        uint64_t byte = 0;
        if (state->at < state->packed.size)
            byte = (unsigned char)state->packed.data[state->at++];
        else
            state->missing += 8;
        state->hold |= byte << state->held;
        state->held += 8;
    }
}

/* At most 16 bits. */
static unsigned inflate64_take(struct inflate64 *state, unsigned bits)
{
    inflate64_fill(state, bits);
    unsigned value = (unsigned)(state->hold & ((UINT64_C(1) << bits) - 1));
    state->hold >>= bits;
    state->held -= bits;
    return value;
}

/* Were bits taken that are not there? */
static bool inflate64_is_cut(const struct inflate64 *state)
{
    return state->missing > state->held;
}

static bool inflate64_flush(struct inflate64 *state)
{
    while (state->flushed < state->written) {
        size_t from = state->flushed % INFLATE64_WINDOW;
        size_t size = state->written - state->flushed;
        size = size < INFLATE64_WINDOW - from ? size : INFLATE64_WINDOW - from;
        if (!unpack_put(state->unpack, span_of(state->window + from, size)))
            return false;
        state->flushed += size;
    }
    return true;
}

static bool inflate64_put(struct inflate64 *state, char byte)
{
    state->window[state->written++ % INFLATE64_WINDOW] = byte;
    return state->written % INFLATE64_WINDOW != 0 || inflate64_flush(state);
}

static unsigned inflate64_reverse(unsigned code, unsigned bits)
{
    unsigned reversed = 0;
    for (unsigned i = 0; i < bits; i++)
        reversed |= (code >> i & 1) << (bits - 1 - i);
    return reversed;
}

/* False where the lengths make more codes than there can be. Fewer are taken, as other programs do. */
static bool inflate64_code_build(struct inflate64_code *code, const unsigned char *lengths, size_t count)
{
    uint16_t offsets[INFLATE64_BITS + 2] = { 0 };
    memset(code, 0, sizeof *code);
    for (size_t i = 0; i < count; i++)
        code->count[lengths[i]]++;
    code->count[0] = 0;
    int left = 1;
    unsigned next[INFLATE64_BITS + 2] = { 0 };
    for (unsigned bits = 1; bits <= INFLATE64_BITS; bits++) {
        left = left * 2 - code->count[bits];
        if (left < 0)
            return false;
        offsets[bits + 1] = (uint16_t)(offsets[bits] + code->count[bits]);
        next[bits + 1] = (next[bits] + code->count[bits]) << 1;
    }
    for (size_t i = 0; i < count; i++) {
        unsigned bits = lengths[i];
        if (bits == 0)
            continue;
        code->symbols[offsets[bits]++] = (uint16_t)i;
        unsigned reversed = inflate64_reverse(next[bits]++, bits);
        for (size_t k = reversed; bits <= INFLATE64_FAST && k < 1U << INFLATE64_FAST; k += (size_t)1 << bits)
            code->fast[k] = (uint16_t)(i << 4 | bits);
    }
    return true;
}

/* -1 where no code begins like this. */
static int inflate64_symbol(struct inflate64 *state, const struct inflate64_code *code)
{
    inflate64_fill(state, INFLATE64_BITS);
    unsigned fast = code->fast[state->hold & ((1U << INFLATE64_FAST) - 1)];
    if (fast != 0) {
        (void)inflate64_take(state, fast & 15);
        return (int)(fast >> 4);
    }
    int value = 0;
    int first = 0;
    int index = 0;
    for (unsigned bits = 1; bits <= INFLATE64_BITS; bits++) {
        value |= (int)(state->hold >> (bits - 1) & 1);
        int count = code->count[bits];
        if (value - first < count) {
            (void)inflate64_take(state, bits);
            return code->symbols[index + value - first];
        }
        index += count;
        first = (first + count) << 1;
        value <<= 1;
    }
    return -1;
}

static enum unpack_ending inflate64_stored(struct inflate64 *state)
{
    (void)inflate64_take(state, state->held % 8);
    unsigned size = inflate64_take(state, 16);
    unsigned check = inflate64_take(state, 16);
    if (inflate64_is_cut(state))
        return UNPACK_CUT;
    if ((size ^ check) != 0xffff)
        return UNPACK_BROKEN;
    for (; size > 0; size--) {
        char byte = (char)inflate64_take(state, 8);
        if (inflate64_is_cut(state))
            return UNPACK_CUT;
        if (!inflate64_put(state, byte))
            return UNPACK_STOPPED;
    }
    return UNPACK_WHOLE;
}

static bool inflate64_fixed(struct inflate64 *state)
{
    unsigned char lengths[INFLATE64_SYMBOLS];
    memset(lengths, 8, sizeof lengths);
    memset(lengths + 144, 9, 112);
    memset(lengths + 256, 7, 24);
    bool is_built = inflate64_code_build(&state->literal, lengths, INFLATE64_SYMBOLS);
    memset(lengths, 5, INFLATE64_DISTANCES);
    return inflate64_code_build(&state->distance, lengths, INFLATE64_DISTANCES) && is_built;
}

/* The lengths of both codes, run-length coded by a third code (RFC 1951 3.2.7). */
static bool inflate64_dynamic(struct inflate64 *state)
{
    static const unsigned char order[INFLATE64_ORDER] = { 16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                          11, 4,  12, 3, 13, 2, 14, 1, 15 };
    unsigned char lengths[INFLATE64_SYMBOLS + INFLATE64_DISTANCES] = { 0 };
    size_t literals = inflate64_take(state, 5) + 257;
    size_t distances = inflate64_take(state, 5) + 1;
    size_t orders = inflate64_take(state, 4) + 4;
    if (literals > INFLATE64_SYMBOLS)
        return false;
    for (size_t i = 0; i < orders; i++)
        lengths[order[i]] = (unsigned char)inflate64_take(state, 3);
    if (!inflate64_code_build(&state->literal, lengths, INFLATE64_ORDER))
        return false;
    memset(lengths, 0, INFLATE64_ORDER);
    for (size_t i = 0; i < literals + distances;) {
        int symbol = inflate64_symbol(state, &state->literal);
        if (symbol < 0 || (symbol == 16 && i == 0))
            return false;
        if (symbol < 16) {
            lengths[i++] = (unsigned char)symbol;
            continue;
        }
        unsigned char length = symbol == 16 ? lengths[i - 1] : 0;
        size_t times = symbol == 16   ? inflate64_take(state, 2) + 3
                       : symbol == 17 ? inflate64_take(state, 3) + 3
                                      : inflate64_take(state, 7) + 11;
        if (times > literals + distances - i)
            return false;
        memset(lengths + i, length, times);
        i += times;
    }
    return inflate64_code_build(&state->literal, lengths, literals) &&
           inflate64_code_build(&state->distance, lengths + literals, distances);
}

static size_t inflate64_length(struct inflate64 *state, int symbol)
{
    unsigned index = (unsigned)symbol - 257;
    if (index < 8)
        return index + 3;
    if (index == 28)
        return inflate64_take(state, 16) + 3;
    unsigned bits = index / 4 - 1;
    return ((size_t)(index % 4 + 4) << bits) + 3 + inflate64_take(state, bits);
}

static size_t inflate64_distance(struct inflate64 *state, int symbol)
{
    unsigned index = (unsigned)symbol;
    if (index < 4)
        return index + 1;
    unsigned bits = index / 2 - 1;
    return ((size_t)(index % 2 + 2) << bits) + 1 + inflate64_take(state, bits);
}

/* One block of codes. */
static enum unpack_ending inflate64_codes(struct inflate64 *state)
{
    for (;;) {
        int symbol = inflate64_symbol(state, &state->literal);
        if (inflate64_is_cut(state))
            return UNPACK_CUT;
        if (symbol < 0 || symbol > 285)
            return UNPACK_BROKEN;
        if (symbol == INFLATE64_END)
            return UNPACK_WHOLE;
        if (symbol < INFLATE64_END) {
            if (!inflate64_put(state, (char)symbol))
                return UNPACK_STOPPED;
            continue;
        }
        size_t length = inflate64_length(state, symbol);
        int code = inflate64_symbol(state, &state->distance);
        if (code < 0)
            return inflate64_is_cut(state) ? UNPACK_CUT : UNPACK_BROKEN;
        size_t distance = inflate64_distance(state, code);
        if (inflate64_is_cut(state))
            return UNPACK_CUT;
        if (distance > state->written)
            return UNPACK_BROKEN;
        for (; length > 0; length--) {
            if (!inflate64_put(state, state->window[(state->written - distance) % INFLATE64_WINDOW]))
                return UNPACK_STOPPED;
        }
    }
}

static enum unpack_ending inflate64_run(struct inflate64 *state)
{
    for (bool is_last = false; !is_last;) {
        is_last = inflate64_take(state, 1) != 0;
        unsigned kind = inflate64_take(state, 2);
        enum unpack_ending ending = UNPACK_BROKEN;
        if (inflate64_is_cut(state))
            return UNPACK_CUT;
        if (kind == 0)
            ending = inflate64_stored(state);
        else if ((kind == 1 && inflate64_fixed(state)) || (kind == 2 && inflate64_dynamic(state)))
            ending = inflate64_codes(state);
        if (ending != UNPACK_WHOLE)
            return inflate64_is_cut(state) && ending == UNPACK_BROKEN ? UNPACK_CUT : ending;
    }
    return UNPACK_WHOLE;
}

enum unpack_ending zip_inflate64_put(struct unpack *unpack, struct span packed, size_t *used_out)
{
    struct inflate64 *state = memory_new(sizeof *state);
    state->unpack = unpack;
    state->packed = packed;
    enum unpack_ending ending = inflate64_run(state);
    if (ending != UNPACK_STOPPED && !inflate64_flush(state))
        ending = UNPACK_STOPPED;
    /* Whole bytes that were read ahead were not used. */
    size_t ahead = state->held > state->missing ? (state->held - state->missing) / 8 : 0;
    *used_out = state->at - ahead;
    free(state);
    return ending;
}
