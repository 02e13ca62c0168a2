/* BinHex 4.0 (RFC 1741): a Macintosh file with its two forks in a text, run-length encoded.
 *
 * The line "(This file must be converted with BinHex" is looked for, and then the ':' that the data begins with;
 * without that line, a text that begins with ':' and letters of the encoding. Both forks are handed out, under the
 * file's name. Check sums are not looked at. Where the header can't be right, all that was decoded is one member, and
 * noted.
 */
#ifndef CORDON_TEXT_BINHEX_H
#define CORDON_TEXT_BINHEX_H

#include "unpack/unpack.h"

void binhex_read(struct unpack *unpack, struct span content);
bool binhex_looks(struct span content);

#endif
