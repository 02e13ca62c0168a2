/* File systems and disk images that nothing here opens: told by content, so that they are never passed in silence.
 */
#ifndef CORDON_ARCHIVE_FILESYSTEM_H
#define CORDON_ARCHIVE_FILESYSTEM_H

#include "unpack/unpack.h"

bool filesystem_looks(struct span content);

/* Notes UNPACK_UNSUPPORTED (or UNPACK_ENCRYPTED) with the name, and hands out nothing. */
void filesystem_read(struct unpack *unpack, struct span content);

#endif
