#include "flowed.h"

#include "text/pull.h"

#include <string.h>

struct decoder {
    struct span rest;
    struct span line; /* what is left to put of this line, and of its end */
    struct span end;
    size_t depth; /* of the line before */
    bool deletes_blank;
    bool is_open; /* the line before goes on here */
};

static size_t quotes_of(struct span line)
{
    size_t depth = 0;
    while (depth < line.size && line.data[depth] == '>')
        depth++;
    return depth;
}

/* Without its end. */
static struct span line_text(struct span line)
{
    if (line.size > 0 && line.data[line.size - 1] == '\n')
        line.size--;
    if (line.size > 0 && line.data[line.size - 1] == '\r')
        line.size--;
    return line;
}

/* Below it stands a signature: it ends in a blank, and does not flow. */
static bool is_signature_mark(struct span text)
{
    return span_is(text, "-- ");
}

static bool is_open(struct span words)
{
    return words.size > 0 && words.data[words.size - 1] == ' ' && !is_signature_mark(words);
}

static void decoder_line(struct decoder *decoder)
{
    struct span line = text_cut_whole_line(&decoder->rest);
    struct span text = line_text(line);
    decoder->end = span_from(line, text.size);
    size_t depth = quotes_of(text);
    struct span words = span_from(text, depth);
    if (words.size > 0 && words.data[0] == ' ')
        words = span_from(words, 1);
    bool goes_on = decoder->is_open && depth == decoder->depth && !is_signature_mark(words);
    decoder->depth = depth;
    decoder->is_open = is_open(words);
    decoder->line = goes_on || depth == 0 ? words : text;
    if (decoder->is_open && decoder->rest.size > 0 && quotes_of(decoder->rest) == depth) {
        decoder->end.size = 0;
        decoder->line.size -= decoder->deletes_blank ? 1 : 0;
    }
}

static size_t decoder_take(struct span *from, char *data, size_t capacity)
{
    size_t size = from->size < capacity ? from->size : capacity;
    memcpy(data, from->data, size);
    *from = span_from(*from, size);
    return size;
}

static size_t decoder_pull(void *state, char *data_out, size_t capacity)
{
    struct decoder *decoder = state;
    size_t size = 0;
    while (size < capacity) {
        if (decoder->line.size > 0)
            size += decoder_take(&decoder->line, data_out + size, capacity - size);
        else if (decoder->end.size > 0)
            size += decoder_take(&decoder->end, data_out + size, capacity - size);
        else if (decoder->rest.size > 0)
            decoder_line(decoder);
        else
            break;
    }
    return size;
}

/* Is there anything to undo? */
static bool has_flow(struct span text)
{
    struct decoder decoder = { .rest = text };
    while (decoder.rest.size > 0) {
        struct span before = decoder.rest;
        decoder_line(&decoder);
        if (decoder.line.data != before.data || decoder.line.size + decoder.end.size != before.size - decoder.rest.size)
            return true;
    }
    return false;
}

void flowed_read(struct unpack *unpack, struct span text, bool deletes_blank)
{
    struct decoder decoder = { .rest = text, .deletes_blank = deletes_blank };
    struct unpack_member member = { .packed_size = text.size, .size_hint = text.size, .how = "text, lines joined" };
    if (!has_flow(text) || !unpack_begin(unpack, &member))
        return;
    (void)text_put_pulled(unpack, decoder_pull, &decoder);
    unpack_end(unpack);
}
