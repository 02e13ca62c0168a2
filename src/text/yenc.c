#include "yenc.h"

#include "text/pull.h"

enum { YENC_SHIFT = 42, YENC_ESCAPE_SHIFT = 64 };

struct decoder {
    struct span rest;
    bool is_escaped;
    uint64_t size; /* of what was pulled */
};

static size_t decoder_pull(void *state, char *data_out, size_t capacity)
{
    struct decoder *decoder = state;
    const char *in = decoder->rest.data;
    const char *end = in + decoder->rest.size;
    bool is_escaped = decoder->is_escaped;
    size_t size = 0;
    while (in < end && size < capacity) {
        unsigned byte = (unsigned char)*in++;
        if (byte == '\r' || byte == '\n')
            continue;
        if (byte == '=' && !is_escaped) {
            is_escaped = true;
            continue;
        }
        byte -= is_escaped ? YENC_SHIFT + YENC_ESCAPE_SHIFT : YENC_SHIFT;
        is_escaped = false;
        data_out[size++] = (char)byte;
    }
    decoder->is_escaped = is_escaped;
    decoder->rest = span_of(in, (size_t)(end - in));
    decoder->size += size;
    return size;
}

struct block {
    struct span name;
    uint64_t size_bytes;
    uint64_t part; /* 0: not in several */
    uint64_t total;
    struct span data;
    bool has_end;
};

/* The number behind " key=" in a header line. */
static bool header_number(struct span line, const char *key, uint64_t *number_out)
{
    size_t at = span_find(line, span_text(key));
    struct span digits = span_from(line, at == SPAN_NONE ? line.size : at + span_text(key).size);
    size_t size = 0;
    while (size < digits.size && ascii_is_digit(digits.data[size]))
        size++;
    return span_number(span_slice(digits, 0, size), number_out);
}

/* "=ybegin line=128 size=123 name=file", the name last. */
static bool header_read(struct span line, struct block *block)
{
    static const char name_key[] = " name=";
    size_t name = span_find(line, span_text(name_key));
    struct span keys = span_slice(line, 0, name);
    *block = (struct block){ .name = span_from(line, name == SPAN_NONE ? line.size : name + sizeof name_key - 1) };
    bool has_line = span_find(keys, span_text(" line=")) != SPAN_NONE;
    bool has_size = header_number(keys, " size=", &block->size_bytes);
    (void)header_number(keys, " part=", &block->part);
    (void)header_number(keys, " total=", &block->total);
    return has_line || has_size;
}

/* Moves *rest to the next line that starts so. */
static bool line_find(struct span content, struct span *rest, const char *start)
{
    struct span needle = span_text(start);
    for (size_t at = span_find(*rest, needle); at != SPAN_NONE; at = span_find(*rest, needle)) {
        *rest = span_from(*rest, at);
        if (rest->data == content.data || rest->data[-1] == '\n' || rest->data[-1] == '\r')
            return true;
        *rest = span_from(*rest, needle.size);
    }
    *rest = span_from(*rest, rest->size);
    return false;
}

/* The data up to the end line, or the next begin line. */
static void block_data(struct span content, struct block *block, struct span *rest)
{
    while (rest->size > 0 && (rest->data[0] == '\n' || rest->data[0] == '\r'))
        *rest = span_from(*rest, 1);
    if (span_starts_with(*rest, "=ypart "))
        (void)text_cut_line(rest);
    const char *start = rest->data;
    while (line_find(content, rest, "=y")) {
        block->has_end = span_starts_with(*rest, "=yend");
        if (block->has_end || span_starts_with(*rest, "=ybegin "))
            break;
        *rest = span_from(*rest, 2);
    }
    block->data = span_of(start, (size_t)(rest->data - start));
}

static void block_notes(struct unpack *unpack, const struct block *block, uint64_t size)
{
    bool is_part = block->part > 0 && !(block->part == 1 && block->total == 1);
    if (is_part && block->total > 0)
        unpack_note(unpack, UNPACK_UNSUPPORTED, "yenc: part %llu of %llu", (unsigned long long)block->part,
                    (unsigned long long)block->total);
    else if (is_part)
        unpack_note(unpack, UNPACK_UNSUPPORTED, "yenc: part %llu", (unsigned long long)block->part);
    if (!block->has_end)
        unpack_note(unpack, UNPACK_DAMAGED, "yenc: no end");
    else if (!is_part && size < block->size_bytes)
        unpack_note(unpack, UNPACK_DAMAGED, "yenc: shorter than stated");
}

static size_t blocks_read(struct unpack *unpack, struct span content)
{
    size_t count = 0;
    for (struct span rest = content; line_find(content, &rest, "=ybegin ");) {
        struct block block;
        char name[TEXT_NAME_SIZE];
        if (!header_read(text_cut_line(&rest), &block))
            continue;
        block_data(content, &block, &rest);
        struct decoder decoder = { .rest = block.data };
        struct unpack_member member = { .names = text_name(block.name, name),
                                        .packed_size = block.data.size,
                                        .size_hint = block.data.size,
                                        .how = "yenc" };
        count++;
        if (!unpack_begin(unpack, &member))
            return count;
        bool is_whole = text_put_pulled(unpack, decoder_pull, &decoder);
        unpack_end(unpack);
        block_notes(unpack, &block, is_whole ? decoder.size : block.size_bytes);
    }
    return count;
}

void yenc_read(struct unpack *unpack, struct span content)
{
    (void)blocks_read(unpack, content);
}

void yenc_bare_read(struct unpack *unpack, struct span body)
{
    if (blocks_read(unpack, body) > 0)
        return;
    struct decoder decoder = { .rest = body };
    if (!unpack_begin(unpack, &(struct unpack_member){ .how = "yenc, without its lines" }))
        return;
    (void)text_put_pulled(unpack, decoder_pull, &decoder);
    unpack_end(unpack);
}

bool yenc_looks(struct span content)
{
    struct span rest = content;
    return line_find(content, &rest, "=ybegin ");
}
