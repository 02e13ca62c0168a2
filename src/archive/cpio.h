/* cpio archives: newc, crc, odc, afio's, and binary ones of both byte orders. Own code: it is a header each. */
#ifndef CORDON_ARCHIVE_CPIO_H
#define CORDON_ARCHIVE_CPIO_H

#include "unpack/unpack.h"

/* By the first header, all fields of it: the binary magic has two bytes only. */
bool cpio_looks(struct span content);

/* Members of all kinds that have data, also of further archives behind the trailer, and behind garbage. */
void cpio_read(struct unpack *unpack, struct span content);

/* Does one stand here, inside of other data? Constant work. */
bool cpio_is_inner(struct span rest);

#endif
