/* Any content: the reader ends, within its bounds and by the receiver's rules. */
#include "bzip2.h"

#include "unpack/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    collect_fuzz(bzip2_looks, bzip2_read, span_of(data, size));
    return 0;
}
