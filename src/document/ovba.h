/* VBA projects (MS-OVBA): the source text of macros is compressed in chunks, in streams whose names and offsets stand
 * in a stream named "dir", which is compressed itself. */
#ifndef CORDON_DOCUMENT_OVBA_H
#define CORDON_DOCUMENT_OVBA_H

#include "base/buf.h"
#include "unpack/unpack.h"

/* Does a compressed container begin here? Two random bytes in two thousand look like it. */
bool ovba_looks(struct span packed);

/* Unpacks one container into the member that is open. */
enum unpack_ending ovba_put(struct unpack *unpack, struct span packed);

/* The same into memory, as far as the buf's limit goes and as it is sound. */
void ovba_unpack(struct span packed, struct buf *plain);

/* Where the source text begins in the module stream of that name, by the unpacked dir stream. SPAN_NONE: not in it. */
size_t ovba_find_module(struct span dir, struct span name_utf16, struct span name);

/* Where a container begins from `from` on that holds source text as Office writes it; SPAN_NONE: nowhere. */
size_t ovba_find_source(struct span module, size_t from);

#endif
