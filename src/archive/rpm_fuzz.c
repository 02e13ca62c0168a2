/* Any content: the reader ends, within its bounds and by the receiver's rules. */
#include "rpm.h"

#include "unpack/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    collect_fuzz(rpm_looks, rpm_read, span_of(data, size));
    return 0;
}
