/* A borrowed run of bytes: a pointer and a length, never terminated, never owned.
 *
 * Everything that reads foreign bytes takes spans. A span may hold any byte, NUL included. ASCII letters alone are
 * folded in the _nocase functions; no function looks at the locale. What is asked about nearly every byte of a message
 * is inline: comparisons with a literal then become one instruction.
 */
#ifndef CORDON_BASE_SPAN_H
#define CORDON_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
    const char *data;
    size_t size;
};

/* What span_find answers where there is nothing. */
#define SPAN_NONE SIZE_MAX

static inline struct span span_of(const void *data, size_t size)
{
    return (struct span){ .data = (const char *)data, .size = size };
}

static inline struct span span_text(const char *text) /* up to, without, its NUL */
{
    return span_of(text, strlen(text));
}

/* The bytes from `offset` on, at most `size` of them; clipped to what there is. */
static inline struct span span_slice(struct span span, size_t offset, size_t size)
{
    if (offset > span.size)
        offset = span.size;
    if (size > span.size - offset)
        size = span.size - offset;
    return span_of(offset > 0 ? span.data + offset : span.data, size); /* NULL has no offsets */
}

static inline struct span span_from(struct span span, size_t offset)
{
    return span_slice(span, offset, SIZE_MAX);
}

/* Without spaces, tabs, CR and LF at both ends. */
struct span span_trim(struct span span);

static inline bool span_equal(struct span a, struct span b)
{
    if (a.size != b.size)
        return false;
    /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): where there are bytes there is memory. */
    return a.size == 0 || memcmp(a.data, b.data, a.size) == 0;
}

bool span_equal_nocase(struct span a, struct span b);

static inline bool span_is(struct span span, const char *text) /* equal, letter case counts */
{
    return span_equal(span, span_text(text));
}

static inline bool span_is_nocase(struct span span, const char *text) /* equal, letter case does not count */
{
    return span.size == strlen(text) && span_equal_nocase(span, span_text(text));
}

static inline bool span_starts_with(struct span span, const char *prefix)
{
    return span.size >= strlen(prefix) && span_is(span_slice(span, 0, strlen(prefix)), prefix);
}

/* Nearly all answers hang on the first letter. */
static inline bool span_starts_with_nocase(struct span span, const char *prefix)
{
    size_t size = strlen(prefix);
    if (span.size < size || (size > 0 && ((span.data[0] ^ prefix[0]) & ~0x20) != 0))
        return false;
    return span_equal_nocase(span_slice(span, 0, size), span_of(prefix, size));
}

/* The offset of the first such byte or run, or SPAN_NONE. An empty needle is found at 0. */
static inline size_t span_find_byte(struct span span, char byte)
{
    const char *found = span.size > 0 ? (const char *)memchr(span.data, byte, span.size) : NULL;
    return found != NULL ? (size_t)(found - span.data) : SPAN_NONE;
}

size_t span_find(struct span span, struct span needle);
size_t span_find_nocase(struct span span, struct span needle);

/* Cuts the bytes before the first `separator` off *rest and returns them; *rest continues behind the separator, and is
 * empty (data NULL) where there was none. */
struct span span_cut(struct span *rest, char separator);

/* An unsigned decimal number of 1 to 19 digits and nothing else. False where it is not one. */
bool span_number(struct span span, uint64_t *number_out);

/* The byte that the first two characters write in hexadecimal, in letters of either case; false where they don't. */
bool span_hex_byte(struct span span, char *byte_out);

/* Copies at most size - 1 bytes and terminates; bytes of value 0 are replaced by '?'. Returns false where it was cut.
 * `size` must be above 0. */
bool span_copy(struct span span, char *text_out, size_t size);

/* ASCII only, whatever the locale. */
static inline char ascii_lower(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c | 0x20);
    return c;
}

static inline bool ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool ascii_is_alnum(char c)
{
    char lower = (char)(c | 0x20);
    return ascii_is_digit(c) || (lower >= 'a' && lower <= 'z');
}

static inline bool ascii_is_space(char c) /* space and tab */
{
    return c == ' ' || c == '\t';
}

#endif
