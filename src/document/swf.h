/* Shockwave Flash: the body of a compressed movie, under the header that it would have if it were not compressed. */
#ifndef CORDON_DOCUMENT_SWF_H
#define CORDON_DOCUMENT_SWF_H

#include "unpack/unpack.h"

bool swf_looks(struct span content);
void swf_read(struct unpack *unpack, struct span content);

#endif
