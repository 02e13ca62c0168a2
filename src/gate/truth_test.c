/* The truth table of doc/scanners.md, read from there and held against scanners_judge and policy_decide. */
#include "base/memory.h"
#include "base/test.h"
#include "conf/conf.h"
#include "policy/policy.h"
#include "scanner/set.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_LIMIT = 1 << 20, MOST_CELLS = 6, MOST_PRIMARIES = 3, MOST_ROWS = 128 };

enum table { TABLE_SCANNERS, TABLE_FINDINGS, TABLE_FATES, TABLES };

static const char *const table_heads[TABLES] = {
    [TABLE_SCANNERS] = "require",
    [TABLE_FINDINGS] = "decoder and bans find",
    [TABLE_FATES] = "message is",
};

struct row {
    struct span cells[MOST_CELLS];
    size_t count;
};

static struct row rows[TABLES][MOST_ROWS];
static size_t row_counts[TABLES];

static bool row_read(struct span line, struct row *row_out)
{
    *row_out = (struct row){ .count = 0 };
    if (!span_starts_with(line, "| "))
        return false;
    (void)span_cut(&line, '|');
    while (line.size > 0 && row_out->count < MOST_CELLS) {
        struct span cell = span_trim(span_cut(&line, '|'));
        if (line.data != NULL || cell.size > 0)
            row_out->cells[row_out->count++] = cell;
    }
    return row_out->count > 0;
}

static void page_read(struct span page)
{
    enum table table = TABLES;
    while (page.size > 0) {
        struct row row;
        struct span line = span_cut(&page, '\n');
        if (!row_read(line, &row)) {
            table = span_starts_with(line, "|") ? table : TABLES;
            continue;
        }
        bool is_head = false;
        for (enum table i = TABLE_SCANNERS; i < TABLES; i++) {
            if (!span_is(row.cells[0], table_heads[i]))
                continue;
            table = i;
            is_head = true;
        }
        if (!is_head && table < TABLES && row_counts[table] < MOST_ROWS)
            rows[table][row_counts[table]++] = row;
    }
}

/* --- Scanners that say what a row wants --- */

static enum answer_kind wanted[SETTINGS_MOST_SCANNERS];

static enum answer_kind kind_of(struct span word)
{
    for (enum answer_kind kind = ANSWER_CLEAN; kind < ANSWERS; kind++) {
        if (span_is(word, answer_kind_text(kind)))
            return kind;
    }
    return ANSWER_NOT_ASKED;
}

static void say(struct scanner *scanner, const struct scan_request *request, struct answer *answer_out)
{
    (void)request;
    size_t index = (size_t)(scanner->settings->name[0] - 'a');
    *answer_out = (struct answer){ .kind = ANSWER_CLEAN };
    answer_set(answer_out, wanted[index], span_text(wanted[index] == ANSWER_CLEAN ? "" : "as the table says"));
    answer_out->blame = BLAME_PIECE;
    answer_out->unscannable = wanted[index] == ANSWER_UNSCANNABLE ? UNSCANNABLE_ENCRYPTED : UNSCANNABLE_NONE;
}

static const struct scanner_ops say_ops = { .ask = say };

static const char message_text[] = "Subject: x\r\n\r\nx\r\n";

/* What the scanners come to, beside what was found before. */
static void judge(struct settings *settings, const struct policy_settings *policy, enum category finding,
                  struct verdict *verdict, bool *backup_was_asked)
{
    struct scanner_set *set = scanners_new(settings, NULL, NULL);
    struct answer answers[SETTINGS_MOST_SCANNERS];
    struct scan_input input = { .whole = { .size = sizeof message_text } };
    for (size_t i = 0; i < set->count; i++) {
        set->scanners[i].ops = &say_ops;
        health_canary_passed(&set->scanners[i].health, clock_now_ms(), 1000000);
    }
    for (size_t i = 0; i < SCAN_PACKS; i++)
        input.packs[i] = SEALED_NONE;
    assert(sealed_copy(span_of(message_text, sizeof message_text), "test", &input.packs[0], NULL) == 0);
    verdict_init(verdict);
    if (finding != CATEGORY_CLEAN)
        verdict_add(verdict, finding, finding == CATEGORY_UNSCANNABLE ? UNSCANNABLE_LIMIT : UNSCANNABLE_NONE, "decoder",
                    "x");
    scanners_judge(set, &input, policy, deadline_in(20000), answers, verdict);
    *backup_was_asked = answers[set->count - 1].kind != ANSWER_NOT_ASKED;
    for (size_t i = 0; i < set->count; i++)
        scanner_await_proof(&set->scanners[i], deadline_in(20000));
    sealed_close(&input.packs[0]);
    scanners_free(set);
}

static void settings_add(struct settings *settings, enum scanner_role role, enum answer_kind kind)
{
    size_t index = settings->scanner_count++;
    struct scanner_settings *row = &settings->scanners[index];
    *row = (struct scanner_settings){ .type = SCANNER_CLAMD,
                                      .role = role,
                                      .input = INPUT_MESSAGE,
                                      .timeout_ms = 10000,
                                      .concurrency = 4,
                                      .max_bytes = 1U << 20,
                                      .max_pieces = 10,
                                      .canary_interval_ms = 1000000,
                                      .canary = "none" };
    row->name[0] = (char)('a' + index);
    wanted[index] = kind;
}

/* The primaries of a row, in their order or the other way round, and a backup that would say `backup` (NOT_ASKED: there
 * is none). */
static void settings_make(struct settings *settings, const struct row *row, enum answer_kind backup, bool is_reversed)
{
    enum answer_kind kinds[MOST_PRIMARIES];
    size_t count = 0;
    *settings = (struct settings){ .scanner_count = 0 };
    for (struct span rest = row->cells[1]; rest.size > 0 && count < MOST_PRIMARIES;)
        kinds[count++] = kind_of(span_trim(span_cut(&rest, ',')));
    for (size_t i = 0; i < count; i++)
        settings_add(settings, SCANNER_PRIMARY, kinds[is_reversed ? count - 1 - i : i]);
    if (backup != ANSWER_NOT_ASKED)
        settings_add(settings, SCANNER_BACKUP, backup);
}

static uint32_t require_of(struct span word)
{
    uint64_t number = 0;
    if (span_is(word, "any"))
        return REQUIRE_ANY;
    if (span_is(word, "all"))
        return REQUIRE_ALL;
    CHECK(span_number(word, &number));
    return (uint32_t)number;
}

/* What the second table makes of both. */
static enum category gravest_of(struct span finding, struct span scanners)
{
    for (size_t i = 0; i < row_counts[TABLE_FINDINGS]; i++) {
        const struct row *row = &rows[TABLE_FINDINGS][i];
        enum category category = CATEGORIES;
        if (span_equal(row->cells[0], finding) && span_equal(row->cells[1], scanners) &&
            CHECK(category_from_text(row->cells[2], &category)))
            return category;
    }
    bool is_in_the_second_table = false;
    CHECK(is_in_the_second_table);
    return CATEGORIES;
}

static void check_scanners_with(const struct row *row, enum answer_kind backup, struct span finding, bool is_reversed)
{
    struct settings *settings = memory_new(sizeof *settings);
    struct policy_settings policy = { .require = require_of(row->cells[0]) };
    struct verdict verdict;
    enum category found = CATEGORY_CLEAN;
    bool backup_was_asked = false;
    if (!span_is(finding, "nothing"))
        CHECK(category_from_text(finding, &found));
    settings_make(settings, row, backup, is_reversed);
    judge(settings, &policy, found, &verdict, &backup_was_asked);
    CHECK(verdict_gravest(&verdict) == gravest_of(finding, row->cells[4]));
    bool is_concluded = (verdict.categories & 1U << CATEGORY_CLEAN) != 0;
    CHECK(is_concluded == span_is(row->cells[3], "met"));
    if (backup != ANSWER_NOT_ASKED)
        CHECK(backup_was_asked == !span_is(row->cells[2], "not asked"));
    free(settings);
}

static void check_scanners_row(const struct row *row)
{
    bool is_any = span_is(row->cells[2], "not asked");
    bool is_none = span_is(row->cells[2], "none");
    for (enum answer_kind backup = ANSWER_NOT_ASKED; backup < ANSWERS; backup++) {
        bool is_meant = is_any || backup == (is_none ? ANSWER_NOT_ASKED : kind_of(row->cells[2]));
        for (size_t i = 0; is_meant && i < row_counts[TABLE_FINDINGS]; i++) {
            struct span finding = rows[TABLE_FINDINGS][i].cells[0];
            bool is_first = i == 0 || !span_equal(finding, rows[TABLE_FINDINGS][i - 1].cells[0]);
            for (int reversed = 0; is_first && reversed < 2; reversed++)
                check_scanners_with(row, backup, finding, reversed != 0);
        }
    }
}

/* Every combination that there is stands in the table, once. */
static void check_complete(void)
{
    size_t count[3] = { 0 };
    for (size_t i = 0; i < row_counts[TABLE_SCANNERS]; i++) {
        const struct row *row = &rows[TABLE_SCANNERS][i];
        count[span_is(row->cells[0], "any") ? 0 : span_is(row->cells[0], "all") ? 1 : 2]++;
        for (size_t k = 0; k < i; k++) {
            const struct row *other = &rows[TABLE_SCANNERS][k];
            CHECK(!(span_equal(row->cells[0], other->cells[0]) && span_equal(row->cells[1], other->cells[1]) &&
                    span_equal(row->cells[2], other->cells[2])));
        }
    }
    /* Two of four answers in any order are 10, three are 20; where a backup has a say it has five. */
    CHECK(count[0] == 9 + 1 * 5 && count[1] == 7 + 3 * 5 && count[2] == 17 + 3 * 5);
    CHECK(row_counts[TABLE_FINDINGS] == 16);
    CHECK(row_counts[TABLE_FATES] == CATEGORIES - 1 + UNSCANNABLES - 1);
}

static void check_fate(const struct row *row, const struct policy_settings *policy, enum mode mode, struct span reply)
{
    struct verdict verdict;
    struct fate fate;
    struct span reason = row->cells[0];
    struct span word = span_cut(&reason, '/');
    enum category category = CATEGORY_CLEAN;
    enum unscannable unscannable = UNSCANNABLE_NONE;
    verdict_init(&verdict);
    verdict_conclude(&verdict);
    if (!CHECK(category_from_text(word, &category)) ||
        (reason.size > 0 && !CHECK(unscannable_from_text(reason, &unscannable))))
        return;
    if (category != CATEGORY_CLEAN)
        verdict_add(&verdict, category, unscannable, "test", "x");
    policy_decide(&verdict, policy, mode, false, &fate);
    CHECK((fate.action == FATE_PASS) == span_is(row->cells[2], "pass"));
    if (fate.action == FATE_PASS)
        CHECK(fate.reply[0] == '\0' && span_is(reply, "the next hop's"));
    else
        CHECK(strncmp(fate.reply, reply.data, reply.size) == 0);
    struct buf actions;
    buf_init(&actions, 256);
    actions_text(category == CATEGORY_UNSCANNABLE ? policy->unscannable_actions[unscannable]
                                                  : policy->actions[category],
                 &actions);
    CHECK(span_equal(buf_span(&actions), row->cells[1]));
    buf_fini(&actions);
}

static void check_fates(void)
{
    struct buf mistakes;
    buf_init(&mistakes, 4096);
    struct settings *settings = conf_load("/dev/null", &mistakes);
    if (!CHECK(settings != NULL))
        return;
    for (size_t i = 0; i < row_counts[TABLE_FATES]; i++) {
        const struct row *row = &rows[TABLE_FATES][i];
        check_fate(row, &settings->policy, MODE_BEFORE_QUEUE, row->cells[3]);
        check_fate(row, &settings->policy, MODE_AFTER_QUEUE, row->cells[4]);
    }
    settings_free(settings);
    buf_fini(&mistakes);
}

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "re") : NULL;
    if (!CHECK(file != NULL))
        return test_end();
    char *page = memory_new(PAGE_LIMIT);
    size_t size = fread(page, 1, PAGE_LIMIT, file);
    (void)fclose(file);
    page_read(span_of(page, size));
    check_complete();
    for (size_t i = 0; i < row_counts[TABLE_SCANNERS]; i++) {
        char context[128];
        const struct row *row = &rows[TABLE_SCANNERS][i];
        (void)snprintf(context, sizeof context, "%.*s",
                       (int)(row->cells[2].data + row->cells[2].size - row->cells[0].data), row->cells[0].data);
        test_context(context);
        check_scanners_row(row);
    }
    test_context("fates");
    check_fates();
    free(page);
    return test_end();
}
