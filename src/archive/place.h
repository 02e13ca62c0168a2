/* Where an archive begins that does not stand at its file's first byte: behind a self-extractor's program, a document,
 * or junk. Programs look for a signature and take the first that is followed by a sound header.
 */
#ifndef CORDON_ARCHIVE_PLACE_H
#define CORDON_ARCHIVE_PLACE_H

#include "base/span.h"

enum { PLACE_MOST = 32 }; /* that a reader goes to in one content */

/* Does an archive stand at the start of `rest`, which begins with the signature? */
typedef bool place_check(struct span rest);

/* The offset of the first place at or behind `from` with the signature and the check passed, or SPAN_NONE. Linear where
 * the check is constant work. */
size_t place_find(struct span content, size_t from, struct span signature, place_check *check);

/* CRC-32 as in zip, 7z, RAR and ARJ. */
uint32_t place_crc32(struct span bytes);

/* Little-endian numbers at an offset; 0 where they are not wholly inside. */
uint16_t place_u16(struct span bytes, size_t at);
uint32_t place_u32(struct span bytes, size_t at);
uint64_t place_u64(struct span bytes, size_t at);

#endif
