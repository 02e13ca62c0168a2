/* LZ4 frames, put into the open member. The only place that sees liblz4. */
#ifndef CORDON_UNPACK_UNLZ4_H
#define CORDON_UNPACK_UNLZ4_H

#include "unpack/unpack.h"

enum unlz4_kind {
    UNLZ4_FRAME,           /* of the present format, or skippable, which puts nothing */
    UNLZ4_FRAME_UNCHECKED, /* the same; check sums are not looked at */
    UNLZ4_LEGACY           /* 02 21 4c 18 and blocks without end mark: it goes to the last block that can be one */
};

/* Unpacks one frame at the start of `packed` into the member that is open. *used_out: the packed bytes that it took. A
 * wrong check sum behind sound data is UNPACK_BROKEN; what came before was put. */
enum unpack_ending unlz4_put(struct unpack *unpack, enum unlz4_kind kind, struct span packed, size_t *used_out);

#endif
