/* Skippable frames, which Zstandard (RFC 8878 section 3.1.2) and LZ4 files have in common. */
#ifndef CORDON_ARCHIVE_SKIPPABLE_H
#define CORDON_ARCHIVE_SKIPPABLE_H

#include "base/span.h"

enum { SKIPPABLE_HEADER = 8 };

/* The size of the skippable frame that begins here, clipped to what there is; 0: none does. */
size_t skippable_size(struct span rest);

#endif
