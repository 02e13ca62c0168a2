#include "header.h"

struct span mail_line_cut(struct span *rest)
{
    size_t at = span_find_byte(*rest, '\n');
    size_t size = at == SPAN_NONE ? rest->size : at + 1;
    struct span line = span_slice(*rest, 0, size);
    *rest = span_from(*rest, size);
    return line;
}

struct span mail_line_text(struct span line)
{
    if (line.size > 0 && line.data[line.size - 1] == '\n')
        line.size--;
    if (line.size > 0 && line.data[line.size - 1] == '\r')
        line.size--;
    return line;
}

/* ftext of RFC 5322 section 3.6.8: printing ASCII without the colon. */
static bool is_name_char(char c)
{
    return c > ' ' && c <= '~' && c != ':';
}

/* The length of the name at a line's start, and where the colon stands; false where it's no field. */
static bool field_name(struct span line, size_t *name_size_out, size_t *colon_out)
{
    size_t n = 0;
    while (n < line.size && is_name_char(line.data[n]))
        n++;
    size_t colon = n;
    while (colon < line.size && ascii_is_space(line.data[colon]))
        colon++;
    *name_size_out = n;
    *colon_out = colon;
    return n > 0 && colon < line.size && line.data[colon] == ':';
}

enum mail_line mail_line_kind(struct span line)
{
    size_t name_size = 0;
    size_t colon = 0;
    if (mail_line_text(line).size == 0)
        return MAIL_LINE_EMPTY;
    if (ascii_is_space(line.data[0]))
        return MAIL_LINE_FOLD;
    return field_name(line, &name_size, &colon) ? MAIL_LINE_FIELD : MAIL_LINE_JUNK;
}

/* How many bytes of folds stand at the start of the span. */
static size_t fold_size(struct span rest)
{
    size_t size = 0;
    while (rest.size > 0 && ascii_is_space(rest.data[0]))
        size += mail_line_cut(&rest).size;
    return size;
}

bool mail_field_next(struct span *header, struct mail_field *field_out)
{
    while (header->size > 0) {
        struct span start = *header;
        struct span line = mail_line_cut(header);
        size_t name_size = 0;
        size_t colon = 0;
        if (!field_name(line, &name_size, &colon))
            continue;
        size_t folds = fold_size(*header);
        *header = span_from(*header, folds);
        field_out->whole = span_slice(start, 0, line.size + folds);
        field_out->name = span_slice(line, 0, name_size);
        field_out->value = span_trim(span_from(field_out->whole, colon + 1));
        return true;
    }
    return false;
}
