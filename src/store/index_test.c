#include "store/index.h"

#include "base/memory.h"
#include "base/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64];
static char path[128];
static const struct record_store_id store = { .bytes = "0123456789abcde" };

static void remove_files(void)
{
    static const char *const endings[] = { "", "-wal", "-shm", "-journal" };
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        char name[160];
        (void)snprintf(name, sizeof name, "%s%s", path, endings[i]);
        (void)unlink(name);
    }
}

static struct index *open_index(bool is_reader, bool *is_fresh_out)
{
    struct index *index = NULL;
    struct fault fault = { 0 };
    bool is_fresh = false;
    if (!CHECK(index_open(path, &store, is_reader, &index, &is_fresh, &fault) == 0)) {
        (void)printf("%s\n", fault.text);
        exit(test_end());
    }
    if (is_fresh_out != NULL)
        *is_fresh_out = is_fresh;
    return index;
}

/* A generator whose numbers are the same in each run. */
static uint64_t seed = 1;
static uint64_t any(uint64_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % below;
}

static struct index_row row_of(uint64_t sequence, enum record_kind kind)
{
    struct index_row row = {
        .sequence = sequence,
        .kind = kind,
        .place = { 1 + sequence / 100, 256 + sequence * 1000, 900 },
        .time_ms = UINT64_C(1700000000000) + sequence * 1000,
        .category = CATEGORY_INFECTED,
        .size = 5000 + sequence,
        .meta = span_text("sealed"),
    };
    row.digest.bytes[0] = (unsigned char)sequence;
    return row;
}

struct found {
    uint64_t sequences[4096];
    size_t count, stop_at;
};

static int collect(void *context, const struct index_row *row)
{
    struct found *found = context;
    if (found->count < 4096)
        found->sequences[found->count++] = row->sequence;
    return found->count == found->stop_at ? 77 : 0;
}

/* --- Single functions --- */

static void test_a_row_comes_back(void)
{
    remove_files();
    struct fault fault = { 0 };
    bool is_fresh = false;
    struct index *index = open_index(false, &is_fresh);
    CHECK(is_fresh);
    struct index_row row = row_of(7, RECORD_MESSAGE), got;
    row.holds = 2;
    uint64_t tokens[] = { 5, UINT64_MAX, 5, UINT64_C(1) << 63 };
    CHECK(index_add(index, &row, tokens, 4, NULL, &fault) == 0);
    CHECK(index_add(index, &row, tokens, 4, NULL, &fault) == -1 && fault.code == EEXIST);
    CHECK(index_get(index, 8, &got, &fault) == -1 && fault.code == ENOENT);
    CHECK(index_get(index, UINT64_MAX, &got, &fault) == -1 && fault.code == ENOENT);
    struct crypt_digest digest = { .bytes = "digest" }, other;
    CHECK(index_set_position(index, 7, &digest, &fault) == 0);
    index_close(index);
    struct stat stat_of;
    CHECK(stat(path, &stat_of) == 0 && (stat_of.st_mode & 07777) == 0600);

    index = open_index(false, &is_fresh);
    CHECK(!is_fresh);
    uint64_t sequence = 0;
    CHECK(index_position(index, &sequence, &other, &fault) == 0 && sequence == 7 &&
          memcmp(&digest, &other, sizeof digest) == 0);
    CHECK(index_get(index, 7, &got, &fault) == 0 && got.sequence == 7 && got.kind == RECORD_MESSAGE &&
          got.place.segment == 1 && got.place.offset == 7256 && got.place.size == 900 && got.time_ms == row.time_ms &&
          got.category == CATEGORY_INFECTED && got.size == 5007 && got.holds == 2 && got.references == 0 &&
          got.meta.size == 0 && memcmp(&got.digest, &row.digest, sizeof row.digest) == 0);
    for (size_t i = 0; i < 4; i++) {
        struct found found = { 0 };
        struct index_query query = { .tokens = tokens + i, .token_count = 1, .limit = 10 };
        CHECK(index_find(index, &query, collect, &found, NULL, &fault) == 0 && found.count == 1);
    }
    row.sequence = UINT64_MAX;
    CHECK(index_add(index, &row, tokens, 4, NULL, &fault) == -1 && fault.code == EINVAL);
    index_close(index);
}

static int take_meta(void *context, const struct index_row *row)
{
    size_t *size = context;
    *size = row->meta.size;
    return row->meta.size > 0 && row->meta.data[row->meta.size - 1] == 'm' ? 5 : 6;
}

static void test_metadata_as_large_as_it_may_be(void)
{
    remove_files();
    struct fault fault = { 0 };
    struct index *index = open_index(false, NULL);
    struct index_row row = row_of(1, RECORD_MESSAGE);
    char *large = memory_new(RECORD_META_MOST);
    memset(large, 'm', RECORD_META_MOST);
    row.meta = span_of(large, RECORD_META_MOST);
    CHECK(index_add(index, &row, NULL, 0, NULL, &fault) == 0);
    size_t size = 0;
    struct index_query query = { .limit = 1 };
    CHECK(index_find(index, &query, take_meta, &size, NULL, &fault) == 5 && size == RECORD_META_MOST);
    free(large);
    index_close(index);
}

static void test_parts_and_the_dead(void)
{
    remove_files();
    struct fault fault = { 0 };
    struct index *index = open_index(false, NULL);
    struct crypt_digest key = { .bytes = "part" }, none = { .bytes = { 0 } };
    struct index_row part = row_of(1, RECORD_PART), note = row_of(2, RECORD_NOTE), got;
    CHECK(index_add(index, &part, NULL, 0, &key, &fault) == 0 && index_add(index, &note, NULL, 0, &none, &fault) == 0);
    CHECK(index_find_part(index, &key, &got, &fault) == 0 && got.sequence == 1 && got.kind == RECORD_PART);
    CHECK(index_find_part(index, &none, &got, &fault) == -1 && fault.code == ENOENT);

    struct found found = { 0 };
    CHECK(index_orphans(index, 10, collect, &found, &fault) == 0 && found.count == 1 && found.sequences[0] == 1);
    CHECK(index_refer(index, 1, 2, &fault) == 0 && index_refer(index, 1, -1, &fault) == 0);
    found.count = 0;
    CHECK(index_orphans(index, 10, collect, &found, &fault) == 0 && found.count == 0);
    CHECK(index_get(index, 1, &got, &fault) == 0 && got.references == 1);
    CHECK(index_refer(index, 1, -5, &fault) == 0 && index_get(index, 1, &got, &fault) == 0 && got.references == 0);
    CHECK(index_refer(index, 9, 1, &fault) == -1 && fault.code == ENOENT);
    CHECK(index_orphans(index, 10, collect, &found, &fault) == 0 && found.count == 1);

    struct index_totals totals;
    CHECK(index_totals(index, &totals, &fault) == 0 && totals.stored_bytes == 1800 && totals.oldest_ms == 0);
    CHECK(index_remove(index, 1, &fault) == 0);
    CHECK(index_remove(index, 1, &fault) == -1 && fault.code == ENOENT);
    CHECK(index_find_part(index, &key, &got, &fault) == -1 && fault.code == ENOENT);
    CHECK(index_get(index, 1, &got, &fault) == -1 && fault.code == ENOENT);
    found.count = 0;
    CHECK(index_unerased(index, 10, collect, &found, &fault) == 0 && found.count == 1 && found.sequences[0] == 1);
    CHECK(index_erased(index, 1, &fault) == 0 && index_erased(index, 1, &fault) == 0);
    found.count = 0;
    CHECK(index_unerased(index, 10, collect, &found, &fault) == 0 && found.count == 0);
    CHECK(index_totals(index, &totals, &fault) == 0 && totals.stored_bytes == 900);
    CHECK(index_get(index, 2, &got, &fault) == 0);
    index_close(index);
}

static void test_a_transaction_is_kept_whole_or_not_at_all(void)
{
    remove_files();
    struct fault fault = { 0 };
    struct index *index = open_index(false, NULL);
    struct index_row row = row_of(1, RECORD_MESSAGE), got;
    CHECK(index_begin(index, &fault) == 0);
    CHECK(index_add(index, &row, NULL, 0, NULL, &fault) == 0);
    struct index *reader = open_index(true, NULL);
    CHECK(index_get(reader, 1, &got, &fault) == -1 && fault.code == ENOENT);
    CHECK(index_add(reader, &row, NULL, 0, NULL, &fault) == -1); /* a reader changes nothing */
    CHECK(index_end(index, &fault) == 0);
    CHECK(index_get(reader, 1, &got, &fault) == 0);
    index_close(reader);
    CHECK(index_begin(index, &fault) == 0);
    row.sequence = 2;
    CHECK(index_add(index, &row, (uint64_t[]){ 9 }, 1, NULL, &fault) == 0);
    struct found found = { 0 };
    struct index_query query = { .tokens = (uint64_t[]){ 9 }, .token_count = 1, .limit = 5 };
    CHECK(index_find(index, &query, collect, &found, NULL, &fault) == 0 && found.count == 1);
    index_close(index); /* as after a crash */
    index = open_index(false, NULL);
    CHECK(index_get(index, 1, &got, &fault) == 0);
    CHECK(index_get(index, 2, &got, &fault) == -1 && fault.code == ENOENT);
    index_close(index);
}

/* Removes what it is given, and asks the index, while the walk goes on. */
static int remove_it(void *context, const struct index_row *row)
{
    struct index *index = context;
    struct fault fault;
    struct index_row got;
    struct found found = { 0 };
    struct index_query query = { .limit = 3 };
    return CHECK(index_get(index, row->sequence, &got, &fault) == 0 &&
                 index_find(index, &query, collect, &found, NULL, &fault) == 0 && found.count > 0 &&
                 index_remove(index, row->sequence, &fault) == 0)
               ? 0
               : -1;
}

static void test_walks_may_change_the_index(void)
{
    remove_files();
    struct fault fault = { 0 };
    struct index *index = open_index(false, NULL);
    CHECK(index_begin(index, &fault) == 0);
    for (uint64_t i = 1; i <= 1000; i++) {
        struct index_row row = row_of(i, RECORD_MESSAGE);
        row.category = (enum category)(i % CATEGORIES);
        CHECK(index_add(index, &row, NULL, 0, NULL, &fault) == 0);
    }
    CHECK(index_end(index, &fault) == 0);
    CHECK(index_hold(index, 5, 1, &fault) == 0);
    uint64_t until = row_of(601, RECORD_MESSAGE).time_ms;
    CHECK(index_oldest(index, CATEGORIES, until, SIZE_MAX, remove_it, index, &fault) == 0);
    struct found found = { 0 };
    struct index_query query = { .limit = SIZE_MAX };
    CHECK(index_find(index, &query, collect, &found, NULL, &fault) == 0 && found.count == 401 &&
          found.sequences[0] == 1000 && found.sequences[399] == 601 && found.sequences[400] == 5);
    found = (struct found){ .stop_at = 300 };
    CHECK(index_find(index, &query, collect, &found, NULL, &fault) == 77 && found.count == 300 &&
          found.sequences[0] == 1000 && found.sequences[299] == 701);
    struct index_totals totals;
    CHECK(index_totals(index, &totals, &fault) == 0 && totals.held == 1 && totals.stored_bytes == 401 * UINT64_C(900) &&
          totals.oldest_ms == row_of(5, RECORD_MESSAGE).time_ms);
    index_close(index);
}

/* --- Searches beside a plain loop over all --- */

enum { ROWS = 3000, WORDS = 12 };
struct plain {
    struct index_row row;
    unsigned words; /* bits */
    bool is_there;
};
static struct plain plains[ROWS + 1];

static uint64_t token_of(unsigned word)
{
    return (word + 1) * UINT64_C(0x9e3779b97f4a7c15);
}

static void fill(struct index *index)
{
    struct fault fault = { 0 };
    uint64_t time = UINT64_C(1700000000000);
    CHECK(index_begin(index, &fault) == 0);
    for (uint64_t i = 1; i <= ROWS; i++) {
        struct plain *plain = &plains[i];
        time += any(600000);
        if (any(200) == 0)
            time -= 86400000; /* the clock went back */
        plain->row = row_of(i, any(5) == 0 ? RECORD_PART : RECORD_MESSAGE);
        plain->row.time_ms = time;
        plain->row.category = (enum category)any(CATEGORIES);
        plain->row.size = any(2) == 0 ? any(10) : any(UINT64_C(1) << any(33));
        plain->is_there = true;
        plain->words = 0;
        uint64_t tokens[WORDS];
        size_t count = 0;
        for (unsigned word = 0; word < WORDS && plain->row.kind == RECORD_MESSAGE; word++) {
            if (any((uint64_t)1 << word) != 0) /* rarer and rarer */
                continue;
            plain->words |= 1U << word;
            tokens[count++] = token_of(word);
        }
        CHECK(index_add(index, &plain->row, tokens, count, NULL, &fault) == 0);
    }
    for (unsigned i = 0; i < 400; i++) {
        struct plain *plain = &plains[1 + any(ROWS)];
        if (plain->is_there && CHECK(index_hold(index, plain->row.sequence, 1, &fault) == 0))
            plain->row.holds++;
        plain = &plains[1 + any(ROWS)];
        if (plain->is_there && CHECK(index_hold(index, plain->row.sequence, -1, &fault) == 0))
            plain->row.holds -= plain->row.holds > 0 ? 1 : 0;
        plain = &plains[1 + any(ROWS)];
        if (plain->is_there && CHECK(index_remove(index, plain->row.sequence, &fault) == 0))
            plain->is_there = false;
    }
    CHECK(index_end(index, &fault) == 0);
}

static bool fits(const struct plain *plain, const struct index_query *query, unsigned words)
{
    const struct index_row *row = &plain->row;
    return plain->is_there && row->kind == RECORD_MESSAGE && (plain->words & words) == words &&
           (query->categories == 0 || (query->categories & 1U << row->category) != 0) &&
           row->time_ms >= query->since_ms && (query->until_ms == 0 || row->time_ms < query->until_ms) &&
           row->size >= query->least_size && (query->most_size == 0 || row->size <= query->most_size) &&
           (query->before == 0 || row->sequence < query->before) && (!query->is_held || row->holds > 0);
}

/* In pieces, of a few steps each: the same. */
static void compare_pieces(struct index *index, const struct index_query *query, const struct found *all)
{
    struct fault fault = { 0 };
    struct found found = { 0 };
    struct index_query piece = *query;
    uint64_t rest = 0;
    do {
        piece.most_steps = 1 + any(UINT64_C(1) << any(13));
        piece.limit = query->limit - found.count;
        CHECK(index_find(index, &piece, collect, &found, &rest, &fault) == 0);
        if (!CHECK(rest == 0 || piece.before == 0 || rest < piece.before))
            return;
        piece.before = rest;
    } while (rest != 0 && found.count < query->limit);
    CHECK(found.count == all->count &&
          memcmp(found.sequences, all->sequences, found.count * sizeof found.sequences[0]) == 0);
}

static void compare(struct index *index, struct index_query *query, unsigned words)
{
    struct fault fault = { 0 };
    struct found found = { 0 };
    uint64_t tokens[WORDS];
    query->tokens = tokens;
    query->token_count = 0;
    for (unsigned word = 0; word < WORDS; word++) {
        if ((words & 1U << word) != 0)
            tokens[query->token_count++] = token_of(word);
    }
    CHECK(index_find(index, query, collect, &found, NULL, &fault) == 0);
    size_t count = 0;
    bool is_same = true;
    for (uint64_t i = ROWS; i > 0 && count < query->limit; i--) {
        if (!fits(&plains[i], query, words))
            continue;
        is_same = is_same && count < found.count && found.sequences[count] == i;
        count++;
    }
    CHECK(is_same && count == found.count);
    if (any(8) == 0)
        compare_pieces(index, query, &found);
}

static void test_searches(void)
{
    remove_files();
    struct index *index = open_index(false, NULL);
    fill(index);
    const uint64_t first = plains[1].row.time_ms, last = plains[ROWS].row.time_ms;
    for (unsigned i = 0; i < 3000; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "query %u", i);
        test_context(name);
        struct index_query query = { .limit = any(3) == 0 ? 1 + any(20) : ROWS };
        unsigned words = 0;
        for (unsigned more = (unsigned)any(4); more > 0; more--)
            words |= 1U << any(WORDS);
        if (any(3) == 0)
            query.categories = (unsigned)any(1U << (CATEGORIES + 1));
        if (any(3) == 0)
            query.since_ms = any(10) == 0 ? 1 : plains[1 + any(ROWS)].row.time_ms + any(3) - 1;
        if (any(3) == 0)
            query.until_ms = any(10) == 0 ? UINT64_MAX : first + any(last - first);
        if (any(3) == 0)
            query.least_size = any(UINT64_C(1) << any(33));
        if (any(3) == 0)
            query.most_size = any(UINT64_C(1) << any(33));
        if (any(3) == 0)
            query.before = 1 + any(ROWS + 100);
        query.is_held = any(6) == 0;
        compare(index, &query, words);
    }
    test_context(NULL);
    index_close(index);
}

/* The totals, and what is old, of the index that test_searches left. */
static void test_totals_and_the_oldest(void)
{
    struct fault fault = { 0 };
    struct index *index = open_index(false, NULL);
    struct index_totals totals, plain = { 0 };
    CHECK(index_totals(index, &totals, &fault) == 0);
    for (size_t i = 1; i <= ROWS; i++) {
        const struct index_row *row = &plains[i].row;
        if (!plains[i].is_there)
            continue;
        plain.stored_bytes += row->place.size;
        if (row->kind != RECORD_MESSAGE)
            continue;
        plain.messages[row->category]++;
        plain.bytes[row->category] += row->size;
        plain.held += row->holds > 0;
    }
    CHECK(memcmp(totals.messages, plain.messages, sizeof plain.messages) == 0 &&
          memcmp(totals.bytes, plain.bytes, sizeof plain.bytes) == 0 && totals.held == plain.held &&
          totals.stored_bytes == plain.stored_bytes);
    for (unsigned i = 0; i < 50; i++) {
        uint64_t until = plains[1 + any(ROWS)].row.time_ms;
        unsigned category = (unsigned)any(CATEGORIES + 1);
        struct found found = { 0 };
        size_t count = 0;
        CHECK(index_oldest(index, (enum category)category, until, SIZE_MAX, collect, &found, &fault) == 0);
        for (size_t j = 1; j <= ROWS; j++) {
            const struct index_row *row = &plains[j].row;
            count += plains[j].is_there && row->kind == RECORD_MESSAGE && row->holds == 0 && row->time_ms < until &&
                     (category == CATEGORIES || row->category == category);
        }
        bool is_ascending = true;
        for (size_t j = 1; j < found.count; j++)
            is_ascending = is_ascending &&
                           plains[found.sequences[j - 1]].row.time_ms <= plains[found.sequences[j]].row.time_ms;
        CHECK(found.count == count && is_ascending);
    }
    index_close(index);
}

/* --- Other processes --- */

static int read_on(int stop)
{
    struct fault fault = { 0 };
    struct index *index = NULL;
    bool is_fresh = false;
    if (index_open(path, &store, true, &index, &is_fresh, &fault) != 0)
        return 2;
    uint64_t last = 0, rounds = 0;
    char byte;
    bool is_over = false;
    while (!is_over) {
        is_over = read(stop, &byte, 1) == 0; /* the writer has closed its end */
        struct found found = { 0 };
        struct index_query query = { .tokens = (uint64_t[]){ 1 }, .token_count = 1, .limit = 20 };
        struct index_totals totals;
        if (index_find(index, &query, collect, &found, NULL, &fault) != 0 || index_totals(index, &totals, &fault) != 0)
            return 3;
        uint64_t newest = found.count > 0 ? found.sequences[0] : 0;
        if (newest < last || totals.messages[CATEGORY_INFECTED] < newest)
            return 4;
        last = newest;
        rounds++;
    }
    index_close(index);
    return last == 2000 && rounds > 1 ? 0 : 5;
}

static void test_a_reader_beside_the_writer(void)
{
    remove_files();
    struct fault fault = { 0 };
    struct index *index = open_index(false, NULL);
    int ends[2];
    if (!CHECK(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0))
        return;
    index_close(index); /* a database is never taken along into another process */
    pid_t child = fork();
    if (child == 0) {
        (void)close(ends[1]);
        _exit(read_on(ends[0]));
    }
    (void)close(ends[0]);
    index = open_index(false, NULL);
    for (uint64_t i = 1; i <= 2000; i++) {
        struct index_row row = row_of(i, RECORD_MESSAGE);
        if (i % 10 == 1)
            CHECK(index_begin(index, &fault) == 0);
        CHECK(index_add(index, &row, (uint64_t[]){ 1, i + 1 }, 2, NULL, &fault) == 0);
        if (i % 10 == 0)
            CHECK(index_end(index, &fault) == 0);
        if (i % 300 == 5)
            CHECK(index_tidy(path, &fault) == 0); /* also within a transaction */
    }
    CHECK(index_tidy(path, &fault) == 0);
    (void)close(ends[1]);
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    index_close(index);
}

/* --- Damage --- */

static void put_file(const char *bytes, size_t size)
{
    remove_files();
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
    (void)close(fd);
}

/* All questions, and a change. Anything but success and EBADMSG is wrong. -1: it was found broken. */
static int use(struct index *index)
{
    struct fault fault = { 0 };
    struct index_totals totals;
    struct index_row row;
    struct found found = { 0 };
    bool is_bad = false;
    uint64_t tokens[] = { 3, 4 };
    struct index_query queries[] = { { .limit = 4000 },
                                     { .limit = 100, .tokens = tokens, .token_count = 2 },
                                     { .limit = 100, .since_ms = 5, .categories = 9 },
                                     { .limit = 100, .least_size = 5, .is_held = true } };
    for (size_t i = 0; i < 4; i++)
        is_bad |= index_find(index, &queries[i], collect, &found, NULL, &fault) < 0 && CHECK(fault.code == EBADMSG);
    is_bad |= index_totals(index, &totals, &fault) < 0 && CHECK(fault.code == EBADMSG);
    is_bad |= index_orphans(index, 50, collect, &found, &fault) < 0 && CHECK(fault.code == EBADMSG);
    is_bad |= index_unerased(index, 50, collect, &found, &fault) < 0 && CHECK(fault.code == EBADMSG);
    is_bad |= index_oldest(index, CATEGORIES, UINT64_MAX, 50, collect, &found, &fault) < 0 &&
              CHECK(fault.code == EBADMSG);
    for (uint64_t i = 1; i < 600; i += 7) {
        is_bad |= index_get(index, i, &row, &fault) < 0 && fault.code != ENOENT && CHECK(fault.code == EBADMSG);
        is_bad |= index_remove(index, i, &fault) < 0 && fault.code != ENOENT && CHECK(fault.code == EBADMSG);
        is_bad |= index_hold(index, i + 1, 1, &fault) < 0 && fault.code != ENOENT && CHECK(fault.code == EBADMSG);
    }
    for (uint64_t i = 900; i < 940; i++) {
        row = row_of(i, RECORD_MESSAGE);
        is_bad |= index_add(index, &row, tokens, 2, NULL, &fault) < 0 && fault.code != EEXIST &&
                  CHECK(fault.code == EBADMSG);
    }
    return is_bad ? -1 : 0;
}

/* A sound file of 600 records, as bytes. */
static char *make_file(size_t *size_out)
{
    remove_files();
    struct fault fault = { 0 };
    struct index *index = open_index(false, NULL);
    struct crypt_digest digest = { .bytes = "x" };
    CHECK(index_begin(index, &fault) == 0);
    for (uint64_t i = 1; i <= 600; i++) {
        struct index_row row = row_of(i, i % 5 == 0 ? RECORD_PART : RECORD_MESSAGE);
        row.holds = i % 9 == 0;
        row.category = (enum category)(i % CATEGORIES);
        uint64_t tokens[] = { 3, 4 + i % 7, token_of((unsigned)i) };
        CHECK(index_add(index, &row, tokens, 3, NULL, &fault) == 0);
        if (i % 50 == 0)
            CHECK(index_remove(index, i, &fault) == 0);
    }
    CHECK(index_set_position(index, 600, &digest, &fault) == 0 && index_end(index, &fault) == 0);
    index_close(index);
    char *bytes = memory_new(1 << 20);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd >= 0 ? read(fd, bytes, 1 << 20) : -1;
    (void)close(fd);
    CHECK(size > 10000 && size < 1 << 20);
    *size_out = size > 0 ? (size_t)size : 0;
    return bytes;
}

/* As a writer: it is fresh, or what it has is right or said to be wrong; and after it was, the next one is fresh. */
static void try_damaged(const char *bytes, size_t size)
{
    put_file(bytes, size);
    struct fault fault = { 0 };
    struct index *index = NULL;
    bool is_fresh = false;
    if (index_open(path, &store, true, &index, &is_fresh, &fault) != 0)
        CHECK(fault.code == EBADMSG);
    index_close(index);
    index = open_index(false, &is_fresh);
    if (is_fresh) {
        CHECK(use(index) == 0);
        index_close(index);
        return;
    }
    bool is_bad = use(index) != 0;
    index_close(index);
    if (!is_bad)
        return;
    index = open_index(false, &is_fresh);
    CHECK(is_fresh && use(index) == 0);
    index_close(index);
}

static void test_damage(void)
{
    size_t size = 0;
    char *sound = make_file(&size), *bytes = memory_new(size + 1);
    for (unsigned i = 0; i < 150; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "damage %u", i);
        test_context(name);
        memcpy(bytes, sound, size);
        size_t runs = 1 + any(4), left = size;
        for (size_t run = 0; run < runs; run++) {
            size_t at = i % 3 == 0 ? any(200) : any(size), many = 1 + any(i % 2 == 0 ? 8 : 5000);
            for (size_t j = at; j < at + many && j < size; j++)
                bytes[j] = (char)any(256);
        }
        if (i % 4 == 0)
            left = any(size);
        try_damaged(bytes, left);
    }
    test_context(NULL);
    free(bytes);
    free(sound);
}

static void test_foreign_files(void)
{
    size_t size = 0;
    char *sound = make_file(&size);
    struct fault fault = { 0 };
    struct index *index = NULL;
    bool is_fresh = false;
    const struct record_store_id other = { .bytes = "another" };
    CHECK(index_open(path, &other, true, &index, &is_fresh, &fault) == -1 && fault.code == EBADMSG && index == NULL);
    CHECK(index_open(path, &store, true, &index, &is_fresh, &fault) == 0 && !is_fresh);
    index_close(index);
    CHECK(index_open(path, &other, false, &index, &is_fresh, &fault) == 0 && is_fresh);
    index_close(index);
    static const char text[] = "This is a text that somebody put here.\n";
    put_file(text, sizeof text - 1);
    CHECK(index_tidy(path, &fault) == -1 && fault.code == EBADMSG);
    CHECK(index_open(path, &store, true, &index, &is_fresh, &fault) == -1 && fault.code == EBADMSG);
    index_close(open_index(false, &is_fresh));
    CHECK(is_fresh);
    put_file("", 0);
    CHECK(index_open(path, &store, true, &index, &is_fresh, &fault) == -1 && fault.code == EBADMSG);
    index_close(open_index(false, &is_fresh));
    CHECK(is_fresh);
    sound[68 + 3] = '?'; /* the application's id */
    put_file(sound, size);
    index_close(open_index(false, &is_fresh));
    CHECK(is_fresh);
    remove_files();
    CHECK(index_open(path, &store, true, &index, &is_fresh, &fault) == -1 && fault.code == ENOENT);
    CHECK(index_tidy(path, &fault) == -1 && fault.code == ENOENT);
    CHECK(mkdir(path, 0700) == 0 && index_open(path, &store, false, &index, &is_fresh, &fault) == -1 &&
          fault.code != 0);
    CHECK(rmdir(path) == 0);
    free(sound);
}

static void test_a_file_that_somebody_removes(void)
{
    remove_files();
    struct fault fault = { 0 };
    struct index *index = open_index(false, NULL);
    CHECK(index_begin(index, &fault) == 0 && index_end(index, &fault) == 0);
    CHECK(unlink(path) == 0);
    CHECK(index_begin(index, &fault) == -1 && fault.code == EBADMSG);
    index_close(index);
    bool is_fresh = false;
    index_close(open_index(false, &is_fresh));
    CHECK(is_fresh);
}

int main(void)
{
    (void)snprintf(folder, sizeof folder, "/tmp/cordon-index-XXXXXX");
    if (!CHECK(mkdtemp(folder) != NULL))
        return test_end();
    (void)snprintf(path, sizeof path, "%s/index.sqlite", folder);
    test_a_row_comes_back();
    test_metadata_as_large_as_it_may_be();
    test_parts_and_the_dead();
    test_a_transaction_is_kept_whole_or_not_at_all();
    test_walks_may_change_the_index();
    test_searches();
    test_totals_and_the_oldest();
    test_a_reader_beside_the_writer();
    test_damage();
    test_foreign_files();
    test_a_file_that_somebody_removes();
    remove_files();
    CHECK(rmdir(folder) == 0);
    return test_end();
}
