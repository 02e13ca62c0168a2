/* Compressed files that are known by their magic and that nothing here opens: they are noted by name. */
#ifndef CORDON_ARCHIVE_UNOPENED_H
#define CORDON_ARCHIVE_UNOPENED_H

#include "unpack/unpack.h"

bool unopened_looks(struct span content);
void unopened_read(struct unpack *unpack, struct span content);

#endif
