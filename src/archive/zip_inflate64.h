/* Deflate64 (zip's method 9), which no library here knows: deflate (RFC 1951) with a window of 64 KiB, 32 distance
 * codes, and a last length code with 16 extra bits. Plain deflate is not read by it: code 285 differs.
 */
#ifndef CORDON_ARCHIVE_ZIP_INFLATE64_H
#define CORDON_ARCHIVE_ZIP_INFLATE64_H

#include "unpack/unpack.h"

/* As inflate_put. */
enum unpack_ending zip_inflate64_put(struct unpack *unpack, struct span packed, size_t *used_out);

#endif
