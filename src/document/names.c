#include "names.h"

#include "document/little.h"

void names_add(struct buf *names, struct span name)
{
    size_t end = span_find_byte(name, '\0');
    if (end != SPAN_NONE)
        name = span_slice(name, 0, end);
    if (name.size == 0 || names->size >= names->limit || name.size >= names->limit - names->size)
        return;
    buf_put_span(names, name);
    buf_put_char(names, '\0');
}

size_t names_put_utf8(uint32_t code, char *text_out)
{
    if (code < 0x80) {
        text_out[0] = (char)code;
        return 1;
    }
    size_t size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    for (size_t i = size; i-- > 1; code >>= 6)
        text_out[i] = (char)(0x80 | (code & 0x3f));
    text_out[0] = (char)(leads[size] | code);
    return size;
}

static uint32_t names_code(struct span utf16, size_t *at)
{
    uint32_t unit = little_16(utf16, *at);
    *at += 2;
    if (unit < 0xd800 || unit > 0xdfff)
        return unit;
    uint32_t low = little_16(utf16, *at);
    if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff)
        return '?';
    *at += 2;
    return 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff);
}

size_t names_utf8(struct span utf16, char *text_out, size_t size)
{
    size_t used = 0;
    for (size_t at = 0; at + 2 <= utf16.size && used + 5 <= size;) {
        uint32_t code = names_code(utf16, &at);
        if (code == 0)
            break;
        used += names_put_utf8(code, text_out + used);
    }
    text_out[used] = '\0';
    return used;
}

void names_add_utf16(struct buf *names, struct span utf16)
{
    char text[NAMES_UTF8_MOST];
    size_t size = names_utf8(utf16, text, sizeof text);
    names_add(names, span_of(text, size));
}
