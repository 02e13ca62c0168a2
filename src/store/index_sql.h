/* The index's database: its file, its tables, and every statement that is ever run on it, kept prepared. Shared by
 * index.c (changes) and index_find.c (questions); index_sql.c alone sees SQLite.
 *
 * Thread safety: none.
 */
#ifndef CORDON_STORE_INDEX_SQL_H
#define CORDON_STORE_INDEX_SQL_H

#include "base/fault.h"
#include "base/span.h"
#include "store/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum index_statement {
    SQL_BEGIN,
    SQL_BEGIN_WRITE,
    SQL_COMMIT,
    SQL_ROLLBACK,
    /* changes */
    SQL_STATE_GET,
    SQL_STATE_PUT,
    SQL_RECORD_GET,  /* columns: enum index_column */
    SQL_RECORD_PUT,  /* parameters: likewise */
    SQL_RECORD_MARK, /* holds, refs and checksum alone */
    SQL_RECORD_DROP,
    SQL_WORD_PUT,
    SQL_WORD_DROP,
    SQL_DEAD_PUT, /* from the record that is there */
    SQL_DEAD_DROP,
    SQL_TOTAL_COUNT,
    SQL_PERIOD_PUT,
    /* questions */
    SQL_FIND_ROW, /* as SQL_RECORD_GET, for walks */
    SQL_FIND_WORD,
    SQL_FIND_CATEGORY,
    SQL_FIND_SIZE,
    SQL_FIND_HELD,
    SQL_FIND_PERIODS,
    SQL_FIND_PART,
    SQL_FIND_DEAD,
    SQL_DEAD_GET,
    SQL_FIND_ORPHANS,
    SQL_FIND_OLD,     /* of a category */
    SQL_FIND_OLD_ANY, /* of all */
    SQL_FIRST_TIME,
    SQL_TOTALS,
    SQL_STATEMENTS
};

/* Of a record, in the order of the columns. */
enum index_column {
    COLUMN_SEQUENCE,
    COLUMN_KIND,
    COLUMN_SEGMENT,
    COLUMN_OFFSET,
    COLUMN_FRAME,
    COLUMN_TIME,
    COLUMN_CATEGORY,
    COLUMN_SIZE,
    COLUMN_HOLDS,
    COLUMN_REFERENCES,
    COLUMN_NUMBERS, /* these are numbers */
    COLUMN_SIZE_CLASS = COLUMN_NUMBERS,
    COLUMN_CHECKSUM,
    COLUMN_DIGEST,
    COLUMN_PART_KEY,
    COLUMN_TOKENS,
    COLUMN_META,
    COLUMNS
};

struct index_sql;

/* Opens the file; a writer's is made where it is missing or empty. -1 and *fault: EBADMSG where it is no index of this
 * store and version, or broken. */
int index_sql_open(const char *path, const struct record_store_id *store, bool is_reader, struct index_sql **sql_out,
                   struct fault *fault);
/* Where it was found broken while in use, the file goes: what opens it next makes a new one. */
void index_sql_close(struct index_sql *sql);

/* Removes the file and what belongs to it. */
int index_sql_remove(const char *path, struct fault *fault);

/* As index_tidy. */
int index_sql_tidy(const char *path, struct fault *fault);

/* Parameters are numbered from 1, columns from 0. A statement's parameters stay until they are set anew. */
void index_sql_set_numbers(struct index_sql *sql, enum index_statement statement, int first, const uint64_t *numbers,
                           size_t count);
/* The bytes must live until the statement has run. NULL data: NULL. */
void index_sql_set_bytes(struct index_sql *sql, enum index_statement statement, int number, struct span bytes);

/* The next row: 1; 0: no more, and the statement is ready for another run; -1 and *fault: likewise. */
int index_sql_step(struct index_sql *sql, enum index_statement statement, struct fault *fault);
uint64_t index_sql_number(struct index_sql *sql, enum index_statement statement, int column);
struct span index_sql_bytes(struct index_sql *sql, enum index_statement statement, int column); /* until it steps */
void index_sql_reset(struct index_sql *sql, enum index_statement statement);                    /* rows are left */

/* Sets numbers from 1 on, and runs to the end. */
int index_sql_run(struct index_sql *sql, enum index_statement statement, const uint64_t *numbers, size_t count,
                  struct fault *fault);

/* False where somebody removed the file, or put another in its place. */
bool index_sql_is_there(struct index_sql *sql);

/* A transaction is open, by whomsoever. False also after an error by which SQLite rolled it back. */
bool index_sql_is_within(struct index_sql *sql);

/* Something in it can't be: it is broken. Returns -1 with EBADMSG. */
int index_sql_broken(struct index_sql *sql, const char *what, struct fault *fault);

/* A checksum over numbers and bytes, against accidents (not against those who mean it). */
uint64_t index_sum(const uint64_t *numbers, size_t count, struct span bytes);

/* How far the index has come, with the store's id and the version, under a checksum. */
struct index_state {
    uint64_t sequence;
    struct crypt_digest digest;
};
int index_sql_state(struct index_sql *sql, struct index_state *state_out, struct fault *fault);
int index_sql_set_state(struct index_sql *sql, const struct index_state *state, struct fault *fault);

#endif
