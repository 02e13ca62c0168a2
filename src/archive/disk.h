/* Numbers as they stand on disks, and names as they stand in disk images: for the readers of file systems and images.
 *
 * Nothing here reads beyond the span that it is given: a number that is not all there is 0, so that callers check
 * structures as wholes first and fields by their values.
 */
#ifndef CORDON_ARCHIVE_DISK_H
#define CORDON_ARCHIVE_DISK_H

#include "base/buf.h"
#include "base/span.h"

#include <stdint.h>

/* The number of `size` bytes (at most 8) at `offset`, least or most significant byte first; 0 where it is cut short. */
uint64_t disk_little(struct span span, uint64_t offset, unsigned size);
uint64_t disk_big(struct span span, uint64_t offset, unsigned size);

/* As span_slice, with offsets and sizes that may be beyond any memory. */
struct span disk_slice(struct span span, uint64_t offset, uint64_t size);

/* Is there this text at this place? */
bool disk_has(struct span span, uint64_t offset, const char *magic, size_t size);

/* Appends a UTF-16 name, least significant byte first, as UTF-8, up to its end or the first NUL. Half a surrogate pair
 * becomes a '?'. */
void disk_put_name(struct buf *buf, struct span utf16);

/* Appends one character as UTF-8; 0 and what is no character as '?'. */
void disk_put_utf8(struct buf *buf, uint32_t character);

#endif
