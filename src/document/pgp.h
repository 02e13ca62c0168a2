/* OpenPGP messages (RFC 9580, RFC 4880): binary ones, and blocks in armour anywhere in a text.
 *
 * A block in armour is handed out as its binary, for the reader to be called again; of a cleartext signed message
 * (RFC 9580 section 7) the text is handed out, as signed. From binary: literal data under its name, and what is inside
 * of compressed data, signed or not. What is encrypted is UNPACK_ENCRYPTED. Keys and detached signatures give nothing.
 */
#ifndef CORDON_DOCUMENT_PGP_H
#define CORDON_DOCUMENT_PGP_H

#include "unpack/unpack.h"

void pgp_read(struct unpack *unpack, struct span content);
bool pgp_looks(struct span content);

#endif
