/* Strings of base64 in scripts that are put together otherwise than by joining neighbours: written backwards, with a
 * character between that is taken out again, or in several that stand in statements of their own.
 */
#ifndef CORDON_TEXT_LITERALS_H
#define CORDON_TEXT_LITERALS_H

#include "unpack/unpack.h"

bool literals_looks(struct span content);

/* Each such string decoded, if what comes out begins like a file or is text. */
void literals_read(struct unpack *unpack, struct span content);

#endif
