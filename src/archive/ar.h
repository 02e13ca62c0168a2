/* ar archives: libraries, Debian packages. Own code: a header of 60 bytes in three dialects. */
#ifndef CORDON_ARCHIVE_AR_H
#define CORDON_ARCHIVE_AR_H

#include "unpack/unpack.h"

bool ar_looks(struct span content);

/* Members with their common, GNU and BSD names; tables as well. A BSD name is data to other programs, so both are
 * handed out. Behind a corrupt header it goes on at the next one. */
void ar_read(struct unpack *unpack, struct span content);

#endif
