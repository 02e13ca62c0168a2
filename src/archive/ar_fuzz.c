/* Any content: the reader ends, within its bounds and by the receiver's rules. */
#include "ar.h"

#include "unpack/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    collect_fuzz(ar_looks, ar_read, span_of(data, size));
    return 0;
}
