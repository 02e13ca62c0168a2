#include "document/pdf_value.h"

#include <string.h>

enum { PDF_KINDS_KNOWN = 64 };

/* White space and delimiters (ISO 32000-2 section 7.2.3). */
static const unsigned char pdf_classes[256] = {
    ['\0'] = 1, ['\t'] = 1, ['\n'] = 1, ['\f'] = 1, ['\r'] = 1, [' '] = 1, ['('] = 2, [')'] = 2,
    ['<'] = 2,  ['>'] = 2,  ['['] = 2,  [']'] = 2,  ['{'] = 2,  ['}'] = 2, ['/'] = 2, ['%'] = 2,
};

bool pdf_is_space(char c)
{
    return pdf_classes[(unsigned char)c] == 1;
}

static bool pdf_is_regular(char c)
{
    return pdf_classes[(unsigned char)c] == 0;
}

void pdf_skip_space(struct span bytes, size_t *at)
{
    while (*at < bytes.size) {
        if (bytes.data[*at] == '%') {
            while (*at < bytes.size && bytes.data[*at] != '\n' && bytes.data[*at] != '\r')
                (*at)++;
        } else if (pdf_is_space(bytes.data[*at])) {
            (*at)++;
        } else {
            return;
        }
    }
}

static struct span pdf_take_word(struct span bytes, size_t *at)
{
    size_t from = *at;
    while (*at < bytes.size && pdf_is_regular(bytes.data[*at]))
        (*at)++;
    return span_slice(bytes, from, *at - from);
}

/* To behind the parenthesis that closes; what has none goes to the end of the bytes. */
static struct span pdf_take_string(struct span bytes, size_t *at)
{
    size_t from = ++*at;
    for (size_t depth = 1; *at < bytes.size; (*at)++) {
        char c = bytes.data[*at];
        if (c == '\\' && *at + 1 < bytes.size)
            (*at)++;
        else if (c == '(')
            depth++;
        else if (c == ')' && --depth == 0)
            return span_slice(bytes, from, (*at)++ - from);
    }
    *at = bytes.size;
    return span_from(bytes, from);
}

static struct span pdf_take_hex(struct span bytes, size_t *at)
{
    struct span rest = span_from(bytes, ++*at);
    size_t size = span_find_byte(rest, '>');
    size = size == SPAN_NONE ? rest.size : size;
    *at += size < rest.size ? size + 1 : size;
    return span_slice(rest, 0, size);
}

static bool pdf_is_digits(struct span word)
{
    for (size_t i = 0; i < word.size; i++) {
        if (!ascii_is_digit(word.data[i]))
            return false;
    }
    return word.size > 0;
}

static bool pdf_parse_number(struct span word, int64_t *number_out)
{
    size_t i = word.size > 0 && (word.data[0] == '-' || word.data[0] == '+') ? 1 : 0;
    bool is_negative = i == 1 && word.data[0] == '-';
    if (i == word.size || (!ascii_is_digit(word.data[i]) && word.data[i] != '.'))
        return false;
    *number_out = 0;
    for (; i < word.size && ascii_is_digit(word.data[i]) && *number_out < INT64_C(100000000000000); i++)
        *number_out = *number_out * 10 + (word.data[i] - '0');
    if (is_negative)
        *number_out = -*number_out;
    return true;
}

/* "12 0 R": looked ahead for, since a number comes first. */
static void pdf_read_reference(struct span bytes, size_t *at, struct pdf_value *value)
{
    size_t ahead = *at;
    int64_t generation = 0;
    pdf_skip_space(bytes, &ahead);
    struct span second = pdf_take_word(bytes, &ahead);
    if (!pdf_is_digits(second) || !pdf_parse_number(second, &generation))
        return;
    pdf_skip_space(bytes, &ahead);
    if (!span_is(pdf_take_word(bytes, &ahead), "R"))
        return;
    value->kind = PDF_REFERENCE;
    value->generation = (uint32_t)generation;
    *at = ahead;
}

static bool pdf_ends_object(struct span word)
{
    static const char *const words[] = { "endobj", "obj", "stream", "endstream", "trailer", "xref", "startxref" };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (span_is(word, words[i]))
            return true;
    }
    /* Data may follow this one without a line's end. */
    return span_starts_with(word, "stream");
}

enum pdf_mark { PDF_MARK_VALUE, PDF_MARK_OPEN, PDF_MARK_CLOSE, PDF_MARK_END };

/* One token: a simple value, or what opens or closes a dictionary or an array. */
static enum pdf_mark pdf_read_token(struct span bytes, size_t *at, struct pdf_value *value)
{
    *value = (struct pdf_value){ 0 };
    pdf_skip_space(bytes, at);
    if (*at >= bytes.size)
        return PDF_MARK_END;
    char c = bytes.data[*at];
    bool is_double = *at + 1 < bytes.size && bytes.data[*at + 1] == c;
    if ((c == '<' && is_double) || c == '[') {
        value->kind = c == '[' ? PDF_ARRAY : PDF_DICTIONARY;
        *at += c == '[' ? 1 : 2;
        return PDF_MARK_OPEN;
    }
    if ((c == '>' && is_double) || c == ']') {
        value->kind = c == ']' ? PDF_ARRAY : PDF_DICTIONARY;
        *at += c == ']' ? 1 : 2;
        return PDF_MARK_CLOSE;
    }
    if (c == '(') {
        value->kind = PDF_STRING;
        value->bytes = pdf_take_string(bytes, at);
    } else if (c == '<') {
        value->kind = PDF_HEX;
        value->bytes = pdf_take_hex(bytes, at);
    } else if (c == '/') {
        (*at)++;
        value->kind = PDF_NAME;
        value->bytes = pdf_take_word(bytes, at);
    } else if (!pdf_is_regular(c)) {
        value->kind = PDF_WORD;
        value->bytes = span_slice(bytes, (*at)++, 1);
    } else {
        size_t before = *at;
        value->kind = PDF_WORD;
        value->bytes = pdf_take_word(bytes, at);
        if (pdf_ends_object(value->bytes)) {
            *at = before;
            return PDF_MARK_END;
        }
        if (pdf_parse_number(value->bytes, &value->number)) {
            value->kind = PDF_NUMBER;
            if (pdf_is_digits(value->bytes))
                pdf_read_reference(bytes, at, value);
        }
    }
    return PDF_MARK_VALUE;
}

bool pdf_read_value(struct span bytes, size_t *at, struct pdf_value *value_out)
{
    enum pdf_mark mark = pdf_read_token(bytes, at, value_out);
    while (mark == PDF_MARK_CLOSE)
        mark = pdf_read_token(bytes, at, value_out);
    if (mark != PDF_MARK_OPEN)
        return mark == PDF_MARK_VALUE;
    size_t from = *at;
    size_t to = *at;
    /* What closes something else than what is open is passed over, as programs do that mend files. The kinds of the
     * innermost 64 are known; of others anything closes any. */
    uint64_t dictionaries = value_out->kind == PDF_DICTIONARY;
    unsigned known = 1;
    for (size_t depth = 1; depth > 0 && mark != PDF_MARK_END;) {
        struct pdf_value inner;
        to = *at;
        mark = pdf_read_token(bytes, at, &inner);
        if (mark == PDF_MARK_OPEN) {
            depth++;
            dictionaries = dictionaries << 1 | (inner.kind == PDF_DICTIONARY);
            known += known < PDF_KINDS_KNOWN;
        } else if (mark == PDF_MARK_CLOSE && (known == 0 || (inner.kind == PDF_DICTIONARY) == (dictionaries & 1))) {
            depth--;
            dictionaries >>= 1;
            known -= known > 0;
        }
    }
    if (mark == PDF_MARK_END)
        to = *at;
    value_out->bytes = span_slice(bytes, from, to - from);
    return true;
}

bool pdf_read_pair(struct span bytes, size_t *at, struct span *key_out, struct pdf_value *value_out)
{
    while (pdf_read_value(bytes, at, value_out)) {
        if (value_out->kind != PDF_NAME)
            continue;
        *key_out = value_out->bytes;
        return pdf_read_value(bytes, at, value_out);
    }
    return false;
}

bool pdf_name_is(struct span name, const char *text)
{
    while (name.size > 0 && *text != '\0') {
        char c = name.data[0];
        size_t used = c == '#' && span_hex_byte(span_slice(name, 1, 2), &c) ? 3 : 1;
        if (c != *text)
            return false;
        name = span_from(name, used);
        text++;
    }
    return name.size == 0 && *text == '\0';
}

/* Digits in pairs, whatever stands between them; a single last one counts as if a zero followed. */
static void pdf_put_hex(struct buf *buf, struct span bytes)
{
    char pair[2];
    size_t digits = 0;
    char byte = 0;
    for (size_t i = 0; i < bytes.size; i++) {
        char probe[2] = { '0', bytes.data[i] };
        if (!span_hex_byte(span_of(probe, 2), &byte))
            continue;
        pair[digits++] = bytes.data[i];
        if (digits == 2 && span_hex_byte(span_of(pair, 2), &byte))
            buf_put_char(buf, byte);
        digits %= 2;
    }
    pair[1] = '0';
    if (digits == 1 && span_hex_byte(span_of(pair, 2), &byte))
        buf_put_char(buf, byte);
}

/* What stands behind a backslash (section 7.3.4.2). Returns how many bytes that is. */
static size_t pdf_put_escape(struct buf *buf, struct span rest)
{
    static const char letters[] = "nrtbf";
    static const char controls[] = "\n\r\t\b\f";
    if (rest.size == 0)
        return 0;
    const char *letter = memchr(letters, rest.data[0], sizeof letters - 1);
    unsigned value = 0;
    size_t digits = 0;
    for (; digits < 3 && digits < rest.size && rest.data[digits] >= '0' && rest.data[digits] <= '7'; digits++)
        value = value * 8 + (unsigned)(rest.data[digits] - '0');
    if (digits > 0) {
        buf_put_char(buf, (char)(value & 0xff));
        return digits;
    }
    if (rest.data[0] == '\r')
        return span_starts_with(rest, "\r\n") ? 2 : 1;
    if (rest.data[0] == '\n')
        return 1;
    if (letter != NULL)
        buf_put_char(buf, controls[letter - letters]);
    else
        buf_put_char(buf, rest.data[0]);
    return 1;
}

void pdf_put_string(struct buf *buf, const struct pdf_value *value)
{
    struct span rest = value->bytes;
    if (value->kind == PDF_HEX) {
        pdf_put_hex(buf, rest);
        return;
    }
    while (rest.size > 0) {
        size_t run = span_find_byte(rest, '\\');
        run = run == SPAN_NONE ? rest.size : run;
        buf_put_span(buf, span_slice(rest, 0, run));
        rest = span_from(rest, run);
        if (rest.size > 0)
            rest = span_from(rest, 1 + pdf_put_escape(buf, span_from(rest, 1)));
    }
}
