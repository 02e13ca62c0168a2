#include "cli/preview.h"

#include "base/base64.h"
#include "base/escape.h"
#include "mail/header.h"

enum { PREVIEW_DECODED_MOST = 262144 };

static bool field_is_usual(struct span name)
{
    static const char *const usual[] = { "From",         "Sender",       "Reply-To",
                                         "To",           "Cc",           "Subject",
                                         "Date",         "Message-ID",   "In-Reply-To",
                                         "Return-Path",  "X-Mailer",     "User-Agent",
                                         "MIME-Version", "Content-Type", "Authentication-Results",
                                         "List-Id" };
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        if (span_is_nocase(name, usual[i]))
            return true;
    }
    return false;
}

static void put_line(struct buf *out, struct span line)
{
    struct span rest = span_slice(line, 0, PREVIEW_LINE_MOST);
    buf_put_text(out, "  ");
    while (rest.size > 0) { /* tabs do no harm, and are too usual to be escaped */
        struct span shown = span_cut(&rest, '\t');
        escape_shown(out, shown, PREVIEW_LINE_MOST);
        buf_put_text(out, rest.data != NULL ? "    " : "");
    }
    if (line.size > PREVIEW_LINE_MOST)
        buf_printf(out, "... (%zu bytes)", line.size);
    buf_put_char(out, '\n');
}

/* Cuts the header off *rest, which begins at the body afterwards. */
static struct span header_cut(struct span *rest)
{
    struct span all = *rest;
    while (rest->size > 0) {
        struct span line = mail_line_cut(rest);
        if (mail_line_kind(line) == MAIL_LINE_EMPTY)
            return span_slice(all, 0, all.size - rest->size - line.size);
    }
    return all;
}

void preview_put_header(struct buf *out, struct span message, bool is_all)
{
    struct span header = header_cut(&message);
    struct mail_field field;
    for (size_t count = 0; count < PREVIEW_FIELDS_MOST && mail_field_next(&header, &field); count++) {
        if (!is_all && !field_is_usual(field.name))
            continue;
        while (field.whole.size > 0)
            put_line(out, mail_line_text(mail_line_cut(&field.whole)));
    }
}

static struct span field_value(struct span header, const char *name)
{
    struct mail_field field;
    while (mail_field_next(&header, &field)) {
        if (span_is_nocase(field.name, name))
            return field.value;
    }
    return span_of(NULL, 0);
}

/* Lines up to a multipart's delimiter, or what looks like one. */
static void put_lines(struct buf *out, struct span text, size_t lines, bool is_part)
{
    size_t count = 0;
    while (text.size > 0 && count < lines) {
        struct span line = mail_line_text(mail_line_cut(&text));
        if (is_part && span_starts_with(line, "--"))
            return;
        put_line(out, line);
        count++;
    }
    if (text.size > 0)
        buf_printf(out, "  [%zu more bytes]\n", text.size);
}

static void put_decoded(struct buf *out, struct span body, size_t lines)
{
    char bytes[3072];
    struct buf text;
    struct base64 base64 = { 0 };
    struct span rest = body;
    while (rest.size > 0) { /* up to the delimiter, whose letters would count */
        struct span line = mail_line_cut(&rest);
        if (span_starts_with(line, "--")) {
            body = span_slice(body, 0, body.size - rest.size - line.size);
            break;
        }
    }
    buf_init(&text, PREVIEW_DECODED_MOST);
    while (body.size > 0 && text.size + sizeof bytes < PREVIEW_DECODED_MOST)
        buf_put(&text, bytes, base64_decode(&base64, &body, bytes, sizeof bytes));
    buf_put(&text, bytes, base64_flush(&base64, bytes));
    put_lines(out, buf_span(&text), lines, false);
    buf_fini(&text);
}

/* The first part that says it is text: a header that begins behind a delimiter. */
static bool find_text_part(struct span *rest, struct span *header_out)
{
    while (rest->size > 0) {
        if (!span_starts_with(mail_line_cut(rest), "--"))
            continue;
        struct span header = header_cut(rest);
        if (span_starts_with_nocase(field_value(header, "Content-Type"), "text/")) {
            *header_out = header;
            return true;
        }
    }
    return false;
}

void preview_put_text(struct buf *out, struct span message, size_t lines)
{
    struct span body = message;
    struct span header = header_cut(&body);
    struct span part = body;
    struct span part_header = { 0 };
    bool is_part = span_starts_with_nocase(field_value(header, "Content-Type"), "multipart/") &&
                   find_text_part(&part, &part_header);
    if (is_part) {
        body = part;
        header = part_header;
    }
    if (span_is_nocase(field_value(header, "Content-Transfer-Encoding"), "base64"))
        put_decoded(out, body, lines);
    else
        put_lines(out, body, lines, is_part);
}
