#include "pack.h"

enum { PACK_HEADER = 7, PACK_SIZE_AT = 2, PACK_MOST_AT = 6, PACK_MOST_BITS = 25, PACK_LITERALS = 256 };
enum { PACK_OUT = 4096 };

/* A canonical code: of each length, first the codes of nodes, then those of leaves. */
struct pack_code {
    unsigned most_bits;
    unsigned leaves[PACK_MOST_BITS + 1];
    unsigned nodes[PACK_MOST_BITS + 1]; /* codes below it go on */
    unsigned first[PACK_MOST_BITS + 1]; /* the literal of the first leaf */
    const unsigned char *literals;
    size_t literal_count;
    size_t data_at;
    uint64_t size; /* of the file */
};

struct pack_out {
    struct unpack *unpack;
    char bytes[PACK_OUT];
    size_t size;
};

static bool pack_flush(struct pack_out *out)
{
    size_t size = out->size;
    out->size = 0;
    return unpack_put(out->unpack, span_of(out->bytes, size));
}

/* How many leaves there are of each length; the last has two more than stands there, one of them the end's. */
static bool pack_count_leaves(struct span content, struct pack_code *code)
{
    const unsigned char *bytes = (const unsigned char *)content.data;
    unsigned room = 1;
    for (unsigned bits = 1; bits <= code->most_bits; bits++) {
        unsigned leaves = bytes[PACK_HEADER + bits - 1];
        unsigned reserved = bits == code->most_bits ? 1 : 0;
        room *= 2;
        if (leaves + reserved > room)
            return false;
        code->leaves[bits] = leaves;
        code->first[bits] = (unsigned)code->literal_count;
        code->literal_count += leaves;
        room -= leaves;
        if (room > PACK_LITERALS * 2)
            room = PACK_LITERALS * 2;
    }
    code->leaves[code->most_bits] += 2;
    code->literal_count++;
    return code->literal_count <= PACK_LITERALS;
}

static bool pack_parse(struct span content, struct pack_code *code)
{
    const unsigned char *bytes = (const unsigned char *)content.data;
    if (content.size < PACK_HEADER || bytes[0] != 0x1f || bytes[1] != 0x1e)
        return false;
    for (size_t i = PACK_SIZE_AT; i < PACK_MOST_AT; i++)
        code->size = code->size << 8 | bytes[i];
    code->most_bits = bytes[PACK_MOST_AT];
    if (code->most_bits == 0 || code->most_bits > PACK_MOST_BITS || content.size < PACK_HEADER + code->most_bits)
        return false;
    if (!pack_count_leaves(content, code))
        return false;
    code->literals = bytes + PACK_HEADER + code->most_bits;
    code->data_at = PACK_HEADER + code->most_bits + code->literal_count;
    unsigned nodes = 0;
    for (unsigned bits = code->most_bits; bits >= 1; bits--) {
        nodes /= 2;
        code->nodes[bits] = nodes;
        nodes += code->leaves[bits];
    }
    /* The two codes of one bit must be all that there is. */
    return nodes / 2 == 1 && code->data_at <= content.size;
}

bool pack_looks(struct span content)
{
    struct pack_code code = { .size = 0 };
    return pack_parse(content, &code);
}

static enum unpack_ending pack_run(const struct pack_code *code, struct span data, struct pack_out *out)
{
    uint64_t left = code->size;
    unsigned bits = 0;
    unsigned value = 0;
    for (size_t i = 0; i < data.size * 8; i++) {
        value = value << 1 | ((unsigned)(unsigned char)data.data[i / 8] >> (7 - i % 8) & 1U);
        bits++;
        if (value < code->nodes[bits])
            continue;
        unsigned leaf = value - code->nodes[bits];
        if (leaf >= code->leaves[bits])
            return UNPACK_BROKEN;
        if (bits == code->most_bits && leaf == code->leaves[bits] - 1)
            return left == 0 ? UNPACK_WHOLE : UNPACK_BROKEN;
        if (out->size == PACK_OUT && !pack_flush(out))
            return UNPACK_STOPPED;
        out->bytes[out->size++] = (char)code->literals[code->first[bits] + leaf];
        left -= left > 0 ? 1 : 0;
        bits = 0;
        value = 0;
    }
    return UNPACK_CUT;
}

void pack_read(struct unpack *unpack, struct span content)
{
    struct pack_code code = { .size = 0 };
    if (!pack_parse(content, &code) || !unpack_begin(unpack, &(struct unpack_member){ .how = "pack" }))
        return;
    struct pack_out out = { .unpack = unpack };
    enum unpack_ending ending = pack_run(&code, span_from(content, code.data_at), &out);
    if (ending != UNPACK_STOPPED)
        (void)pack_flush(&out);
    unpack_end(unpack);
    if (ending == UNPACK_CUT)
        unpack_note(unpack, UNPACK_DAMAGED, "pack: cut short");
    if (ending == UNPACK_BROKEN)
        unpack_note(unpack, UNPACK_DAMAGED, "pack: corrupt, or a wrong size");
}
