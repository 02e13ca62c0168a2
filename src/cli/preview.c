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

/* Up to the delimiter, or what looks like one: its letters would count. */
static struct span cut_at_delimiter(struct span body)
{
    struct span rest = body;
    while (rest.size > 0) {
        struct span line = mail_line_cut(&rest);
        if (span_starts_with(line, "--"))
            return span_slice(body, 0, body.size - rest.size - line.size);
    }
    return body;
}

static void decode_base64(struct span body, struct buf *text)
{
    char bytes[3072];
    struct base64 base64 = { 0 };
    while (body.size > 0 && text->size + sizeof bytes < PREVIEW_DECODED_MOST)
        buf_put(text, bytes, base64_decode(&base64, &body, bytes, sizeof bytes));
    buf_put(text, bytes, base64_flush(&base64, bytes));
}

/* As most mail programs show it: src/text/qp.c has all the ways to read it. */
static void decode_quoted_line(struct span line, struct buf *text)
{
    struct span shown = mail_line_text(line);
    bool has_end = shown.size < line.size;
    while (shown.size > 0 && (shown.data[shown.size - 1] == ' ' || shown.data[shown.size - 1] == '\t'))
        shown.size--;
    bool is_soft = shown.size > 0 && shown.data[shown.size - 1] == '=';
    shown.size -= is_soft ? 1 : 0;
    for (size_t i = 0; i < shown.size; i++) {
        char byte = shown.data[i];
        bool is_escape = byte == '=' && span_hex_byte(span_from(shown, i + 1), &byte);
        buf_put_char(text, byte);
        i += is_escape ? 2 : 0;
    }
    if (has_end && !is_soft)
        buf_put_char(text, '\n');
}

static void decode_quoted(struct span body, struct buf *text)
{
    while (body.size > 0 && !buf_overflowed(text))
        decode_quoted_line(mail_line_cut(&body), text);
}

static void put_decoded(struct buf *out, struct span body, size_t lines,
                        void (*decode)(struct span body, struct buf *text))
{
    struct buf text;
    buf_init(&text, PREVIEW_DECODED_MOST);
    decode(body, &text);
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
    struct span encoding = span_trim(field_value(header, "Content-Transfer-Encoding"));
    if (span_is_nocase(encoding, "base64"))
        put_decoded(out, cut_at_delimiter(body), lines, decode_base64);
    else if (span_is_nocase(encoding, "quoted-printable"))
        put_decoded(out, is_part ? cut_at_delimiter(body) : body, lines, decode_quoted);
    else
        put_lines(out, body, lines, is_part);
}
