#include "store/index.h"

#include "base/memory.h"
#include "store/index_private.h"
#include "store/index_sql.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    TOTAL_ALL = 100,         /* beside the categories: what is held, and the frames' bytes */
    POSTINGS_MOST = 1 << 20, /* 16 MB: only where a new index is filled in large transactions */
    POSTINGS_KEPT = 1 << 14
};

int index_open(const char *path, const struct record_store_id *store, bool is_reader, struct index **index_out,
               bool *is_fresh_out, struct fault *fault)
{
    *index_out = NULL;
    *is_fresh_out = false;
    struct index_sql *sql = NULL;
    struct fault local = { 0 };
    int result = index_sql_open(path, store, is_reader, &sql, &local);
    if (result != 0 && local.code == EBADMSG && !is_reader) {
        if (index_sql_remove(path, fault) != 0)
            return -1;
        result = index_sql_open(path, store, is_reader, &sql, &local);
    }
    if (result != 0)
        return fault_set(fault, local.code, "%s", local.text);
    struct index *index = memory_new(sizeof *index);
    index->sql = sql;
    struct index_state state;
    if (index_sql_state(sql, &state, fault) != 0) {
        index_close(index);
        return -1;
    }
    *is_fresh_out = state.sequence == 0;
    *index_out = index;
    return 0;
}

void index_close(struct index *index)
{
    if (index == NULL)
        return;
    index_sql_close(index->sql);
    free(index->postings);
    free(index);
}

int index_unlink(const char *path, struct fault *fault)
{
    return index_sql_remove(path, fault);
}

int index_tidy(const char *path, struct fault *fault)
{
    return index_sql_tidy(path, fault);
}

/* --- Words that wait --- */

static int compare_postings(const void *a, const void *b)
{
    const struct index_posting *x = a, *y = b;
    if (x->token != y->token) {
        uint64_t sign = UINT64_C(1) << 63; /* SQLite's numbers have one */
        return (x->token ^ sign) < (y->token ^ sign) ? -1 : 1;
    }
    return (x->sequence < y->sequence) - (x->sequence > y->sequence);
}

int index_put_postings(struct index *index, struct fault *fault)
{
    if (index->posting_count > 1)
        qsort(index->postings, index->posting_count, sizeof *index->postings, compare_postings);
    int result = 0;
    for (size_t i = 0; i < index->posting_count && result == 0; i++)
        result = index_sql_run(index->sql, SQL_WORD_PUT,
                               (uint64_t[]){ index->postings[i].token, index->postings[i].sequence }, 2, fault);
    index->posting_count = 0;
    if (index->posting_room > POSTINGS_KEPT) {
        free(index->postings);
        index->postings = NULL;
        index->posting_room = 0;
    }
    return result;
}

static int add_posting(struct index *index, uint64_t token, uint64_t sequence, struct fault *fault)
{
    if (index->posting_count == POSTINGS_MOST && index_put_postings(index, fault) != 0)
        return -1;
    if (index->posting_count == index->posting_room) {
        size_t room = index->posting_room == 0 ? POSTINGS_KEPT : index->posting_room * 2;
        struct index_posting *larger = realloc(index->postings, room * sizeof *larger);
        if (larger == NULL)
            memory_end();
        index->postings = larger;
        index->posting_room = room;
    }
    index->postings[index->posting_count++] = (struct index_posting){ token, sequence };
    return 0;
}

/* --- Transactions --- */

int index_begin(struct index *index, struct fault *fault)
{
    if (index->depth == 0) {
        if (!index_sql_is_there(index->sql))
            return index_sql_broken(index->sql, "somebody has removed it", fault);
        if (index_sql_run(index->sql, SQL_BEGIN_WRITE, NULL, 0, fault) != 0)
            return -1;
        index->has_failed = false;
    }
    index->depth++;
    return 0;
}

static int give_up(struct index *index)
{
    struct fault unused;
    index->posting_count = 0;
    if (index_sql_is_within(index->sql))
        (void)index_sql_run(index->sql, SQL_ROLLBACK, NULL, 0, &unused);
    return -1;
}

int index_end(struct index *index, struct fault *fault)
{
    assert(index->depth > 0);
    if (--index->depth > 0)
        return 0;
    if (index->has_failed) {
        (void)give_up(index);
        return fault_set(fault, ECANCELED, "a change to the index failed, so none of the transaction was kept");
    }
    bool is_kept = index_put_postings(index, fault) == 0 && index_sql_run(index->sql, SQL_COMMIT, NULL, 0, fault) == 0;
    return is_kept ? 0 : give_up(index);
}

void index_abandon(struct index *index)
{
    struct fault unused;
    index->has_failed = true;
    (void)index_end(index, &unused);
}

/* Every change stands between these two, so that it is made as a whole also where no transaction is open. */
static int begin_change(struct index *index, struct fault *fault)
{
    if (index_begin(index, fault) != 0)
        return -1;
    if (!index->has_failed)
        return 0;
    index->depth--; /* it was above 1: the one who began it hears of the failure at its end */
    return fault_set(fault, ECANCELED, "a change to the index failed before");
}

static int end_change(struct index *index, int result, struct fault *fault)
{
    if (result != 0)
        index->has_failed = true;
    struct fault unused;
    int ended = index_end(index, result != 0 ? &unused : fault);
    return result != 0 ? result : ended;
}

int index_position(struct index *index, uint64_t *sequence_out, struct crypt_digest *digest_out, struct fault *fault)
{
    struct index_state state;
    if (index_sql_state(index->sql, &state, fault) != 0)
        return -1;
    *sequence_out = state.sequence;
    *digest_out = state.digest;
    return 0;
}

int index_set_position(struct index *index, uint64_t sequence, const struct crypt_digest *digest, struct fault *fault)
{
    struct index_state state = { .sequence = sequence, .digest = *digest };
    if (begin_change(index, fault) != 0)
        return -1;
    return end_change(index, index_sql_set_state(index->sql, &state, fault), fault);
}

/* --- Rows --- */

static void row_numbers(const struct index_row *row, uint64_t numbers_out[COLUMN_NUMBERS])
{
    numbers_out[COLUMN_SEQUENCE] = row->sequence;
    numbers_out[COLUMN_KIND] = (uint64_t)row->kind;
    numbers_out[COLUMN_SEGMENT] = row->place.segment;
    numbers_out[COLUMN_OFFSET] = row->place.offset;
    numbers_out[COLUMN_FRAME] = row->place.size;
    numbers_out[COLUMN_TIME] = row->time_ms;
    numbers_out[COLUMN_CATEGORY] = (uint64_t)row->category;
    numbers_out[COLUMN_SIZE] = row->size;
    numbers_out[COLUMN_HOLDS] = row->holds;
    numbers_out[COLUMN_REFERENCES] = row->references;
}

static uint64_t row_sum(const struct index_row *row)
{
    uint64_t numbers[COLUMN_NUMBERS];
    row_numbers(row, numbers);
    return index_sum(numbers, COLUMN_NUMBERS, span_of(row->digest.bytes, sizeof row->digest.bytes));
}

int index_row_read(struct index *index, enum index_statement statement, struct index_row *row_out, struct fault *fault)
{
    uint64_t numbers[COLUMN_NUMBERS];
    for (int i = 0; i < COLUMN_NUMBERS; i++)
        numbers[i] = index_sql_number(index->sql, statement, i);
    struct span digest = index_sql_bytes(index->sql, statement, COLUMN_DIGEST);
    *row_out = (struct index_row){
        .sequence = numbers[COLUMN_SEQUENCE],
        .place = { numbers[COLUMN_SEGMENT], numbers[COLUMN_OFFSET], numbers[COLUMN_FRAME] },
        .time_ms = numbers[COLUMN_TIME],
        .size = numbers[COLUMN_SIZE],
        .holds = (unsigned)numbers[COLUMN_HOLDS],
        .references = (unsigned)numbers[COLUMN_REFERENCES],
    };
    bool is_sound = digest.size == sizeof row_out->digest.bytes && numbers[COLUMN_KIND] < RECORD_KINDS &&
                    numbers[COLUMN_CATEGORY] < CATEGORIES;
    if (is_sound) {
        row_out->kind = (enum record_kind)numbers[COLUMN_KIND];
        row_out->category = (enum category)numbers[COLUMN_CATEGORY];
        memcpy(row_out->digest.bytes, digest.data, digest.size);
    }
    if (!is_sound || index_sql_number(index->sql, statement, COLUMN_CHECKSUM) != row_sum(row_out))
        return index_sql_broken(index->sql, "a row is damaged", fault);
    return 0;
}

unsigned index_size_class(uint64_t size)
{
    if (size < 4)
        return (unsigned)size;
    unsigned octave = 63 - (unsigned)__builtin_clzll(size);
    return octave * 4 + (unsigned)(size >> (octave - 2) & 3);
}

/* The row is there: 0, and its statement must be reset. ENOENT. */
static int find_record(struct index *index, uint64_t sequence, struct index_row *row_out, struct fault *fault)
{
    if (sequence > INDEX_NUMBER_MOST)
        return fault_set(fault, ENOENT, "there is no such record");
    index_sql_set_numbers(index->sql, SQL_RECORD_GET, 1, &sequence, 1);
    int found = index_sql_step(index->sql, SQL_RECORD_GET, fault);
    if (found < 0)
        return -1;
    if (found == 0)
        return fault_set(fault, ENOENT, "record %llu is not in the index", (unsigned long long)sequence);
    if (index_row_read(index, SQL_RECORD_GET, row_out, fault) == 0)
        return 0;
    index_sql_reset(index->sql, SQL_RECORD_GET);
    return -1;
}

int index_get(struct index *index, uint64_t sequence, struct index_row *row_out, struct fault *fault)
{
    if (find_record(index, sequence, row_out, fault) != 0)
        return -1;
    index_sql_reset(index->sql, SQL_RECORD_GET);
    return 0;
}

int index_get_meta(struct index *index, uint64_t sequence, struct index_row *row_out, struct buf *meta_out,
                   struct fault *fault)
{
    if (find_record(index, sequence, row_out, fault) != 0)
        return -1;
    buf_clear(meta_out);
    buf_put_span(meta_out, index_sql_bytes(index->sql, SQL_RECORD_GET, COLUMN_META));
    index_sql_reset(index->sql, SQL_RECORD_GET);
    row_out->meta = buf_span(meta_out);
    return 0;
}

/* --- Changes --- */

static int run(struct index *index, enum index_statement statement, struct fault *fault, size_t count,
               const uint64_t *numbers)
{
    return index_sql_run(index->sql, statement, numbers, count, fault);
}
#define RUN(index, statement, fault, ...)                                                                              \
    run((index), (statement), (fault), sizeof((uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t),                         \
        (const uint64_t[]){ __VA_ARGS__ })

/* The totals, with this row (1) or without it (-1). */
static int count_row(struct index *index, const struct index_row *row, int change, struct fault *fault)
{
    uint64_t one = (uint64_t)(int64_t)change; /* -1 in two's complement: SQLite has it with its sign */
    bool is_message = row->kind == RECORD_MESSAGE;
    if (is_message && RUN(index, SQL_TOTAL_COUNT, fault, (uint64_t)row->category, one, one * row->size) != 0)
        return -1;
    uint64_t held = is_message && row->holds > 0 ? one : 0;
    return RUN(index, SQL_TOTAL_COUNT, fault, TOTAL_ALL, held, one * row->place.size);
}

static int put_row(struct index *index, const struct index_row *row, const uint64_t *tokens, size_t token_count,
                   const struct crypt_digest *part_key, struct fault *fault)
{
    static const struct crypt_digest none;
    struct index_sql *sql = index->sql;
    uint64_t numbers[COLUMN_CHECKSUM + 1];
    row_numbers(row, numbers);
    numbers[COLUMN_SIZE_CLASS] = index_size_class(row->size);
    numbers[COLUMN_CHECKSUM] = row_sum(row);
    bool has_key = part_key != NULL && memcmp(part_key, &none, sizeof none) != 0;
    index_sql_set_bytes(sql, SQL_RECORD_PUT, COLUMN_DIGEST + 1, span_of(row->digest.bytes, sizeof row->digest.bytes));
    index_sql_set_bytes(sql, SQL_RECORD_PUT, COLUMN_PART_KEY + 1,
                        has_key ? span_of(part_key->bytes, sizeof part_key->bytes) : span_of(NULL, 0));
    index_sql_set_bytes(sql, SQL_RECORD_PUT, COLUMN_TOKENS + 1,
                        token_count > 0 ? span_of(tokens, token_count * sizeof *tokens) : span_of(NULL, 0));
    index_sql_set_bytes(sql, SQL_RECORD_PUT, COLUMN_META + 1, row->meta);
    return index_sql_run(sql, SQL_RECORD_PUT, numbers, COLUMN_CHECKSUM + 1, fault);
}

static int add(struct index *index, const struct index_row *row, const uint64_t *tokens, size_t token_count,
               const struct crypt_digest *part_key, struct fault *fault)
{
    if (put_row(index, row, tokens, token_count, part_key, fault) != 0 || count_row(index, row, 1, fault) != 0)
        return -1;
    for (size_t i = 0; i < token_count; i++) {
        if (add_posting(index, tokens[i], row->sequence, fault) != 0)
            return -1;
    }
    if (row->kind != RECORD_MESSAGE)
        return 0;
    static const unsigned levels[] = { INDEX_PERIOD_FINE, INDEX_PERIOD_COARSE };
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if (RUN(index, SQL_PERIOD_PUT, fault, levels[i], row->time_ms >> levels[i], row->sequence) != 0)
            return -1;
    }
    return 0;
}

int index_add(struct index *index, const struct index_row *row, const uint64_t *tokens, size_t token_count,
              const struct crypt_digest *part_key, struct fault *fault)
{
    assert(token_count <= INDEX_MOST_TOKENS && row->kind < RECORD_KINDS && row->category < CATEGORIES);
    if (row->sequence == 0 || row->sequence > INDEX_NUMBER_MOST || row->time_ms > INDEX_NUMBER_MOST ||
        row->size > INDEX_NUMBER_MOST || row->meta.size > RECORD_META_MOST)
        return fault_set(fault, EINVAL, "a record has numbers beyond all bounds");
    struct index_row there;
    struct fault local = { 0 };
    if (index_get(index, row->sequence, &there, &local) == 0)
        return fault_set(fault, EEXIST, "record %llu is in the index", (unsigned long long)row->sequence);
    if (local.code != ENOENT)
        return fault_set(fault, local.code, "%s", local.text);
    if (begin_change(index, fault) != 0)
        return -1;
    return end_change(index, add(index, row, tokens, token_count, part_key, fault), fault);
}

static unsigned changed(unsigned number, int change)
{
    if (change < 0)
        return number > (unsigned)-change ? number - (unsigned)-change : 0;
    return number + (unsigned)change;
}

/* The row as it was is counted out, as it is counted in. */
static int mark(struct index *index, uint64_t sequence, int holds, int references, struct fault *fault)
{
    struct index_row row = { 0 };
    if (index_get(index, sequence, &row, fault) != 0)
        return -1;
    if (begin_change(index, fault) != 0)
        return -1;
    unsigned held_before = row.holds > 0 ? 1 : 0;
    row.holds = changed(row.holds, holds);
    row.references = changed(row.references, references);
    uint64_t held = (uint64_t)(row.holds > 0 ? 1 : 0) - held_before;
    int result = RUN(index, SQL_RECORD_MARK, fault, sequence, row.holds, row.references, row_sum(&row));
    if (result == 0 && held != 0 && row.kind == RECORD_MESSAGE)
        result = RUN(index, SQL_TOTAL_COUNT, fault, TOTAL_ALL, held, 0);
    return end_change(index, result, fault);
}

int index_refer(struct index *index, uint64_t part_sequence, int change, struct fault *fault)
{
    return mark(index, part_sequence, 0, change, fault);
}

int index_hold(struct index *index, uint64_t sequence, int change, struct fault *fault)
{
    return mark(index, sequence, change, 0, fault);
}

static int take_out(struct index *index, const struct index_row *row, const uint64_t *tokens, size_t token_count,
                    struct fault *fault)
{
    if (index_put_postings(index, fault) != 0)
        return -1;
    for (size_t i = 0; i < token_count; i++) {
        if (RUN(index, SQL_WORD_DROP, fault, tokens[i], row->sequence) != 0)
            return -1;
    }
    if (RUN(index, SQL_DEAD_PUT, fault, row->sequence) != 0 || RUN(index, SQL_RECORD_DROP, fault, row->sequence) != 0)
        return -1;
    return count_row(index, row, -1, fault);
}

int index_remove(struct index *index, uint64_t sequence, struct fault *fault)
{
    struct index_row row = { 0 };
    if (find_record(index, sequence, &row, fault) != 0)
        return -1;
    uint64_t tokens[INDEX_MOST_TOKENS];
    struct span bytes = index_sql_bytes(index->sql, SQL_RECORD_GET, COLUMN_TOKENS);
    bool is_sound = bytes.size <= sizeof tokens && bytes.size % sizeof tokens[0] == 0;
    if (is_sound && bytes.size > 0)
        memcpy(tokens, bytes.data, bytes.size);
    index_sql_reset(index->sql, SQL_RECORD_GET);
    if (!is_sound)
        return index_sql_broken(index->sql, "a row's tokens are damaged", fault);
    if (begin_change(index, fault) != 0)
        return -1;
    return end_change(index, take_out(index, &row, tokens, bytes.size / sizeof tokens[0], fault), fault);
}

int index_erased(struct index *index, uint64_t sequence, struct fault *fault)
{
    if (begin_change(index, fault) != 0)
        return -1;
    return end_change(index, RUN(index, SQL_DEAD_DROP, fault, sequence), fault);
}

/* --- Single answers --- */

int index_find_part(struct index *index, const struct crypt_digest *part_key, struct index_row *row_out,
                    struct fault *fault)
{
    index_sql_set_bytes(index->sql, SQL_FIND_PART, 1, span_of(part_key->bytes, sizeof part_key->bytes));
    int found = index_sql_step(index->sql, SQL_FIND_PART, fault);
    if (found < 0)
        return -1;
    if (found == 0)
        return fault_set(fault, ENOENT, "no such part is in the index");
    uint64_t sequence = index_sql_number(index->sql, SQL_FIND_PART, 0);
    index_sql_reset(index->sql, SQL_FIND_PART);
    return index_get(index, sequence, row_out, fault);
}

/* The time of each category's first: near enough the oldest one's where the clock went back. */
static int find_oldest(struct index *index, uint64_t *oldest_out, struct fault *fault)
{
    for (uint64_t category = 0; category < CATEGORIES; category++) {
        index_sql_set_numbers(index->sql, SQL_FIRST_TIME, 1, &category, 1);
        int found = index_sql_step(index->sql, SQL_FIRST_TIME, fault);
        if (found < 0)
            return -1;
        if (found == 0)
            continue;
        uint64_t time = index_sql_number(index->sql, SQL_FIRST_TIME, 0);
        if (*oldest_out == 0 || time < *oldest_out)
            *oldest_out = time;
        index_sql_reset(index->sql, SQL_FIRST_TIME);
    }
    return 0;
}

int index_totals(struct index *index, struct index_totals *totals_out, struct fault *fault)
{
    *totals_out = (struct index_totals){ 0 };
    int found;
    while ((found = index_sql_step(index->sql, SQL_TOTALS, fault)) > 0) {
        uint64_t what = index_sql_number(index->sql, SQL_TOTALS, 0);
        uint64_t count = index_sql_number(index->sql, SQL_TOTALS, 1);
        uint64_t bytes = index_sql_number(index->sql, SQL_TOTALS, 2);
        if (what < CATEGORIES) {
            totals_out->messages[what] = count;
            totals_out->bytes[what] = bytes;
        } else if (what == TOTAL_ALL) {
            totals_out->held = count;
            totals_out->stored_bytes = bytes;
        }
    }
    return found < 0 ? -1 : find_oldest(index, &totals_out->oldest_ms, fault);
}
