/* For the fuzz targets of this folder: what comes out must not depend on the size of the pieces.
 */
#ifndef CORDON_TEXT_TEXT_FUZZ_H
#define CORDON_TEXT_TEXT_FUZZ_H

#include "unpack/collect.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void text_fuzz(unpack_reader *reader, struct span content, size_t room)
{
    static struct collect small;
    static struct collect large;
    collect_init(&small);
    collect_init(&large);
    small.room = room;
    collect_read(&small, reader, content);
    collect_read(&large, reader, content);
    assert(small.count == large.count && small.note_count == large.note_count);
    for (size_t i = 0; i < small.count; i++)
        assert(span_equal(buf_span(&small.members[i].bytes), buf_span(&large.members[i].bytes)));
    collect_fini(&small);
    collect_fini(&large);
}

#endif
