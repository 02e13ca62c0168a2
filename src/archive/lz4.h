/* LZ4 files: frames of the present format and of the legacy one. */
#ifndef CORDON_ARCHIVE_LZ4_H
#define CORDON_ARCHIVE_LZ4_H

#include "unpack/unpack.h"

bool lz4_looks(struct span content);

/* The frames joined, and each; what is in skippable frames; what stands behind. Where a frame is corrupt, all is read
 * once more without looking at check sums. */
void lz4_read(struct unpack *unpack, struct span content);

/* A series that begins inside of other data, where lz4_looks is true: how many bytes it is long, *ending_out how it
 * ended. 0: there is none. Nothing is noted. */
size_t lz4_read_inner(struct unpack *unpack, struct span rest, enum unpack_ending *ending_out);

#endif
