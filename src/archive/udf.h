/* UDF file systems (ECMA-167, OSTA UDF 1.02 to 2.60): images of discs and of sticks, with blocks of 512 to 4096 bytes.
 *
 * Every file of the directory tree is handed out. Partitions that are virtual (discs written once, in sessions) are
 * UNPACK_UNSUPPORTED; a sparing table is not looked at.
 */
#ifndef CORDON_ARCHIVE_UDF_H
#define CORDON_ARCHIVE_UDF_H

#include "unpack/unpack.h"

/* By the volume recognition sequence at 32 KiB. */
bool udf_looks(struct span content);
void udf_read(struct unpack *unpack, struct span content);

#endif
