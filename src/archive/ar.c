#include "ar.h"

#include "base/buf.h"
#include "series.h"

enum { AR_MAGIC = 8, AR_HEADER = 60, AR_NAME = 16, AR_SIZE_AT = 48, AR_SIZE = 10, AR_END_AT = 58, AR_END = 2 };
enum { AR_NAME_MOST = 4096 };

struct ar {
    struct unpack *unpack;
    struct span content;
    struct span long_names; /* GNU's table */
    struct buf names;
    bool is_done;
};

bool ar_looks(struct span content)
{
    return span_starts_with(content, "!<arch>\n");
}

static bool ar_is_header(struct span content, size_t at)
{
    struct span header = span_slice(content, at, AR_HEADER);
    struct span size = span_trim(span_slice(header, AR_SIZE_AT, AR_SIZE));
    return header.size == AR_HEADER && span_is(span_from(header, AR_END_AT), "`\n") && size.size > 0 &&
           ascii_is_digit(size.data[0]);
}

/* Decimal with blanks around; what other bytes are behind, is left. */
static uint64_t ar_number(struct span field)
{
    uint64_t number = 0;
    field = span_trim(field);
    for (size_t i = 0; i < field.size && ascii_is_digit(field.data[i]); i++)
        number = number * 10 + (uint64_t)(field.data[i] - '0');
    return number;
}

static void ar_add_name(struct ar *ar, struct span name)
{
    name = span_slice(name, 0, AR_NAME_MOST);
    size_t end = span_find_byte(name, '\0');
    if (end != SPAN_NONE)
        name = span_slice(name, 0, end);
    if (name.size == 0)
        return;
    buf_put_span(&ar->names, name);
    buf_put_char(&ar->names, '\0');
}

/* GNU: "/" and the offset in the table, where the name ends with "/" and a line end. */
static void ar_add_long_name(struct ar *ar, struct span field)
{
    uint64_t offset = ar_number(span_from(field, 1));
    if (offset >= ar->long_names.size)
        return;
    struct span name = span_slice(span_from(ar->long_names, (size_t)offset), 0, AR_NAME_MOST);
    size_t end = span_find_byte(name, '\n');
    name = span_slice(name, 0, end);
    if (name.size > 0 && name.data[name.size - 1] == '/')
        name.size--;
    ar_add_name(ar, name);
}

static void ar_hand_out(struct ar *ar, const char *how, struct span data)
{
    struct unpack_member member = { .names = buf_span(&ar->names), .packed_size = data.size, .how = how };
    if (!ar->is_done && !unpack_member_slice(ar->unpack, &member, data))
        ar->is_done = true;
}

static void ar_read_member(struct ar *ar, struct span field, struct span data)
{
    buf_clear(&ar->names);
    if (span_is(field, "//"))
        ar->long_names = data;
    if (field.size > 1 && field.data[0] == '/' && ascii_is_digit(field.data[1]))
        ar_add_long_name(ar, field);
    if (span_starts_with(field, "#1/")) {
        uint64_t size = ar_number(span_from(field, 3));
        struct span name = span_slice(data, 0, size < data.size ? (size_t)size : data.size);
        ar_add_name(ar, name);
        ar_hand_out(ar, "ar, behind a BSD name", span_from(data, name.size));
        buf_clear(&ar->names);
    }
    /* GNU ends names with a slash, so that they may have blanks. */
    if (field.size > 1 && field.data[field.size - 1] == '/')
        ar_add_name(ar, span_slice(field, 0, field.size - 1));
    ar_add_name(ar, field);
    ar_hand_out(ar, "ar", data);
}

/* The next header at or behind `at`, or the end. */
static size_t ar_find_header(struct span content, size_t at)
{
    size_t end = at + AR_END_AT;
    while (end < content.size) {
        size_t found = span_find(span_from(content, end), span_text("`\n"));
        if (found == SPAN_NONE)
            break;
        end += found;
        if (ar_is_header(content, end - AR_END_AT))
            return end - AR_END_AT;
        end++;
    }
    return content.size;
}

/* Where no header stands: what is there, and the offset of the next one. */
static size_t ar_pass_garbage(struct ar *ar, size_t at)
{
    size_t next = ar_find_header(ar->content, at);
    struct span between = span_slice(ar->content, at, next - at);
    if (next < ar->content.size)
        unpack_note(ar->unpack, UNPACK_DAMAGED, "ar: a corrupt header");
    else if (between.size >= AR_HEADER && span_is(span_slice(between, AR_END_AT, AR_END), "`\n"))
        unpack_note(ar->unpack, UNPACK_DAMAGED, "ar: a size that is no number");
    series_hand_out(ar->unpack, "between the members of ar", between);
    return next;
}

void ar_read(struct unpack *unpack, struct span content)
{
    struct ar ar = { .unpack = unpack, .content = content };
    buf_init(&ar.names, (size_t)4 * AR_NAME_MOST);
    size_t at = AR_MAGIC;
    while (!ar.is_done && at < content.size) {
        /* Data are padded to an even size; not by all programs. */
        if (!ar_is_header(content, at) && at > AR_MAGIC && ar_is_header(content, at - 1))
            at--;
        if (!ar_is_header(content, at)) {
            at = ar_pass_garbage(&ar, at);
            continue;
        }
        struct span header = span_slice(content, at, AR_HEADER);
        struct span rest = span_from(content, at + AR_HEADER);
        uint64_t size = ar_number(span_slice(header, AR_SIZE_AT, AR_SIZE));
        struct span data = span_slice(rest, 0, size < rest.size ? (size_t)size : rest.size);
        if (data.size < size)
            unpack_note(unpack, UNPACK_DAMAGED, "ar: cut short");
        ar_read_member(&ar, span_trim(span_slice(header, 0, AR_NAME)), data);
        at += AR_HEADER + data.size + data.size % 2;
    }
    buf_fini(&ar.names);
}
