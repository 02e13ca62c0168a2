/* Any content: the reader ends, within its bounds and by the receiver's rules. */
#include "zstd.h"

#include "unpack/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    collect_fuzz(zstd_looks, zstd_read, span_of(data, size));
    return 0;
}
