#include "document/pdf_file.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* Between "stream" and the end of its line, and around object numbers. */
enum { PDF_BLANKS = 16, PDF_DIGITS = 10, PDF_HOPS = 8, PDF_PROPORTION = 4, PDF_EFFORT = 16, PDF_FIRST_CAPACITY = 64 };

#define PDF_END_STREAM "endstream"

void pdf_file_init(struct pdf_file *file, struct unpack *unpack, struct span content)
{
    *file = (struct pdf_file){ .unpack = unpack, .content = content };
}

void pdf_file_fini(struct pdf_file *file)
{
    for (size_t i = 0; i < file->held_count; i++)
        buf_fini(&file->held[i]);
    free(file->held);
    free(file->objects);
    free(file->order);
}

void pdf_count(struct pdf_file *file, uint64_t units)
{
    if (units > 0 && !file->is_stopped)
        file->is_stopped = !unpack_step(file->unpack, units);
}

void *pdf_grow(void *array, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return array;
    *capacity = *capacity > 0 ? *capacity * 2 : PDF_FIRST_CAPACITY;
    void *larger = memory_new(*capacity * size);
    if (count > 0)
        memcpy(larger, array, count * size);
    free(array);
    return larger;
}

void pdf_count_effort(struct pdf_file *file, const struct pdf_effort *effort, size_t packed_size)
{
    uint64_t usual = (uint64_t)packed_size * PDF_PROPORTION;
    if (effort->between > usual)
        pdf_count(file, (effort->between - usual) / PDF_EFFORT);
    if (effort->is_over)
        unpack_note(file->unpack, UNPACK_LIMIT, "pdf: too much between two filters");
}

static void pdf_add(struct pdf_file *file, const struct pdf_object *object)
{
    if (file->count == PDF_OBJECTS) {
        if (!file->is_full)
            unpack_note(file->unpack, UNPACK_LIMIT, "pdf: more than %d objects", PDF_OBJECTS);
        file->is_full = true;
        return;
    }
    file->objects = pdf_grow(file->objects, file->count, &file->capacity, sizeof *file->objects);
    file->objects[file->count++] = *object;
}

/* The number that ends before *at, which then stands before it. */
static bool pdf_number_before(struct span content, size_t *at, uint32_t *number_out)
{
    size_t end = *at;
    for (size_t i = 0; i < PDF_BLANKS && end > 0 && pdf_is_space(content.data[end - 1]); i++)
        end--;
    size_t from = end;
    while (from > 0 && end - from < PDF_DIGITS && ascii_is_digit(content.data[from - 1]))
        from--;
    uint64_t number = 0;
    if (!span_number(span_slice(content, from, end - from), &number))
        return false;
    *number_out = (uint32_t)number;
    *at = from;
    return true;
}

/* Behind "stream" comes a line's end (ISO 32000-2 section 7.3.8.1), which readers take in every form. */
static struct span pdf_stream_data(struct span rest)
{
    size_t blanks = 0;
    while (blanks < PDF_BLANKS && blanks < rest.size && ascii_is_space(rest.data[blanks]))
        blanks++;
    struct span line = span_from(rest, blanks);
    if (span_starts_with(line, "\r\n"))
        return span_from(line, 2);
    if (span_starts_with(line, "\n") || span_starts_with(line, "\r"))
        return span_from(line, 1);
    return rest;
}

/* The object whose "obj" ends at `at`. */
static void pdf_read_object(struct pdf_file *file, size_t at)
{
    struct pdf_object object = { 0 };
    size_t before = at - 3;
    if (pdf_number_before(file->content, &before, &object.generation))
        (void)pdf_number_before(file->content, &before, &object.number);
    size_t end = at;
    bool is_value = pdf_read_value(file->content, &end, &object.value);
    if (at < file->read_to)
        pdf_count(file, (end < file->read_to ? end : file->read_to) - at);
    file->read_to = end > file->read_to ? end : file->read_to;
    if (!is_value || (object.value.kind == PDF_WORD && !span_is(object.value.bytes, "null")))
        return;
    pdf_skip_space(file->content, &end);
    struct span rest = span_from(file->content, end);
    if (object.value.kind == PDF_DICTIONARY && span_starts_with(rest, "stream"))
        object.stream = pdf_stream_data(span_from(rest, 6));
    pdf_add(file, &object);
}

static bool pdf_is_letter(char c)
{
    return ascii_is_alnum(c) && !ascii_is_digit(c);
}

static int pdf_compare_order(const void *a, const void *b, void *context)
{
    const struct pdf_file *file = context;
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    uint32_t first = file->objects[x].number;
    uint32_t second = file->objects[y].number;
    if (first != second)
        return first < second ? -1 : 1;
    return x < y ? -1 : x > y;
}

static void pdf_sort(struct pdf_file *file)
{
    free(file->order);
    file->order = memory_new((file->count + 1) * sizeof *file->order);
    for (size_t i = 0; i < file->count; i++)
        file->order[i] = (uint32_t)i;
    file->ordered = file->count;
    qsort_r(file->order, file->ordered, sizeof *file->order, pdf_compare_order, file);
}

void pdf_file_scan(struct pdf_file *file)
{
    struct span word = span_text("obj");
    for (size_t at = 0; !file->is_stopped && !file->is_full;) {
        size_t found = span_find(span_from(file->content, at), word);
        if (found == SPAN_NONE)
            break;
        at += found + word.size;
        size_t before = at - word.size;
        if (before == 0 || !pdf_is_letter(file->content.data[before - 1]))
            pdf_read_object(file, at);
    }
    pdf_sort(file);
}

/* The first place in the order whose object has at least that number. */
static size_t pdf_order_find(const struct pdf_file *file, uint64_t number)
{
    size_t low = 0;
    size_t high = file->ordered;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (file->objects[file->order[middle]].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct pdf_value pdf_resolve(struct pdf_file *file, struct pdf_value value, size_t choice)
{
    for (int hops = 0; value.kind == PDF_REFERENCE && hops < PDF_HOPS; hops++) {
        uint64_t number = value.number >= 0 ? (uint64_t)value.number : UINT64_MAX - 1;
        size_t first = pdf_order_find(file, number);
        size_t end = pdf_order_find(file, number + 1);
        if (first == end)
            return (struct pdf_value){ 0 };
        file->is_ambiguous |= end - first > 1;
        value = file->objects[file->order[choice == 0 ? end - 1 : first]].value;
    }
    return value;
}

static void pdf_keep(struct pdf_value kept[PDF_CHOICES], const struct pdf_value *value, bool *is_ambiguous)
{
    if (kept[0].kind == PDF_NOTHING)
        kept[1] = *value;
    else
        *is_ambiguous = true;
    kept[0] = *value;
}

static void pdf_keep_name(struct span *name, const struct pdf_value *value, bool *is_odd)
{
    *is_odd |= name->size > 0 || value->kind != PDF_NAME;
    if (value->kind == PDF_NAME)
        *name = value->bytes;
}

void pdf_stream_read(struct pdf_file *file, const struct pdf_object *object, struct pdf_stream *stream_out)
{
    struct pdf_stream *stream = stream_out;
    struct span key = { 0 };
    struct pdf_value value;
    bool has_first = false;
    bool has_count = false;
    *stream = (struct pdf_stream){ .object = object };
    for (size_t at = 0; pdf_read_pair(object->value.bytes, &at, &key, &value);) {
        bool is_names = value.kind == PDF_NAME || value.kind == PDF_ARRAY;
        if (pdf_name_is(key, "Type")) {
            value = pdf_resolve(file, value, 0);
            pdf_keep_name(&stream->type, &value, &stream->is_odd);
        } else if (pdf_name_is(key, "Subtype")) {
            value = pdf_resolve(file, value, 0);
            pdf_keep_name(&stream->subtype, &value, &stream->is_odd);
        } else if (pdf_name_is(key, "Filter") || (pdf_name_is(key, "F") && is_names)) {
            /* The abbreviated key is for images in pages, but some take it anywhere. */
            pdf_keep(stream->filter, &value, &stream->is_ambiguous);
        } else if (pdf_name_is(key, "DecodeParms") || pdf_name_is(key, "DP")) {
            pdf_keep(stream->parameters, &value, &stream->is_ambiguous);
        } else if (pdf_name_is(key, "Length")) {
            pdf_keep(stream->length, &value, &stream->is_ambiguous);
        } else if (pdf_name_is(key, "Params")) {
            stream->is_named_file = true;
        }
        has_first |= pdf_name_is(key, "First");
        has_count |= pdf_name_is(key, "N");
    }
    stream->is_holder = pdf_name_is(stream->type, "ObjStm") || (has_first && has_count);
}

static struct span pdf_without_line_end(struct span bytes)
{
    if (bytes.size > 0 && bytes.data[bytes.size - 1] == '\n')
        bytes.size--;
    if (bytes.size > 0 && bytes.data[bytes.size - 1] == '\r')
        bytes.size--;
    return bytes;
}

static bool pdf_ends_stream(struct span data, size_t length)
{
    struct span rest = span_from(data, length);
    size_t blanks = 0;
    while (blanks < PDF_BLANKS && blanks < rest.size && pdf_is_space(rest.data[blanks]))
        blanks++;
    return span_starts_with(span_from(rest, blanks), PDF_END_STREAM);
}

size_t pdf_stream_find(struct pdf_file *file, const struct pdf_stream *stream, struct span ranges_out[PDF_RANGES],
                       bool *is_cut_out)
{
    struct span data = stream->object->stream;
    size_t start = (size_t)(data.data - file->content.data);
    if (file->stream_end < start) {
        size_t found = span_find(data, span_text(PDF_END_STREAM));
        file->stream_end = found == SPAN_NONE ? SIZE_MAX : start + found;
    }
    *is_cut_out = file->stream_end == SIZE_MAX;
    struct span by_mark = data;
    if (!*is_cut_out)
        by_mark = pdf_without_line_end(span_slice(data, 0, file->stream_end - start));
    size_t count = 0;
    /* A length that leads to an end mark comes first, any other one last. */
    struct pdf_value length = pdf_resolve(file, stream->length[0], 0);
    bool has_length = length.kind == PDF_NUMBER && length.number > 0 && (uint64_t)length.number <= data.size;
    size_t size = has_length ? (size_t)length.number : 0;
    bool is_sound = has_length && pdf_ends_stream(data, size);
    if (is_sound)
        ranges_out[count++] = span_slice(data, 0, size);
    /* A difference of the line's end before the mark is none. */
    if (!is_sound || size > by_mark.size + 2 || size + 2 < by_mark.size)
        ranges_out[count++] = by_mark;
    if (has_length && !is_sound)
        ranges_out[count++] = span_slice(data, 0, size);
    return count;
}

static int64_t pdf_parameter(struct pdf_file *file, struct span bytes, const char *name, int64_t otherwise)
{
    struct span key = { 0 };
    struct pdf_value value;
    for (size_t at = 0; pdf_read_pair(bytes, &at, &key, &value);) {
        if (!pdf_name_is(key, name))
            continue;
        value = pdf_resolve(file, value, 0);
        if (value.kind == PDF_NUMBER)
            return value.number;
    }
    return otherwise;
}

/* Crypt without a name is Identity (ISO 32000-2 section 7.4.10). */
static bool pdf_is_identity(struct pdf_file *file, struct span bytes)
{
    struct span key = { 0 };
    struct pdf_value value;
    for (size_t at = 0; pdf_read_pair(bytes, &at, &key, &value);) {
        value = pdf_resolve(file, value, 0);
        if (pdf_name_is(key, "Name") && value.kind == PDF_NAME)
            return pdf_name_is(value.bytes, "Identity");
    }
    return true;
}

static void pdf_chain_add(struct pdf_file *file, struct pdf_chain *chain, enum pdf_filter_kind kind,
                          struct span parameters)
{
    struct pdf_filter filter = { .kind = kind, .early_change = 1 };
    if (kind == PDF_FLATE || kind == PDF_LZW) {
        filter.predictor = pdf_parameter(file, parameters, "Predictor", 1);
        filter.colors = pdf_parameter(file, parameters, "Colors", 1);
        filter.bits = pdf_parameter(file, parameters, "BitsPerComponent", 8);
        filter.columns = pdf_parameter(file, parameters, "Columns", 1);
        filter.early_change = pdf_parameter(file, parameters, "EarlyChange", 1);
    }
    chain->is_unknown |= kind == PDF_UNKNOWN;
    if (kind != PDF_IDENTITY && chain->count < PDF_FILTERS)
        chain->filters[chain->count++] = filter;
    else
        chain->is_longer |= kind != PDF_IDENTITY;
    if (filter.predictor <= 1)
        return;
    filter.kind = PDF_PREDICTOR;
    if (chain->count < PDF_FILTERS)
        chain->filters[chain->count++] = filter;
    else
        chain->is_longer = true;
}

void pdf_stream_chain(struct pdf_file *file, const struct pdf_stream *stream, size_t choice,
                      struct pdf_chain *chain_out, bool *is_clear_out)
{
    struct pdf_value filters = pdf_resolve(file, stream->filter[choice], choice);
    struct pdf_value parameters = pdf_resolve(file, stream->parameters[choice], choice);
    *chain_out = (struct pdf_chain){ 0 };
    *is_clear_out = false;
    size_t at = 0;
    size_t parameters_at = 0;
    for (bool is_more = true; is_more && !chain_out->is_longer;) {
        struct pdf_value filter = filters;
        struct pdf_value own = parameters;
        is_more = filters.kind == PDF_ARRAY;
        if (is_more && !pdf_read_value(filters.bytes, &at, &filter))
            break;
        if (parameters.kind == PDF_ARRAY && !pdf_read_value(parameters.bytes, &parameters_at, &own))
            own = (struct pdf_value){ 0 };
        filter = pdf_resolve(file, filter, choice);
        own = pdf_resolve(file, own, choice);
        if (filter.kind != PDF_NAME) {
            chain_out->is_unknown |= filter.kind != PDF_WORD && stream->filter[choice].kind != PDF_NOTHING;
            continue;
        }
        struct span bytes = own.kind == PDF_DICTIONARY ? own.bytes : (struct span){ 0 };
        enum pdf_filter_kind kind = pdf_filter_find(filter.bytes);
        *is_clear_out |= kind == PDF_IDENTITY && pdf_is_identity(file, bytes);
        pdf_chain_add(file, chain_out, kind, bytes);
    }
}

/* The objects of an object stream (ISO 32000-2 section 7.5.7): pairs of a number and an offset, then the objects. */
static void pdf_read_held(struct pdf_file *file, const struct pdf_object *object, struct span bytes)
{
    int64_t first = pdf_parameter(file, object->value.bytes, "First", 0);
    struct span body = first > 0 ? span_from(bytes, (size_t)first) : bytes;
    struct span heads = first > 0 ? span_slice(bytes, 0, (size_t)first) : bytes;
    struct pdf_value number;
    struct pdf_value offset;
    size_t before = 0;
    for (size_t at = 0;
         !file->is_stopped && pdf_read_value(heads, &at, &number) && pdf_read_value(heads, &at, &offset);) {
        if (number.kind != PDF_NUMBER || offset.kind != PDF_NUMBER || offset.number < 0)
            return;
        struct pdf_object inner = { .number = (uint32_t)number.number, .is_held = true };
        size_t start = (size_t)offset.number;
        size_t end = start;
        if (!pdf_read_value(body, &end, &inner.value))
            continue;
        if (start < before)
            pdf_count(file, end - start);
        before = end > before ? end : before;
        pdf_add(file, &inner);
    }
}

static void pdf_expand_bytes(struct pdf_file *file, const struct pdf_stream *stream, const struct pdf_chain *chain,
                             struct span bytes)
{
    if (file->held_count == PDF_HELD || file->held_bytes >= PDF_STAGE_BYTES) {
        if (!file->is_full)
            unpack_note(file->unpack, UNPACK_LIMIT, "pdf: object streams are too many or too large");
        file->is_full = true;
        return;
    }
    file->held = pdf_grow(file->held, file->held_count, &file->held_capacity, sizeof *file->held);
    struct buf *held = &file->held[file->held_count++];
    buf_init(held, PDF_STAGE_BYTES - file->held_bytes);
    struct pdf_effort effort;
    enum unpack_ending ending = pdf_chain_put_buf(held, chain, bytes, PDF_STAGE_BYTES, &effort);
    effort.between += held->size;
    pdf_count_effort(file, &effort, bytes.size);
    if (ending == UNPACK_STOPPED)
        unpack_note(file->unpack, UNPACK_LIMIT, "pdf: object streams are too large");
    bool is_typed = pdf_name_is(stream->type, "ObjStm");
    if (is_typed && (ending == UNPACK_CUT || ending == UNPACK_BROKEN || chain->is_unknown))
        unpack_note(file->unpack, UNPACK_DAMAGED, "pdf: an object stream is corrupt or cut short");
    file->held_bytes += held->size;
    pdf_read_held(file, stream->object, buf_span(held));
}

static void pdf_expand_range(struct pdf_file *file, const struct pdf_stream *stream, struct span range, size_t choice)
{
    struct pdf_chain chain;
    bool is_clear = false;
    pdf_stream_chain(file, stream, choice, &chain, &is_clear);
    if (!file->is_open || is_clear || file->is_also_clear)
        pdf_expand_bytes(file, stream, &chain, range);
    if (!file->is_open || is_clear)
        return;
    struct buf clear;
    buf_init(&clear, range.size);
    pdf_decrypt(&file->key, file->stream_method, stream->object->number, stream->object->generation, range, &clear);
    pdf_expand_bytes(file, stream, &chain, buf_span(&clear));
    buf_fini(&clear);
}

void pdf_file_expand(struct pdf_file *file)
{
    size_t count = file->count;
    for (size_t i = 0; i < count && !file->is_stopped && !file->is_full; i++) {
        struct pdf_object object = file->objects[i];
        struct pdf_stream stream;
        struct span ranges[PDF_RANGES];
        bool is_cut = false;
        if (object.stream.data == NULL)
            continue;
        pdf_stream_read(file, &object, &stream);
        if (!stream.is_holder)
            continue;
        file->is_ambiguous = stream.is_ambiguous;
        size_t found = pdf_stream_find(file, &stream, ranges, &is_cut);
        for (size_t n = 0; n < found; n++) {
            pdf_expand_range(file, &stream, ranges[n], 0);
            if (file->is_ambiguous && !file->is_stopped)
                pdf_expand_range(file, &stream, ranges[n], 1);
        }
    }
    file->stream_end = 0;
    pdf_sort(file);
}
