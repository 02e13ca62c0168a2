/* Zstandard files (RFC 8878). */
#ifndef CORDON_ARCHIVE_ZSTD_H
#define CORDON_ARCHIVE_ZSTD_H

#include "archive/series.h"
#include "unpack/unpack.h"

bool zstd_looks(struct span content);

/* The frames joined, and each; what is in skippable frames; what stands behind. */
void zstd_read(struct unpack *unpack, struct span content);

/* For series_read_inner. */
extern const struct series zstd_inner;

#endif
