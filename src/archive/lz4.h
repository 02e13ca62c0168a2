/* LZ4 files: frames of the present format and of the legacy one. */
#ifndef CORDON_ARCHIVE_LZ4_H
#define CORDON_ARCHIVE_LZ4_H

#include "archive/series.h"
#include "unpack/unpack.h"

bool lz4_looks(struct span content);

/* The frames joined, and each; what is in skippable frames; what stands behind. Where a frame is corrupt, all is read
 * once more without looking at check sums. */
void lz4_read(struct unpack *unpack, struct span content);

/* For series_read_inner. */
extern const struct series lz4_inner;

#endif
