/* 7z (7zFormat.txt of the LZMA SDK): at the first byte, or behind a self-extractor.
 *
 * The headers stand at the end, told by offset, size and check sum in the first 32 bytes. Wrong check sums there are
 * put right, and a start that is all zeros (a writer that was stopped) is made anew from the end, as 7-Zip does.
 */
#ifndef CORDON_ARCHIVE_SEVENZIP_H
#define CORDON_ARCHIVE_SEVENZIP_H

#include "unpack/unpack.h"

bool sevenzip_looks(struct span content);
void sevenzip_read(struct unpack *unpack, struct span content);

#endif
