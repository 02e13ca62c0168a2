/* Microsoft's older containers by libmspack: cabinets (MSZIP, Quantum, LZX; also behind a self-extractor), compiled
 * help (CHM), and files packed by COMPRESS.EXE (SZDD and KWAJ).
 *
 * The library reads and writes through a system of files that is ours, in memory. Cabinets are read in its salvage
 * mode: what a damaged block leaves of its folder is handed out.
 */
#ifndef CORDON_ARCHIVE_CABINET_H
#define CORDON_ARCHIVE_CABINET_H

#include "unpack/unpack.h"

bool cab_looks(struct span content);
void cab_read(struct unpack *unpack, struct span content);

bool chm_looks(struct span content);
void chm_read(struct unpack *unpack, struct span content);

bool szdd_looks(struct span content);
void szdd_read(struct unpack *unpack, struct span content);

#endif
