/* Texts whose lines were broken for the way: "format=flowed" (RFC 3676), which readers join again.
 */
#ifndef CORDON_TEXT_FLOWED_H
#define CORDON_TEXT_FLOWED_H

#include "unpack/unpack.h"

/* The text as its reader sees and saves it, as one member; none where nothing is to be undone. A line that ends in a
 * blank goes on in the next one of the same depth of quoting; with deletes_blank (DelSp) the blank was not there. A
 * blank at a line's start was put there too. */
void flowed_read(struct unpack *unpack, struct span text, bool deletes_blank);

#endif
