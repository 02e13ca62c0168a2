/* Archives and compressed files that begin inside of other data: behind a program, a picture, a document or junk. Some
 * programs (7-Zip, pax, cpio) look for them wherever they stand. The formats here are those whose own readers look at a
 * content's start alone; zip, 7z, RAR and others need nothing of this.
 */
#ifndef CORDON_ARCHIVE_EMBEDDED_H
#define CORDON_ARCHIVE_EMBEDDED_H

#include "unpack/unpack.h"

/* False as well where the content begins with an archive whose reader sees to all bytes. One pass at about 3 GB/s. */
bool embedded_looks(struct span content);

/* What is compressed is unpacked; archives are handed out as they stand, up to the content's end, at most PLACE_MOST of
 * them. What turns out to be something else, or is damaged, is not noted: nobody said that it was an archive. */
void embedded_read(struct unpack *unpack, struct span content);

#endif
