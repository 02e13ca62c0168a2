/* A borrowed run of bytes: a pointer and a length, never terminated, never owned.
 *
 * Everything that reads foreign bytes takes spans. A span may hold any byte, NUL included. ASCII letters alone are
 * folded in the _nocase functions; no function looks at the locale.
 */
#ifndef CORDON_BASE_SPAN_H
#define CORDON_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
    const char *data;
    size_t size;
};

/* What span_find answers where there is nothing. */
#define SPAN_NONE SIZE_MAX

struct span span_of(const void *data, size_t size);
struct span span_text(const char *text); /* up to, without, its NUL */

/* The bytes from `offset` on, at most `size` of them; clipped to what there is. */
struct span span_slice(struct span span, size_t offset, size_t size);
struct span span_from(struct span span, size_t offset);

/* Without spaces, tabs, CR and LF at both ends. */
struct span span_trim(struct span span);

bool span_equal(struct span a, struct span b);
bool span_equal_nocase(struct span a, struct span b);
bool span_is(struct span span, const char *text);        /* equal, letter case counts */
bool span_is_nocase(struct span span, const char *text); /* equal, letter case does not count */
bool span_starts_with(struct span span, const char *prefix);
bool span_starts_with_nocase(struct span span, const char *prefix);

/* The offset of the first such byte or run, or SPAN_NONE. An empty needle is found at 0. */
size_t span_find_byte(struct span span, char byte);
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
char ascii_lower(char c);
bool ascii_is_alnum(char c);
bool ascii_is_digit(char c);
bool ascii_is_space(char c); /* space and tab */

#endif
