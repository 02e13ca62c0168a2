/* bzip2 files. */
#ifndef CORDON_ARCHIVE_BZIP2_H
#define CORDON_ARCHIVE_BZIP2_H

#include "archive/series.h"
#include "unpack/unpack.h"

bool bzip2_looks(struct span content);

/* The streams joined, and each; what stands behind. */
void bzip2_read(struct unpack *unpack, struct span content);

/* For series_read_inner. */
extern const struct series bzip2_inner;

#endif
