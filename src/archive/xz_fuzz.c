/* Any content: the reader ends, within its bounds and by the receiver's rules. */
#include "xz.h"

#include "unpack/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    collect_fuzz(xz_looks, xz_read, span_of(data, size));
    collect_fuzz(lzma_looks, lzma_read, span_of(data, size));
    collect_fuzz(lzip_looks, lzip_read, span_of(data, size));
    return 0;
}
