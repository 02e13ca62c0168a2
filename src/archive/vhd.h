/* Virtual disks of the VHD format: the disk that is inside, as a whole; what is on it is for other readers.
 *
 * A fixed one is the disk with a footer behind it. In a dynamic one the disk lies in blocks, in any order; a bitmap
 * says which sectors of a block count. Some programs look at it and some don't: where that makes a difference, both
 * disks are handed out. A differencing one is of no use without its parent: UNPACK_UNSUPPORTED.
 */
#ifndef CORDON_ARCHIVE_VHD_H
#define CORDON_ARCHIVE_VHD_H

#include "unpack/unpack.h"

/* By the footer at the end, or its copy at the start. */
bool vhd_looks(struct span content);
void vhd_read(struct unpack *unpack, struct span content);

#endif
