/* Any content: the reader ends, within its bounds and by the receiver's rules. */
#include "embedded.h"

#include "unpack/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    collect_fuzz(embedded_looks, embedded_read, span_of(data, size));
    return 0;
}
