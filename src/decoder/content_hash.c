#include "content_hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t content_hash(struct span bytes, uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes.data, bytes.size, seed);
}
