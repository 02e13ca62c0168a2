#include "span.h"

#include <assert.h>
#include <string.h>

char ascii_lower(char c)
{
    if (c < 'A' || c > 'Z')
        return c;
    return "abcdefghijklmnopqrstuvwxyz"[c - 'A'];
}

bool ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool ascii_is_alnum(char c)
{
    char lower = ascii_lower(c);
    return ascii_is_digit(c) || (lower >= 'a' && lower <= 'z');
}

bool ascii_is_space(char c)
{
    return c == ' ' || c == '\t';
}

enum { SPAN_SHORT = 16 };

struct span span_of(const void *data, size_t size)
{
    return (struct span){ .data = data, .size = size };
}

struct span span_text(const char *text)
{
    return span_of(text, strlen(text));
}

struct span span_slice(struct span span, size_t offset, size_t size)
{
    if (offset > span.size)
        offset = span.size;
    if (size > span.size - offset)
        size = span.size - offset;
    return span_of(span.data != NULL ? span.data + offset : NULL, size);
}

struct span span_from(struct span span, size_t offset)
{
    return span_slice(span, offset, SIZE_MAX);
}

static bool is_blank(char c)
{
    return ascii_is_space(c) || c == '\r' || c == '\n';
}

struct span span_trim(struct span span)
{
    while (span.size > 0 && is_blank(span.data[0]))
        span = span_from(span, 1);
    while (span.size > 0 && is_blank(span.data[span.size - 1]))
        span.size--;
    return span;
}

bool span_equal(struct span a, struct span b)
{
    return a.size == b.size &&
           (a.size == 0 || (a.data != NULL && b.data != NULL && memcmp(a.data, b.data, a.size) == 0));
}

bool span_equal_nocase(struct span a, struct span b)
{
    if (a.size != b.size)
        return false;
    assert(a.size == 0 || (a.data != NULL && b.data != NULL));
    for (size_t i = 0; i < a.size; i++) {
        if (ascii_lower(a.data[i]) != ascii_lower(b.data[i]))
            return false;
    }
    return true;
}

bool span_is(struct span span, const char *text)
{
    return span_equal(span, span_text(text));
}

bool span_is_nocase(struct span span, const char *text)
{
    return span_equal_nocase(span, span_text(text));
}

bool span_starts_with(struct span span, const char *prefix)
{
    return span_is(span_slice(span, 0, strlen(prefix)), prefix);
}

bool span_starts_with_nocase(struct span span, const char *prefix)
{
    return span_is_nocase(span_slice(span, 0, strlen(prefix)), prefix);
}

size_t span_find_byte(struct span span, char byte)
{
    if (span.size == 0)
        return SPAN_NONE;
    const char *found = memchr(span.data, byte, span.size);
    return found != NULL ? (size_t)(found - span.data) : SPAN_NONE;
}

size_t span_find(struct span span, struct span needle)
{
    if (needle.size == 0)
        return 0;
    if (span.size < needle.size)
        return SPAN_NONE;
    if (needle.size > SPAN_SHORT) {
        const char *found = memmem(span.data, span.size, needle.data, needle.size);
        return found != NULL ? (size_t)(found - span.data) : SPAN_NONE;
    }
    /* Magics are short, and memchr goes several times as fast as memmem. At worst each byte is the first one. */
    const char *end = span.data + span.size - needle.size + 1;
    for (const char *at = span.data; at < end; at++) {
        at = memchr(at, needle.data[0], (size_t)(end - at));
        if (at == NULL)
            return SPAN_NONE;
        if (memcmp(at, needle.data, needle.size) == 0)
            return (size_t)(at - span.data);
    }
    return SPAN_NONE;
}

size_t span_find_nocase(struct span span, struct span needle)
{
    for (size_t i = 0; needle.size <= span.size && i <= span.size - needle.size; i++) {
        if (span_equal_nocase(span_slice(span, i, needle.size), needle))
            return i;
    }
    return SPAN_NONE;
}

struct span span_cut(struct span *rest, char separator)
{
    size_t at = span_find_byte(*rest, separator);
    struct span first = *rest;
    if (at == SPAN_NONE) {
        *rest = span_of(NULL, 0);
        return first;
    }
    *rest = span_from(first, at + 1);
    return span_slice(first, 0, at);
}

bool span_number(struct span span, uint64_t *number_out)
{
    if (span.size == 0 || span.size > 19)
        return false;
    uint64_t number = 0;
    for (size_t i = 0; i < span.size; i++) {
        if (!ascii_is_digit(span.data[i]))
            return false;
        number = number * 10 + (uint64_t)(span.data[i] - '0');
    }
    *number_out = number;
    return true;
}

static int hex_digit(char c)
{
    if (ascii_is_digit(c))
        return c - '0';
    char lower = ascii_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool span_hex_byte(struct span span, char *byte_out)
{
    if (span.size < 2)
        return false;
    int high = hex_digit(span.data[0]);
    int low = hex_digit(span.data[1]);
    if (high < 0 || low < 0)
        return false;
    *byte_out = (char)(unsigned char)(high * 16 + low);
    return true;
}

bool span_copy(struct span span, char *text_out, size_t size)
{
    assert(size > 0);
    size_t n = span.size < size ? span.size : size - 1;
    for (size_t i = 0; i < n; i++) {
        char c = span.data[i];
        text_out[i] = c;
        if (c == '\0')
            text_out[i] = '?';
    }
    text_out[n] = '\0';
    return n == span.size;
}
