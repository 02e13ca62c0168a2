#include "sniff.h"

#include "mail/header.h"
#include "mail/mime_field.h"

enum {
    SNIFF_LOOK_BYTES = 65536, /* of a file, for fields that only a mail has */
    SNIFF_BACK_LINES = 64     /* of a header before its field of MIME */
};

/* A file that has none of these at its start is no mail. */
static const char *const mail_fields[] = {
    "Received",
    "Return-Path",
    "Delivered-To",
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "MIME-Version",
    "Content-Type",
    "Sender",
    "X-Mailer",
    "Content-Transfer-Encoding",
    "Content-Disposition",
};

size_t mail_start(struct span file)
{
    struct span rest = file;
    if (span_starts_with(rest, "\xef\xbb\xbf"))
        rest = span_from(rest, 3);
    struct span behind = rest;
    while (rest.size > 0 && mail_line_kind(mail_line_cut(&behind)) == MAIL_LINE_EMPTY)
        rest = behind;
    if (span_starts_with(rest, "From ") || span_starts_with(rest, ">From "))
        (void)mail_line_cut(&rest);
    return file.size - rest.size;
}

static bool is_mail_field(struct span name)
{
    for (size_t i = 0; i < sizeof mail_fields / sizeof mail_fields[0]; i++) {
        if (span_is_nocase(name, mail_fields[i]))
            return true;
    }
    return false;
}

bool mail_looks(struct span message)
{
    struct span rest = span_slice(message, 0, SNIFF_LOOK_BYTES);
    bool is_first = true;
    while (rest.size > 0) {
        struct span line = mail_line_cut(&rest);
        enum mail_line kind = mail_line_kind(line);
        struct mail_mime_field mime;
        if (mail_mime_field_read(line, &mime))
            return true;
        if (kind == MAIL_LINE_EMPTY || (is_first && kind != MAIL_LINE_FIELD))
            return false;
        struct mail_field field;
        if (kind == MAIL_LINE_FIELD && mail_field_next(&line, &field) && is_mail_field(field.name))
            return true;
        is_first = false;
    }
    return false;
}

/* The start of the line that ends before `at`, not before `floor`. */
static size_t line_before(struct span text, size_t at, size_t floor)
{
    if (at <= floor)
        return floor;
    at--;
    while (at > floor && text.data[at - 1] != '\n')
        at--;
    return at;
}

static struct span line_at(struct span text, size_t at)
{
    struct span rest = span_from(text, at);
    return mail_line_cut(&rest);
}

/* The next line that begins such a field: its offset in *at. */
static bool find_field(struct span text, size_t *at)
{
    struct span rest = span_from(text, *at);
    while (rest.size > 0) {
        size_t here = text.size - rest.size;
        struct mail_mime_field field;
        if (mail_mime_field_read(mail_line_cut(&rest), &field)) {
            *at = here;
            return true;
        }
    }
    return false;
}

static bool is_delimiter(struct span line, struct span *boundary_out)
{
    struct span text = mail_line_text(line);
    if (text.size < 3 || text.data[0] != '-' || text.data[1] != '-')
        return false;
    *boundary_out = span_from(text, 2);
    return true;
}

bool mail_sniff_next(struct span text, size_t from, struct mail_sniff *sniff_out)
{
    size_t at = from;
    *sniff_out = (struct mail_sniff){ .at = from };
    if (!find_field(text, &at))
        return false;
    sniff_out->next_at = at + line_at(text, at).size;
    for (unsigned i = 0; i < SNIFF_BACK_LINES && at > from; i++) {
        size_t before = line_before(text, at, from);
        struct span line = line_at(text, before);
        enum mail_line kind = mail_line_kind(line);
        if (is_delimiter(line, &sniff_out->boundary))
            break;
        if (kind != MAIL_LINE_FIELD && kind != MAIL_LINE_FOLD)
            break;
        at = before;
    }
    sniff_out->at = at;
    return true;
}
