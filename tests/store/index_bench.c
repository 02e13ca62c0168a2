/* How fast the index of a store is filled, how large it becomes, and how long questions take: with generated rows.
 *
 *     index_bench FOLDER [ROWS [BATCH]]
 *
 * The index in FOLDER (index.sqlite) is made anew and left there; with NO_FILL set it is used as it is. Rows have some
 * 20 tokens, of which three are their own, the others more or less frequent, and metadata as large as that of ordinary
 * messages. */
#include "base/memory.h"
#include "store/index.h"
#include "sys/clock.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = 50, META_SIZE_MOST = 900, TIMES = 1000 };
#define FIRST_MS UINT64_C(1700000000000)
#define EACH_MS 700

static uint64_t seed = 88172645463325252;

static uint64_t any(uint64_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % below;
}

/* From 0 to below `below`, the low numbers far more often, as words are: about 1/n. */
static uint64_t any_word(uint64_t below)
{
    unsigned bits = 0;
    while ((uint64_t)1 << (bits + 1) <= below)
        bits++;
    uint64_t start = (uint64_t)1 << any(bits + 1);
    return (start + any(start) - 1) % below;
}

enum field {
    FIELD_ID,
    FIELD_SESSION,
    FIELD_TITLE,
    FIELD_ADDRESS,
    FIELD_DOMAIN,
    FIELD_LOCAL,
    FIELD_CLIENT,
    FIELD_TO,
    FIELD_TO_DOMAIN,
    FIELD_TO_LOCAL,
    FIELD_WORD,
    FIELD_NAME,
    FIELD_FILE,
    FIELD_LISTENER
};

/* As a keyed digest: all over the numbers. */
static uint64_t token_of(enum field field, uint64_t number)
{
    uint64_t mixed = (number * 64 + (uint64_t)field + 1) * UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ mixed >> 31;
}

static size_t make_tokens(uint64_t sequence, uint64_t *tokens)
{
    size_t count = 0;
    uint64_t sender = any_word(300000), recipient = any_word(5000);
    tokens[count++] = token_of(FIELD_ID, sequence);
    tokens[count++] = token_of(FIELD_SESSION, sequence);
    tokens[count++] = token_of(FIELD_TITLE, sequence);
    tokens[count++] = token_of(FIELD_ADDRESS, sender);
    tokens[count++] = token_of(FIELD_DOMAIN, sender % 20000);
    tokens[count++] = token_of(FIELD_LOCAL, sender % 90001);
    tokens[count++] = token_of(FIELD_CLIENT, any_word(60000));
    tokens[count++] = token_of(FIELD_TO, recipient);
    tokens[count++] = token_of(FIELD_TO_DOMAIN, recipient % 20);
    tokens[count++] = token_of(FIELD_TO_LOCAL, recipient);
    for (unsigned i = 0; i < 6; i++)
        tokens[count++] = token_of(FIELD_WORD, any_word(100000));
    for (unsigned i = 0; i < 2; i++)
        tokens[count++] = token_of(FIELD_NAME, any_word(3000));
    tokens[count++] = token_of(FIELD_FILE, any_word(50000));
    tokens[count++] = token_of(FIELD_LISTENER, any(2));
    return count;
}

static void must(int result, const struct fault *fault)
{
    if (result >= 0)
        return;
    (void)fprintf(stderr, "%s\n", fault->text);
    exit(1);
}

static void add_row(struct index *index, uint64_t sequence)
{
    static char meta[META_SIZE_MOST];
    struct fault fault;
    uint64_t tokens[INDEX_MOST_TOKENS];
    for (size_t i = 0; i < sizeof meta; i += 8)
        memcpy(meta + i, &(uint64_t){ any(UINT64_MAX) }, sizeof meta - i < 8 ? sizeof meta - i : 8);
    static const enum category usual[] = { CATEGORY_INFECTED, CATEGORY_INFECTED, CATEGORY_BANNED,
                                           CATEGORY_UNSCANNABLE };
    struct index_row row = {
        .sequence = sequence,
        .kind = RECORD_MESSAGE,
        .place = { 1 + sequence / 1000, sequence % 1000 * 60000, 30000 },
        .time_ms = FIRST_MS + sequence * EACH_MS + any(300),
        .category = any(5000) == 0 ? CATEGORY_MALFORMED : usual[any(4)],
        .size = 1000 + any(UINT64_C(1) << (10 + any(15))),
        .holds = any(2000) == 0,
        .meta = span_of(meta, 400 + any(META_SIZE_MOST - 400)),
    };
    must(index_add(index, &row, tokens, make_tokens(sequence, tokens), NULL, &fault), &fault);
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* As the store's thread that tends. */
static void *tidy(void *path)
{
    for (;;) {
        struct fault fault;
        (void)index_tidy(path, &fault);
        (void)usleep(1000000);
    }
    return NULL;
}

static void fill(const char *path, const struct record_store_id *store, uint64_t rows, uint64_t batch)
{
    struct fault fault = { 0 };
    struct index *index = NULL;
    bool is_fresh = false;
    must(index_open(path, store, false, &index, &is_fresh, &fault), &fault);
    int64_t start = clock_now_us(), last = start;
    int64_t *took = memory_new((rows / batch + 1) * sizeof *took);
    uint64_t told = 0, batches = 0;
    for (uint64_t sequence = 1; sequence <= rows;) {
        int64_t batch_start = clock_now_us();
        must(index_begin(index, &fault), &fault);
        for (uint64_t i = 0; i < batch && sequence <= rows; i++)
            add_row(index, sequence++);
        must(index_set_position(index, sequence - 1, &(struct crypt_digest){ 0 }, &fault), &fault);
        must(index_end(index, &fault), &fault);
        took[batches++] = clock_now_us() - batch_start;
        if (sequence - 1 < told + rows / 10 && sequence <= rows)
            continue;
        int64_t now = clock_now_us();
        (void)printf("  %9" PRIu64 " rows: %7.0f rows/s of late\n", sequence - 1,
                     (double)(sequence - 1 - told) * 1e6 / (double)(now - last));
        (void)fflush(stdout);
        last = now;
        told = sequence - 1;
    }
    index_close(index);
    double seconds = (double)(clock_now_us() - start) / 1e6;
    struct stat stat_of;
    long long size = stat(path, &stat_of) == 0 ? (long long)stat_of.st_size : 0;
    (void)printf("filled: %" PRIu64 " rows in batches of %" PRIu64 ": %.1f s, %.0f rows/s; %lld bytes, %.0f a row\n",
                 rows, batch, seconds, (double)rows / seconds, size, (double)size / (double)rows);
    qsort(took, batches, sizeof *took, compare);
    (void)printf("a batch took %.1f ms (p50), %.1f ms (p99), %.1f ms (most)\n", (double)took[batches / 2] / 1e3,
                 (double)took[batches * 99 / 100] / 1e3, (double)took[batches - 1] / 1e3);
    free(took);
}

/* --- Questions --- */

static uint64_t all_rows;

static int count_it(void *context, const struct index_row *row)
{
    (void)row;
    (*(size_t *)context)++;
    return 0;
}

struct question {
    const char *name;
    void (*make)(struct index_query *query, uint64_t *tokens);
};

static void ask_nothing(struct index_query *query, uint64_t *tokens)
{
    (void)query;
    (void)tokens;
}
static void ask_page(struct index_query *query, uint64_t *tokens)
{
    (void)tokens;
    query->before = 1 + any(all_rows);
}
static void ask_rare(struct index_query *query, uint64_t *tokens)
{
    tokens[query->token_count++] = token_of(FIELD_ID, 1 + any(all_rows));
}
static void ask_common(struct index_query *query, uint64_t *tokens)
{
    tokens[query->token_count++] = token_of(FIELD_LISTENER, any(2));
}
static void ask_word(struct index_query *query, uint64_t *tokens)
{
    tokens[query->token_count++] = token_of(FIELD_WORD, any_word(100000));
}
static void ask_common_page(struct index_query *query, uint64_t *tokens)
{
    ask_common(query, tokens);
    ask_page(query, tokens);
}
static void ask_common_and_rare(struct index_query *query, uint64_t *tokens)
{
    ask_common(query, tokens);
    ask_rare(query, tokens);
}
static void ask_two_words(struct index_query *query, uint64_t *tokens)
{
    ask_word(query, tokens);
    ask_word(query, tokens);
}
static void ask_sender(struct index_query *query, uint64_t *tokens)
{
    tokens[query->token_count++] = token_of(FIELD_ADDRESS, any_word(300000));
}
static void ask_domain(struct index_query *query, uint64_t *tokens)
{
    tokens[query->token_count++] = token_of(FIELD_TO_DOMAIN, any(20));
}
static void ask_sender_and_recipient(struct index_query *query, uint64_t *tokens)
{
    ask_sender(query, tokens);
    ask_domain(query, tokens);
}
static void ask_nobody(struct index_query *query, uint64_t *tokens) /* two halves of all that no message shares */
{
    tokens[query->token_count++] = token_of(FIELD_LISTENER, 0);
    tokens[query->token_count++] = token_of(FIELD_LISTENER, 1);
}
static void ask_category(struct index_query *query, uint64_t *tokens)
{
    (void)tokens;
    query->categories = 1U << CATEGORY_BANNED;
}
static void ask_rare_category(struct index_query *query, uint64_t *tokens)
{
    (void)tokens;
    query->categories = 1U << CATEGORY_MALFORMED;
}
static void ask_time(struct index_query *query, uint64_t *tokens)
{
    (void)tokens;
    query->since_ms = FIRST_MS + any(all_rows) * EACH_MS;
    query->until_ms = query->since_ms + 3600000 * (1 + any(48));
}
static void ask_word_and_time(struct index_query *query, uint64_t *tokens)
{
    ask_word(query, tokens);
    ask_time(query, tokens);
}
static void ask_size(struct index_query *query, uint64_t *tokens)
{
    (void)tokens;
    query->least_size = 1000 + any(100000);
    query->most_size = query->least_size * 2;
}
static void ask_large(struct index_query *query, uint64_t *tokens)
{
    (void)tokens;
    query->least_size = 16700000;
}
static void ask_one_size(struct index_query *query, uint64_t *tokens)
{
    (void)tokens;
    query->least_size = query->most_size = 1000 + any(3000000);
}
static void ask_held(struct index_query *query, uint64_t *tokens)
{
    (void)tokens;
    query->is_held = true;
}

static void ask_recipient(struct index_query *query, uint64_t *tokens)
{
    tokens[query->token_count++] = token_of(FIELD_TO, any_word(5000));
}
static void ask_all_at_once(struct index_query *query, uint64_t *tokens)
{
    ask_sender(query, tokens);
    ask_recipient(query, tokens);
    ask_size(query, tokens);
    ask_category(query, tokens);
}
static void ask_domain_size_and_category(struct index_query *query, uint64_t *tokens)
{
    ask_domain(query, tokens);
    ask_size(query, tokens);
    ask_category(query, tokens);
}
static void ask_word_size_and_time(struct index_query *query, uint64_t *tokens)
{
    ask_word(query, tokens);
    ask_size(query, tokens);
    ask_time(query, tokens);
}
static void ask_held_of_category_and_size(struct index_query *query, uint64_t *tokens)
{
    ask_held(query, tokens);
    ask_category(query, tokens);
    ask_size(query, tokens);
}
static void ask_two_rare(struct index_query *query, uint64_t *tokens)
{
    ask_rare_category(query, tokens);
    ask_held(query, tokens);
}
static void ask_nowhere(struct index_query *query, uint64_t *tokens)
{
    tokens[query->token_count++] = token_of(FIELD_ID, UINT32_MAX + any(1000000));
}
static void ask_common_and_nowhere(struct index_query *query, uint64_t *tokens)
{
    ask_common(query, tokens);
    ask_nowhere(query, tokens);
}
static void ask_common_of_no_category(struct index_query *query, uint64_t *tokens)
{
    ask_common(query, tokens);
    query->categories = 1U << CATEGORY_CLEAN;
}
static void ask_common_of_one_size(struct index_query *query, uint64_t *tokens)
{
    ask_common(query, tokens);
    query->least_size = query->most_size = 999;
}
static void ask_common_and_later(struct index_query *query, uint64_t *tokens)
{
    ask_common(query, tokens);
    query->since_ms = FIRST_MS + (all_rows + 1) * EACH_MS;
}
/* The sizes beside it are of the same class, and each of them is looked at. */
static void ask_size_that_none_has(struct index_query *query, uint64_t *tokens)
{
    (void)tokens;
    query->least_size = query->most_size = 1000 + 65536 + 1;
    query->categories = 1U << CATEGORY_MALFORMED;
}

static const struct question questions[] = {
    { "list: the newest 50", ask_nothing },
    { "list: 50 before any", ask_page },
    { "a rare token (one message)", ask_rare },
    { "a common token (half of all)", ask_common },
    { "a common token, 50 before any", ask_common_page },
    { "a word of the subject", ask_word },
    { "a common and a rare token", ask_common_and_rare },
    { "two words of the subject", ask_two_words },
    { "a sender and a domain", ask_sender_and_recipient },
    { "a category (a fourth of all)", ask_category },
    { "a rare category (1 of 5,000)", ask_rare_category },
    { "a range of 1 to 48 hours", ask_time },
    { "a word and a range of time", ask_word_and_time },
    { "a range of sizes", ask_size },
    { "at least 16.7 MB", ask_large },
    { "exactly that size", ask_one_size },
    { "what is held (1 of 2,000)", ask_held },
    { "a sender", ask_sender },
    { "a recipient", ask_recipient },
    { "sender, recipient, size, category", ask_all_at_once },
    { "domain, size, category", ask_domain_size_and_category },
    { "word, size, time", ask_word_size_and_time },
    { "held, category, size", ask_held_of_category_and_size },
    { "a rare category and held", ask_two_rare },
    { "nothing: a token of no message", ask_nowhere },
    { "nothing: that and a common token", ask_common_and_nowhere },
    { "nothing: common, no such category", ask_common_of_no_category },
    { "nothing: common, no such size", ask_common_of_one_size },
    { "nothing: common, later than all", ask_common_and_later },
    { "nothing: one size, rare category", ask_size_that_none_has },
    { "nothing: two halves", ask_nobody },
};

static void tell(const char *name, int64_t *took, size_t times, size_t rows)
{
    qsort(took, times, sizeof *took, compare);
    (void)printf("| %-35s | %9.3f | %9.3f | %9.3f | %8.1f |\n", name, (double)took[times / 2] / 1000,
                 (double)took[times * 99 / 100] / 1000, (double)took[times - 1] / 1000, (double)rows / (double)times);
}

static void ask(struct index *index, const struct question *question, size_t times, size_t most_steps)
{
    struct fault fault;
    int64_t took[TIMES];
    size_t rows = 0;
    for (size_t i = 0; i < times; i++) {
        uint64_t tokens[4];
        struct index_query query = { .tokens = tokens, .limit = PAGE, .most_steps = most_steps };
        question->make(&query, tokens);
        int64_t start = clock_now_us();
        must(index_find(index, &query, count_it, &rows, NULL, &fault), &fault);
        took[i] = clock_now_us() - start;
    }
    tell(question->name, took, times, rows);
}

static void ask_singly(struct index *index)
{
    struct fault fault;
    int64_t took[TIMES];
    struct index_row row;
    for (size_t i = 0; i < TIMES; i++) {
        int64_t start = clock_now_us();
        must(index_get(index, 1 + any(all_rows), &row, &fault), &fault);
        took[i] = clock_now_us() - start;
    }
    tell("get by sequence", took, TIMES, TIMES);
    struct index_totals totals;
    for (size_t i = 0; i < TIMES; i++) {
        int64_t start = clock_now_us();
        must(index_totals(index, &totals, &fault), &fault);
        took[i] = clock_now_us() - start;
    }
    tell("totals", took, TIMES, TIMES);
    size_t rows = 0;
    for (size_t i = 0; i < TIMES; i++) {
        int64_t start = clock_now_us();
        must(index_oldest(index, CATEGORIES, FIRST_MS + any(all_rows) * EACH_MS, PAGE, count_it, &rows, &fault),
             &fault);
        took[i] = clock_now_us() - start;
    }
    tell("the 50 oldest of all", took, TIMES, rows);
}

int main(int count, char **words)
{
    if (count < 2) {
        (void)fprintf(stderr, "usage: index_bench FOLDER [ROWS [BATCH]]\n");
        return 2;
    }
    all_rows = count > 2 ? strtoull(words[2], NULL, 10) : 1000000;
    uint64_t batch = count > 3 ? strtoull(words[3], NULL, 10) : 200;
    const struct record_store_id store = { .bytes = "index_bench" };
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/index.sqlite", words[1]);
    if (all_rows == 0 || batch == 0)
        return 2;
    pthread_t thread;
    if (getenv("NO_FILL") == NULL) {
        (void)remove(path);
        if (getenv("NO_TIDY") == NULL && pthread_create(&thread, NULL, tidy, path) != 0)
            return 1;
        fill(path, &store, all_rows, batch);
    }

    struct fault fault;
    struct index *index = NULL;
    bool is_fresh = false;
    must(index_open(path, &store, true, &index, &is_fresh, &fault), &fault);
    (void)printf("| %-35s | %9s | %9s | %9s | %8s |\n", "question", "p50 ms", "p99 ms", "most ms", "rows");
    (void)printf("|---|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
        ask(index, &questions[i], TIMES, INDEX_STEPS);
    ask(index, &(struct question){ "two halves, to the end", ask_nobody }, 5, 0);
    ask(index, &(struct question){ "one size, rare category, to the end", ask_size_that_none_has }, 5, 0);
    ask_singly(index);
    index_close(index);
    return 0;
}
