#include "proto/xtext.h"

#include <stddef.h>

static bool is_xchar(unsigned char c)
{
    return c >= 0x21 && c <= 0x7e && c != '+' && c != '=';
}

void xtext_encode(struct span value, struct buf *text_out)
{
    for (size_t i = 0; i < value.size; i++) {
        unsigned char c = (unsigned char)value.data[i];
        if (is_xchar(c))
            buf_put_char(text_out, (char)c);
        else
            buf_printf(text_out, "+%02X", c);
    }
}

/* One encoded byte at the start of a text that is not empty: how many characters it takes, 0 where it is none. */
static size_t xtext_take(struct span text, char *byte_out)
{
    if (is_xchar((unsigned char)text.data[0])) {
        *byte_out = text.data[0];
        return 1;
    }
    return text.data[0] == '+' && span_hex_byte(span_from(text, 1), byte_out) ? 3 : 0;
}

bool xtext_decode(struct span text, struct buf *value_out)
{
    while (text.size > 0) {
        char byte = 0;
        size_t taken = xtext_take(text, &byte);
        if (taken == 0)
            return false;
        buf_put_char(value_out, byte);
        text = span_from(text, taken);
    }
    return true;
}

bool xtext_is_valid(struct span text)
{
    while (text.size > 0) {
        char byte = 0;
        size_t taken = xtext_take(text, &byte);
        if (taken == 0)
            return false;
        text = span_from(text, taken);
    }
    return true;
}
