/* LHA (LZH), LArc and PMarc archives by lhasa, which unpacks -lh0- to -lh7-, -lhx-, -lz4-, -lz5-, -lzs- and -pm0- to
 * -pm2-: libarchive knows no more than -lh0- and -lh5- to -lh7-. At the first byte, or behind a self-extractor.
 */
#ifndef CORDON_ARCHIVE_LHA_H
#define CORDON_ARCHIVE_LHA_H

#include "unpack/unpack.h"

bool lha_looks(struct span content);
void lha_read(struct unpack *unpack, struct span content);

/* Puts `size` bytes, unpacked by the method of -lh7-, into the member that is open; ARJ's methods 1 to 3 are the same.
 * UNPACK_CUT where fewer came out. */
enum unpack_ending lha_put_lh7(struct unpack *unpack, struct span packed, uint64_t size);

#endif
