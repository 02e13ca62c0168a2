/* gzip (RFC 1952) and zlib (RFC 1950) files, and raw deflate. */
#ifndef CORDON_ARCHIVE_GZIP_H
#define CORDON_ARCHIVE_GZIP_H

#include "archive/series.h"
#include "unpack/unpack.h"

bool gzip_looks(struct span content);

/* The members joined as gzip does, each under its stored name; long comments and extra fields; what stands behind.
 * Headers are read leniently, with unknown flags. */
void gzip_read(struct unpack *unpack, struct span content);

/* A bare zlib stream has little of a magic: so its begin is unpacked to see whether it is one. */
bool zlib_looks(struct span content);
void zlib_read(struct unpack *unpack, struct span content);

/* Raw deflate (RFC 1951), as scripts carry it: it has no magic, so the content must be one stream from end to end. */
bool deflate_looks(struct span content);
void deflate_read(struct unpack *unpack, struct span content);

/* For series_read_inner. */
extern const struct series gzip_inner;

#endif
