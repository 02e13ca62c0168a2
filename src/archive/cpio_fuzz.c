/* Any content: the reader ends, within its bounds and by the receiver's rules. */
#include "cpio.h"

#include "unpack/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    collect_fuzz(cpio_looks, cpio_read, span_of(data, size));
    return 0;
}
