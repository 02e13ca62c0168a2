/* ActiveMime: the .mso files in which Office hides objects and macros of a document that is saved as HTML or XML. A
 * header that nobody has described, and a zlib stream. */
#ifndef CORDON_DOCUMENT_ACTIVEMIME_H
#define CORDON_DOCUMENT_ACTIVEMIME_H

#include "unpack/unpack.h"

bool activemime_looks(struct span content);
void activemime_read(struct unpack *unpack, struct span content);

#endif
