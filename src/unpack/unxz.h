/* LZMA in its containers, put into the open member. The only place that sees liblzma. */
#ifndef CORDON_UNPACK_UNXZ_H
#define CORDON_UNPACK_UNXZ_H

#include "unpack/unpack.h"

enum unxz_kind {
    UNXZ_XZ,           /* one stream, from its magic to its footer */
    UNXZ_XZ_UNCHECKED, /* the same; check sums of the data are not looked at, so that it goes on behind a wrong one */
    UNXZ_LZMA,         /* the .lzma file: properties, dictionary size, size, data */
    UNXZ_LZIP,         /* one member, versions 0 and 1 */
    UNXZ_ZIP           /* zip's method 14 (APPNOTE 5.8.8) without known size: version, size of properties, properties */
};

/* Where a size is not known. */
#define UNXZ_ANY_SIZE UINT64_MAX

/* Unpacks one stream at the start of `packed` into the member that is open. *used_out: the packed bytes that it took. A
 * wrong check sum behind sound data is UNPACK_BROKEN; all data was put.
 *
 * At most 128 MiB of dictionary are held. What needs more is UNPACK_BROKEN and noted as a limit; except that for
 * everything but xz a larger one is only declared as a rule, and it is tried with 128 MiB. What the library knows no
 * filter or check for is noted as unsupported. */
enum unpack_ending unxz_put(struct unpack *unpack, enum unxz_kind kind, struct span packed, size_t *used_out);

/* Bare LZMA1 data: `properties` are the 5 bytes of lc, lp, pb and the dictionary's size. `size`: of what it unpacks to,
 * as the container tells; an end mark before is good as well. With UNXZ_ANY_SIZE it goes on to the end mark; where
 * there is none, it ends with UNPACK_CUT at the end of `packed`, and some stray bytes may stand behind the data. */
enum unpack_ending unxz_put_raw(struct unpack *unpack, struct span properties, uint64_t size, struct span packed,
                                size_t *used_out);

#endif
