/* Binary property lists of Apple ("bplist00"), as web archives are: each data object in them is a member.
 *
 * Objects are found by the offset table that the trailer names; what it does not lead to is found by nobody.
 */
#ifndef CORDON_DOCUMENT_PLIST_H
#define CORDON_DOCUMENT_PLIST_H

#include "unpack/unpack.h"

void plist_read(struct unpack *unpack, struct span content);
bool plist_looks(struct span content);

#endif
