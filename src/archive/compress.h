/* Files of compress(1): LZW with codes of 9 to 16 bits. Own code: there is no library for it. */
#ifndef CORDON_ARCHIVE_COMPRESS_H
#define CORDON_ARCHIVE_COMPRESS_H

#include "unpack/unpack.h"

bool compress_looks(struct span content);

/* The format has neither length nor check sum: what is cut short is sound. */
void compress_read(struct unpack *unpack, struct span content);

#endif
