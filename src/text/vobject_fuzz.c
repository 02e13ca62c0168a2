#include "text/vobject.h"

#include "text/text_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span content = span_of(data, size);
    (void)vobject_looks(content);
    text_fuzz(vobject_read, content, 1);
    return 0;
}
