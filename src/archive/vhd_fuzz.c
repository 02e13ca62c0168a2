/* Any bytes: the reader keeps the rules of unpack.h, and ends. */
#include "vhd.h"

#include "unpack/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)vhd_looks(span_of(data, size));
    collect_fuzz(vhd_looks, vhd_read, span_of(data, size));
    return 0;
}
