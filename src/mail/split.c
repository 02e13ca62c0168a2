#include "split.h"

#include "mail/mime_field.h"

#include <assert.h>

enum { SPLIT_STEP_BYTES = 64 };

void mail_split_init(struct mail_split *split, const struct mail_lines *lines, size_t from, size_t to,
                     struct span boundary, bool is_wide)
{
    assert(from <= to && to <= lines->bytes.size);
    while (boundary.size > 0 && ascii_is_space(boundary.data[boundary.size - 1]))
        boundary.size--;
    *split = (struct mail_split){
        .lines = lines, .boundary = boundary, .from = from, .to = to, .is_wide = is_wide && boundary.size > 0
    };
    split->next_mark = mail_lines_find(lines, from);
}

/* The line end before a delimiter belongs to the delimiter. */
static size_t before_line_end(struct span bytes, size_t from, size_t at)
{
    if (at > from && bytes.data[at - 1] == '\n')
        at--;
    if (at > from && bytes.data[at - 1] == '\r')
        at--;
    return at;
}

static bool split_match(const struct mail_split *split, const struct mail_mark *mark, bool *is_close_out)
{
    struct span text = span_slice(split->lines->bytes, mark->text_at, mark->text_size);
    if (text.size < split->boundary.size || (mark->is_indented && !split->is_wide))
        return false;
    struct span start = span_slice(text, 0, split->boundary.size);
    if (split->is_wide ? !span_equal_nocase(start, split->boundary) : !span_equal(start, split->boundary))
        return false;
    struct span behind = span_from(text, split->boundary.size);
    *is_close_out = behind.size >= 2 && behind.data[0] == '-' && behind.data[1] == '-';
    return split->is_wide || behind.size == 0 || (*is_close_out && behind.size == 2);
}

/* Where the part begins: on the next line, or for a lenient program with the header field on the delimiter's own. */
static size_t part_at(const struct mail_split *split, const struct mail_mark *mark)
{
    struct mail_mime_field field;
    size_t behind = mark->text_at + split->boundary.size;
    size_t end = mark->text_at + mark->text_size;
    if (split->is_wide && mail_mime_field_read(span_slice(split->lines->bytes, behind, end - behind), &field))
        return behind;
    return mark->next_at < split->to ? mark->next_at : split->to;
}

bool mail_split_next(struct mail_split *split, struct mail_cut *cut_out)
{
    const struct mail_lines *lines = split->lines;
    while (split->next_mark < lines->count && lines->marks[split->next_mark].at < split->to) {
        const struct mail_mark *mark = &lines->marks[split->next_mark++];
        bool is_close = false;
        split->steps += 1 + (mark->text_size < split->boundary.size ? 0 : split->boundary.size / SPLIT_STEP_BYTES);
        if (!split_match(split, mark, &is_close))
            continue;
        *cut_out = (struct mail_cut){ .at = mark->at,
                                      .text_at = mark->text_at,
                                      .body_end = before_line_end(lines->bytes, split->from, mark->at),
                                      .next_at = part_at(split, mark),
                                      .is_close = is_close };
        return true;
    }
    return false;
}
