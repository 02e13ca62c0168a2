#include "encoded_word.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf text;
    buf_init(&text, size * 3); /* a byte of windows-1252 becomes at most three of UTF-8 */
    bool has_any = mail_encoded_words_put(span_of(data, size), &text);
    assert(!buf_overflowed(&text));
    assert(has_any || span_equal(buf_span(&text), span_of(data, size)));
    buf_fini(&text);
    return 0;
}
