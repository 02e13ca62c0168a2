#include "mime_field.h"

#include "mail/header.h"

#include <string.h>

static const char *const mime_names[MAIL_MIME_NAMES] = {
    [MAIL_MIME_TYPE] = "content-type",
    [MAIL_MIME_ENCODING] = "content-transfer-encoding",
    [MAIL_MIME_DISPOSITION] = "content-disposition",
};

static bool is_in(char c, const char *set)
{
    return c == '\0' || strchr(set, c) != NULL;
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
        field_out->name = i;
        field_out->is_strict = start == 0 && rest.data[0] == ':' && (skipped < 2 || rest.data[1] != ':');
        field_out->value = span_from(rest, skipped);
        return skipped > 0;
    }
    return false;
}

bool mail_mime_field_next(struct span *header, struct mail_mime_field *field_out)
{
    while (header->size > 0) {
        struct span line = mail_line_cut(header);
        if (!mail_mime_field_read(line, field_out))
            continue;
        while (header->size > 0 && ascii_is_space(header->data[0])) {
            struct span behind = *header;
            struct span fold = mail_line_cut(&behind);
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
