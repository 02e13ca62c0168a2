/* Zstandard files (RFC 8878). */
#ifndef CORDON_ARCHIVE_ZSTD_H
#define CORDON_ARCHIVE_ZSTD_H

#include "unpack/unpack.h"

bool zstd_looks(struct span content);

/* The frames joined, and each; what is in skippable frames; what stands behind. */
void zstd_read(struct unpack *unpack, struct span content);

/* A series that begins inside of other data, where zstd_looks is true: how many bytes it is long, *ending_out how it
 * ended. 0: there is none. Nothing is noted. */
size_t zstd_read_inner(struct unpack *unpack, struct span rest, enum unpack_ending *ending_out);

#endif
