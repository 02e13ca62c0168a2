/* What comes out must not depend on the size of the pieces, and is never longer than what went in. */
#include "text/qp.h"

#include "unpack/collect.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct collect small;
static struct collect large;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 100000)
        return 0;
    struct span body = span_of(data + 1, size - 1);
    collect_init(&small);
    collect_init(&large);
    small.room = data[0] % 32U + 1;
    collect_read(&small, qp_read, body);
    collect_read(&large, qp_read, body);
    assert(small.count == large.count && small.count >= 1 && small.note_count == 0);
    for (size_t i = 0; i < small.count; i++) {
        assert(span_equal(buf_span(&small.members[i].bytes), buf_span(&large.members[i].bytes)));
        assert(small.members[i].bytes.size <= body.size);
    }
    collect_fini(&small);
    collect_fini(&large);
    return 0;
}
