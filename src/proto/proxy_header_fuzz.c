#include "proto/proxy_header.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whole, and as a session reads: both must come to the same, and nothing behind the header may be asked for. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct proxy_header whole;
    struct proxy_header header;
    struct fault fault;
    int result = proxy_header_parse(span_of(data, size), &whole, &fault);
    assert(result != 1 || (whole.size > 0 && whole.size <= size && whole.size <= PROXY_HEADER_LIMIT));
    assert(result != 0 || (whole.missing > 0 && size + whole.missing <= PROXY_HEADER_LIMIT));

    size_t at = 0;
    int step = 0;
    while ((step = proxy_header_parse(span_of(data, at), &header, &fault)) == 0) {
        assert(header.missing > 0 && at + header.missing <= PROXY_HEADER_LIMIT);
        if (header.missing > size - at)
            break;
        at += header.missing;
    }
    /* Who reads in steps may still wait where the whole is already known to be wrong. */
    assert(step == result || (step == 0 && result < 0));
    if (step == 1)
        assert(at == whole.size && header.size == whole.size && header.has_peer == whole.has_peer &&
               memcmp(&header.peer, &whole.peer, sizeof whole.peer) == 0);
    return 0;
}
