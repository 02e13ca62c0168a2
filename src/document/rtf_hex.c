#include "rtf_hex.h"

#include <string.h>

enum { RTF_NO_DIGIT = 16, RTF_WORD_MOST = 32 };

static unsigned rtf_digit(char c)
{
    if (ascii_is_digit(c))
        return (unsigned)(c - '0');
    char lower = ascii_lower(c);
    return lower >= 'a' && lower <= 'f' ? (unsigned)(lower - 'a') + 10 : RTF_NO_DIGIT;
}

static bool rtf_is_letter(char c)
{
    return ascii_is_alnum(c) && !ascii_is_digit(c);
}

/* The number of a control word; far too large ones come out as too large. */
static size_t rtf_cut_number(struct span *rest)
{
    const size_t most = SIZE_MAX / 16;
    size_t number = 0;
    bool is_negative = rest->size > 0 && rest->data[0] == '-';
    if (is_negative)
        *rest = span_from(*rest, 1);
    size_t at = 0;
    for (; at < rest->size && ascii_is_digit(rest->data[at]); at++) {
        if (number < most)
            number = number * 10 + (size_t)(rest->data[at] - '0');
    }
    *rest = span_from(*rest, at);
    return is_negative ? 0 : number;
}

static void rtf_cut_delimiter(struct span *rest)
{
    if (rest->size > 0 && rest->data[0] == ' ')
        *rest = span_from(*rest, 1);
}

void rtf_hex_init(struct rtf_hex *hex, struct span text, struct rtf_way way)
{
    *hex = (struct rtf_hex){ .rest = text, .way = way };
    hex->has_number = text.size > 0 && ascii_is_digit(text.data[0]);
    if (!way.is_number_data)
        (void)rtf_cut_number(&hex->rest);
    rtf_cut_delimiter(&hex->rest);
}

/* Two digits behind \' */
static void rtf_skip_escape(struct rtf_hex *hex)
{
    hex->has_escape = true;
    if (hex->way.escape == RTF_ESCAPE_DROP)
        hex->has_digit = false;
    for (size_t i = 0; i < 2 && hex->way.escape != RTF_ESCAPE_DATA && hex->rest.size > 0; i++) {
        if (rtf_digit(hex->rest.data[0]) == RTF_NO_DIGIT)
            return;
        hex->rest = span_from(hex->rest, 1);
    }
}

/* Behind a backslash. */
static void rtf_control(struct rtf_hex *hex)
{
    size_t size = 0;
    while (size < hex->rest.size && rtf_is_letter(hex->rest.data[size]))
        size++;
    struct span word = span_slice(hex->rest, 0, size > 0 ? size : 1);
    hex->rest = span_from(hex->rest, word.size);
    if (size == 0) {
        if (span_is(word, "'"))
            rtf_skip_escape(hex);
        return;
    }
    size_t number = rtf_cut_number(&hex->rest);
    rtf_cut_delimiter(&hex->rest);
    if (!span_is(word, "bin"))
        return;
    struct span raw = span_slice(hex->rest, 0, number);
    hex->rest = span_from(hex->rest, raw.size);
    if (hex->skip_depth == 0)
        hex->raw = raw;
}

static void rtf_open_group(struct rtf_hex *hex)
{
    hex->depth++;
    hex->has_group = true;
    bool is_starred = span_starts_with(span_trim(span_slice(hex->rest, 0, RTF_WORD_MOST)), "\\*");
    bool is_left_out = hex->way.group == RTF_GROUP_SKIP || (hex->way.group == RTF_GROUP_STARRED && is_starred);
    if (is_left_out && hex->skip_depth == 0)
        hex->skip_depth = hex->depth;
}

/* True: a byte is complete. */
static bool rtf_add_digit(struct rtf_hex *hex, char c, char *byte_out)
{
    unsigned digit = rtf_digit(c);
    if (digit == RTF_NO_DIGIT || hex->skip_depth != 0)
        return false;
    bool is_second = hex->has_digit;
    *byte_out = (char)(hex->digit << 4 | digit);
    hex->digit = digit;
    hex->has_digit = !is_second;
    return is_second;
}

/* One character that means something, or a run of raw bytes. False at the end. */
static bool rtf_step(struct rtf_hex *hex)
{
    char c = hex->rest.data[0];
    if (c == '}' && hex->depth == 0)
        return false;
    hex->rest = span_from(hex->rest, 1);
    if (c == '\\') {
        rtf_control(hex);
    } else if (c == '{') {
        rtf_open_group(hex);
    } else if (c == '}') {
        if (hex->skip_depth == hex->depth)
            hex->skip_depth = 0;
        hex->depth--;
    }
    return true;
}

size_t rtf_hex_read(struct rtf_hex *hex, char *bytes_out, size_t capacity)
{
    size_t size = 0;
    while (size < capacity) {
        if (hex->raw.size > 0) {
            struct span raw = span_slice(hex->raw, 0, capacity - size);
            memcpy(bytes_out + size, raw.data, raw.size);
            hex->raw = span_from(hex->raw, raw.size);
            size += raw.size;
            continue;
        }
        if (hex->rest.size == 0)
            break;
        if (rtf_digit(hex->rest.data[0]) != RTF_NO_DIGIT) {
            size += rtf_add_digit(hex, hex->rest.data[0], bytes_out + size) ? 1 : 0;
            hex->rest = span_from(hex->rest, 1);
            continue;
        }
        if (!rtf_step(hex))
            break;
    }
    return size;
}
