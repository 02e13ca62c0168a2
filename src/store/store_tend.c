/* The thread that tends: the index catches up or is made anew, what is old goes, what is dead is erased, and now and
 * then every byte is looked at. */
#include "store/store_inner.h"

#include "base/memory.h"
#include "store/frames.h"
#include "store/verify.h"
#include "sys/clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    INDEX_TRIES = 3,
    CHANGE_MS = 60000,
    FIRST_CHECK_MS = 3600000, /* at most: a machine that is started each morning checks too */
    TOLD_MOST = 20
};

/* --- Short-lived pairs --- */

/* The clock may have been put back meanwhile, too. What fails is told, and mail goes on: the pair that there is serves
 * until its end, and then none does. */
void store_tend_again(struct store *store)
{
    struct fault fault = { 0 };
    uint64_t now = clock_wall_ms();
    if (now < store->again_next_ms && now >= store->again_looked_ms)
        return;
    lock_take(&store->lock);
    struct again again = store->again;
    lock_drop(&store->lock);
    store->again_looked_ms = now;
    if (again_tend(store->head_path, store->settings.again_ms, now, &again, &store->again_next_ms, &fault) != 0)
        store_say(store, true, "store-again", "%s: short-lived keys: %s", store->name, fault.text);
    lock_take(&store->lock);
    store->again = again;
    lock_drop(&store->lock);
}

/* What takes long asks this now and then. */
static bool tends_on(struct store *store)
{
    store_tend_again(store);
    return !store_is_closing(store);
}

/* How long the tender may sleep. */
static struct deadline tend_pause(const struct store *store)
{
    uint64_t now = clock_wall_ms();
    uint64_t left = store->again_next_ms > now ? store->again_next_ms - now : 0;
    return deadline_in(left < STORE_TEND_MS ? (int64_t)left : STORE_TEND_MS);
}

/* --- The index --- */

/* Under index_lock. */
static void index_renew(struct store *store)
{
    struct fault fault = { 0 };
    if (store_index_reset(store, &fault) != 0)
        store_say(store, true, "store-index", "%s: there is no index: %s", store->name, fault.text);
    lock_take(&store->lock);
    store->must_reindex = false; /* only now, so that the status tells of it all the time */
    lock_drop(&store->lock);
}

enum turn { TURN_MORE, TURN_ALL, TURN_LATER, TURN_FAILED };

/* As many records as one turn has: under index_lock. */
static enum turn index_step(struct store *store)
{
    struct fault fault = { .text = "it could not be opened" };
    int more = store->index != NULL ? store_index_catch_up(store, &fault) : -1;
    if (more >= 0)
        return more > 0 ? TURN_MORE : TURN_ALL;
    if (store_index_failed(store, &fault))
        return TURN_LATER;
    index_renew(store);
    return TURN_FAILED;
}

/* The last step, from "it has all" to "the writer keeps it so", is taken with the writer held up. */
static enum turn index_turn(struct store *store)
{
    lock_take(&store->index_lock);
    enum turn turn = store->is_current ? TURN_LATER : index_step(store);
    lock_drop(&store->index_lock);
    if (turn != TURN_ALL)
        return turn;
    lock_take(&store->disk);
    lock_take(&store->index_lock);
    turn = index_step(store);
    store->is_current = turn == TURN_ALL;
    lock_drop(&store->index_lock);
    lock_drop(&store->disk);
    if (turn == TURN_ALL)
        store_say(store, false, "store-indexed", "%s: the index has all %llu records", store->name,
                  (unsigned long long)store->indexed);
    return turn;
}

/* While nobody waits for it. */
static void tend_log(struct store *store)
{
    lock_take(&store->index_lock);
    bool is_current = store->index != NULL && store->is_current;
    lock_drop(&store->index_lock);
    if (is_current)
        (void)index_tidy(store->index_path, NULL); /* what is wrong with it, whoever uses it is told */
}

static void index_renew_if_asked(struct store *store)
{
    lock_take(&store->lock);
    bool must = store->must_reindex;
    lock_drop(&store->lock);
    if (!must)
        return;
    lock_take(&store->index_lock);
    index_renew(store);
    lock_drop(&store->index_lock);
}

static void tend_index(struct store *store)
{
    index_renew_if_asked(store);
    for (unsigned failures = 0; failures < INDEX_TRIES && tends_on(store);) {
        enum turn turn = index_turn(store);
        if (turn == TURN_ALL || turn == TURN_LATER)
            return;
        failures += turn == TURN_FAILED ? 1 : 0;
    }
}

/* --- Age and size --- */

struct rows {
    struct index_row list[STORE_TEND_ROWS];
    size_t count;
};

static int rows_add(void *context, const struct index_row *row)
{
    struct rows *rows = context;
    rows->list[rows->count] = *row;
    rows->list[rows->count].meta = span_of(NULL, 0);
    return ++rows->count == STORE_TEND_ROWS ? 1 : 0;
}

static size_t rows_delete(struct store *store, const struct rows *rows, const char *what, const char *why)
{
    uint64_t about[STORE_TEND_ROWS];
    struct fault fault = { 0 };
    for (size_t i = 0; i < rows->count; i++)
        about[i] = rows->list[i].sequence;
    struct store_change change = {
        .kind = STORE_DELETE, .what = what, .who = "cordon", .why = why, .about = about, .count = rows->count
    };
    if (rows->count == 0)
        return 0;
    if (store_change(store, &change, deadline_in(CHANGE_MS), &fault) != 0) {
        store_say(store, fault.code != ESHUTDOWN, "store-expire", "%s: %s", store->name, fault.text);
        return 0;
    }
    lock_take(&store->lock);
    store->expired += rows->count;
    lock_drop(&store->lock);
    return rows->count;
}

static void rows_find_old(struct store *store, enum category category, uint64_t until_ms, struct rows *rows_out)
{
    struct fault fault = { 0 };
    rows_out->count = 0;
    lock_take(&store->index_lock);
    if (store->is_current &&
        index_oldest(store->index, category, until_ms, STORE_TEND_ROWS, rows_add, rows_out, &fault) < 0)
        (void)store_index_failed(store, &fault);
    lock_drop(&store->index_lock);
}

/* False where the clock is not to be believed now. */
static bool clock_is_believed(struct store *store, uint64_t now)
{
    struct fault fault = { 0 };
    enum clock_guard_news news = clock_guard_look(&store->guard, store->head_path, now, clock_now_ms(), &fault);
    if (news == CLOCK_GUARD_JUMPED)
        store_say(store, true, "store-clock",
                  "%s: the clock is more than a day ahead of what was last seen: nothing expires by age for 3 days",
                  store->name);
    else if (news == CLOCK_GUARD_SETTLED)
        store_say(store, false, "store-clock", "%s: the clock is believed again", store->name);
    if (fault.code != 0)
        store_say(store, true, "store-clock", "%s: %s", store->name, fault.text);
    lock_take(&store->lock);
    store->waits_until_ms = store->guard.until_ms;
    lock_drop(&store->lock);
    return store->guard.until_ms == 0;
}

static void tend_age(struct store *store, struct rows *rows)
{
    uint64_t now = clock_wall_ms();
    if (!clock_is_believed(store, now))
        return;
    for (int category = 0; category < CATEGORIES; category++) {
        uint64_t keep = store->settings.keep_ms[category];
        if (keep == 0 || keep > now)
            continue;
        do
            rows_find_old(store, (enum category)category, now - keep, rows);
        while (rows_delete(store, rows, "expire", "it has reached its age") == STORE_TEND_ROWS && tends_on(store));
    }
}

static int bytes_add(void *context, const struct index_row *row)
{
    *(uint64_t *)context += row->place.size;
    return 0;
}

/* By how much the store is too large; 0: it is not. Parts that nobody refers to any more do not count: they go by
 * themselves, but not before they are old enough, and no further message has to go for them. */
static uint64_t excess_bytes(struct store *store, uint64_t most)
{
    struct index_totals totals = { .stored_bytes = 0 };
    struct fault fault = { 0 };
    uint64_t going = 0;
    lock_take(&store->index_lock);
    if (store->is_current &&
        (index_totals(store->index, &totals, &fault) != 0 ||
         (totals.stored_bytes > most && index_orphans(store->index, SIZE_MAX, bytes_add, &going, &fault) < 0))) {
        (void)store_index_failed(store, &fault);
        totals.stored_bytes = 0;
    }
    lock_drop(&store->index_lock);
    return totals.stored_bytes > most && totals.stored_bytes - most > going ? totals.stored_bytes - most - going : 0;
}

/* Of the oldest no more than is too much: what a message takes is mostly in its parts, and at most about its size. */
static void rows_trim(struct rows *rows, uint64_t too_much)
{
    size_t count = 0;
    for (uint64_t bytes = 0; count < rows->count && bytes < too_much; count++) {
        const struct index_row *row = &rows->list[count];
        bytes += row->size > row->place.size ? row->size : row->place.size;
    }
    rows->count = count;
}

static void tend_size(struct store *store, struct rows *rows)
{
    uint64_t most = store->settings.most_bytes;
    while (most > 0 && tends_on(store)) {
        uint64_t too_much = excess_bytes(store, most);
        if (too_much == 0)
            return;
        rows_find_old(store, CATEGORIES, UINT64_MAX, rows);
        rows_trim(rows, too_much);
        if (rows_delete(store, rows, "expire", "the store has reached its size") == 0)
            return;
    }
}

static void tend_orphans(struct store *store, struct rows *rows)
{
    uint64_t until = clock_wall_ms() - STORE_ORPHAN_MS;
    struct fault fault = { 0 };
    rows->count = 0;
    lock_take(&store->index_lock);
    if (store->is_current && index_orphans(store->index, STORE_TEND_ROWS, rows_add, rows, &fault) < 0)
        (void)store_index_failed(store, &fault);
    lock_drop(&store->index_lock);
    size_t old = 0;
    for (size_t i = 0; i < rows->count; i++) {
        if (rows->list[i].time_ms < until)
            rows->list[old++] = rows->list[i];
    }
    rows->count = old;
    (void)rows_delete(store, rows, "expire", "no message refers to it any more");
}

static size_t tend_erase_some(struct store *store, struct rows *rows)
{
    struct fault fault = { 0 };
    rows->count = 0;
    lock_take(&store->index_lock);
    if (store->is_current && index_unerased(store->index, STORE_TEND_ROWS, rows_add, rows, &fault) < 0)
        (void)store_index_failed(store, &fault);
    lock_drop(&store->index_lock);
    size_t done = 0;
    for (; done < rows->count; done++) {
        lock_take(&store->disk);
        int failed = segments_erase(store->segments, rows->list[done].place, &fault);
        lock_drop(&store->disk);
        if (failed != 0 &&
            (fault.code == EBADMSG || fault.code == ENOENT)) { /* all others would wait for it for ever */
            store_say(store, true, "store-erase", "%s: record %llu is dead, and can't be erased: %s", store->name,
                      (unsigned long long)rows->list[done].sequence, fault.text);
            failed = 0;
        }
        lock_take(&store->index_lock);
        bool has_lapsed = failed == 0 && store->index != NULL &&
                          index_erased(store->index, rows->list[done].sequence, &fault) != 0;
        if (has_lapsed)
            (void)store_index_failed(store, &fault);
        lock_drop(&store->index_lock);
        if (has_lapsed)
            break;
        if (failed != 0) {
            store_say(store, true, "store-erase", "%s: %s", store->name, fault.text);
            break;
        }
    }
    lock_take(&store->lock);
    store->erased += done;
    lock_drop(&store->lock);
    return done;
}

/* All but verifying. */
static void tend(struct store *store, struct rows *rows)
{
    store_tend_again(store);
    tend_index(store);
    tend_log(store);
    tend_age(store, rows);
    tend_size(store, rows);
    tend_orphans(store, rows);
    while (tend_erase_some(store, rows) == STORE_TEND_ROWS && tends_on(store))
        continue;
}

/* --- Verifying --- */

struct check {
    struct store *store;
    struct rows *rows;
    struct deadline tend_from;
    uint64_t found;
};

/* It may take hours, in which nothing else must wait for it. */
static bool check_may_go_on(void *context)
{
    struct check *check = context;
    store_tend_again(check->store);
    if (atomic_load(&check->store->may_verify) && deadline_passed(check->tend_from)) {
        tend(check->store, check->rows);
        check->tend_from = deadline_in(STORE_TEND_MS);
    }
    return atomic_load(&check->store->may_verify);
}

/* Nothing more goes into a segment that is damaged, so that it can be set aside without what comes later. */
static void check_leave(struct store *store, const char *file)
{
    static const char folder[] = "segments/";
    bool is_inside = span_starts_with(span_text(file), folder);
    uint64_t number = is_inside ? segment_number(file + sizeof folder - 1) : 0;
    if (number == 0)
        return;
    lock_take(&store->disk);
    segments_leave(store->segments, number);
    lock_drop(&store->disk);
}

/* Known at once, however long the rest takes. */
static void check_tell(void *context, const char *file, uint64_t offset, uint64_t sequence, const char *text)
{
    struct check *check = context;
    struct store *store = check->store;
    char found[FAULT_TEXT_SIZE];
    (void)snprintf(found, sizeof found, "%s at %llu, record %llu: %s", file, (unsigned long long)offset,
                   (unsigned long long)sequence, text);
    lock_take(&store->lock);
    if (check->found++ == 0)
        memcpy(store->wrong_text, found, sizeof found);
    if (check->found == 1 || store->wrong_record == 0)
        store->wrong_record = sequence;
    store->wrong = check->found;
    lock_drop(&store->lock);
    check_leave(store, file);
    if (check->found <= TOLD_MOST)
        store_say(store, true, "store-damaged", "%s: %s", store->name, found);
}

static void check_settle(struct store *store, const struct verify_result *result)
{
    lock_take(&store->lock);
    store->checked_ms = clock_wall_ms();
    store->wrong = result->wrong;
    if (result->wrong == 0) {
        store->wrong_record = 0;
        store->wrong_text[0] = '\0';
    }
    lock_drop(&store->lock);
}

static void tend_check(struct store *store, struct rows *rows)
{
    struct check check = { .store = store, .rows = rows, .tend_from = deadline_in(STORE_TEND_MS) };
    struct verify_settings settings = { .path = store->path,
                                        .head_path = store->head_path,
                                        .percent = store->settings.check_percent,
                                        .bytes_per_second = store->settings.check_rate_bytes,
                                        .may_go_on = check_may_go_on,
                                        .tell = check_tell,
                                        .context = &check };
    struct verify_result result = { .records = 0 };
    struct fault fault = { 0 };
    int failed = verify_store(&settings, &result, &fault);
    if (!atomic_load(&store->may_verify))
        return;
    if (failed != 0)
        store_say(store, true, "store-check", "%s: %s", store->name, fault.text);
    else
        store_say(store, result.wrong > 0, "store-checked", "%s: %llu records, %llu bytes: %llu wrong", store->name,
                  (unsigned long long)result.records, (unsigned long long)result.bytes,
                  (unsigned long long)result.wrong);
    check_settle(store, &result);
}

static struct deadline check_pause(const struct store *store, uint64_t most_ms)
{
    uint64_t every = store->settings.check_every_ms;
    return deadline_in((int64_t)(every < most_ms ? every : most_ms));
}

void store_tend_thread(void *argument)
{
    struct store *store = argument;
    struct rows *rows = memory_new(sizeof *rows);
    struct deadline check = check_pause(store, FIRST_CHECK_MS);
    lock_take(&store->lock);
    while (!store->is_closing) {
        lock_drop(&store->lock);
        tend(store, rows);
        if (deadline_passed(check) && store->settings.check_percent > 0) {
            tend_check(store, rows);
            check = check_pause(store, INT64_MAX);
        }
        lock_take(&store->lock);
        if (!store->must_reindex && !store->is_closing)
            (void)signal_point_wait(&store->tend, &store->lock, tend_pause(store));
    }
    store->threads--;
    signal_point_wake_all(&store->settled);
    lock_drop(&store->lock); /* from here on it may be gone */
    free(rows);
}
