#include "store/index.h"

#include "base/memory.h"
#include "store/index_private.h"
#include "store/index_sql.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* How a search runs. Each condition that an index knows is a *source* of sequences, descending: a token's range in
 * `word`; the categories asked for, whose ranges are merged; the classes of sizes, merged; what is held. The answer is
 * what all sources have, found by leaping: the highest sequence that one source offers is what the others are asked
 * for next, so that the rarest condition leads wherever it is the rarest, and nobody has to count. Times bound the
 * sequences on both sides. Every row that all sources have is then held against the whole query once more. What is
 * above the sequence that is asked for next is settled, at any moment: there a search can stop, and go on later.
 *
 * Sources read ahead in steps that grow while all of a step is used, and shrink where most of it is leapt over. */

enum {
    STEP_MOST = 64,      /* sequences that one list reads at a time */
    PAGE = 256,          /* rows that are collected in one transaction, then given out */
    ANSWER_MOST = 65536, /* rows that the other questions answer at a time */
    META_MOST = 1 << 20,
    /* What is counted as steps: an entry that was read is one. */
    SEEK_STEPS = 4, /* to find the place where to read on */
    ROW_STEPS = 8   /* to read a whole row */
};
_Static_assert((int)META_MOST >= (int)RECORD_META_MOST, "any row's metadata fits");

struct list { /* one range of one index, descending */
    enum index_statement statement;
    uint64_t key;
    size_t want; /* to read in the next step */
    size_t got, next, used;
    bool is_at_end; /* there is nothing behind what was read */
    uint64_t sequences[STEP_MOST];
    bool fits[STEP_MOST]; /* false: its size is of the class, and not of the query */
};

struct offer {
    uint64_t sequence; /* 0: none */
    bool fits;
};

struct source { /* lists that are merged */
    size_t first, count;
};

enum { SOURCES_MOST = INDEX_MOST_TOKENS + 3, LISTS_MOST = INDEX_MOST_TOKENS + CATEGORIES + INDEX_SIZE_CLASSES + 1 };

struct search {
    struct index *index;
    struct index_query query;
    uint64_t lowest, highest; /* sequences in question */
    uint64_t least_size, most_size;
    size_t steps;
    struct list *lists;
    size_t list_count;
    struct source sources[SOURCES_MOST];
    size_t source_count;
};

/* --- Sources --- */

static int read_ahead(struct search *search, struct list *list, uint64_t highest, struct fault *fault)
{
    struct index_sql *sql = search->index->sql;
    if (list->got > 0 && list->used * 2 >= list->got)
        list->want = list->want * 2 > STEP_MOST ? STEP_MOST : list->want * 2;
    else if (list->got > 0)
        list->want = list->want > 2 ? list->want / 2 : 1;
    uint64_t numbers[] = { list->key, search->lowest, highest, list->want };
    index_sql_set_numbers(sql, list->statement, 1, numbers, 4);
    list->got = list->next = list->used = 0;
    int found = 0;
    while (list->got < list->want && (found = index_sql_step(sql, list->statement, fault)) > 0) {
        list->fits[list->got] = true;
        if (list->statement == SQL_FIND_SIZE) {
            uint64_t size = index_sql_number(sql, list->statement, 1);
            list->fits[list->got] = size >= search->least_size && size <= search->most_size;
        }
        list->sequences[list->got++] = index_sql_number(sql, list->statement, 0);
    }
    if (found > 0)
        index_sql_reset(sql, list->statement);
    list->is_at_end = list->got < list->want;
    search->steps += SEEK_STEPS + list->got;
    return found < 0 ? -1 : 0;
}

/* The highest sequence of the list that is not above `highest`. What is asked for only goes down. */
static int seek_list(struct search *search, struct list *list, uint64_t highest, struct offer *offer_out,
                     struct fault *fault)
{
    size_t before = list->next;
    while (list->next < list->got && list->sequences[list->next] > highest)
        list->next++;
    if (list->next != before)
        list->used++;
    if (list->next == list->got && !list->is_at_end && read_ahead(search, list, highest, fault) != 0)
        return -1;
    *offer_out = (struct offer){ 0 };
    if (list->next < list->got)
        *offer_out = (struct offer){ list->sequences[list->next], list->fits[list->next] };
    return 0;
}

static int seek_source(struct search *search, const struct source *source, uint64_t highest, struct offer *offer_out,
                       struct fault *fault)
{
    *offer_out = (struct offer){ 0 };
    for (size_t i = 0; i < source->count; i++) {
        struct offer offer;
        if (seek_list(search, &search->lists[source->first + i], highest, &offer, fault) != 0)
            return -1;
        if (offer.sequence > offer_out->sequence)
            *offer_out = offer;
    }
    return 0;
}

static bool is_spent(const struct search *search)
{
    return search->query.most_steps != 0 && search->steps >= search->query.most_steps;
}

/* The highest sequence not above search->highest that all sources have, where it is *is_found_out: search->highest is
 * then that. Else it is what is left to be searched: 0 at the end. */
static int seek_all(struct search *search, bool *is_found_out, struct fault *fault)
{
    size_t agreed = 0;
    *is_found_out = false;
    for (size_t i = 0; agreed < search->source_count; i = (i + 1) % search->source_count) {
        struct offer offer;
        if (i == 0 && is_spent(search)) /* each round gets lower, or finds one */
            return 0;
        if (seek_source(search, &search->sources[i], search->highest, &offer, fault) != 0)
            return -1;
        if (offer.sequence < search->lowest || offer.sequence == 0) {
            search->highest = 0;
            return 0;
        }
        agreed = offer.sequence == search->highest ? agreed + 1 : 1;
        search->highest = offer.sequence;
        if (!offer.fits) {
            search->highest--;
            agreed = 0;
        }
    }
    *is_found_out = true;
    return 0;
}

static void add_list(struct search *search, enum index_statement statement, uint64_t key)
{
    assert(search->list_count < LISTS_MOST && search->source_count < SOURCES_MOST);
    struct list *list = &search->lists[search->list_count++];
    list->statement = statement;
    list->key = key;
    list->want = 4;
    list->got = list->next = list->used = 0;
    list->is_at_end = false;
    search->sources[search->source_count].count++;
}

static void begin_source(struct search *search)
{
    search->sources[search->source_count] = (struct source){ .first = search->list_count };
}

static void end_source(struct search *search)
{
    search->source_count++;
}

/* --- A query's sources --- */

/* Widens *lowest and *highest by the sequences of the periods from `first` to `last`. */
static int add_periods(struct index *index, unsigned level, uint64_t first, uint64_t last, uint64_t *lowest,
                       uint64_t *highest, struct fault *fault)
{
    if (first > last)
        return 0;
    uint64_t numbers[] = { level, first, last };
    index_sql_set_numbers(index->sql, SQL_FIND_PERIODS, 1, numbers, 3);
    int found = index_sql_step(index->sql, SQL_FIND_PERIODS, fault);
    if (found < 0)
        return -1;
    uint64_t low = found > 0 ? index_sql_number(index->sql, SQL_FIND_PERIODS, 0) : 0; /* NULL is 0 */
    uint64_t high = found > 0 ? index_sql_number(index->sql, SQL_FIND_PERIODS, 1) : 0;
    index_sql_reset(index->sql, SQL_FIND_PERIODS);
    if (low != 0 && low < *lowest)
        *lowest = low;
    if (high > *highest)
        *highest = high;
    return 0;
}

/* The sequences among which all records of these times are: fine periods at both ends, coarse ones between. */
static int bound_times(struct search *search, struct fault *fault)
{
    const struct index_query *query = &search->query;
    if (query->since_ms == 0 && query->until_ms == 0)
        return 0;
    uint64_t last_ms = query->until_ms == 0 || query->until_ms > INDEX_NUMBER_MOST ? INDEX_NUMBER_MOST
                                                                                   : query->until_ms - 1;
    uint64_t lowest = UINT64_MAX, highest = 0;
    if (query->since_ms <= last_ms) {
        uint64_t first = query->since_ms >> INDEX_PERIOD_FINE, last = last_ms >> INDEX_PERIOD_FINE;
        unsigned shift = INDEX_PERIOD_COARSE - INDEX_PERIOD_FINE;
        uint64_t inner_first = (first >> shift) + 1, inner_last = last >> shift; /* exclusive */
        if (inner_first >= inner_last) {
            if (add_periods(search->index, INDEX_PERIOD_FINE, first, last, &lowest, &highest, fault) != 0)
                return -1;
        } else if (add_periods(search->index, INDEX_PERIOD_FINE, first, (inner_first << shift) - 1, &lowest, &highest,
                               fault) != 0 ||
                   add_periods(search->index, INDEX_PERIOD_COARSE, inner_first, inner_last - 1, &lowest, &highest,
                               fault) != 0 ||
                   add_periods(search->index, INDEX_PERIOD_FINE, inner_last << shift, last, &lowest, &highest, fault) !=
                       0) {
            return -1;
        }
    }
    if (lowest > search->lowest)
        search->lowest = lowest;
    if (highest < search->highest)
        search->highest = highest;
    return 0;
}

static void add_categories(struct search *search, unsigned categories)
{
    begin_source(search);
    for (unsigned category = 0; category < CATEGORIES; category++) {
        if ((categories & 1U << category) != 0)
            add_list(search, SQL_FIND_CATEGORY, category);
    }
    end_source(search);
}

static void add_sources(struct search *search)
{
    const struct index_query *query = &search->query;
    const unsigned all = (1U << CATEGORIES) - 1;
    for (size_t i = 0; i < query->token_count; i++) {
        begin_source(search);
        add_list(search, SQL_FIND_WORD, query->tokens[i]);
        end_source(search);
    }
    if (query->is_held) {
        begin_source(search);
        add_list(search, SQL_FIND_HELD, 0);
        end_source(search);
    }
    unsigned categories = query->categories & all;
    if (query->categories != 0 && categories != all)
        add_categories(search, categories);
    if (query->least_size != 0 || query->most_size != 0) {
        begin_source(search);
        unsigned last = index_size_class(search->most_size);
        for (unsigned class = index_size_class(search->least_size); class <= last; class ++)
            add_list(search, SQL_FIND_SIZE, class);
        end_source(search);
    }
    if (search->source_count == 0)
        add_categories(search, all);
}

static bool row_fits(const struct search *search, const struct index_row *row)
{
    const struct index_query *query = &search->query;
    return row->kind == RECORD_MESSAGE && (query->categories == 0 || (query->categories & 1U << row->category) != 0) &&
           row->time_ms >= query->since_ms && (query->until_ms == 0 || row->time_ms < query->until_ms) &&
           row->size >= search->least_size && row->size <= search->most_size && (!query->is_held || row->holds > 0);
}

/* --- Rows --- */

/* 1: it is there, its metadata in *meta_out where that is not NULL; 0: it is not (any more). */
static int read_row(struct index *index, enum index_statement statement, uint64_t sequence, struct index_row *row_out,
                    struct buf *meta_out, struct fault *fault)
{
    index_sql_set_numbers(index->sql, statement, 1, &sequence, 1);
    int found = index_sql_step(index->sql, statement, fault);
    if (found <= 0)
        return found;
    int result = index_row_read(index, statement, row_out, fault);
    if (result == 0 && meta_out != NULL) {
        buf_clear(meta_out);
        buf_put_span(meta_out, index_sql_bytes(index->sql, statement, COLUMN_META));
        row_out->meta = buf_span(meta_out);
    }
    index_sql_reset(index->sql, statement);
    return result == 0 ? 1 : -1;
}

/* Gives out rows that were collected. No statement is open and no transaction held while `each` runs: it may take its
 * time, and may change the index. Those that are gone by now are left out. */
static int give_out(struct index *index, enum index_statement statement, const uint64_t *sequences, size_t count,
                    index_each each, void *context, struct fault *fault)
{
    struct buf meta;
    buf_init(&meta, META_MOST);
    int result = 0;
    for (size_t i = 0; i < count && result == 0; i++) {
        struct index_row row;
        int found = read_row(index, statement, sequences[i], &row, statement == SQL_FIND_ROW ? &meta : NULL, fault);
        if (found < 0)
            result = -1;
        else if (found > 0)
            result = each(context, &row);
    }
    buf_fini(&meta);
    return result;
}

/* The walk's own transaction, where none is open: all that is collected is of one moment, and nothing is locked for
 * each statement anew. */
static int begin_reading(struct index *index, bool *is_own_out, struct fault *fault)
{
    *is_own_out = !index_sql_is_within(index->sql);
    return *is_own_out ? index_sql_run(index->sql, SQL_BEGIN, NULL, 0, fault) : 0;
}

static int end_reading(struct index *index, bool is_own, int result, struct fault *fault)
{
    struct fault unused;
    if (is_own && index_sql_is_within(index->sql) &&
        index_sql_run(index->sql, result == 0 ? SQL_COMMIT : SQL_ROLLBACK, NULL, 0, result == 0 ? fault : &unused) != 0)
        return -1;
    return result;
}

/* --- Searching --- */

static int collect_page(struct search *search, size_t limit, uint64_t *sequences, size_t *count_out,
                        struct fault *fault)
{
    *count_out = 0;
    while (*count_out < limit) {
        bool is_found = false;
        if (search->highest < search->lowest)
            search->highest = 0;
        if (search->highest == 0)
            return 0;
        if (seek_all(search, &is_found, fault) != 0)
            return -1;
        if (!is_found)
            return 0;
        struct index_row row;
        uint64_t sequence = search->highest--;
        search->steps += ROW_STEPS;
        int found = read_row(search->index, SQL_FIND_ROW, sequence, &row, NULL, fault);
        if (found < 0)
            return -1;
        if (found > 0 && row_fits(search, &row))
            sequences[(*count_out)++] = sequence;
    }
    return 0;
}

/* One page of sequences. What the sources have read ahead is of this transaction, and forgotten with it. */
static int find_page(struct search *search, size_t limit, uint64_t *sequences, size_t *count_out, struct fault *fault)
{
    bool is_own = false;
    if (begin_reading(search->index, &is_own, fault) != 0)
        return -1;
    search->list_count = search->source_count = 0;
    add_sources(search);
    int result = bound_times(search, fault);
    if (result == 0)
        result = collect_page(search, limit, sequences, count_out, fault);
    return end_reading(search->index, is_own, result, fault);
}

static int find_all(struct search *search, size_t limit, index_each each, void *context, struct fault *fault)
{
    int result = 0;
    size_t left = limit, count = PAGE;
    while (result == 0 && left > 0 && count == PAGE) {
        uint64_t sequences[PAGE];
        result = find_page(search, left < PAGE ? left : PAGE, sequences, &count, fault);
        if (result == 0)
            result = give_out(search->index, SQL_FIND_ROW, sequences, count, each, context, fault);
        left -= count;
    }
    return result;
}

int index_find(struct index *index, const struct index_query *query, index_each each, void *context, uint64_t *rest_out,
               struct fault *fault)
{
    if (rest_out != NULL)
        *rest_out = 0;
    assert(query->token_count <= INDEX_MOST_TOKENS);
    if (index_put_postings(index, fault) != 0) /* of the transaction that is open */
        return -1;
    struct search *search = memory_new(sizeof *search);
    search->index = index;
    search->query = *query;
    search->lowest = 1;
    search->highest = query->before == 0 || query->before > INDEX_NUMBER_MOST ? INDEX_NUMBER_MOST : query->before - 1;
    search->least_size = query->least_size > INDEX_NUMBER_MOST ? INDEX_NUMBER_MOST : query->least_size;
    search->most_size = query->most_size == 0 || query->most_size > INDEX_NUMBER_MOST ? INDEX_NUMBER_MOST
                                                                                      : query->most_size;
    search->lists = memory_new(LISTS_MOST * sizeof *search->lists);
    int result = find_all(search, query->limit, each, context, fault);
    if (result == 0 && rest_out != NULL && is_spent(search) && search->highest > 0)
        *rest_out = search->highest + 1;
    free(search->lists);
    free(search);
    return result;
}

/* --- The other questions --- */

/* Collects the first column of a statement's rows, then gives those rows out. */
static int answer(struct index *index, enum index_statement statement, enum index_statement row, size_t limit,
                  index_each each, void *context, uint64_t *last_out, struct fault *fault)
{
    uint64_t *sequences = NULL;
    size_t count = 0, room = 0;
    int found = 0;
    while (count < limit && (found = index_sql_step(index->sql, statement, fault)) > 0) {
        if (count == room) {
            room = room == 0 ? PAGE : room * 2;
            uint64_t *larger = realloc(sequences, room * sizeof *sequences);
            if (larger == NULL)
                memory_end();
            sequences = larger;
        }
        sequences[count++] = index_sql_number(index->sql, statement, 0);
    }
    if (found > 0)
        index_sql_reset(index->sql, statement);
    *last_out = count > 0 ? sequences[count - 1] : 0;
    int result = found < 0 ? -1 : give_out(index, row, sequences, count, each, context, fault);
    free(sequences);
    return result;
}

static size_t bounded(size_t limit)
{
    return limit < ANSWER_MOST ? limit : ANSWER_MOST;
}

int index_oldest(struct index *index, enum category category, uint64_t until_ms, size_t limit, index_each each,
                 void *context, struct fault *fault)
{
    uint64_t last = 0;
    uint64_t numbers[] = { until_ms < INDEX_NUMBER_MOST ? until_ms : INDEX_NUMBER_MOST, bounded(limit),
                           (uint64_t)category };
    enum index_statement statement = category < CATEGORIES ? SQL_FIND_OLD : SQL_FIND_OLD_ANY;
    index_sql_set_numbers(index->sql, statement, 1, numbers, category < CATEGORIES ? 3 : 2);
    return answer(index, statement, SQL_FIND_ROW, bounded(limit), each, context, &last, fault);
}

int index_orphans(struct index *index, size_t limit, index_each each, void *context, struct fault *fault)
{
    uint64_t number = bounded(limit), last = 0;
    index_sql_set_numbers(index->sql, SQL_FIND_ORPHANS, 1, &number, 1);
    return answer(index, SQL_FIND_ORPHANS, SQL_FIND_ROW, bounded(limit), each, context, &last, fault);
}

int index_unerased(struct index *index, size_t limit, index_each each, void *context, struct fault *fault)
{
    uint64_t number = bounded(limit), last = 0;
    index_sql_set_numbers(index->sql, SQL_FIND_DEAD, 1, &number, 1);
    return answer(index, SQL_FIND_DEAD, SQL_DEAD_GET, bounded(limit), each, context, &last, fault);
}
