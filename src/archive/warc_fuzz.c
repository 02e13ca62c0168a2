/* Any content: the reader ends, within its bounds and by the receiver's rules. */
#include "warc.h"

#include "unpack/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    collect_fuzz(warc_looks, warc_read, span_of(data, size));
    return 0;
}
