/* Files in a text between "begin MODE NAME" and "end": uuencode and xxencode, and base64 in the same frame (POSIX
 * uuencode -m: "begin-base64", "begin-base64-encoded", up to "====").
 *
 * A begin line counts if encoded lines follow it; prose that begins with "begin" gives nothing. As lenient as mail
 * programs are: blanks for backquotes, also if they were cut off at line ends, a check letter, a missing end (noted, if
 * there is no empty line of encoding either). Decoders that stop at the first bad or empty line, or that go by lines'
 * lengths rather than by the lengths that they state, get a member of their own where they give other bytes.
 */
#ifndef CORDON_TEXT_UUENCODE_H
#define CORDON_TEXT_UUENCODE_H

#include "unpack/unpack.h"

/* uuencode and base64 blocks, any number of them. */
void uu_read(struct unpack *unpack, struct span content);

/* A body that is declared to be uuencoded: the frame may be missing. */
void uu_bare_read(struct unpack *unpack, struct span body);

/* xxencode blocks. The frame is the same: a block that could be either is handed out by both. */
void xx_read(struct unpack *unpack, struct span content);

/* Is there a line that starts like the frame? For uu_read and xx_read. */
bool uu_looks(struct span content);

#endif
