#include "text/mbox.h"

#include "text/text_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span content = span_of(data, size);
    (void)mbox_looks(content);
    text_fuzz(mbox_read, content, 1);
    return 0;
}
