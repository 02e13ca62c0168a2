/* Any bytes are metadata: what is read of them lies within them, and put again gives the same bytes. */
#include "meta.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span meta = span_of(data, size);
    struct meta_reader reader;
    struct buf again;
    unsigned field = 0;
    struct span value = { 0 };
    bool is_known = true;
    buf_init(&again, size);
    for (meta_begin(&reader, meta); meta_next(&reader, &field, &value);) {
        assert(field > 0 && value.data >= meta.data && value.data + value.size <= meta.data + meta.size);
        is_known = is_known && field < META_FIELDS;
        if (!is_known)
            continue;
        meta_put(&again, (enum meta_field)field, value);
        struct span first = meta_find(meta, (enum meta_field)field);
        assert(first.data != NULL && first.data <= value.data);
    }
    assert(!is_known || span_equal(buf_span(&again), span_slice(meta, 0, meta.size - reader.rest.size)));
    assert(reader.is_broken == (reader.rest.size > 0));
    uint64_t number = 0;
    (void)meta_number(meta, META_SIZE, &number);
    buf_fini(&again);
    return 0;
}
