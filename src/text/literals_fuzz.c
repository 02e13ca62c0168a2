#include "text/literals.h"

#include "text/text_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span content = span_of(data, size);
    (void)literals_looks(content);
    text_fuzz(literals_read, content, 1);
    return 0;
}
