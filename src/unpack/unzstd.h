/* Zstandard frames (RFC 8878), put into the open member. The only place that sees libzstd. */
#ifndef CORDON_UNPACK_UNZSTD_H
#define CORDON_UNPACK_UNZSTD_H

#include "unpack/unpack.h"

/* Unpacks one frame at the start of `packed` into the member that is open; a skippable frame puts nothing. *used_out:
 * the packed bytes that it took. Frames of the format's older versions are taken as far as the library knows them. A
 * window above 128 MiB is UNPACK_BROKEN and noted as a limit; a frame that needs a dictionary is UNPACK_BROKEN and
 * noted as unsupported. */
enum unpack_ending unzstd_put(struct unpack *unpack, struct span packed, size_t *used_out);

#endif
