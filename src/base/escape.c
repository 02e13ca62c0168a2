#include "escape.h"

#include <stdbool.h>

static bool is_control(unsigned char c)
{
    return c < 0x20 || c == 0x7f;
}

static bool is_tail(unsigned char c)
{
    return (c & 0xc0U) == 0x80U;
}

size_t utf8_sequence(struct span span)
{
    if (span.size == 0)
        return 0;
    const unsigned char *s = (const unsigned char *)span.data;
    if (s[0] < 0x80)
        return 1;
    if (s[0] >= 0xc2 && s[0] <= 0xdf)
        return span.size >= 2 && is_tail(s[1]) ? 2 : 0;
    if (s[0] >= 0xe0 && s[0] <= 0xef) {
        if (span.size < 3 || !is_tail(s[1]) || !is_tail(s[2]))
            return 0;
        bool is_overlong = s[0] == 0xe0 && s[1] < 0xa0;
        bool is_surrogate = s[0] == 0xed && s[1] > 0x9f;
        return is_overlong || is_surrogate ? 0 : 3;
    }
    if (s[0] >= 0xf0 && s[0] <= 0xf4) {
        if (span.size < 4 || !is_tail(s[1]) || !is_tail(s[2]) || !is_tail(s[3]))
            return 0;
        bool is_overlong = s[0] == 0xf0 && s[1] < 0x90;
        bool is_too_high = s[0] == 0xf4 && s[1] > 0x8f;
        return is_overlong || is_too_high ? 0 : 4;
    }
    return 0;
}

size_t utf8_start(struct span text, size_t at)
{
    while (at < text.size && is_tail((unsigned char)text.data[at]))
        at++;
    return at;
}

/* C1 controls (U+0080 to U+009F), the bidirectional overrides and what is invisible turn a terminal or a reader's eye:
 * they are escaped. */
static bool is_deceptive(const unsigned char *s, size_t size)
{
    if (size == 2)
        return (s[0] == 0xc2 && (s[1] < 0xa0 || s[1] == 0xad)) || (s[0] == 0xd8 && s[1] == 0x9c);
    if (size == 3 && s[0] == 0xef)
        return s[1] == 0xbb && s[2] == 0xbf;
    if (size != 3 || s[0] != 0xe2)
        return false;
    return (s[1] == 0x80 && ((s[2] >= 0x8b && s[2] <= 0x8f) || (s[2] >= 0xa8 && s[2] <= 0xae))) ||
           (s[1] == 0x81 && s[2] >= 0xa0 && s[2] <= 0xaf);
}

static bool value_is_plain(struct span span)
{
    if (span.size == 0)
        return false;
    for (size_t i = 0; i < span.size; i++) {
        unsigned char c = (unsigned char)span.data[i];
        if (c <= 0x20 || c >= 0x7f || c == '"' || c == '=' || c == '\\')
            return false;
    }
    return true;
}

void escape_value(struct buf *buf, struct span span)
{
    if (value_is_plain(span)) {
        buf_put_span(buf, span);
        return;
    }
    buf_put_char(buf, '"');
    for (size_t i = 0; i < span.size;) {
        unsigned char c = (unsigned char)span.data[i];
        size_t n = utf8_sequence(span_from(span, i));
        if (c == '"' || c == '\\')
            buf_printf(buf, "\\%c", c);
        else if (c == '\n')
            buf_put_text(buf, "\\n");
        else if (c == '\r')
            buf_put_text(buf, "\\r");
        else if (c == '\t')
            buf_put_text(buf, "\\t");
        else if (n == 0 || is_control(c))
            buf_printf(buf, "\\x%02x", c);
        else if (is_deceptive((const unsigned char *)span.data + i, n))
            for (size_t k = 0; k < n; k++)
                buf_printf(buf, "\\x%02x", (unsigned char)span.data[i + k]);
        else
            buf_put(buf, span.data + i, n);
        i += n > 0 ? n : 1;
    }
    buf_put_char(buf, '"');
}

void escape_shown(struct buf *buf, struct span span, size_t limit)
{
    span = span_slice(span, 0, limit);
    while (span.size > 0) {
        unsigned char c = (unsigned char)span.data[0];
        size_t n = utf8_sequence(span);
        bool is_shown = n > 0 && !is_control(c) && c != '\\' && !is_deceptive((const unsigned char *)span.data, n);
        size_t taken = n > 0 ? n : 1;
        for (size_t i = 0; i < taken && !is_shown; i++)
            buf_printf(buf, "\\x%02x", (unsigned char)span.data[i]);
        if (is_shown)
            buf_put(buf, span.data, n);
        span = span_from(span, taken);
    }
}

void escape_json(struct buf *buf, struct span span)
{
    buf_put_char(buf, '"');
    for (size_t i = 0; i < span.size;) {
        unsigned char c = (unsigned char)span.data[i];
        size_t n = utf8_sequence(span_from(span, i));
        if (n == 0)
            buf_put_text(buf, "\\ufffd");
        else if (c == '"' || c == '\\')
            buf_printf(buf, "\\%c", c);
        else if (is_control(c))
            buf_printf(buf, "\\u%04x", c);
        else
            buf_put(buf, span.data + i, n);
        i += n > 0 ? n : 1;
    }
    buf_put_char(buf, '"');
}

void escape_header(struct buf *buf, struct span span, size_t limit)
{
    span = span_slice(span, 0, limit);
    for (size_t i = 0; i < span.size; i++) {
        unsigned char c = (unsigned char)span.data[i];
        if (c >= 0x20 && c < 0x7f && c != '\\')
            buf_put_char(buf, (char)c);
        else
            buf_printf(buf, "\\x%02x", c);
    }
}
