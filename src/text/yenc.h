/* yEnc (www.yenc.org, draft 1.3): files in a text between "=ybegin" and "=yend" lines.
 *
 * Check sums are not looked at. A part of a file in several is handed out as it is and noted, since the rest is in
 * other messages. A missing end, or fewer bytes than stated, is noted.
 */
#ifndef CORDON_TEXT_YENC_H
#define CORDON_TEXT_YENC_H

#include "unpack/unpack.h"

void yenc_read(struct unpack *unpack, struct span content);

/* A body that is declared to be in yEnc: the two lines may be missing, and then all of it is one file. */
void yenc_bare_read(struct unpack *unpack, struct span body);

bool yenc_looks(struct span content);

#endif
