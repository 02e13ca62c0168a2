/* Files of pack(1), which gzip opens to this day: a Huffman code for the whole file. Own code. */
#ifndef CORDON_ARCHIVE_PACK_H
#define CORDON_ARCHIVE_PACK_H

#include "unpack/unpack.h"

/* True where the whole table of the code is sound: the magic has two bytes only. */
bool pack_looks(struct span content);

void pack_read(struct unpack *unpack, struct span content);

#endif
