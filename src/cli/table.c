#include "cli/table.h"

#include "base/escape.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { TABLE_GAP = 2, TABLE_TEXT_LIMIT = TABLE_MOST_ROWS * TABLE_MOST_COLUMNS * TABLE_CELL_MOST };

static const char ellipsis[] = "\xe2\x80\xa6";

void table_init(struct table *table, const struct table_column *columns, size_t column_count, size_t width)
{
    assert(column_count > 0 && column_count <= TABLE_MOST_COLUMNS);
    table->columns = columns;
    table->column_count = column_count;
    table->width = width;
    table->has_title = false;
    table->cell_count = 0;
    buf_init(&table->text, TABLE_TEXT_LIMIT);
}

void table_fini(struct table *table)
{
    buf_fini(&table->text);
}

void table_put(struct table *table, struct span foreign)
{
    assert(table->cell_count < TABLE_MOST_ROWS * table->column_count);
    table->cells[table->cell_count++] = table->text.size;
    if (foreign.size == 0)
        buf_put_char(&table->text, '-');
    escape_shown(&table->text, foreign, TABLE_CELL_MOST / 4); /* a byte becomes four at most */
}

void table_put_text(struct table *table, const char *text)
{
    table_put(table, span_text(text));
}

bool table_is_full(const struct table *table)
{
    return table->cell_count == TABLE_MOST_ROWS * table->column_count;
}

static struct span table_cell(const struct table *table, size_t index)
{
    size_t end = index + 1 < table->cell_count ? table->cells[index + 1] : table->text.size;
    return span_slice(buf_span(&table->text), table->cells[index], end - table->cells[index]);
}

/* The code point at the start of valid UTF-8. */
static uint32_t code_point(struct span text, size_t size)
{
    static const unsigned char masks[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
    uint32_t code = (unsigned char)text.data[0] & masks[size];
    for (size_t i = 1; i < size; i++)
        code = (code << 6) | ((unsigned char)text.data[i] & 0x3f);
    return code;
}

/* How many columns (UAX 11): the blocks whose letters are wide, and those that combine. */
static size_t code_width(uint32_t code)
{
    static const struct {
        uint32_t first;
        uint32_t last;
        size_t width;
    } ranges[] = {
        { 0x300, 0x36f, 0 },     { 0x483, 0x489, 0 },     { 0x591, 0x5bd, 0 },     { 0x610, 0x61a, 0 },
        { 0x64b, 0x65f, 0 },     { 0x1100, 0x115f, 2 },   { 0x1ab0, 0x1aff, 0 },   { 0x20d0, 0x20ff, 0 },
        { 0x2e80, 0xa4cf, 2 },   { 0xac00, 0xd7a3, 2 },   { 0xf900, 0xfaff, 2 },   { 0xfe00, 0xfe0f, 0 },
        { 0xfe30, 0xfe6f, 2 },   { 0xff00, 0xff60, 2 },   { 0xffe0, 0xffe6, 2 },   { 0x1f300, 0x1f64f, 2 },
        { 0x1f680, 0x1f6ff, 2 }, { 0x1f900, 0x1f9ff, 2 }, { 0x20000, 0x3fffd, 2 },
    };
    if (code < 0x300)
        return 1;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        if (code >= ranges[i].first && code <= ranges[i].last)
            return ranges[i].width;
    }
    return 1;
}

/* Adds up to `columns`; *width_out is what the beginning that is given back takes. */
static struct span text_measure(struct span text, size_t columns, size_t *width_out)
{
    size_t at = 0;
    *width_out = 0;
    while (at < text.size) {
        struct span rest = span_from(text, at);
        size_t size = utf8_sequence(rest);
        size_t width = size > 0 ? code_width(code_point(rest, size)) : 1;
        if (*width_out + width > columns)
            break;
        *width_out += width;
        at += size > 0 ? size : 1;
    }
    return span_slice(text, 0, at);
}

size_t table_text_width(struct span text)
{
    size_t width = 0;
    (void)text_measure(text, SIZE_MAX, &width);
    return width;
}

struct span table_text_cut(struct span text, size_t columns)
{
    size_t width = 0;
    return text_measure(text, columns, &width);
}

static void widths_measure(const struct table *table, size_t *widths)
{
    for (size_t i = 0; i < table->column_count; i++)
        widths[i] = table_text_width(span_text(table->columns[i].title));
    for (size_t i = 0; i < table->cell_count; i++) {
        size_t width = table_text_width(table_cell(table, i));
        size_t column = i % table->column_count;
        if (width > widths[column])
            widths[column] = width;
    }
}

/* Takes a column off the widest of those that may be cut, until all have room. */
static void widths_fit(const struct table *table, size_t *widths)
{
    size_t all = (table->column_count - 1) * TABLE_GAP;
    for (size_t i = 0; i < table->column_count; i++)
        all += widths[i];
    while (table->width > 0 && all > table->width) {
        size_t widest = table->column_count;
        for (size_t i = 0; i < table->column_count; i++) {
            bool may_shrink = table->columns[i].least > 0 && widths[i] > table->columns[i].least;
            if (may_shrink && (widest == table->column_count || widths[i] > widths[widest]))
                widest = i;
        }
        if (widest == table->column_count)
            return;
        widths[widest]--;
        all--;
    }
}

static void put_spaces(struct buf *out, size_t count)
{
    for (; count > 0; count--)
        buf_put_char(out, ' ');
}

static void put_cell(const struct table *table, size_t column, size_t width, struct span text, struct buf *out)
{
    size_t shown = table_text_width(text);
    bool is_cut = shown > width;
    if (is_cut) {
        text = table_text_cut(text, width - 1);
        shown = table_text_width(text) + 1;
    }
    if (table->columns[column].is_right)
        put_spaces(out, width - shown);
    buf_put_span(out, text);
    buf_put_text(out, is_cut ? ellipsis : "");
    bool is_last = column + 1 == table->column_count;
    if (!table->columns[column].is_right && !is_last)
        put_spaces(out, width - shown);
    if (is_last)
        buf_put_char(out, '\n');
    else
        put_spaces(out, TABLE_GAP);
}

void table_print(struct table *table, struct buf *out)
{
    size_t widths[TABLE_MOST_COLUMNS];
    assert(table->cell_count % table->column_count == 0);
    widths_measure(table, widths);
    widths_fit(table, widths);
    for (size_t i = 0; i < table->column_count && !table->has_title; i++)
        put_cell(table, i, widths[i], span_text(table->columns[i].title), out);
    table->has_title = true;
    for (size_t i = 0; i < table->cell_count; i++)
        put_cell(table, i % table->column_count, widths[i % table->column_count], table_cell(table, i), out);
    table->cell_count = 0;
    buf_clear(&table->text);
}

size_t table_terminal_width(void)
{
    struct winsize size = { 0 };
    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
        return 0;
    return size.ws_col;
}
