/* ARJ (ARJ technote): at the first byte, or behind a self-extractor. Stored entries and the methods 1 to 4.
 *
 * Garbled entries and those that go on in another volume are noted.
 */
#ifndef CORDON_ARCHIVE_ARJ_H
#define CORDON_ARCHIVE_ARJ_H

#include "unpack/unpack.h"

bool arj_looks(struct span content);
void arj_read(struct unpack *unpack, struct span content);

#endif
