/* bzip2 files. */
#ifndef CORDON_ARCHIVE_BZIP2_H
#define CORDON_ARCHIVE_BZIP2_H

#include "unpack/unpack.h"

bool bzip2_looks(struct span content);

/* The streams joined, and each; what stands behind. */
void bzip2_read(struct unpack *unpack, struct span content);

/* A series that begins inside of other data, where bzip2_looks is true: how many bytes it is long, *ending_out how it
 * ended. 0: there is none. Nothing is noted. */
size_t bzip2_read_inner(struct unpack *unpack, struct span rest, enum unpack_ending *ending_out);

#endif
