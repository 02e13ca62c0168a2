/* FAT file systems, of 12, 16 and 32 bits: floppy images, partitions, and what is inside of VHD files.
 *
 * Every file of the directory tree is handed out, hidden ones and those behind a directory's end mark too (Linux goes
 * on there, Windows stops). What is not allocated to a file is not. Where the copies of the allocation table differ,
 * or the number of clusters leaves 12 or 16 bits open, each reading is handed out.
 */
#ifndef CORDON_ARCHIVE_FAT_H
#define CORDON_ARCHIVE_FAT_H

#include "unpack/unpack.h"

/* By a boot sector whose fields fit each other. */
bool fat_looks(struct span content);
void fat_read(struct unpack *unpack, struct span content);

#endif
