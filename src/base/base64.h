/* Base64 (RFC 4648 section 4), as lenient as mail programs are: bytes outside of the alphabet are skipped.
 *
 * Padding is not this module's business: '=' is a byte outside of the alphabet, and whoever cares where it stands looks
 * for it. Pull style: any number of calls with pieces of any size give the same bytes as one call.
 */
#ifndef CORDON_BASE_BASE64_H
#define CORDON_BASE_BASE64_H

#include "span.h"

#include <stdbool.h>
#include <stdint.h>

struct base64 {
    uint32_t group;       /* the sextets of a group that is not full yet */
    unsigned sextets;     /* how many: 0 to 3 */
    bool has_other;       /* a byte was skipped that is no space, tab, CR, LF or '=' */
    bool has_pad;         /* a '=' was skipped */
    bool has_blank;       /* a space or tab was skipped */
    bool has_uneven_line; /* a line ended inside of a group */
};

/* Decodes from *rest, which it shortens, until it is empty or data_out has no room for another group. `capacity` must
 * be at least 3. Returns the bytes written: 0 only where *rest is empty afterwards. */
size_t base64_decode(struct base64 *base64, struct span *rest, char *data_out, size_t capacity);

/* Writes the whole bytes of an unfinished group, at most 2, and begins a new one. */
size_t base64_flush(struct base64 *base64, char *data_out);

/* A letter's value, below 64, or what kind of other byte it is. */
enum { BASE64_OTHER = 64, BASE64_BLANK = 65, BASE64_LINE_END = 66, BASE64_PAD = 67 };
extern const unsigned char base64_values[256];
static inline unsigned base64_value(char c)
{
    return base64_values[(unsigned char)c];
}

/* Is it one of the 64 letters? */
static inline bool base64_is_letter(char c)
{
    return base64_values[(unsigned char)c] < 64;
}

#endif
