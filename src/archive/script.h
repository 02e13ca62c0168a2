/* Scripts that carry what they unpack behind their last line, as makeself and many installers do. */
#ifndef CORDON_ARCHIVE_SCRIPT_H
#define CORDON_ARCHIVE_SCRIPT_H

#include "unpack/unpack.h"

/* "#!" at the start, and a line that begins like a compressed stream or a tar. Formats that are found behind anything
 * at all (zip, 7z, RAR and their like) need nothing of this. */
bool script_looks(struct span content);

/* Hands out all from that line on, as it stands. */
void script_read(struct unpack *unpack, struct span content);

#endif
