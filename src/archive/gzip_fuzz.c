/* Any content: the reader ends, within its bounds and by the receiver's rules. */
#include "gzip.h"

#include "unpack/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    collect_fuzz(gzip_looks, gzip_read, span_of(data, size));
    collect_fuzz(zlib_looks, zlib_read, span_of(data, size));
    return 0;
}
