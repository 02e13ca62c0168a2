/* RAR 4 (with 2.9 and 3) and RAR 5: at the first byte, or behind a self-extractor.
 *
 * Of a volume of several, what is whole in it is handed out. RAR 1.5 and 2 stored entries are handed out, packed ones
 * are noted: libarchive knows nothing older than 2.9.
 */
#ifndef CORDON_ARCHIVE_RAR_H
#define CORDON_ARCHIVE_RAR_H

#include "unpack/unpack.h"

bool rar_looks(struct span content);
void rar_read(struct unpack *unpack, struct span content);

#endif
