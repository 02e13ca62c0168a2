/* Deflate in its three wrappers (RFC 1950, 1951, 1952), put into the open member. The only place that sees zlib. */
#ifndef CORDON_UNPACK_INFLATE_H
#define CORDON_UNPACK_INFLATE_H

#include "unpack/unpack.h"

enum inflate_kind { INFLATE_RAW, INFLATE_ZLIB, INFLATE_GZIP };

/* Inflates one stream at the start of `packed` into the member that is open. *used_out: the packed bytes that it took.
 * A wrong check sum or length behind sound data is UNPACK_BROKEN; all data was put. */
enum unpack_ending inflate_put(struct unpack *unpack, enum inflate_kind kind, struct span packed, size_t *used_out);

/* What was put, for containers that keep the sum elsewhere. */
struct inflate_sum {
    uint32_t crc32;
    uint64_t size;
};

/* As inflate_put; goes on with *sum, which is all zero before the first. */
enum unpack_ending inflate_put_summed(struct unpack *unpack, enum inflate_kind kind, struct span packed,
                                      size_t *used_out, struct inflate_sum *sum);
/* The check sum of gzip and zip, continued from `crc`, which is 0 at the start. */
uint32_t inflate_crc32(uint32_t crc, struct span bytes);

/* Without a member: does a sound stream begin here that ends with the bytes' end, or unpacks to more than a megabyte?
 * For raw deflate, which has no magic. */
bool inflate_is_whole(enum inflate_kind kind, struct span packed);

#endif
