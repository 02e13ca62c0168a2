#include "lines.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_INDENT_MOST = 8, LINES_FIRST_ROOM = 64 };

static bool lines_add(struct mail_lines *lines, size_t *room, size_t most, const struct mail_mark *mark)
{
    if (lines->count == most)
        return false;
    if (lines->count == *room) {
        size_t wanted = *room == 0 ? LINES_FIRST_ROOM : *room * 2;
        wanted = wanted < most ? wanted : most;
        struct mail_mark *marks = wanted <= SIZE_MAX / sizeof *marks ? realloc(lines->marks, wanted * sizeof *marks)
                                                                     : NULL;
        if (marks == NULL)
            return false;
        lines->marks = marks;
        *room = wanted;
    }
    lines->marks[lines->count++] = *mark;
    return true;
}

static bool is_padding(char c)
{
    return ascii_is_space(c) || c == '\r' || c == '\n' || c == '\0';
}

/* Fills *mark_out where the line could be a delimiter. */
static bool line_is_mark(struct span bytes, size_t at, size_t size, struct mail_mark *mark_out)
{
    size_t i = 0;
    while (i < size && i < LINES_INDENT_MOST && ascii_is_space(bytes.data[at + i]))
        i++;
    if (size - i < 2 || bytes.data[at + i] != '-' || bytes.data[at + i + 1] != '-')
        return false;
    size_t end = size;
    while (end > i + 2 && is_padding(bytes.data[at + end - 1]))
        end--;
    *mark_out = (struct mail_mark){
        .at = at, .text_at = at + i + 2, .text_size = end - i - 2, .next_at = at + size, .is_indented = i > 0
    };
    return true;
}

/* Does something begin here that structure hangs on? */
static bool is_structure(struct span rest)
{
    return span_starts_with(rest, "--") || span_starts_with_nocase(rest, "content-") ||
           span_starts_with_nocase(rest, "boundary") || span_starts_with(rest, "begin ") ||
           span_starts_with(rest, "=ybegin ");
}

/* Looks for a byte that some programs end a line at, or drop, where that would matter. A line that is empty to them,
 * and has more behind it, ends a header. */
static bool line_has(struct span line, char byte, bool is_header)
{
    for (struct span rest = line;;) {
        size_t at = span_find_byte(rest, byte);
        if (at == SPAN_NONE)
            return false;
        bool is_empty = byte == '\r' && at == 0 && rest.size > 1;
        rest = span_from(rest, at + 1);
        if (is_header || is_empty || is_structure(rest) || is_structure(line))
            return true;
    }
}

void mail_lines_init(struct mail_lines *lines, struct span bytes, size_t most_marks)
{
    *lines = (struct mail_lines){ .bytes = bytes };
    size_t room = 0;
    bool is_header = true;
    bool may_have_nul = span_find_byte(bytes, '\0') != SPAN_NONE; /* one pass rather than one a line */
    for (size_t at = 0; at < bytes.size;) {
        struct span rest = span_from(bytes, at);
        size_t end = span_find_byte(rest, '\n');
        size_t size = end == SPAN_NONE ? rest.size : end + 1;
        struct span text = span_slice(rest, 0, size);
        if (text.size > 0 && text.data[text.size - 1] == '\n')
            text.size--;
        if (text.size > 0 && text.data[text.size - 1] == '\r')
            text.size--;
        is_header = is_header && text.size > 0;
        lines->has_cr = lines->has_cr || line_has(text, '\r', is_header);
        lines->has_nul = lines->has_nul || (may_have_nul && line_has(text, '\0', is_header));
        struct mail_mark mark;
        if (line_is_mark(bytes, at, size, &mark)) {
            lines->is_cut |= !lines_add(lines, &room, most_marks, &mark);
            is_header = true; /* perhaps of a part */
        }
        at += size;
    }
}

void mail_lines_fini(struct mail_lines *lines)
{
    free(lines->marks);
    *lines = (struct mail_lines){ .count = 0 };
}

size_t mail_lines_find(const struct mail_lines *lines, size_t offset)
{
    size_t low = 0;
    size_t high = lines->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lines->marks[middle].at < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
