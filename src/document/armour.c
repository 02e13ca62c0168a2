#include "document/armour.h"

#include "base/base64.h"

#define ARMOUR_BEGIN "-----BEGIN "

enum { ARMOUR_LABEL_SIZE = 64, ARMOUR_PIECE = 768 };

/* Header lines stand before the first empty line, each with a colon. Where the first line has none, there are none:
 * RFC 9580 wants an empty line then, PEM does not. */
static struct span armour_skip_headers(struct span body)
{
    struct span rest = body;
    bool has_headers = false;
    while (rest.size > 0) {
        struct span raw = span_cut(&rest, '\n');
        struct span line = span_trim(raw);
        if (line.size == 0 && rest.data != NULL)
            return rest;
        bool is_continued = has_headers && line.size > 0 && ascii_is_space(raw.data[0]);
        if (span_find_byte(line, ':') == SPAN_NONE && !is_continued)
            return body;
        has_headers = true;
        body = rest;
    }
    return body;
}

/* The offset of the next line that begins a block; SPAN_NONE. Blocks begin where lines do, so that none is read over
 * the next one's beginning: the cost stays linear. */
static size_t armour_find(struct span content, size_t at)
{
    for (;;) {
        size_t found = span_find(span_from(content, at), span_text(ARMOUR_BEGIN));
        if (found == SPAN_NONE)
            return SPAN_NONE;
        at += found;
        if (at == 0 || content.data[at - 1] == '\n')
            return at;
        at += sizeof ARMOUR_BEGIN - 1;
    }
}

bool armour_next(struct span content, size_t *at, struct armour *armour_out)
{
    for (;;) {
        size_t begin = armour_find(content, *at);
        if (begin == SPAN_NONE)
            return false;
        *at = begin + sizeof ARMOUR_BEGIN - 1;
        struct span rest = span_from(content, *at);
        size_t size = span_find(span_slice(rest, 0, ARMOUR_LABEL_SIZE), span_text("-----"));
        if (size == SPAN_NONE)
            continue;
        armour_out->label = span_slice(rest, 0, size);
        rest = span_from(rest, size);
        struct span body = span_slice(rest, 0, span_find(rest, span_text("\n-----")));
        size_t line_end = span_find_byte(body, '\n');
        body = span_from(body, line_end == SPAN_NONE ? 5 : line_end + 1);
        *at += size + 5;
        armour_out->body = armour_skip_headers(body);
        armour_out->data = span_slice(armour_out->body, 0, span_find_byte(armour_out->body, '='));
        return true;
    }
}

size_t armour_peek(struct span data, char *bytes_out, size_t size)
{
    struct base64 base64 = { 0 };
    size_t done = base64_decode(&base64, &data, bytes_out, size);
    if (data.size == 0 && size - done >= 2)
        done += base64_flush(&base64, bytes_out + done);
    return done;
}

bool armour_hand_out(struct unpack *unpack, const struct unpack_member *member, struct span data)
{
    if (!unpack_begin(unpack, member))
        return false;
    struct base64 base64 = { 0 };
    char piece[ARMOUR_PIECE];
    bool may_grow = true;
    while (may_grow && data.size > 0)
        may_grow = unpack_put(unpack, span_of(piece, base64_decode(&base64, &data, piece, sizeof piece)));
    if (may_grow)
        (void)unpack_put(unpack, span_of(piece, base64_flush(&base64, piece)));
    unpack_end(unpack);
    return true;
}
