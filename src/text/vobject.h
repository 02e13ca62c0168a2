/* Calendars and visiting cards (RFC 5545, RFC 6350, vCard 2.1): lines that are folded anywhere, also within a word that
 * says what the value is; and values in quoted-printable.
 */
#ifndef CORDON_TEXT_VOBJECT_H
#define CORDON_TEXT_VOBJECT_H

#include "unpack/unpack.h"

/* True where there is something to undo. */
bool vobject_looks(struct span content);

/* The whole of it unfolded, where it is folded; and each longer value that is in quoted-printable. */
void vobject_read(struct unpack *unpack, struct span content);

#endif
