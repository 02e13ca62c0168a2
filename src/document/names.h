/* The list of names that goes with a member: each ended by a NUL, in a buf with a limit. A name that has no place in it
 * any more is left out whole, so that the list always ends with a NUL. */
#ifndef CORDON_DOCUMENT_NAMES_H
#define CORDON_DOCUMENT_NAMES_H

#include "base/buf.h"

enum { NAMES_LIMIT = 8192, NAMES_UTF8_MOST = 4096 };

/* Up to the first NUL; an empty name is none. */
void names_add(struct buf *names, struct span name);

/* The same from UTF-16, little-endian, an odd last byte left out. */
void names_add_utf16(struct buf *names, struct span utf16);

/* One code point, or a half of one, in UTF-8: at most 4 bytes. Returns how many. */
size_t names_put_utf8(uint32_t code, char *text_out);

/* UTF-16, little-endian, up to its first NUL, as terminated UTF-8 in text_out. A lone surrogate becomes '?'. Returns
 * the length; what does not fit is left out. `size` must be above 0. */
size_t names_utf8(struct span utf16, char *text_out, size_t size);

#endif
