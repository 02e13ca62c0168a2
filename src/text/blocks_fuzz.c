#include "text/blocks.h"

#include "text/text_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct span content = span_of(data + 1, size - 1);
    (void)blocks_looks(content);
    text_fuzz(blocks_read, content, data[0] % 32U + 1);
    return 0;
}
