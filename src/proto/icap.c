#include "icap.h"

#include <string.h>

enum { ICAP_CHUNK_DIGITS = 8 };

/* One line without its line end; *rest continues behind it. */
static struct span icap_line(struct span *rest)
{
    struct span line = span_cut(rest, '\n');
    if (line.size > 0 && line.data[line.size - 1] == '\r')
        line.size--;
    return line;
}

bool icap_head_read(struct span head, const char *protocol, struct icap_head *head_out)
{
    struct span rest = head;
    struct span line = icap_line(&rest);
    size_t size = strlen(protocol);
    if (!span_starts_with(line, protocol) || !span_starts_with(span_from(line, size), "/1."))
        return false;
    line = span_from(line, size + sizeof "/1." - 1);
    struct span minor = span_cut(&line, ' ');
    struct span status = span_cut(&line, ' ');
    uint64_t number = 0;
    if (minor.size != 1 || !ascii_is_digit(minor.data[0]) || status.size != 3 || !span_number(status, &number) ||
        number < 100)
        return false;
    *head_out = (struct icap_head){ .status = (unsigned)number, .reason = span_trim(line), .fields = rest };
    return true;
}

static bool icap_is_folded(struct span rest)
{
    return rest.size > 0 && ascii_is_space(rest.data[0]);
}

bool icap_field_next(struct span *fields, struct span *name_out, struct span *value_out)
{
    while (fields->size > 0) {
        struct span begin = *fields;
        struct span line = icap_line(fields);
        size_t colon = span_find_byte(line, ':');
        while (icap_is_folded(*fields))
            (void)icap_line(fields);
        if (colon == SPAN_NONE || colon == 0 || ascii_is_space(line.data[0]))
            continue;
        size_t end = fields->data != NULL ? (size_t)(fields->data - begin.data) : begin.size;
        *name_out = span_trim(span_slice(begin, 0, colon));
        *value_out = span_trim(span_slice(begin, colon + 1, end - colon - 1));
        return true;
    }
    return false;
}

bool icap_field_find(struct span fields, const char *name, struct span *value_out)
{
    struct span found;
    while (icap_field_next(&fields, &found, value_out)) {
        if (span_is_nocase(found, name))
            return true;
    }
    *value_out = span_of(NULL, 0);
    return false;
}

static const char *const section_names[] = {
    [ICAP_REQ_HDR] = "req-hdr",   [ICAP_RES_HDR] = "res-hdr",   [ICAP_REQ_BODY] = "req-body",
    [ICAP_RES_BODY] = "res-body", [ICAP_OPT_BODY] = "opt-body", [ICAP_NULL_BODY] = "null-body",
};

static bool section_read(struct span name, enum icap_section *section_out)
{
    for (enum icap_section section = ICAP_REQ_HDR; section <= ICAP_NULL_BODY; section++) {
        if (span_is_nocase(name, section_names[section])) {
            *section_out = section;
            return true;
        }
    }
    return false;
}

bool icap_encapsulated_read(struct span value, struct icap_encapsulated *encapsulated_out)
{
    struct icap_encapsulated read = { .count = 0 };
    struct span rest = value;
    bool is_ended = false;
    while (rest.size > 0) {
        struct span offset = span_cut(&rest, ',');
        struct span name = span_trim(span_cut(&offset, '='));
        enum icap_section section = ICAP_NULL_BODY;
        uint64_t number = 0;
        if (is_ended || read.count == ICAP_MOST_SECTIONS || !section_read(name, &section) ||
            !span_number(span_trim(offset), &number) || number > ICAP_LARGEST_HEAD)
            return false;
        bool is_sound = read.count == 0 ? number == 0 : number > read.list[read.count - 1].offset;
        if (!is_sound)
            return false;
        is_ended = section >= ICAP_REQ_BODY;
        read.list[read.count].section = section;
        read.list[read.count++].offset = (uint32_t)number;
    }
    if (!is_ended)
        return false;
    *encapsulated_out = read;
    return true;
}

bool icap_chunk_read(struct span line, uint64_t *size_out)
{
    static const char digits[] = "0123456789abcdef";
    struct span rest = line;
    struct span size = span_trim(span_cut(&rest, ';'));
    uint64_t number = 0;
    if (size.size == 0 || size.size > ICAP_CHUNK_DIGITS)
        return false;
    for (size_t i = 0; i < size.size; i++) {
        const char *digit = memchr(digits, ascii_lower(size.data[i]), sizeof digits - 1);
        if (digit == NULL)
            return false;
        number = number << 4 | (uint64_t)(digit - digits);
    }
    *size_out = number;
    return true;
}
