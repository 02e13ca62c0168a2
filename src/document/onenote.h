/* OneNote sections (MS-ONESTORE): the files that were put into a page stand whole in the section, behind a GUID. */
#ifndef CORDON_DOCUMENT_ONENOTE_H
#define CORDON_DOCUMENT_ONENOTE_H

#include "unpack/unpack.h"

bool onenote_looks(struct span content);
void onenote_read(struct unpack *unpack, struct span content);

#endif
