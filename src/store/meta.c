#include "meta.h"

#include "store/little.h"

#include <assert.h>

enum { META_NUMBER_BYTES = 2, META_SIZE_BYTES = 2, META_HEAD = META_NUMBER_BYTES + META_SIZE_BYTES };

void meta_put(struct buf *meta, enum meta_field field, struct span value)
{
    assert(field > 0 && field < META_FIELDS);
    value = span_slice(value, 0, META_FIELD_MOST);
    unsigned char head[META_HEAD];
    little_put(head, (uint64_t)field, META_NUMBER_BYTES);
    little_put(head + META_NUMBER_BYTES, value.size, META_SIZE_BYTES);
    if (META_HEAD + value.size > meta->limit - meta->size) {
        meta->overflowed = true; /* a field goes in whole or not at all: a head alone would break all behind it */
        return;
    }
    buf_put(meta, head, sizeof head);
    buf_put_span(meta, value);
}

void meta_put_text(struct buf *meta, enum meta_field field, const char *text)
{
    meta_put(meta, field, span_text(text));
}

void meta_put_number(struct buf *meta, enum meta_field field, uint64_t number)
{
    unsigned char bytes[sizeof number];
    little_put(bytes, number, sizeof bytes);
    meta_put(meta, field, span_of(bytes, sizeof bytes));
}

void meta_begin(struct meta_reader *reader, struct span meta)
{
    *reader = (struct meta_reader){ .rest = meta };
}

bool meta_next(struct meta_reader *reader, unsigned *field_out, struct span *value_out)
{
    struct span rest = reader->rest;
    if (rest.size == 0 || reader->is_broken)
        return false;
    if (rest.size < META_HEAD) {
        reader->is_broken = true;
        return false;
    }
    unsigned field = (unsigned)little_get(rest, 0, META_NUMBER_BYTES);
    size_t size = (size_t)little_get(rest, META_NUMBER_BYTES, META_SIZE_BYTES);
    if (field == 0 || size > rest.size - META_HEAD) {
        reader->is_broken = true;
        return false;
    }
    *field_out = field;
    *value_out = span_slice(rest, META_HEAD, size);
    reader->rest = span_from(rest, META_HEAD + size);
    return true;
}

struct span meta_find(struct span meta, enum meta_field field)
{
    struct meta_reader reader;
    unsigned number = 0;
    struct span value = { 0 };
    meta_begin(&reader, meta);
    while (meta_next(&reader, &number, &value))
        if (number == (unsigned)field)
            return value;
    return (struct span){ 0 };
}

bool meta_number(struct span meta, enum meta_field field, uint64_t *number_out)
{
    struct span value = meta_find(meta, field);
    if (value.size != sizeof *number_out)
        return false;
    *number_out = little_get(value, 0, sizeof *number_out);
    return true;
}
