/* Any bytes: the reader keeps the rules of unpack.h, and ends. */
#include "partition.h"

#include "unpack/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)partition_looks(span_of(data, size));
    collect_fuzz(partition_looks, partition_read, span_of(data, size));
    return 0;
}
