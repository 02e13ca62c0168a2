/* Any bytes: the reader keeps the rules of unpack.h, and ends. */
#include "fat.h"

#include "unpack/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)fat_looks(span_of(data, size));
    collect_fuzz(fat_looks, fat_read, span_of(data, size));
    return 0;
}
