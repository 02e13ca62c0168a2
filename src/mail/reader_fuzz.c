/* Any bytes are a mail: events nest, bodies lie inside their parts and follow one another, and the steps stay within a
 * multiple of the bytes. */
#include "reader.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FUZZ_DEPTH = 8, FUZZ_STEPS_PER_BYTE = 24, FUZZ_STEPS = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct mail_limits limits = { .depth = FUZZ_DEPTH, .header_bytes = 512, .names_bytes = 128 };
    struct span message = span_of(data, size);
    struct mail_reader reader;
    struct mail_event event;
    uint32_t depth = 0; /* open parts */
    size_t at = 0;      /* behind the last leaf's body */
    mail_reader_init(&reader, message, &limits);
    while (mail_reader_next(&reader, &event)) {
        assert(event.kind <= MAIL_EVENT_END && event.header.size <= size);
        assert(event.depth <= FUZZ_DEPTH && event.depth + (event.kind != MAIL_EVENT_BEGIN) == depth);
        depth += event.kind == MAIL_EVENT_BEGIN;
        depth -= event.kind == MAIL_EVENT_END;
        if (event.kind != MAIL_EVENT_BODY)
            continue;
        size_t from = event.body.data != NULL ? (size_t)(event.body.data - message.data) : at;
        assert(from >= at && from <= size && event.body.size <= size - from);
        at = from + event.body.size;
    }
    assert(depth == 0);
    assert(mail_reader_steps(&reader) <= size * FUZZ_STEPS_PER_BYTE + FUZZ_STEPS);
    mail_reader_fini(&reader);
    return 0;
}
