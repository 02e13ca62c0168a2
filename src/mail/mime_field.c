#include "mime_field.h"

#include "mail/header.h"

#include <string.h>

enum { MIME_NAME_MOST = 64 };

static const char *const mime_names[MAIL_MIME_NAMES] = {
    [MAIL_MIME_TYPE] = "content-type",
    [MAIL_MIME_ENCODING] = "content-transfer-encoding",
    [MAIL_MIME_DISPOSITION] = "content-disposition",
};

static bool is_in(char c, const char *set)
{
    return c == '\0' || strchr(set, c) != NULL;
}

/* A comment within the name, which nobody has a use for but to hide it: what the line is without. False: there is none
 * of that kind. */
static bool read_commented_name(struct span line, struct mail_mime_field *field_out)
{
    char name[MIME_NAME_MOST];
    size_t size = 0;
    size_t at = 0;
    for (; at < line.size && line.data[at] != ':' && size < sizeof name; at++) {
        size_t end = line.data[at] == '(' ? span_find_byte(span_from(line, at), ')') : 0;
        if (end == SPAN_NONE)
            return false;
        if (end > 0)
            at += end;
        else if (!is_in(line.data[at], " \t\v\f\r"))
            name[size++] = line.data[at];
    }
    if (at == line.size || line.data[at] != ':')
        return false;
    for (unsigned i = 0; i < MAIL_MIME_NAMES; i++) {
        if (!span_is_nocase(span_of(name, size), mime_names[i]))
            continue;
        *field_out = (struct mail_mime_field){ .name = i, .value = span_from(line, at + 1) };
        return true;
    }
    return false;
}

bool mail_mime_field_read(struct span line, struct mail_mime_field *field_out)
{
    size_t start = 0;
    while (start < line.size && is_in(line.data[start], " \t\v\f\r"))
        start++;
    struct span text = span_from(line, start);
    if (text.size < 8 || (text.data[0] != 'c' && text.data[0] != 'C'))
        return false;
    for (unsigned i = 0; i < MAIL_MIME_NAMES; i++) {
        if (!span_starts_with_nocase(text, mime_names[i]))
            continue;
        struct span rest = span_from(text, strlen(mime_names[i]));
        if (rest.size == 0 || ascii_is_alnum(rest.data[0]) || rest.data[0] == '-')
            return false;
        size_t skipped = 0;
        while (skipped < rest.size && is_in(rest.data[skipped], ":= \t\v\f"))
            skipped++;
        if (skipped == 0)
            break;
        field_out->name = i;
        field_out->is_strict = start == 0 && rest.data[0] == ':' && (skipped < 2 || rest.data[1] != ':');
        field_out->value = span_from(rest, skipped);
        return true;
    }
    return span_find_byte(span_slice(text, 0, MIME_NAME_MOST), '(') != SPAN_NONE &&
           read_commented_name(text, field_out);
}

/* To some programs a line ends at VT and FF too: where such a field begins behind one, it does. */
static struct span field_line_cut(struct span *rest)
{
    struct span line = mail_line_cut(rest);
    struct mail_mime_field field;
    for (size_t i = 1; i < line.size; i++) {
        if ((line.data[i] == '\v' || line.data[i] == '\f') && mail_mime_field_read(span_from(line, i), &field)) {
            *rest = span_of(line.data + i, line.size - i + rest->size);
            return span_slice(line, 0, i);
        }
    }
    return line;
}

/* A name alone, whose colon stands behind a fold: for programs that unfold before they look for it. */
static bool read_folded_colon(struct span line, struct span *header, struct mail_mime_field *field_out)
{
    struct span name = span_trim(line);
    struct span behind = *header;
    struct span fold = field_line_cut(&behind);
    struct span text = span_trim(fold);
    if (fold.size == 0 || !ascii_is_space(fold.data[0]) || text.size == 0 || text.data[0] != ':')
        return false;
    for (unsigned i = 0; i < MAIL_MIME_NAMES; i++) {
        if (!span_is_nocase(name, mime_names[i]))
            continue;
        size_t skipped = (size_t)(text.data - fold.data) + 1;
        *field_out = (struct mail_mime_field){ .name = i, .value = span_from(fold, skipped) };
        *header = behind;
        return true;
    }
    return false;
}

bool mail_mime_field_next(struct span *header, struct mail_mime_field *field_out)
{
    while (header->size > 0) {
        struct span line = field_line_cut(header);
        if (!mail_mime_field_read(line, field_out) && !read_folded_colon(line, header, field_out))
            continue;
        while (header->size > 0 && ascii_is_space(header->data[0])) {
            struct span behind = *header;
            struct span fold = field_line_cut(&behind);
            struct mail_mime_field other;
            if (mail_mime_field_read(fold, &other))
                break;
            field_out->value.size += fold.size;
            *header = behind;
        }
        field_out->value = span_trim(field_out->value);
        return true;
    }
    return false;
}
