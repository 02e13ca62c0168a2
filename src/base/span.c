#include "span.h"

#include <assert.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { SPAN_SHORT = 16, SPAN_BLOCK = 16 };

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

/* Looks at 16 places at a time while there are so many: nearly none has the needle's first and last byte. The place
 * where it stands, or one from which on nothing has been looked at. */
#ifdef __SSE2__
static const char *find_by_blocks(const char *at, const char *end, struct span needle)
{
    const __m128i first = _mm_set1_epi8(needle.data[0]);
    const __m128i last = _mm_set1_epi8(needle.data[needle.size - 1]);
    for (; end - at >= SPAN_BLOCK; at += SPAN_BLOCK) {
        __m128i starts = _mm_cmpeq_epi8(_mm_loadu_si128((const void *)at), first);
        __m128i ends = _mm_cmpeq_epi8(_mm_loadu_si128((const void *)(at + needle.size - 1)), last);
        unsigned places = (unsigned)_mm_movemask_epi8(_mm_and_si128(starts, ends));
        for (; places != 0; places &= places - 1) {
            const char *place = at + __builtin_ctz(places);
            if (memcmp(place, needle.data, needle.size) == 0)
                return place;
        }
    }
    return at;
}
#else
static const char *find_by_blocks(const char *at, const char *end, struct span needle)
{
    (void)end, (void)needle;
    return at;
}
#endif

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
    /* Magics are short, and looking for their first byte goes several times as fast as memmem. At worst each byte is
     * the first one. */
    const char *end = span.data + span.size - needle.size + 1;
    for (const char *at = find_by_blocks(span.data, end, needle); at < end; at++) {
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
