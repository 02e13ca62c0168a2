/* Whatever comes in: what goes out is one line without control characters, and JSON is valid UTF-8. */
#include "escape.h"

#include <assert.h>
#include <stdint.h>

enum { FUZZ_LIMIT = 1 << 22 };

static void check_no_control(struct span text)
{
    for (size_t i = 0; i < text.size; i++)
        assert((unsigned char)text.data[i] >= 0x20 && text.data[i] != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span input = span_of(data, size);
    struct buf text;
    buf_init(&text, FUZZ_LIMIT);
    escape_value(&text, input);
    check_no_control(buf_span(&text));
    buf_clear(&text);
    escape_header(&text, input, size);
    check_no_control(buf_span(&text));
    buf_clear(&text);
    escape_json(&text, input);
    check_no_control(buf_span(&text));
    for (struct span rest = buf_span(&text); rest.size > 0;) {
        size_t n = utf8_sequence(rest);
        assert(n > 0);
        rest = span_from(rest, n);
    }
    buf_fini(&text);
    return 0;
}
