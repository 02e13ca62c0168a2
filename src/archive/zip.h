/* Zip (PKWARE APPNOTE 6.3.10), read by both of its directories.
 *
 * Programs that seek believe the central directory, programs that read a stream believe the local headers, programs
 * that repair believe any header that they come across. So every central header and every local header in the content
 * counts, and wherever they differ about an entry, each reading of it is handed out. So are comments and what lies
 * between the entries.
 */
#ifndef CORDON_ARCHIVE_ZIP_H
#define CORDON_ARCHIVE_ZIP_H

#include "unpack/unpack.h"

/* A signature at the start, an end of central directory near the end, or a believable local header anywhere. */
bool zip_looks(struct span content);

/* Notes of damage are about what some header outside of sound entries promises and the content does not keep. */
void zip_read(struct unpack *unpack, struct span content);

#endif
