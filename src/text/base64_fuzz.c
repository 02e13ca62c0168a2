/* What comes out must not depend on the size of the pieces, and the main member is what the plain decoder gives. */
#include "text/base64.h"

#include "base/base64.h"
#include "base/memory.h"
#include "unpack/collect.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct collect small;
static struct collect large;

static void check_main(struct span body, struct span member)
{
    char *decoded = memory_new(body.size + 3);
    size_t decoded_size = 0;
    for (size_t at = 0; at != SPAN_NONE;) {
        struct base64 base64 = { 0 };
        at = span_find_byte(body, '=');
        struct span run = span_slice(body, 0, at);
        body = span_from(body, at == SPAN_NONE ? body.size : at + 1);
        decoded_size += base64_decode(&base64, &run, decoded + decoded_size, run.size + 3);
        decoded_size += base64_flush(&base64, decoded + decoded_size);
    }
    assert(span_equal(span_of(decoded, decoded_size), member));
    free(decoded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 100000)
        return 0;
    struct span body = span_of(data + 1, size - 1);
    collect_init(&small);
    collect_init(&large);
    small.room = data[0] % 32U + 1;
    collect_read(&small, base64_read, body);
    collect_read(&large, base64_read, body);
    assert(small.count == large.count && small.count >= 1 && small.note_count == 0);
    for (size_t i = 0; i < small.count; i++)
        assert(span_equal(buf_span(&small.members[i].bytes), buf_span(&large.members[i].bytes)));
    check_main(body, buf_span(&small.members[0].bytes));
    collect_fini(&small);
    collect_fini(&large);
    return 0;
}
