#include "proto/xtext.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span in = span_of(data, size);
    struct buf text;
    struct buf value;
    buf_init(&text, 3 * size + 1);
    buf_init(&value, size + 1);
    assert(xtext_decode(in, &value) == xtext_is_valid(in));
    buf_clear(&value);
    xtext_encode(in, &text);
    assert(xtext_is_valid(buf_span(&text)));
    assert(xtext_decode(buf_span(&text), &value));
    assert(span_equal(buf_span(&value), in));
    buf_fini(&text);
    buf_fini(&value);
    return 0;
}
