#include "text/flowed.h"

#include "text/text_fuzz.h"

static void read_deleting(struct unpack *unpack, struct span text)
{
    flowed_read(unpack, text, true);
}

static void read_keeping(struct unpack *unpack, struct span text)
{
    flowed_read(unpack, text, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    text_fuzz(read_deleting, span_of(data, size), 1);
    text_fuzz(read_keeping, span_of(data, size), 1);
    return 0;
}
