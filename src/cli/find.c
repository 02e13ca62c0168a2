#include "cli/find.h"

#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIND_PAGE = 500, FIND_MOST_QUERIES = 8 };

/* Where a word is looked for that was said without a field. */
static const char *const text_fields[] = { "subject", "sender", "recipient", "name", "file", "message-id", "client" };
enum { TEXT_FIELDS = sizeof text_fields / sizeof text_fields[0] };

struct find_query {
    uint64_t tokens[INDEX_MOST_TOKENS];
    struct index_query query;
};

struct find {
    struct store_reader *reader;
    struct find_query *queries; /* what any of them finds */
    size_t query_count;
    uint64_t rest; /* where a query had to stop in this page, the `before` to go on with; 0: none had to */
    uint64_t page[FIND_MOST_QUERIES * FIND_PAGE]; /* sequences */
    size_t page_count;
};

static int query_ask(struct find *find, const struct filter *filter, const char *field, const char *text,
                     size_t most_steps, struct fault *fault)
{
    struct find_query *query = &find->queries[find->query_count];
    size_t count = 0;
    for (size_t i = 0; i < filter->word_count; i++) {
        if (store_ask(find->reader, span_text(filter->words[i].field), span_text(filter->words[i].text), query->tokens,
                      &count, fault) != 0)
            return fault_wrap(fault, "--%s \"%s\"", filter->words[i].field, filter->words[i].text);
    }
    if (field != NULL && store_ask(find->reader, span_text(field), span_text(text), query->tokens, &count, fault) != 0)
        return -1;
    query->query = filter->query;
    query->query.tokens = query->tokens;
    query->query.token_count = count;
    query->query.most_steps = most_steps;
    find->query_count++;
    return 0;
}

static int find_ask(struct find *find, const struct filter *filter, const struct find_bounds *bounds,
                    struct fault *fault)
{
    size_t steps = bounds->limit > 0 ? INDEX_STEPS : 0;
    if (bounds->text == NULL)
        return query_ask(find, filter, NULL, NULL, steps, fault);
    for (size_t i = 0; i < TEXT_FIELDS; i++) {
        /* A field in which this text can't stand finds nothing. */
        if (query_ask(find, filter, text_fields[i], bounds->text, steps / TEXT_FIELDS, fault) != 0 &&
            fault->code != EINVAL)
            return -1;
    }
    return find->query_count > 0 ? 0 : -1;
}

static int page_add(void *context, const struct store_entry *entry)
{
    struct find *find = context;
    if (find->page_count == FIND_MOST_QUERIES * (size_t)FIND_PAGE)
        return 1;
    find->page[find->page_count++] = entry->row.sequence;
    return 0;
}

static int sequence_compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return left > right ? -1 : left < right;
}

/* The newest `size` of all that any query finds before `before`, each once. Each query gives its own newest ones, so
 * none is missed; where one had to stop early, what the others found below that is for later. */
static int page_read(struct find *find, uint64_t before, size_t size, struct fault *fault)
{
    size_t kept = 0;
    find->page_count = 0;
    for (size_t i = 0; i < find->query_count; i++) {
        find->queries[i].query.before = before;
        find->queries[i].query.limit = size;
        uint64_t rest = 0;
        if (store_find(find->reader, &find->queries[i].query, page_add, find, &rest, fault) < 0)
            return -1;
        if (rest > find->rest)
            find->rest = rest;
    }
    qsort(find->page, find->page_count, sizeof find->page[0], sequence_compare);
    for (size_t i = 0; i < find->page_count && kept < size && find->page[i] >= find->rest; i++) {
        if (kept == 0 || find->page[kept - 1] != find->page[i])
            find->page[kept++] = find->page[i];
    }
    find->page_count = kept;
    return 0;
}

struct page_row {
    uint64_t sequence;
    store_each each;
    void *context;
};

static int row_give(void *context, const struct store_entry *entry)
{
    const struct page_row *row = context;
    return entry->row.sequence == row->sequence ? row->each(row->context, entry) : 0;
}

/* From the index alone, which has the metadata too: so a message whose record is damaged is given like any other. One
 * that was deleted since is not. */
static int page_give(struct find *find, store_each each, void *context, struct fault *fault)
{
    int status = 0;
    for (size_t i = 0; i < find->page_count && status == 0; i++) {
        struct page_row row = { .sequence = find->page[i], .each = each, .context = context };
        struct index_query query = { .before = find->page[i] + 1, .limit = 1 };
        status = store_find(find->reader, &query, row_give, &row, NULL, fault);
    }
    return status;
}

struct direct {
    store_each each;
    void *context;
    size_t count;
    uint64_t last;
};

static int direct_give(void *context, const struct store_entry *entry)
{
    struct direct *direct = context;
    direct->count++;
    direct->last = entry->row.sequence;
    return direct->each(direct->context, entry);
}

/* One page; what there was of it in *count_out, and the oldest in *last_out. */
static int page_find(struct find *find, uint64_t before, size_t size, store_each each, void *context, size_t *count_out,
                     uint64_t *last_out, struct fault *fault)
{
    int status = 0;
    find->rest = 0;
    if (find->query_count == 1) { /* nothing to merge */
        struct direct direct = { .each = each, .context = context };
        find->queries[0].query.before = before;
        find->queries[0].query.limit = size;
        status = store_find(find->reader, &find->queries[0].query, direct_give, &direct, &find->rest, fault);
        *count_out = direct.count;
        *last_out = direct.last;
        return status;
    }
    status = page_read(find, before, size, fault);
    *count_out = find->page_count;
    *last_out = find->page_count > 0 ? find->page[find->page_count - 1] : 0;
    return status == 0 ? page_give(find, each, context, fault) : status;
}

int find_messages(struct store_reader *reader, const struct filter *filter, const struct find_bounds *bounds,
                  store_each each, void *context, uint64_t *rest_out, struct fault *fault)
{
    uint64_t limit = bounds->limit;
    uint64_t before = bounds->before;
    struct find *find = memory_new(sizeof *find);
    find->reader = reader;
    find->queries = memory_new(FIND_MOST_QUERIES * sizeof *find->queries);
    int status = find_ask(find, filter, bounds, fault);
    bool is_all = limit == 0;
    while (status == 0 && (is_all || limit > 0)) {
        size_t size = is_all || limit > FIND_PAGE ? FIND_PAGE : (size_t)limit;
        size_t count = 0;
        status = page_find(find, before, size, each, context, &count, &before, fault);
        limit -= is_all ? 0 : count;
        if (count < size)
            break;
    }
    if (rest_out != NULL)
        *rest_out = find->rest;
    free(find->queries);
    free(find);
    return status;
}

static int time_take(void *context, const struct store_entry *entry)
{
    *(uint64_t *)context = entry->row.time_ms;
    return 0;
}

uint64_t find_time_before(struct store_reader *reader, uint64_t before)
{
    struct index_query query = { .before = before, .limit = 1 };
    uint64_t time_ms = 0;
    (void)store_find(reader, &query, time_take, &time_ms, NULL, NULL);
    return time_ms;
}

struct sequences {
    uint64_t *items;
    size_t count;
    size_t capacity;
};

static int sequences_add(void *context, const struct store_entry *entry)
{
    struct sequences *list = context;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity > 0 ? 2 * list->capacity : 1024;
        uint64_t *items = memory_new(capacity * sizeof *items);
        if (list->count > 0)
            memcpy(items, list->items, list->count * sizeof *items);
        free(list->items);
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = entry->row.sequence;
    return 0;
}

int find_sequences(struct store_reader *reader, const struct filter *filter, uint64_t **sequences_out,
                   size_t *count_out, struct fault *fault)
{
    struct sequences list = { 0 };
    int status = find_messages(reader, filter, &(struct find_bounds){ 0 }, sequences_add, &list, NULL, fault);
    for (size_t i = 0; i < list.count / 2; i++) {
        uint64_t last = list.items[list.count - 1 - i];
        list.items[list.count - 1 - i] = list.items[i];
        list.items[i] = last;
    }
    *sequences_out = list.items;
    *count_out = list.count;
    return status;
}
