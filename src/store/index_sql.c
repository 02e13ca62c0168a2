#include "store/index_sql.h"

#include "base/memory.h"
#include "store/index.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "CoIx": by which file(1) and we know it. */
#define APPLICATION_ID 0x436f4978

enum {
    WRITER_CACHE_KB = 65536,
    READER_CACHE_KB = 16384,
    /* The log is brought into the file at this many pages: a page that changes in many transactions is then written
     * there once. */
    CHECKPOINT_PAGES = 16384,
    LOG_BYTES_LEFT = 8388608, /* the log's file is cut to that afterwards */
    BUSY_MS = 10000,          /* others hold the file for moments only: a checkpoint, a recovery */
    MOST_VALUE_BYTES = 4194304
};

/* The tables. SQLite keeps these texts as they stand, and they are compared at each opening: a file with anything else
 * in it is not ours.
 *
 * record   what is not dead. `tokens`: its words, for taking them out again. `checksum` is over the numbers and the
 *          digest; the metadata is sealed anyway.
 * word     which messages have a token: a search is a walk over a range, from the newest on.
 * dead     whose bytes still have to be erased
 * total    what index_totals tells, kept by each change: what < 100 is a category, TOTAL_ALL all
 * period   the first and last sequence stored within each period of a level's length: a range of times becomes a range
 *          of sequences, right even where a clock went back
 *
 * The partial indices have messages alone. by_size has classes, four to an octave, so that each is walked from the
 * newest on. */
static const char *const tables[] = {
    "CREATE TABLE state(id INTEGER PRIMARY KEY, version INTEGER, store BLOB, sequence INTEGER, digest BLOB, "
    "checksum INTEGER)",
    "CREATE TABLE record(sequence INTEGER PRIMARY KEY, kind INTEGER, segment INTEGER, place INTEGER, frame INTEGER, "
    "time INTEGER, category INTEGER, size INTEGER, holds INTEGER, refs INTEGER, size_class INTEGER, checksum INTEGER, "
    "digest BLOB, part_key BLOB, tokens BLOB, meta BLOB)",
    "CREATE TABLE word(token INTEGER, sequence INTEGER, PRIMARY KEY(token, sequence DESC)) WITHOUT ROWID",
    "CREATE TABLE dead(sequence INTEGER PRIMARY KEY, kind INTEGER, segment INTEGER, place INTEGER, frame INTEGER, "
    "time INTEGER, category INTEGER, size INTEGER, holds INTEGER, refs INTEGER, size_class INTEGER, checksum INTEGER, "
    "digest BLOB)",
    "CREATE TABLE total(what INTEGER PRIMARY KEY, records INTEGER, bytes INTEGER)",
    "CREATE TABLE period(level INTEGER, number INTEGER, first INTEGER, last INTEGER, PRIMARY KEY(level, number)) "
    "WITHOUT ROWID",
    "CREATE INDEX by_category ON record(category) WHERE kind=1",
    "CREATE INDEX by_size ON record(size_class, sequence, size) WHERE kind=1",
    "CREATE INDEX by_age ON record(category, time) WHERE kind=1 AND holds=0",
    "CREATE INDEX by_hold ON record(kind) WHERE kind=1 AND holds>0",
    "CREATE INDEX by_part ON record(part_key) WHERE part_key IS NOT NULL",
    "CREATE INDEX by_orphan ON record(kind) WHERE kind=2 AND refs=0",
};
enum { TABLES = sizeof tables / sizeof tables[0] };

#define OLD_OF(category)                                                                                               \
    "SELECT sequence, time FROM record INDEXED BY by_age WHERE kind=1 AND category=" category " AND holds=0 AND "      \
    "time<?1"
#define ROW                                                                                                            \
    "sequence, kind, segment, place, frame, time, category, size, holds, refs, size_class, checksum, digest, "         \
    "part_key, tokens, meta"

/* INDEXED BY: a statement that SQLite would run in any other way than is meant here can't be prepared. */
static const char *const statements[SQL_STATEMENTS] = {
    [SQL_BEGIN] = "BEGIN",
    [SQL_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_STATE_GET] = "SELECT version, store, sequence, digest, checksum FROM state WHERE id=1",
    [SQL_STATE_PUT] = "INSERT OR REPLACE INTO state VALUES(1, ?1, ?4, ?2, ?5, ?3)",
    [SQL_RECORD_GET] = "SELECT " ROW " FROM record WHERE sequence=?1",
    [SQL_RECORD_PUT] = "INSERT INTO record VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, "
                       "?16)",
    [SQL_RECORD_MARK] = "UPDATE record SET holds=?2, refs=?3, checksum=?4 WHERE sequence=?1",
    [SQL_RECORD_DROP] = "DELETE FROM record WHERE sequence=?1",
    [SQL_WORD_PUT] = "INSERT OR IGNORE INTO word VALUES(?1, ?2)",
    [SQL_WORD_DROP] = "DELETE FROM word WHERE token=?1 AND sequence=?2",
    [SQL_DEAD_PUT] = "INSERT OR REPLACE INTO dead SELECT sequence, kind, segment, place, frame, time, category, size, "
                     "holds, refs, size_class, checksum, digest FROM record WHERE sequence=?1",
    [SQL_DEAD_DROP] = "DELETE FROM dead WHERE sequence=?1",
    [SQL_TOTAL_COUNT] = "INSERT INTO total VALUES(?1, ?2, ?3) ON CONFLICT DO UPDATE SET "
                        "records=records+excluded.records, bytes=bytes+excluded.bytes",
    [SQL_PERIOD_PUT] = "INSERT INTO period VALUES(?1, ?2, ?3, ?3) ON CONFLICT DO UPDATE SET "
                       "first=min(first, excluded.first), last=max(last, excluded.last)",
    [SQL_FIND_ROW] = "SELECT " ROW " FROM record WHERE sequence=?1",
    [SQL_FIND_WORD] = "SELECT sequence FROM word WHERE token=?1 AND sequence BETWEEN ?2 AND ?3 ORDER BY sequence DESC "
                      "LIMIT ?4",
    [SQL_FIND_CATEGORY] = "SELECT sequence FROM record INDEXED BY by_category WHERE kind=1 AND category=?1 AND "
                          "sequence BETWEEN ?2 AND ?3 ORDER BY sequence DESC LIMIT ?4",
    [SQL_FIND_SIZE] = "SELECT sequence, size FROM record INDEXED BY by_size WHERE kind=1 AND size_class=?1 AND "
                      "sequence BETWEEN ?2 AND ?3 ORDER BY sequence DESC LIMIT ?4",
    [SQL_FIND_HELD] = "SELECT sequence FROM record INDEXED BY by_hold WHERE kind=1 AND holds>0 AND ?1=0 AND sequence "
                      "BETWEEN ?2 AND ?3 ORDER BY sequence DESC LIMIT ?4",
    [SQL_FIND_PERIODS] = "SELECT min(first), max(last) FROM period WHERE level=?1 AND number BETWEEN ?2 AND ?3",
    [SQL_FIND_PART] = "SELECT sequence FROM record INDEXED BY by_part WHERE part_key=?1 ORDER BY sequence DESC LIMIT 1",
    [SQL_FIND_DEAD] = "SELECT sequence FROM dead ORDER BY sequence LIMIT ?1",
    [SQL_DEAD_GET] = "SELECT sequence, kind, segment, place, frame, time, category, size, holds, refs, size_class, "
                     "checksum, digest FROM dead WHERE sequence=?1",
    [SQL_FIND_ORPHANS] = "SELECT sequence FROM record INDEXED BY by_orphan WHERE kind=2 AND refs=0 ORDER BY sequence "
                         "LIMIT ?1",
    [SQL_FIND_OLD] = OLD_OF("?3") " ORDER BY time LIMIT ?2",
    [SQL_FIND_OLD_ANY] = OLD_OF("0") " UNION ALL " OLD_OF("1") " UNION ALL " OLD_OF("2") " UNION ALL " OLD_OF(
        "3") " UNION ALL " OLD_OF("4") " UNION ALL " OLD_OF("5") " ORDER BY time LIMIT ?2",
    [SQL_FIRST_TIME] = "SELECT time FROM record INDEXED BY by_category WHERE kind=1 AND category=?1 ORDER BY sequence "
                       "LIMIT 1",
    [SQL_TOTALS] = "SELECT what, records, bytes FROM total",
};
_Static_assert(CATEGORIES == 6, "SQL_FIND_OLD_ANY has each category");
_Static_assert(RECORD_MESSAGE == 1 && RECORD_PART == 2, "the statements have these numbers");

struct index_sql {
    sqlite3 *database;
    sqlite3_stmt *prepared[SQL_STATEMENTS];
    struct record_store_id store;
    char *path;
    bool is_reader;
    bool is_broken;
};

/* --- What SQLite says --- */

static int code_of(sqlite3 *database, int status)
{
    switch (status & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR: /* a table is missing, or not as it should be */
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
    case SQLITE_SCHEMA:
        return EBADMSG;
    case SQLITE_IOERR:
        if (status == SQLITE_IOERR_SHORT_READ || status == SQLITE_IOERR_CORRUPTFS)
            return EBADMSG;
        return status == SQLITE_IOERR_NOMEM ? ENOMEM : EIO;
    case SQLITE_FULL:
        return ENOSPC;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return EBUSY;
    case SQLITE_NOMEM:
        return ENOMEM;
    case SQLITE_READONLY:
        return EROFS;
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return EACCES;
    case SQLITE_CANTOPEN: {
        int code = database != NULL ? sqlite3_system_errno(database) : 0;
        return code != 0 ? code : EIO;
    }
    default:
        return EIO;
    }
}

static int say(struct index_sql *sql, int status, struct fault *fault)
{
    int code = code_of(sql->database, status);
    if (code == EBADMSG)
        sql->is_broken = true;
    return fault_set(fault, code, "index %s: %s", sql->path,
                     sql->database != NULL ? sqlite3_errmsg(sql->database) : sqlite3_errstr(status));
}

int index_sql_broken(struct index_sql *sql, const char *what, struct fault *fault)
{
    sql->is_broken = true;
    return fault_set(fault, EBADMSG, "index %s: %s", sql->path, what);
}

uint64_t index_sum(const uint64_t *numbers, size_t count, struct span bytes)
{
    uint64_t sum = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (size_t i = 0; i < count; i++) {
        for (unsigned shift = 0; shift < 64; shift += 8)
            sum = (sum ^ (numbers[i] >> shift & 0xff)) * UINT64_C(0x100000001b3);
    }
    for (size_t i = 0; i < bytes.size; i++)
        sum = (sum ^ (unsigned char)bytes.data[i]) * UINT64_C(0x100000001b3);
    return sum;
}

/* --- Running statements --- */

/* Numbers of SQLite have a sign. Those of ours that are compared stay below; tokens keep their bits. */
static sqlite3_int64 to_signed(uint64_t number)
{
    sqlite3_int64 result = 0;
    memcpy(&result, &number, sizeof result);
    return result;
}

static uint64_t to_unsigned(sqlite3_int64 number)
{
    uint64_t result = 0;
    memcpy(&result, &number, sizeof result);
    return result;
}

/* Parameters are all there, so setting them fails for want of memory alone. */
static void must_set(int status)
{
    if (status == SQLITE_NOMEM)
        memory_end();
    assert(status == SQLITE_OK);
}

void index_sql_set_numbers(struct index_sql *sql, enum index_statement statement, int first, const uint64_t *numbers,
                           size_t count)
{
    for (size_t i = 0; i < count; i++)
        must_set(sqlite3_bind_int64(sql->prepared[statement], first + (int)i, to_signed(numbers[i])));
}

void index_sql_set_bytes(struct index_sql *sql, enum index_statement statement, int number, struct span bytes)
{
    assert(bytes.size <= INT_MAX);
    if (bytes.data == NULL)
        must_set(sqlite3_bind_null(sql->prepared[statement], number));
    else
        must_set(sqlite3_bind_blob(sql->prepared[statement], number, bytes.data, (int)bytes.size, SQLITE_STATIC));
}

int index_sql_step(struct index_sql *sql, enum index_statement statement, struct fault *fault)
{
    int status = sqlite3_step(sql->prepared[statement]);
    if (status == SQLITE_ROW)
        return 1;
    int result = status == SQLITE_DONE ? 0 : say(sql, status, fault);
    (void)sqlite3_reset(sql->prepared[statement]);
    return result;
}

uint64_t index_sql_number(struct index_sql *sql, enum index_statement statement, int column)
{
    return to_unsigned(sqlite3_column_int64(sql->prepared[statement], column));
}

struct span index_sql_bytes(struct index_sql *sql, enum index_statement statement, int column)
{
    const void *data = sqlite3_column_blob(sql->prepared[statement], column);
    int size = sqlite3_column_bytes(sql->prepared[statement], column);
    return span_of(data, data != NULL && size > 0 ? (size_t)size : 0);
}

void index_sql_reset(struct index_sql *sql, enum index_statement statement)
{
    (void)sqlite3_reset(sql->prepared[statement]);
}

int index_sql_run(struct index_sql *sql, enum index_statement statement, const uint64_t *numbers, size_t count,
                  struct fault *fault)
{
    index_sql_set_numbers(sql, statement, 1, numbers, count);
    int result = 0;
    do
        result = index_sql_step(sql, statement, fault);
    while (result > 0);
    return result;
}

bool index_sql_is_there(struct index_sql *sql)
{
    int has_moved = 0;
    return sqlite3_file_control(sql->database, "main", SQLITE_FCNTL_HAS_MOVED, &has_moved) != SQLITE_OK ||
           has_moved == 0;
}

bool index_sql_is_within(struct index_sql *sql)
{
    return sqlite3_get_autocommit(sql->database) == 0;
}

/* --- The state --- */

static uint64_t state_sum(const struct index_sql *sql, const struct index_state *state)
{
    uint64_t numbers[2 + sizeof sql->store.bytes] = { INDEX_VERSION, state->sequence };
    for (size_t i = 0; i < sizeof sql->store.bytes; i++)
        numbers[2 + i] = sql->store.bytes[i];
    return index_sum(numbers, sizeof numbers / sizeof numbers[0],
                     span_of(state->digest.bytes, sizeof state->digest.bytes));
}

int index_sql_set_state(struct index_sql *sql, const struct index_state *state, struct fault *fault)
{
    uint64_t numbers[] = { INDEX_VERSION, state->sequence, state_sum(sql, state) };
    index_sql_set_bytes(sql, SQL_STATE_PUT, 4, span_of(sql->store.bytes, sizeof sql->store.bytes));
    index_sql_set_bytes(sql, SQL_STATE_PUT, 5, span_of(state->digest.bytes, sizeof state->digest.bytes));
    return index_sql_run(sql, SQL_STATE_PUT, numbers, 3, fault);
}

int index_sql_state(struct index_sql *sql, struct index_state *state_out, struct fault *fault)
{
    int found = index_sql_step(sql, SQL_STATE_GET, fault);
    if (found < 0)
        return -1;
    if (found == 0)
        return index_sql_broken(sql, "its state is missing", fault);
    struct span store = index_sql_bytes(sql, SQL_STATE_GET, 1);
    struct span digest = index_sql_bytes(sql, SQL_STATE_GET, 3);
    state_out->sequence = index_sql_number(sql, SQL_STATE_GET, 2);
    uint64_t sum = index_sql_number(sql, SQL_STATE_GET, 4);
    bool is_ours = index_sql_number(sql, SQL_STATE_GET, 0) == INDEX_VERSION &&
                   span_equal(store, span_of(sql->store.bytes, sizeof sql->store.bytes));
    bool is_sound = digest.size == sizeof state_out->digest.bytes;
    if (is_sound)
        memcpy(state_out->digest.bytes, digest.data, digest.size);
    index_sql_reset(sql, SQL_STATE_GET);
    if (!is_ours)
        return index_sql_broken(sql, "it is another store's", fault);
    if (!is_sound || sum != state_sum(sql, state_out))
        return index_sql_broken(sql, "its state is damaged", fault);
    return 0;
}

/* --- Opening --- */

static int execute(struct index_sql *sql, const char *text, struct fault *fault)
{
    int status = sqlite3_exec(sql->database, text, NULL, NULL, NULL);
    return status == SQLITE_OK ? 0 : say(sql, status, fault);
}

/* The first column of a statement's only row, as a number. */
static int ask_number(struct index_sql *sql, const char *text, int64_t *number_out, struct fault *fault)
{
    sqlite3_stmt *statement = NULL;
    int status = sqlite3_prepare_v2(sql->database, text, -1, &statement, NULL);
    if (status == SQLITE_OK)
        status = sqlite3_step(statement);
    if (status == SQLITE_ROW)
        *number_out = sqlite3_column_int64(statement, 0);
    int result = status == SQLITE_ROW ? 0 : say(sql, status, fault);
    (void)sqlite3_finalize(statement);
    return result;
}

/* Nothing of it may lie in a temporary file; no memory map, for a file that somebody truncates would kill us (the log's
 * own small map, *-shm, can't be avoided where readers are other processes); and what a foreign file has in its schema
 * is not run. */
static int set_up(struct index_sql *sql, struct fault *fault)
{
    sqlite3 *database = sql->database;
    (void)sqlite3_extended_result_codes(database, 1);
    (void)sqlite3_busy_timeout(database, BUSY_MS);
    (void)sqlite3_limit(database, SQLITE_LIMIT_LENGTH, MOST_VALUE_BYTES);
    (void)sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
    (void)sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    (void)sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    char text[512];
    (void)snprintf(text, sizeof text,
                   "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0; PRAGMA cell_size_check=ON; PRAGMA secure_delete=FAST;"
                   "PRAGMA cache_size=-%d",
                   sql->is_reader ? READER_CACHE_KB : WRITER_CACHE_KB);
    if (execute(sql, text, fault) != 0)
        return -1;
    if (sql->is_reader)
        return execute(sql, "PRAGMA query_only=ON", fault);
    (void)snprintf(text, sizeof text,
                   "PRAGMA page_size=4096; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                   "PRAGMA wal_autocheckpoint=%d; PRAGMA journal_size_limit=%d",
                   CHECKPOINT_PAGES, LOG_BYTES_LEFT);
    return execute(sql, text, fault);
}

/* Within a transaction that is left open: a reader sees nothing, or an index. */
static int make_tables(struct index_sql *sql, struct fault *fault)
{
    if (execute(sql, "BEGIN IMMEDIATE", fault) != 0)
        return -1;
    for (size_t i = 0; i < TABLES; i++) {
        if (execute(sql, tables[i], fault) != 0)
            return -1;
    }
    char text[256];
    (void)snprintf(text, sizeof text, "PRAGMA application_id=%d; PRAGMA user_version=%d", APPLICATION_ID,
                   INDEX_VERSION);
    return execute(sql, text, fault);
}

/* That the schema is ours, to the letter. */
static int check_tables(struct index_sql *sql, struct fault *fault)
{
    sqlite3_stmt *statement = NULL;
    int status = sqlite3_prepare_v2(sql->database, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid",
                                    -1, &statement, NULL);
    size_t count = 0;
    bool is_ours = true;
    while (status == SQLITE_OK || status == SQLITE_ROW) {
        status = sqlite3_step(statement);
        if (status != SQLITE_ROW)
            break;
        const unsigned char *text = sqlite3_column_text(statement, 0);
        is_ours = is_ours && count < TABLES && text != NULL && strcmp((const char *)text, tables[count]) == 0;
        count++;
    }
    int result = status == SQLITE_DONE ? 0 : say(sql, status, fault);
    (void)sqlite3_finalize(statement);
    if (result == 0 && (!is_ours || count != TABLES))
        return index_sql_broken(sql, "its tables are not ours", fault);
    return result;
}

static int prepare_all(struct index_sql *sql, struct fault *fault)
{
    for (size_t i = 0; i < SQL_STATEMENTS; i++) {
        int status = sqlite3_prepare_v3(sql->database, statements[i], -1, SQLITE_PREPARE_PERSISTENT, &sql->prepared[i],
                                        NULL);
        if (status != SQLITE_OK)
            return say(sql, status, fault);
    }
    return 0;
}

static int check_identity(struct index_sql *sql, bool *is_new_out, struct fault *fault)
{
    int64_t id = 0, version = 0, count = 0;
    if (ask_number(sql, "PRAGMA application_id", &id, fault) != 0 ||
        ask_number(sql, "PRAGMA user_version", &version, fault) != 0 ||
        ask_number(sql, "SELECT count(*) FROM sqlite_schema", &count, fault) != 0)
        return -1;
    *is_new_out = !sql->is_reader && id == 0 && version == 0 && count == 0;
    if (!*is_new_out && (id != APPLICATION_ID || version != INDEX_VERSION))
        return index_sql_broken(sql, "it is none, or of another version", fault);
    return 0;
}

static int open_file(struct index_sql *sql, struct fault *fault)
{
    int flags = sql->is_reader ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    int status = sqlite3_open_v2(sql->path, &sql->database,
                                 flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_NOFOLLOW, NULL);
    return status == SQLITE_OK ? 0 : say(sql, status, fault);
}

static int open_all(struct index_sql *sql, struct fault *fault)
{
    bool is_new = false;
    if (open_file(sql, fault) != 0 || set_up(sql, fault) != 0 || check_identity(sql, &is_new, fault) != 0)
        return -1;
    if (is_new && make_tables(sql, fault) != 0)
        return -1;
    if (check_tables(sql, fault) != 0 || prepare_all(sql, fault) != 0)
        return -1;
    struct index_state state = { 0 };
    if (is_new && (index_sql_set_state(sql, &state, fault) != 0 || index_sql_run(sql, SQL_COMMIT, NULL, 0, fault) != 0))
        return -1;
    return index_sql_state(sql, &state, fault);
}

/* SQLite would make it with the rights that the umask gives; what belongs to it gets those of the file. */
static int make_file(const char *path, struct fault *fault)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return errno == EEXIST ? 0 : fault_set_errno(fault, errno, "making %s", path);
    (void)close(fd);
    return 0;
}

int index_sql_open(const char *path, const struct record_store_id *store, bool is_reader, struct index_sql **sql_out,
                   struct fault *fault)
{
    *sql_out = NULL;
    if (!is_reader && make_file(path, fault) != 0)
        return -1;
    struct index_sql *sql = memory_new(sizeof *sql);
    sql->path = memory_copy_text(path);
    sql->store = *store;
    sql->is_reader = is_reader;
    if (open_all(sql, fault) != 0) {
        sql->is_broken = false; /* what becomes of the file is for the caller to say */
        index_sql_close(sql);
        return -1;
    }
    *sql_out = sql;
    return 0;
}

void index_sql_close(struct index_sql *sql)
{
    if (sql == NULL)
        return;
    for (size_t i = 0; i < SQL_STATEMENTS; i++)
        (void)sqlite3_finalize(sql->prepared[i]);
    (void)sqlite3_close(sql->database);
    if (sql->is_broken && !sql->is_reader)
        (void)index_sql_remove(sql->path, NULL);
    free(sql->path);
    free(sql);
}

int index_sql_remove(const char *path, struct fault *fault)
{
    /* The file last: while it is there it is known that something may be left. */
    static const char *const endings[] = { "-wal", "-shm", "-journal", "" };
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        char name[PATH_MAX];
        int size = snprintf(name, sizeof name, "%s%s", path, endings[i]);
        if (size < 0 || (size_t)size >= sizeof name)
            return fault_set(fault, ENAMETOOLONG, "the index's name is too long");
        if (unlink(name) != 0 && errno != ENOENT)
            return fault_set_errno(fault, errno, "removing %s", name);
    }
    return 0;
}

int index_sql_tidy(const char *path, struct fault *fault)
{
    struct index_sql *sql = memory_new(sizeof *sql);
    sql->path = memory_copy_text(path);
    int result = open_file(sql, fault);
    if (result == 0)
        result = set_up(sql, fault);
    if (result == 0) {
        int status = sqlite3_wal_checkpoint_v2(sql->database, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
        /* Somebody else may be at it. */
        result = status == SQLITE_OK || (status & 0xff) == SQLITE_BUSY ? 0 : say(sql, status, fault);
    }
    sql->is_broken = false; /* the file is the writer's */
    index_sql_close(sql);
    return result;
}
