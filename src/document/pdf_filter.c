#include "document/pdf_filter.h"

#include "base/buf.h"
#include "base/memory.h"
#include "document/pdf_value.h"
#include "unpack/inflate.h"

#include <stdlib.h>
#include <string.h>

enum { PDF_OUT_SIZE = 4096, PDF_LZW_CODES = 4096, PDF_LZW_CLEAR = 256, PDF_LZW_END = 257, PDF_ROW_SIZE = 1 << 20 };

struct pdf_filter_row {
    const char *name;
    const char *abbreviation;
    enum pdf_filter_kind kind;
};

static const struct pdf_filter_row pdf_filter_rows[] = {
    { "FlateDecode", "Fl", PDF_FLATE },          { "LZWDecode", "LZW", PDF_LZW },
    { "RunLengthDecode", "RL", PDF_RUN_LENGTH }, { "ASCIIHexDecode", "AHx", PDF_ASCII_HEX },
    { "ASCII85Decode", "A85", PDF_ASCII_85 },    { "Crypt", "Crypt", PDF_IDENTITY },
    { "DCTDecode", "DCT", PDF_IMAGE },           { "JPXDecode", "JPX", PDF_IMAGE },
    { "CCITTFaxDecode", "CCF", PDF_IMAGE },      { "JBIG2Decode", "JBIG2", PDF_IMAGE },
};

enum pdf_filter_kind pdf_filter_find(struct span name)
{
    for (size_t i = 0; i < sizeof pdf_filter_rows / sizeof pdf_filter_rows[0]; i++) {
        if (pdf_name_is(name, pdf_filter_rows[i].name) || pdf_name_is(name, pdf_filter_rows[i].abbreviation))
            return pdf_filter_rows[i].kind;
    }
    return PDF_UNKNOWN;
}

/* A receiver for the bytes between two filters. */
struct pdf_stage {
    struct unpack unpack;
    struct buf *buf;
    char room[PDF_OUT_SIZE];
};

static char *pdf_stage_room(void *context, size_t *size_out)
{
    struct pdf_stage *stage = context;
    size_t left = stage->buf->limit - stage->buf->size;
    *size_out = left < sizeof stage->room ? left : sizeof stage->room;
    return left > 0 ? stage->room : NULL;
}

static void pdf_stage_wrote(void *context, size_t size)
{
    struct pdf_stage *stage = context;
    buf_put(stage->buf, stage->room, size);
}

static const struct unpack_ops pdf_stage_ops = { .room = pdf_stage_room, .wrote = pdf_stage_wrote };

/* Single bytes on their way into the member. */
struct pdf_out {
    struct unpack *unpack;
    bool may_grow;
    size_t size;
    char bytes[PDF_OUT_SIZE];
};

static void pdf_out_flush(struct pdf_out *out)
{
    out->may_grow = out->may_grow && unpack_put(out->unpack, span_of(out->bytes, out->size));
    out->size = 0;
}

static void pdf_out_byte(struct pdf_out *out, unsigned byte)
{
    out->bytes[out->size++] = (char)(byte & 0xff);
    if (out->size == sizeof out->bytes)
        pdf_out_flush(out);
}

static enum unpack_ending pdf_out_end(struct pdf_out *out)
{
    pdf_out_flush(out);
    return out->may_grow ? UNPACK_WHOLE : UNPACK_STOPPED;
}

static enum unpack_ending pdf_put_flate(struct unpack *unpack, struct span bytes)
{
    size_t used = 0;
    while (bytes.size > 0 && pdf_is_space(bytes.data[0]))
        bytes = span_from(bytes, 1);
    enum unpack_ending ending = inflate_put(unpack, INFLATE_ZLIB, bytes, &used);
    /* Without its header, as some repair it. */
    if (ending == UNPACK_BROKEN && used <= 2)
        ending = inflate_put(unpack, INFLATE_RAW, bytes, &used);
    return ending;
}

static void pdf_undo_hex(struct pdf_out *out, struct span bytes)
{
    char pair[2] = { 0 };
    size_t digits = 0;
    for (size_t i = 0; i < bytes.size && bytes.data[i] != '>' && out->may_grow; i++) {
        char byte = 0;
        pair[digits] = bytes.data[i];
        if (digits == 0)
            pair[1] = '0';
        if (!span_hex_byte(span_of(pair, 2), &byte))
            continue;
        if (++digits == 2) {
            pdf_out_byte(out, (unsigned char)byte);
            digits = 0;
        }
    }
    pair[1] = '0';
    char byte = 0;
    if (digits == 1 && span_hex_byte(span_of(pair, 2), &byte))
        pdf_out_byte(out, (unsigned char)byte);
}

static void pdf_out_85(struct pdf_out *out, uint32_t group, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        pdf_out_byte(out, group >> (24 - 8 * i));
}

static void pdf_undo_85(struct pdf_out *out, struct span bytes)
{
    uint32_t group = 0;
    size_t digits = 0;
    bytes = span_trim(bytes);
    if (span_starts_with(bytes, "<~"))
        bytes = span_from(bytes, 2);
    for (size_t i = 0; i < bytes.size && bytes.data[i] != '~' && out->may_grow; i++) {
        char c = bytes.data[i];
        if (c == 'z' && digits == 0) {
            pdf_out_85(out, 0, 4);
        } else if (c >= '!' && c <= 'u') {
            group = group * 85 + (uint32_t)(c - '!');
            if (++digits < 5)
                continue;
            pdf_out_85(out, group, 4);
            digits = 0;
            group = 0;
        }
    }
    if (digits < 2)
        return;
    for (size_t i = digits; i < 5; i++)
        group = group * 85 + 84;
    pdf_out_85(out, group, digits - 1);
}

static void pdf_undo_runs(struct pdf_out *out, struct span bytes)
{
    for (size_t i = 0; i < bytes.size && out->may_grow;) {
        unsigned length = (unsigned char)bytes.data[i++];
        if (length == 128)
            return;
        size_t count = length < 128 ? length + 1 : 257 - length;
        for (size_t n = 0; n < count && i < bytes.size; n++)
            pdf_out_byte(out, (unsigned char)bytes.data[length < 128 ? i++ : i]);
        i += length > 128;
    }
}

struct pdf_lzw {
    uint16_t before[PDF_LZW_CODES];
    unsigned char last[PDF_LZW_CODES];
    unsigned char stack[PDF_LZW_CODES];
    unsigned count; /* of codes that are known */
};

/* Puts what the code stands for, and returns its first byte. */
static unsigned char pdf_lzw_put(struct pdf_lzw *lzw, struct pdf_out *out, unsigned code)
{
    size_t depth = 0;
    while (code > PDF_LZW_END && depth < PDF_LZW_CODES - 1) {
        lzw->stack[depth++] = lzw->last[code];
        code = lzw->before[code];
    }
    unsigned char first = (unsigned char)code;
    pdf_out_byte(out, first);
    while (depth > 0)
        pdf_out_byte(out, lzw->stack[--depth]);
    return first;
}

/* Section 7.4.4.2. A code that cannot be is where the data end. */
static void pdf_undo_lzw(struct pdf_out *out, struct span bytes, bool is_early)
{
    struct pdf_lzw *lzw = memory_new(sizeof *lzw);
    unsigned width = 9;
    unsigned before = PDF_LZW_CLEAR;
    uint32_t bits = 0;
    unsigned have = 0;
    lzw->count = PDF_LZW_END + 1;
    for (size_t i = 0; out->may_grow;) {
        for (; have < width && i < bytes.size; have += 8)
            bits = bits << 8 | (unsigned char)bytes.data[i++];
        if (have < width)
            break;
        unsigned code = bits >> (have - width) & ((1U << width) - 1);
        have -= width;
        if (code == PDF_LZW_END)
            break;
        if (code == PDF_LZW_CLEAR) {
            lzw->count = PDF_LZW_END + 1;
            width = 9;
            before = code;
            continue;
        }
        if (code > lzw->count || (code == lzw->count && before == PDF_LZW_CLEAR))
            break;
        if (before != PDF_LZW_CLEAR && lzw->count < PDF_LZW_CODES) {
            /* A code that is not known yet is the one before and that one's own first byte. */
            unsigned root = code == lzw->count ? before : code;
            while (root > PDF_LZW_END)
                root = lzw->before[root];
            lzw->before[lzw->count] = (uint16_t)before;
            lzw->last[lzw->count++] = (unsigned char)root;
        } else if (code == lzw->count) {
            break;
        }
        (void)pdf_lzw_put(lzw, out, code);
        before = code;
        unsigned next = lzw->count + (is_early ? 1 : 0);
        width = next >= 2048 ? 12 : next >= 1024 ? 11 : next >= 512 ? 10 : 9;
    }
    free(lzw);
}

static unsigned pdf_paeth(unsigned a, unsigned b, unsigned c)
{
    int estimate = (int)a + (int)b - (int)c;
    int to_a = abs(estimate - (int)a);
    int to_b = abs(estimate - (int)b);
    int to_c = abs(estimate - (int)c);
    return to_a <= to_b && to_a <= to_c ? a : to_b <= to_c ? b : c;
}

/* One row of PNG's (RFC 2083 section 6); `above` is zero before the first one. */
static void pdf_undo_png_row(unsigned kind, unsigned char *row, const unsigned char *above, size_t size, size_t pixel)
{
    for (size_t i = 0; i < size; i++) {
        unsigned left = i >= pixel ? row[i - pixel] : 0;
        unsigned corner = i >= pixel ? above[i - pixel] : 0;
        unsigned guesses[] = { 0, left, above[i], (left + above[i]) / 2, pdf_paeth(left, above[i], corner) };
        row[i] = (unsigned char)(row[i] + guesses[kind < 5 ? kind : 0]);
    }
}

static void pdf_undo_rows(struct pdf_out *out, struct span bytes, bool is_png, size_t row_size, size_t pixel)
{
    unsigned char *rows = memory_new(2 * row_size);
    unsigned char *row = rows;
    unsigned char *above = rows + row_size;
    for (size_t at = 0; at < bytes.size && out->may_grow;) {
        unsigned kind = 1; /* TIFF's predictor is PNG's second: what stands left */
        if (is_png)
            kind = (unsigned char)bytes.data[at++];
        struct span piece = span_slice(bytes, at, row_size);
        memset(row, 0, row_size);
        if (piece.size > 0)
            memcpy(row, piece.data, piece.size);
        pdf_undo_png_row(kind, row, above, piece.size, pixel);
        for (size_t i = 0; i < piece.size; i++)
            pdf_out_byte(out, row[i]);
        at += piece.size;
        unsigned char *swap = above;
        above = row;
        row = swap;
    }
    free(rows);
}

/* False: with these parameters nothing here undoes it. */
static bool pdf_undo_predictor(struct pdf_out *out, const struct pdf_filter *filter, struct span bytes)
{
    bool is_png = filter->predictor >= 10;
    if (filter->colors < 1 || filter->colors > 64 || filter->columns < 1 || filter->columns > PDF_ROW_SIZE)
        return false;
    if (filter->bits < 1 || filter->bits > 16 || (!is_png && filter->bits != 8))
        return false;
    uint64_t row_size = ((uint64_t)filter->columns * (uint64_t)filter->colors * (uint64_t)filter->bits + 7) / 8;
    uint64_t pixel = ((uint64_t)filter->colors * (uint64_t)filter->bits + 7) / 8;
    if (row_size > PDF_ROW_SIZE)
        return false;
    pdf_undo_rows(out, bytes, is_png, (size_t)row_size, (size_t)pixel);
    return true;
}

static enum unpack_ending pdf_put_filter(struct unpack *unpack, const struct pdf_filter *filter, struct span bytes)
{
    if (filter->kind == PDF_FLATE)
        return pdf_put_flate(unpack, bytes);
    struct pdf_out out = { .unpack = unpack, .may_grow = true };
    bool is_sound = true;
    switch (filter->kind) {
    case PDF_ASCII_HEX:
        pdf_undo_hex(&out, bytes);
        break;
    case PDF_ASCII_85:
        pdf_undo_85(&out, bytes);
        break;
    case PDF_RUN_LENGTH:
        pdf_undo_runs(&out, bytes);
        break;
    case PDF_LZW:
        pdf_undo_lzw(&out, bytes, filter->early_change != 0);
        break;
    case PDF_PREDICTOR:
        is_sound = pdf_undo_predictor(&out, filter, bytes);
        break;
    default:
        is_sound = false;
        break;
    }
    if (!is_sound)
        out.may_grow = unpack_put(unpack, bytes);
    enum unpack_ending ending = pdf_out_end(&out);
    return ending == UNPACK_WHOLE && !is_sound && filter->kind == PDF_PREDICTOR ? UNPACK_BROKEN : ending;
}

static enum unpack_ending pdf_worse(enum unpack_ending a, enum unpack_ending b)
{
    return a > b ? a : b;
}

static struct pdf_stage *pdf_stage_new(struct buf *buf)
{
    struct pdf_stage *stage = memory_new(sizeof *stage);
    stage->unpack = (struct unpack){ .ops = &pdf_stage_ops, .context = stage };
    stage->buf = buf;
    return stage;
}

/* The number of filters that are undone. */
static size_t pdf_chain_end(const struct pdf_chain *chain)
{
    size_t end = 0;
    while (end < chain->count && chain->filters[end].kind != PDF_IMAGE && chain->filters[end].kind != PDF_UNKNOWN)
        end++;
    return end;
}

enum unpack_ending pdf_chain_put(struct unpack *unpack, const struct pdf_chain *chain, struct span bytes, size_t most,
                                 struct pdf_effort *effort_out)
{
    enum unpack_ending worst = UNPACK_WHOLE;
    size_t end = pdf_chain_end(chain);
    struct buf held; /* behind the first filter, the bytes are in here */
    *effort_out = (struct pdf_effort){ 0 };
    buf_init(&held, most);
    for (size_t i = 0; i + 1 < end; i++) {
        struct buf next;
        buf_init(&next, most);
        struct pdf_stage *stage = pdf_stage_new(&next);
        enum unpack_ending ending = pdf_put_filter(&stage->unpack, &chain->filters[i], bytes);
        free(stage);
        effort_out->is_over |= ending == UNPACK_STOPPED;
        effort_out->between += next.size;
        worst = ending == UNPACK_STOPPED ? worst : pdf_worse(worst, ending);
        buf_fini(&held);
        held = next;
        bytes = buf_span(&held);
    }
    if (end > 0)
        worst = pdf_worse(worst, pdf_put_filter(unpack, &chain->filters[end - 1], bytes));
    else if (!unpack_put(unpack, bytes))
        worst = UNPACK_STOPPED;
    buf_fini(&held);
    return worst;
}

enum unpack_ending pdf_chain_put_buf(struct buf *buf, const struct pdf_chain *chain, struct span bytes, size_t most,
                                     struct pdf_effort *effort_out)
{
    struct pdf_stage *stage = pdf_stage_new(buf);
    enum unpack_ending ending = pdf_chain_put(&stage->unpack, chain, bytes, most, effort_out);
    free(stage);
    return ending;
}
