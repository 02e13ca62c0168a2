#include "border.h"

#include "mail/header.h"
#include "mail/mime_field.h"

#include <assert.h>

struct border_scan {
    struct span bytes;
    size_t from;
    size_t to;
    size_t blank_at; /* the first line of spaces alone, and what is behind it; SPAN_NONE: none */
    size_t blank_next;
    size_t junk_at;       /* the first line that is no field */
    size_t trailing_junk; /* the first of those that no field follows */
    size_t empty_at;      /* the first empty line, and what is behind it */
    size_t empty_next;
};

static bool is_blank_line(struct span line)
{
    for (size_t i = 0; i < line.size; i++) {
        char c = line.data[i];
        if (!ascii_is_space(c) && c != '\r' && c != '\n' && c != '\0')
            return false;
    }
    return line.size > 0;
}

static void scan_lines(struct border_scan *scan)
{
    struct span rest = span_slice(scan->bytes, scan->from, scan->to - scan->from);
    size_t at = scan->from;
    scan->blank_at = scan->junk_at = scan->trailing_junk = scan->empty_at = SPAN_NONE;
    while (rest.size > 0) {
        struct span line = mail_line_cut(&rest);
        enum mail_line kind = mail_line_kind(line);
        if (kind == MAIL_LINE_EMPTY) {
            scan->empty_at = at;
            scan->empty_next = at + line.size;
            return;
        }
        if (scan->blank_at == SPAN_NONE && is_blank_line(line)) {
            scan->blank_at = at;
            scan->blank_next = at + line.size;
        }
        bool is_junk = kind == MAIL_LINE_JUNK || (kind == MAIL_LINE_FOLD && at == scan->from);
        if (is_junk && scan->junk_at == SPAN_NONE)
            scan->junk_at = at;
        if (is_junk && scan->trailing_junk == SPAN_NONE)
            scan->trailing_junk = at;
        /* Where a program takes it for a field all the same, the body begins behind it. */
        struct mail_mime_field field;
        if (kind == MAIL_LINE_FIELD || (is_junk && mail_mime_field_read(line, &field)))
            scan->trailing_junk = SPAN_NONE;
        at += line.size;
    }
}

/* Behind the border, perhaps behind more empty lines: does a field come that says how to read the body? Then where does
 * a header end that goes on until behind it? */
static bool find_late_header(const struct border_scan *scan, size_t body_at, struct mail_border *border_out)
{
    struct span rest = span_slice(scan->bytes, body_at, scan->to - body_at);
    size_t at = body_at;
    bool has_field = false;
    while (rest.size > 0) {
        struct span line = mail_line_cut(&rest);
        enum mail_line kind = mail_line_kind(line);
        struct mail_mime_field field;
        if (kind == MAIL_LINE_EMPTY && has_field) {
            *border_out = (struct mail_border){ .header_end = at,
                                                .body_at = at + line.size,
                                                .how = "the header goes on behind its empty line",
                                                .is_late = true };
            return true;
        }
        bool is_mime = mail_mime_field_read(line, &field);
        if (kind != MAIL_LINE_EMPTY && !has_field && !is_mime)
            return false;
        if (has_field && kind == MAIL_LINE_JUNK)
            return false;
        has_field |= is_mime;
        at += line.size;
    }
    return false;
}

static void borders_add(struct mail_border *borders, size_t *count, size_t header_end, size_t body_at, const char *how)
{
    for (size_t i = 0; i < *count; i++) {
        if (borders[i].body_at == body_at && borders[i].header_end == header_end)
            return;
    }
    assert(*count < MAIL_BORDERS_MOST);
    borders[(*count)++] = (struct mail_border){ .header_end = header_end, .body_at = body_at, .how = how };
}

size_t mail_borders_find(struct span bytes, size_t from, size_t to, struct mail_border borders_out[MAIL_BORDERS_MOST])
{
    struct border_scan scan = { .bytes = bytes, .from = from, .to = to };
    size_t count = 0;
    scan_lines(&scan);
    if (scan.empty_at == SPAN_NONE) {
        scan.empty_at = scan.empty_next = to;
    }
    /* Lines that are no fields are passed over where a field comes behind them; else the body begins there. */
    if (scan.trailing_junk != SPAN_NONE)
        borders_add(borders_out, &count, scan.trailing_junk, scan.trailing_junk, NULL);
    borders_add(borders_out, &count, scan.empty_at, scan.empty_next,
                count > 0 ? "lines that are no fields are skipped" : NULL);
    if (scan.junk_at != SPAN_NONE)
        borders_add(borders_out, &count, scan.junk_at, scan.junk_at,
                    "the body begins at the first line that is no field");
    if (scan.blank_at != SPAN_NONE)
        borders_add(borders_out, &count, scan.blank_at, scan.blank_next, "a line of spaces ends the header");
    struct mail_border late;
    if (find_late_header(&scan, scan.empty_next, &late))
        borders_out[count++] = late;
    return count;
}
