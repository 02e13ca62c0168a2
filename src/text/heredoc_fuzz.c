#include "text/heredoc.h"

#include "text/text_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct span content = span_of(data + 1, size - 1);
    size_t room = data[0] % 32U + 1;
    (void)heredoc_looks(content);
    text_fuzz(heredoc_read, content, room);
    return 0;
}
