/* tar in all its kinds: v7, ustar, GNU, pax, star. Own code, because libraries each follow one reading. */
#ifndef CORDON_ARCHIVE_TAR_H
#define CORDON_ARCHIVE_TAR_H

#include "unpack/unpack.h"

/* True where a header is in the first block, or one with a magic and a sound check sum in any block: GNU tar skips what
 * stands before. */
bool tar_looks(struct span content);

/* Members before and behind the end-of-archive blocks and behind garbage. Links, directories and unknown kinds may have
 * data as well. Where programs differ about a member's size, the data of both sizes are handed out, and the archive is
 * walked from both ends. Sparse files are handed out as stored and, in reason, expanded. */
void tar_read(struct unpack *unpack, struct span content);

/* Does a sound header stand here, inside of other data? */
bool tar_is_inner(struct span rest);

#endif
