#include "document/pdf.h"

#include "base/memory.h"
#include "document/pdf_file.h"
#include "document/pdf_unlock.h"

#include <stdlib.h>
#include <string.h>

enum {
    PDF_HEADER_WITHIN = 1024, /* where all readers look for it */
    PDF_TAIL = 2048,
    PDF_OUTSIDE = 64, /* fewer bytes before the header or behind the end are not worth a member */
    PDF_SCRIPT = 16,  /* shorter ones do nothing */
    PDF_WANTED = 1 << 16,
    PDF_DEPTH = 32,
    PDF_SHALLOW = 6, /* as deep as ordinary dictionaries nest */
    PDF_PEEK = 64,
    PDF_PEEK_STAGE = 4096,
    PDF_NAME_SIZE = 512,
    PDF_NAMES_SIZE = 4 << 20,
    PDF_STRING_SIZE = 16 << 20
};

/* An object that something refers to as a file or a script. */
struct pdf_wanted {
    uint32_t number;
    size_t names_at;
    size_t names_size;
};

struct pdf {
    struct pdf_file file;
    struct pdf_wanted *wanted;
    size_t wanted_count;
    size_t wanted_capacity;
    bool is_all_wanted; /* there were too many to remember */
    bool is_damaged;
    bool is_deep;    /* dictionaries nest deeper than PDF_DEPTH */
    bool is_unknown; /* there are filters that nothing here undoes */
    bool is_done;    /* no more members */
    struct buf names;
};

static void pdf_want(struct pdf *pdf, int64_t number, struct span names)
{
    if (pdf->wanted_count == PDF_WANTED) {
        pdf->is_all_wanted = true;
        return;
    }
    pdf->wanted = pdf_grow(pdf->wanted, pdf->wanted_count, &pdf->wanted_capacity, sizeof *pdf->wanted);
    struct pdf_wanted *wanted = &pdf->wanted[pdf->wanted_count++];
    *wanted = (struct pdf_wanted){ .number = (uint32_t)(uint64_t)number, .names_at = pdf->names.size };
    buf_put_span(&pdf->names, names);
    wanted->names_size = pdf->names.size - wanted->names_at;
}

/* A string of the file in the clear. */
static void pdf_put_clear(struct pdf *pdf, const struct pdf_object *object, const struct pdf_value *value,
                          struct buf *buf)
{
    const struct pdf_file *file = &pdf->file;
    if (!file->is_open || object->is_held) {
        pdf_put_string(buf, value);
        return;
    }
    struct buf hidden;
    buf_init(&hidden, buf->limit);
    pdf_put_string(&hidden, value);
    pdf_decrypt(&file->key, file->string_method, object->number, object->generation, buf_span(&hidden), buf);
    buf_fini(&hidden);
}

static bool pdf_is_string(const struct pdf_value *value)
{
    return value->kind == PDF_STRING || value->kind == PDF_HEX;
}

static void pdf_hand_out_script(struct pdf *pdf, const struct pdf_object *object, const struct pdf_value *value)
{
    const struct pdf_file *file = &pdf->file;
    struct unpack_member member = { .how = "pdf, script", .packed_size = value->bytes.size };
    struct buf script;
    if (value->bytes.size < PDF_SCRIPT || (file->is_encrypted && !file->is_open && !file->is_also_clear))
        return;
    buf_init(&script, PDF_STRING_SIZE);
    pdf_put_clear(pdf, object, value, &script);
    if (script.size >= PDF_SCRIPT && !pdf->is_done)
        pdf->is_done = !unpack_member_put(file->unpack, &member, buf_span(&script));
    buf_clear(&script);
    if (file->is_open && file->is_also_clear)
        pdf_put_string(&script, value);
    if (script.size >= PDF_SCRIPT && !pdf->is_done)
        pdf->is_done = !unpack_member_put(file->unpack, &member, buf_span(&script));
    buf_fini(&script);
}

static void pdf_put_utf8(struct buf *buf, uint32_t point)
{
    if (point < 0x80) {
        buf_put_char(buf, (char)(point != 0 ? point : '?'));
    } else if (point < 0x800) {
        buf_put_char(buf, (char)(0xc0 | point >> 6));
        buf_put_char(buf, (char)(0x80 | (point & 0x3f)));
    } else if (point < 0x10000) {
        buf_put_char(buf, (char)(0xe0 | point >> 12));
        buf_put_char(buf, (char)(0x80 | (point >> 6 & 0x3f)));
        buf_put_char(buf, (char)(0x80 | (point & 0x3f)));
    } else {
        buf_put_char(buf, (char)(0xf0 | point >> 18));
        buf_put_char(buf, (char)(0x80 | (point >> 12 & 0x3f)));
        buf_put_char(buf, (char)(0x80 | (point >> 6 & 0x3f)));
        buf_put_char(buf, (char)(0x80 | (point & 0x3f)));
    }
}

static uint32_t pdf_unit(struct span text, size_t at)
{
    return (uint32_t)((unsigned char)text.data[at] << 8 | (unsigned char)text.data[at + 1]);
}

/* Text strings are UTF-16 or UTF-8 behind a mark, or else a superset of ASCII (section 7.9.2.2). */
static void pdf_put_name(struct buf *buf, struct span text)
{
    if (!span_starts_with(text, "\xfe\xff")) {
        text = span_starts_with(text, "\xef\xbb\xbf") ? span_from(text, 3) : text;
        for (size_t i = 0; i < text.size; i++)
            buf_put_char(buf, (char)(text.data[i] != '\0' ? text.data[i] : '?'));
        return;
    }
    for (size_t i = 2; i + 1 < text.size; i += 2) {
        uint32_t point = pdf_unit(text, i);
        if (point >= 0xd800 && point < 0xdc00 && i + 3 < text.size) {
            uint32_t low = pdf_unit(text, i + 2) - 0xdc00;
            i += low < 0x400 ? 2 : 0;
            point = low < 0x400 ? 0x10000 + ((point - 0xd800) << 10) + low : '?';
        }
        pdf_put_utf8(buf, point >= 0xd800 && point < 0xe000 ? '?' : point);
    }
}

static void pdf_add_name(struct pdf *pdf, const struct pdf_object *object, const struct pdf_value *value,
                         struct buf *names)
{
    struct buf text;
    buf_init(&text, PDF_NAME_SIZE);
    pdf_put_clear(pdf, object, value, &text);
    size_t before = names->size;
    pdf_put_name(names, buf_span(&text));
    if (names->size > before)
        buf_put_char(names, '\0');
    buf_fini(&text);
}

static bool pdf_is_file_key(struct span key)
{
    static const char *const keys[] = { "F", "UF", "DOS", "Mac", "Unix", "EF" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (pdf_name_is(key, keys[i]))
            return true;
    }
    return false;
}

/* The names that a file specification has (section 7.11.3), each with a NUL. */
static void pdf_read_names(struct pdf *pdf, const struct pdf_object *object, struct span bytes, struct buf *names)
{
    struct span key = { 0 };
    struct pdf_value value;
    for (size_t at = 0; pdf_read_pair(bytes, &at, &key, &value);) {
        if (!pdf_is_file_key(key) || pdf_name_is(key, "EF"))
            continue;
        if (pdf_is_string(&value))
            pdf_add_name(pdf, object, &value, names);
    }
}

/* All that may refer to an embedded file: whatever a file specification's key refers to, wherever it stands. */
static void pdf_want_files(struct pdf *pdf, struct span bytes, struct span names)
{
    struct span key = { 0 };
    struct pdf_value value;
    for (size_t at = 0; pdf_read_pair(bytes, &at, &key, &value);) {
        if (value.kind == PDF_REFERENCE)
            pdf_want(pdf, value.number, names);
    }
}

static void pdf_want_all(struct pdf *pdf, struct span bytes)
{
    struct pdf_value value;
    for (size_t at = 0; pdf_read_value(bytes, &at, &value);) {
        if (value.kind == PDF_REFERENCE)
            pdf_want(pdf, value.number, (struct span){ 0 });
    }
}

static void pdf_visit_entry(struct pdf *pdf, const struct pdf_object *object, struct span dictionary, struct span key,
                            struct pdf_value value)
{
    if (pdf_name_is(key, "EF") && value.kind == PDF_REFERENCE)
        value = pdf_resolve(&pdf->file, value, 0);
    if (pdf_name_is(key, "EF") && value.kind == PDF_DICTIONARY) {
        struct buf names;
        buf_init(&names, (size_t)4 * PDF_NAME_SIZE);
        pdf_read_names(pdf, object, dictionary, &names);
        bool is_whole = names.size == 0 || names.data[names.size - 1] == '\0';
        pdf_want_files(pdf, value.bytes, is_whole ? buf_span(&names) : (struct span){ 0 });
        buf_fini(&names);
    } else if (pdf_is_file_key(key) && value.kind == PDF_REFERENCE) {
        pdf_want(pdf, value.number, (struct span){ 0 });
    } else if (pdf_name_is(key, "JS") && pdf_is_string(&value)) {
        pdf_hand_out_script(pdf, object, &value);
    } else if ((pdf_name_is(key, "JS") || pdf_name_is(key, "XFA")) && value.kind == PDF_REFERENCE) {
        pdf_want(pdf, value.number, (struct span){ 0 });
        value = pdf_resolve(&pdf->file, value, 0);
        if (value.kind == PDF_ARRAY)
            pdf_want_all(pdf, value.bytes);
    } else if (pdf_name_is(key, "XFA") && value.kind == PDF_ARRAY) {
        pdf_want_all(pdf, value.bytes);
    }
}

/* Looks for what is wanted in a dictionary or an array and in what is inside of it. */
static void pdf_visit(struct pdf *pdf, const struct pdf_object *object, const struct pdf_value *value, size_t depth)
{
    struct span key = { 0 };
    struct pdf_value inner;
    bool is_dictionary = value->kind == PDF_DICTIONARY;
    if (!is_dictionary && value->kind != PDF_ARRAY)
        return;
    if (depth > PDF_SHALLOW)
        pdf_count(&pdf->file, value->bytes.size);
    if (depth == PDF_DEPTH) {
        pdf->is_all_wanted = true; /* what is referred to down there is not known */
        pdf->is_deep = true;
        return;
    }
    for (size_t at = 0; !pdf->file.is_stopped && !pdf->is_done;) {
        bool is_more = is_dictionary ? pdf_read_pair(value->bytes, &at, &key, &inner)
                                     : pdf_read_value(value->bytes, &at, &inner);
        if (!is_more)
            return;
        if (is_dictionary)
            pdf_visit_entry(pdf, object, value->bytes, key, inner);
        pdf_visit(pdf, object, &inner, depth + 1);
    }
}

static int pdf_compare_wanted(const void *a, const void *b)
{
    const struct pdf_wanted *x = a;
    const struct pdf_wanted *y = b;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    /* The one with names first. */
    return x->names_size > y->names_size ? -1 : x->names_size < y->names_size;
}

static const struct pdf_wanted *pdf_find_wanted(const struct pdf *pdf, uint32_t number)
{
    size_t low = 0;
    size_t high = pdf->wanted_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pdf->wanted[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < pdf->wanted_count && pdf->wanted[low].number == number ? &pdf->wanted[low] : NULL;
}

static bool pdf_is_one_of(struct span name, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (pdf_name_is(name, *names))
            return true;
    }
    return false;
}

/* What pages are made of, by its own word: nothing extracts it as a file. Contents of pages, character maps, colour
 * profiles and functions have no type at all. */
static bool pdf_is_page_matter(const struct pdf_stream *stream)
{
    static const char *const types[] = { "XObject", "XRef", "ObjStm", "Metadata", "Pattern", "CMap", "Font", NULL };
    static const char *const subtypes[] = { "Image", "Form", "Type1C", "CIDFontType0C", "OpenType", "XML", NULL };
    if (stream->is_ambiguous || stream->is_odd || stream->is_named_file)
        return false;
    return (stream->type.size == 0 || pdf_is_one_of(stream->type, types)) &&
           (stream->subtype.size == 0 || pdf_is_one_of(stream->subtype, subtypes));
}

/* Programs, archives and documents begin so. */
static bool pdf_is_file_head(struct span head)
{
    static const struct {
        const char *magic;
        size_t size;
    } magics[] = { { "MZ", 2 },
                   { "\x7f"
                     "ELF",
                     4 },
                   { "PK\3\4", 4 },
                   { "PK\5\6", 4 },
                   { "Rar!\x1a\7", 6 },
                   { "7z\xbc\xaf\x27\x1c", 6 },
                   { "MSCF\0\0\0\0", 8 },
                   { "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8 },
                   { "\x1f\x8b\x08", 3 },
                   { "BZh", 3 },
                   { "\xfd"
                     "7zXZ",
                     5 },
                   { "{\\rtf", 5 },
                   { "%PDF-", 5 },
                   { "#!", 2 },
                   { "L\0\0\0\1\x14\2", 7 },
                   { "<script", 7 },
                   { "<html", 5 },
                   { "<HTML", 5 } };
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
        if (span_equal(span_slice(head, 0, magics[i].size), span_of(magics[i].magic, magics[i].size)))
            return true;
    }
    return false;
}

/* How one stream is to be handed out. */
struct pdf_delivery {
    const struct pdf_stream *stream;
    struct unpack_member member;
    enum pdf_method method;
    bool is_whole; /* one way of reading it gave all */
    bool is_broken;
    bool is_unknown;
};

static enum pdf_method pdf_method_of(const struct pdf_file *file, const struct pdf_stream *stream, bool is_file)
{
    if (!file->is_encrypted || pdf_name_is(stream->type, "XRef"))
        return PDF_NO_METHOD;
    return is_file ? file->file_method : file->stream_method;
}

/* The bytes in the clear: the range itself, or decrypted in the buffer. */
static struct span pdf_clear(struct pdf_file *file, const struct pdf_object *object, enum pdf_method method,
                             struct span range, struct buf *buf)
{
    if (!file->is_open || method == PDF_NO_METHOD)
        return range;
    pdf_decrypt(&file->key, method, object->number, object->generation, range, buf);
    return buf_span(buf);
}

static bool pdf_peek(struct pdf_file *file, const struct pdf_stream *stream, struct span range)
{
    struct pdf_chain chain;
    struct buf clear;
    struct buf head;
    struct pdf_effort effort;
    bool is_clear = false;
    pdf_stream_chain(file, stream, 0, &chain, &is_clear);
    enum pdf_method method = is_clear ? PDF_NO_METHOD : pdf_method_of(file, stream, false);
    buf_init(&clear, PDF_PEEK_STAGE);
    buf_init(&head, PDF_PEEK);
    range = span_slice(range, 0, PDF_PEEK_STAGE);
    (void)pdf_chain_put_buf(&head, &chain, pdf_clear(file, stream->object, method, range, &clear), PDF_PEEK_STAGE,
                            &effort);
    bool is_head = pdf_is_file_head(buf_span(&head));
    buf_fini(&clear);
    buf_fini(&head);
    return is_head;
}

static void pdf_deliver_clear(struct pdf *pdf, struct pdf_delivery *delivery, const struct pdf_chain *chain,
                              struct span bytes, bool is_slice)
{
    struct unpack *unpack = pdf->file.unpack;
    struct pdf_effort effort;
    if (pdf->is_done)
        return;
    if (is_slice && chain->count == 0) {
        pdf->is_done = !unpack_member_slice(unpack, &delivery->member, bytes);
        delivery->is_whole = true;
    } else if (unpack_begin(unpack, &delivery->member)) {
        enum unpack_ending ending = pdf_chain_put(unpack, chain, bytes, PDF_STAGE_BYTES, &effort);
        unpack_end(unpack);
        pdf_count_effort(&pdf->file, &effort, bytes.size);
        delivery->is_whole |= ending == UNPACK_WHOLE || ending == UNPACK_STOPPED;
        delivery->is_broken |= ending == UNPACK_CUT || ending == UNPACK_BROKEN;
    } else {
        pdf->is_done = true;
    }
}

static void pdf_deliver_range(struct pdf *pdf, struct pdf_delivery *delivery, struct span range, size_t choice)
{
    struct pdf_file *file = &pdf->file;
    struct pdf_chain chain;
    bool is_clear = false;
    pdf_stream_chain(file, delivery->stream, choice, &chain, &is_clear);
    is_clear |= delivery->method == PDF_NO_METHOD;
    delivery->is_unknown |= chain.is_unknown || chain.is_longer;
    delivery->member.packed_size = range.size;
    if (is_clear || file->is_also_clear)
        pdf_deliver_clear(pdf, delivery, &chain, range, true);
    if (is_clear)
        return;
    if (!file->is_open) {
        file->is_locked = true;
        return;
    }
    struct buf clear;
    buf_init(&clear, range.size);
    pdf_decrypt(&file->key, delivery->method, delivery->stream->object->number, delivery->stream->object->generation,
                range, &clear);
    pdf_deliver_clear(pdf, delivery, &chain, buf_span(&clear), false);
    buf_fini(&clear);
}

static void pdf_deliver(struct pdf *pdf, const struct pdf_stream *stream, const struct pdf_wanted *wanted,
                        const struct span *ranges, size_t count)
{
    struct pdf_file *file = &pdf->file;
    bool is_file = wanted != NULL || pdf_name_is(stream->type, "EmbeddedFile");
    struct pdf_delivery delivery = { .stream = stream, .method = pdf_method_of(file, stream, is_file) };
    delivery.member.how = is_file ? "pdf, embedded file" : "pdf, stream";
    if (wanted != NULL)
        delivery.member.names = span_slice(buf_span(&pdf->names), wanted->names_at, wanted->names_size);
    for (size_t i = 0; i < count && !pdf->is_done; i++) {
        file->is_ambiguous = stream->is_ambiguous;
        pdf_deliver_range(pdf, &delivery, ranges[i], 0);
        if (file->is_ambiguous && !pdf->is_done)
            pdf_deliver_range(pdf, &delivery, ranges[i], 1);
    }
    pdf->is_damaged |= delivery.is_broken && !delivery.is_whole;
    pdf->is_unknown |= delivery.is_unknown;
}

static void pdf_hand_out(struct pdf *pdf, const struct pdf_object *object)
{
    struct pdf_file *file = &pdf->file;
    const struct pdf_wanted *wanted = pdf_find_wanted(pdf, object->number);
    struct pdf_stream stream;
    struct span ranges[PDF_RANGES];
    bool is_cut = false;
    if (object->stream.data == NULL) {
        if (wanted != NULL && pdf_is_string(&object->value) && !object->is_held)
            pdf_hand_out_script(pdf, object, &object->value);
        return;
    }
    pdf_stream_read(file, object, &stream);
    size_t count = pdf_stream_find(file, &stream, ranges, &is_cut);
    size_t end = (size_t)(ranges[0].data - file->content.data) + ranges[0].size;
    if ((size_t)(object->stream.data - file->content.data) < file->read_to)
        pdf_count(file, ranges[0].size / PDF_PEEK);
    file->read_to = end > file->read_to ? end : file->read_to;
    bool is_wanted = wanted != NULL || pdf->is_all_wanted || !pdf_is_page_matter(&stream);
    if (!is_wanted && !pdf_peek(file, &stream, ranges[0]))
        return;
    pdf_deliver(pdf, &stream, wanted, ranges, count);
    pdf->is_damaged |= is_cut;
}

/* Readers look for the header in the first bytes, and some do without one. */
static size_t pdf_find_header(struct span content)
{
    static const char *const headers[] = { "%PDF-", "%FDF-", "%!PS-Adobe-" };
    struct span head = span_slice(content, 0, PDF_HEADER_WITHIN + 5);
    for (size_t i = 0; i < 2; i++) {
        size_t at = span_find(head, span_text(headers[i]));
        if (at != SPAN_NONE)
            return at;
    }
    size_t at = span_find(head, span_text(headers[2]));
    if (at == SPAN_NONE)
        return SPAN_NONE;
    return span_find(span_slice(head, at, 40), span_text(" PDF-")) != SPAN_NONE ? at : SPAN_NONE;
}

/* What stands around the file: another one, maybe. */
static void pdf_hand_out_outside(struct pdf *pdf)
{
    struct unpack_member before = { .how = "pdf, before the header" };
    struct unpack_member behind = { .how = "pdf, behind the end" };
    struct span content = pdf->file.content;
    size_t header = pdf_find_header(content);
    if (header != SPAN_NONE && header >= PDF_OUTSIDE)
        pdf->is_done = !unpack_member_slice(pdf->file.unpack, &before, span_slice(content, 0, header));
    struct span word = span_text("%%EOF");
    const char *last = NULL;
    for (size_t at = content.size; at >= word.size && last == NULL; at--) {
        if (content.data[at - 1] == 'F' && span_equal(span_slice(content, at - word.size, word.size), word))
            last = content.data + at;
    }
    if (last == NULL || pdf->is_done)
        return;
    struct span tail = span_from(content, (size_t)(last - content.data));
    struct span rest = tail;
    while (rest.size > 0 && pdf_is_space(rest.data[0]))
        rest = span_from(rest, 1);
    if (rest.size >= PDF_OUTSIDE)
        pdf->is_done = !unpack_member_slice(pdf->file.unpack, &behind, rest);
}

static void pdf_note(struct pdf *pdf)
{
    if (pdf->file.is_locked || (pdf->file.is_encrypted && !pdf->file.is_open))
        unpack_note(pdf->file.unpack, UNPACK_ENCRYPTED, "pdf: encrypted");
    if (pdf->is_deep)
        unpack_note(pdf->file.unpack, UNPACK_LIMIT, "pdf: dictionaries nest deeper than %d", PDF_DEPTH);
    if (pdf->is_unknown)
        unpack_note(pdf->file.unpack, UNPACK_UNSUPPORTED, "pdf: filters that are not known");
    if (pdf->is_damaged)
        unpack_note(pdf->file.unpack, UNPACK_DAMAGED, "pdf: a stream is corrupt or cut short");
}

void pdf_read(struct unpack *unpack, struct span content)
{
    struct pdf *pdf = memory_new(sizeof *pdf);
    struct pdf_file *file = &pdf->file;
    pdf_file_init(file, unpack, content);
    buf_init(&pdf->names, PDF_NAMES_SIZE);

    pdf_hand_out_outside(pdf);
    pdf_file_scan(file);
    pdf_unlock(file);
    if (!file->is_encrypted || file->is_open)
        pdf_file_expand(file);
    for (size_t i = 0; i < file->count && !file->is_stopped && !pdf->is_done; i++)
        pdf_visit(pdf, &file->objects[i], &file->objects[i].value, 0);
    if (pdf->wanted_count > 0)
        qsort(pdf->wanted, pdf->wanted_count, sizeof *pdf->wanted, pdf_compare_wanted);
    file->read_to = 0;
    for (size_t i = 0; i < file->count && !file->is_stopped && !pdf->is_done; i++)
        pdf_hand_out(pdf, &file->objects[i]);
    pdf_note(pdf);

    free(pdf->wanted);
    buf_fini(&pdf->names);
    pdf_file_fini(file);
    free(pdf);
}

bool pdf_looks(struct span content)
{
    struct span tail = span_from(content, content.size > PDF_TAIL ? content.size - PDF_TAIL : 0);
    if (pdf_find_header(content) != SPAN_NONE)
        return true;
    return span_find(tail, span_text("startxref")) != SPAN_NONE && span_find(tail, span_text("%%EOF")) != SPAN_NONE;
}
