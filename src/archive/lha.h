/* LHA (LZH), LArc and PMarc archives by lhasa, which unpacks -lh0- to -lh7-, -lhx-, -lz4-, -lz5-, -lzs- and -pm0- to
 * -pm2-: libarchive knows no more than -lh0- and -lh5- to -lh7-. At the first byte, or behind a self-extractor.
 */
#ifndef CORDON_ARCHIVE_LHA_H
#define CORDON_ARCHIVE_LHA_H

#include "unpack/unpack.h"

bool lha_looks(struct span content);
void lha_read(struct unpack *unpack, struct span content);

#endif
