/* Any bytes: the reader keeps the rules of unpack.h, and ends. */
#include "apple.h"

#include "unpack/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)apple_looks(span_of(data, size));
    collect_fuzz(apple_looks, apple_read, span_of(data, size));
    return 0;
}
