/* xz files, .lzma files ("lzma alone") and lzip files. */
#ifndef CORDON_ARCHIVE_XZ_H
#define CORDON_ARCHIVE_XZ_H

#include "archive/series.h"
#include "unpack/unpack.h"

/* Each reads the streams joined, and each; and what stands behind. Where xz data are corrupt, they are read once more
 * without looking at check sums. */
bool xz_looks(struct span content);
void xz_read(struct unpack *unpack, struct span content);

/* The .lzma file has no magic: its header must be one that a program writes, and its begin must unpack. */
bool lzma_looks(struct span content);
void lzma_read(struct unpack *unpack, struct span content);

bool lzip_looks(struct span content);
void lzip_read(struct unpack *unpack, struct span content);

/* For series_read_inner. */
extern const struct series xz_inner;

/* For series_read_inner. */
extern const struct series lzip_inner;

#endif
