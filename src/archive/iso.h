/* ISO 9660 images (ECMA-119), also of raw sectors as burning programs write them (2352, 2336 or 2448
 * bytes a sector).
 *
 * One image has up to three trees of names: the plain one, Rock Ridge's on top of it, and Joliet's beside it. Systems
 * differ in which they show, so that each is read (Rock Ridge's by libarchive). What an image boots from (El Torito) is
 * in no tree and handed out too.
 */
#ifndef CORDON_ARCHIVE_ISO_H
#define CORDON_ARCHIVE_ISO_H

#include "unpack/unpack.h"

bool iso_looks(struct span content);
void iso_read(struct unpack *unpack, struct span content);

#endif
