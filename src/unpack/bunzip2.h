/* Bzip2 streams, put into the open member. The only place that sees libbz2. */
#ifndef CORDON_UNPACK_BUNZIP2_H
#define CORDON_UNPACK_BUNZIP2_H

#include "unpack/unpack.h"

/* Unpacks one stream ("BZh" to its check sum) at the start of `packed` into the member that is open. *used_out: the
 * packed bytes that it took. A wrong check sum behind sound data is UNPACK_BROKEN; that block was put. */
enum unpack_ending bunzip2_put(struct unpack *unpack, struct span packed, size_t *used_out);

#endif
