/* A table for a terminal: aligned columns, cut to its width; whatever is foreign is escaped (base/escape.h). */
#ifndef CORDON_CLI_TABLE_H
#define CORDON_CLI_TABLE_H

#include "base/buf.h"
#include "base/fault.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    TABLE_MOST_COLUMNS = 12,
    TABLE_MOST_ROWS = 512,
    TABLE_CELL_MOST = 4 * FAULT_TEXT_SIZE /* bytes of what is shown of one */
};

struct table_column {
    const char *title;
    size_t least;  /* columns of the terminal that it keeps where there are too few; 0: it is never cut */
    bool is_right; /* numbers */
};

struct table {
    const struct table_column *columns;
    size_t column_count;
    size_t width; /* of the terminal; 0: no bound */
    bool has_title;
    struct buf text; /* of all cells */
    size_t cells[TABLE_MOST_ROWS * TABLE_MOST_COLUMNS];
    size_t cell_count;
};

/* `columns` stay the caller's. */
void table_init(struct table *table, const struct table_column *columns, size_t column_count, size_t width);
void table_fini(struct table *table);

/* The next cell; a row is full when each column has one. An empty one is shown as "-". */
void table_put(struct table *table, struct span foreign);
void table_put_text(struct table *table, const char *text);

bool table_is_full(const struct table *table); /* TABLE_MOST_ROWS: print it, and go on */

/* Prints and forgets the rows; the titles come before the first ones. */
void table_print(struct table *table, struct buf *out);

/* Of standard output: columns; 0 where it is no terminal. */
size_t table_terminal_width(void);

/* How many columns of a terminal a text takes; and its longest beginning that takes at most `columns`. */
size_t table_text_width(struct span text);
struct span table_text_cut(struct span text, size_t columns);

#endif
