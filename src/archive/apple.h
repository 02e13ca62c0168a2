/* Files of the Macintosh wrapped for travel: AppleSingle and AppleDouble (RFC 1740), and MacBinary I to III.
 *
 * The data fork is what a receiver saves and opens; the resource fork is handed out as well.
 */
#ifndef CORDON_ARCHIVE_APPLE_H
#define CORDON_ARCHIVE_APPLE_H

#include "unpack/unpack.h"

/* By the number at the start, or by a MacBinary header whose check sum or sizes are right. */
bool apple_looks(struct span content);
void apple_read(struct unpack *unpack, struct span content);

#endif
