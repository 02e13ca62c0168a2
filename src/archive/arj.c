#include "arj.h"

#include "archive/lha.h"
#include "archive/place.h"
#include "base/buf.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum {
    ARJ_PREFIX = 4, /* id and size */
    ARJ_SUM = 4,
    ARJ_FIXED = 30,
    ARJ_HEADER_MOST = 2600,
    ARJ_INNER_MOST = 256, /* of a first header inside of other data, as each place is summed up */
    ARJ_ENTRIES = 1 << 20,
    ARJ_NAME = 1 << 12,
    ARJ_GARBLED = 0x01,
    ARJ_VOLUME = 0x04,
    ARJ_CONTINUED = 0x08,
    ARJ_TYPE_MAIN = 2,
    ARJ_TYPE_FOLDER = 3,
    ARJ_TYPE_LABEL = 4,
    ARJ_TYPE_CHAPTER = 5,
    ARJ_WINDOW = 1 << 15,
    ARJ_OUT = 4096
};

static const char arj_magic[] = { 0x60, (char)0xea };

/* The basic header, without id and size; empty where it is none, or its sum is wrong. */
static struct span arj_header(struct span rest, size_t most)
{
    size_t size = place_u16(rest, 2);
    struct span header = span_slice(rest, ARJ_PREFIX, size);
    if (!span_equal(span_slice(rest, 0, sizeof arj_magic), span_of(arj_magic, sizeof arj_magic)) || size < ARJ_FIXED ||
        size > most || header.size < size || rest.size < ARJ_PREFIX + size + ARJ_SUM ||
        (unsigned char)header.data[0] < ARJ_FIXED || (unsigned char)header.data[0] > size ||
        place_crc32(header) != place_u32(rest, ARJ_PREFIX + size))
        return span_of(NULL, 0);
    return header;
}

static bool arj_check(struct span rest)
{
    return rest.size > ARJ_PREFIX + 6 && rest.data[ARJ_PREFIX + 6] == ARJ_TYPE_MAIN &&
           arj_header(rest, ARJ_INNER_MOST).size > 0;
}

bool arj_looks(struct span content)
{
    return arj_header(content, ARJ_HEADER_MOST).size > 0 ||
           place_find(content, 0, span_of(arj_magic, sizeof arj_magic), arj_check) != SPAN_NONE;
}

/* ---- Method 4 ---- */

struct arj_bits {
    struct span rest;
    uint32_t bits;
    unsigned count;
    bool is_over; /* zeros were made up behind the end */
};

static unsigned bits_take(struct arj_bits *bits, unsigned count)
{
    while (bits->count < count) {
        unsigned byte = 0;
        if (bits->rest.size > 0) {
            byte = (unsigned char)bits->rest.data[0];
            bits->rest = span_from(bits->rest, 1);
        } else {
            bits->is_over = true;
        }
        bits->bits = bits->bits << 8 | byte;
        bits->count += 8;
    }
    bits->count -= count;
    return bits->bits >> bits->count & ((1U << count) - 1);
}

/* A number whose width, from `least` to `most` bits, is told by as many ones before a zero. */
static unsigned bits_take_number(struct arj_bits *bits, unsigned least, unsigned most)
{
    unsigned width = least;
    unsigned base = 0;
    while (width < most && bits_take(bits, 1) == 1)
        base += 1U << width++;
    return base + (width > 0 ? bits_take(bits, width) : 0);
}

struct arj_window {
    struct unpack *unpack;
    uint64_t at; /* bytes that came out */
    size_t kept; /* of them not yet put */
    char bytes[ARJ_WINDOW];
};

static bool window_flush(struct arj_window *window)
{
    size_t from = (size_t)((window->at - window->kept) % ARJ_WINDOW);
    size_t size = window->kept;
    window->kept = 0;
    return unpack_put(window->unpack, span_of(window->bytes + from, size));
}

/* The window is a whole number of pieces, so that none goes over its end. */
static bool window_put(struct arj_window *window, char byte)
{
    window->bytes[window->at % ARJ_WINDOW] = byte;
    window->at++;
    window->kept++;
    return window->kept < ARJ_OUT || window_flush(window);
}

static enum unpack_ending arj_put_fastest(struct unpack *unpack, struct span packed, uint64_t size)
{
    struct arj_bits bits = { .rest = packed };
    struct arj_window *window = memory_new(sizeof *window);
    window->unpack = unpack;
    bool may_grow = true;
    while (may_grow && window->at < size && !bits.is_over) {
        unsigned length = bits_take_number(&bits, 0, 7);
        if (length == 0) {
            unsigned byte = bits_take(&bits, 8);
            may_grow = bits.is_over || window_put(window, (char)(unsigned char)byte);
            continue;
        }
        uint64_t back = (uint64_t)bits_take_number(&bits, 9, 13) + 1;
        for (length += 2; may_grow && length > 0 && window->at < size && !bits.is_over; length--)
            may_grow = window_put(window, window->bytes[(window->at - back) % ARJ_WINDOW]);
    }
    may_grow = may_grow && window_flush(window);
    enum unpack_ending ending = !may_grow ? UNPACK_STOPPED : window->at < size ? UNPACK_CUT : UNPACK_WHOLE;
    free(window);
    return ending;
}

/* ---- Entries ---- */

static bool arj_begin(struct unpack *unpack, struct span header, struct span packed)
{
    struct buf names;
    buf_init(&names, ARJ_NAME);
    struct span name = span_from(header, (unsigned char)header.data[0]);
    buf_put_span(&names, span_slice(name, 0, span_find_byte(name, '\0')));
    if (names.size > 0)
        buf_put_char(&names, '\0');
    struct unpack_member member = { .names = buf_overflowed(&names) ? span_of(NULL, 0) : buf_span(&names),
                                    .packed_size = packed.size,
                                    .size_hint = place_u32(header, 16),
                                    .how = "arj" };
    bool is_begun = unpack_begin(unpack, &member);
    buf_fini(&names);
    return is_begun;
}

static void arj_put(struct unpack *unpack, unsigned method, struct span packed, uint64_t size)
{
    enum unpack_ending ending = UNPACK_WHOLE;
    if (method == 0)
        (void)unpack_slice(unpack, packed);
    else if (method <= 3)
        ending = lha_put_lh7(unpack, packed, size);
    else if (method == 4)
        ending = arj_put_fastest(unpack, packed, size);
    else
        unpack_note(unpack, UNPACK_UNSUPPORTED, "arj: method %u", method);
    if (ending == UNPACK_CUT || ending == UNPACK_BROKEN)
        unpack_note(unpack, UNPACK_DAMAGED, "arj: damaged");
}

/* False: no more members. */
static bool arj_read_entry(struct unpack *unpack, struct span header, struct span packed)
{
    unsigned flags = (unsigned char)header.data[4];
    unsigned type = (unsigned char)header.data[6];
    if (type >= ARJ_TYPE_FOLDER && type <= ARJ_TYPE_CHAPTER && packed.size == 0)
        return true;
    if ((flags & ARJ_GARBLED) != 0) {
        unpack_note(unpack, UNPACK_ENCRYPTED, "arj: encrypted");
        return true;
    }
    if ((flags & (ARJ_VOLUME | ARJ_CONTINUED)) != 0)
        unpack_note(unpack, UNPACK_UNSUPPORTED, "arj: part of a multi-volume archive");
    if (!arj_begin(unpack, header, packed))
        return false;
    arj_put(unpack, (unsigned char)header.data[5], packed, place_u32(header, 16));
    unpack_end(unpack);
    return true;
}

/* What stands behind the basic header and its extensions, each with a size and a sum. */
static struct span arj_skip_header(struct span rest)
{
    rest = span_from(rest, ARJ_PREFIX + (size_t)place_u16(rest, 2) + ARJ_SUM);
    while (place_u16(rest, 0) != 0)
        rest = span_from(rest, 2 + (size_t)place_u16(rest, 0) + ARJ_SUM);
    return span_from(rest, 2);
}

/* The archive at the start of `content`; returns what is behind it, or nothing where no more is to be read. */
static struct span arj_read_at(struct unpack *unpack, struct span content)
{
    struct span rest = content;
    for (size_t i = 0; i < ARJ_ENTRIES; i++) {
        struct span header = arj_header(rest, ARJ_HEADER_MOST);
        bool is_end = place_u16(rest, 0) == 0xea60 && place_u16(rest, 2) == 0 && rest.size >= ARJ_PREFIX;
        if (is_end)
            return span_from(rest, ARJ_PREFIX);
        if (header.size == 0) {
            unpack_note(unpack, UNPACK_DAMAGED, "arj: cut short, or a wrong header");
            return rest;
        }
        rest = arj_skip_header(rest);
        if (header.data[6] == ARJ_TYPE_MAIN)
            continue;
        uint64_t size = place_u32(header, 12);
        struct span packed = span_slice(rest, 0, size < rest.size ? (size_t)size : rest.size);
        if (packed.size < size)
            unpack_note(unpack, UNPACK_DAMAGED, "arj: cut short");
        if (!arj_read_entry(unpack, header, packed))
            return span_of(NULL, 0);
        rest = span_from(rest, packed.size);
        if (packed.size < size)
            return rest;
    }
    return span_of(NULL, 0);
}

void arj_read(struct unpack *unpack, struct span content)
{
    struct span rest = content;
    if (arj_header(content, ARJ_HEADER_MOST).size > 0)
        rest = arj_read_at(unpack, content);
    for (size_t count = 0; rest.size > 0; count++) {
        size_t at = place_find(rest, 0, span_of(arj_magic, sizeof arj_magic), arj_check);
        if (at == SPAN_NONE)
            return;
        if (count == PLACE_MOST) {
            unpack_note(unpack, UNPACK_LIMIT, "arj: more than %d places where an archive may begin", (int)PLACE_MOST);
            return;
        }
        rest = arj_read_at(unpack, span_from(rest, at));
    }
}
