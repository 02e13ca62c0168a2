/* What no reader here opens, told by its content: noted by name, as unsupported or as encrypted. A file that an
 * unpacker elsewhere would open must not pass as if there were nothing in it.
 */
#ifndef CORDON_ARCHIVE_UNOPENED_H
#define CORDON_ARCHIVE_UNOPENED_H

#include "unpack/unpack.h"

bool unopened_looks(struct span content);
void unopened_read(struct unpack *unpack, struct span content);

#endif
