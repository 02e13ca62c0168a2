/* Any bytes: the reader keeps the rules of unpack.h, and ends. */
#include "udf.h"

#include "unpack/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)udf_looks(span_of(data, size));
    collect_fuzz(udf_looks, udf_read, span_of(data, size));
    return 0;
}
