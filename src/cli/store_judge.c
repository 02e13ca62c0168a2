/* cordon store judge: what is stored, judged again by the running daemon, with the signatures of today. */
#include "base/escape.h"
#include "base/memory.h"
#include "cli/cli.h"
#include "cli/entry.h"
#include "cli/find.h"
#include "cli/judge.h"
#include "cli/keep_client.h"
#include "cli/quarantine.h"
#include "cli/store_commands.h"
#include "cli/store_use.h"
#include "cli/table.h"
#include "cli/when.h"
#include "store/again.h"
#include "store/meta.h"
#include "sys/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    JUDGED_SAME = 0, /* the exit statuses */
    JUDGED_OTHERWISE = 1,
    JUDGED_NOT = 2,
    JUDGE_HOW_LIMIT = 512,
    JUDGE_CELL_LIMIT = 4096
};
#define JUDGE_WINDOW_MS UINT64_C(172800000) /* where no filter is given: 48 hours */

static const struct table_column judge_columns[] = {
    { "ID", 0, true },  { "TIME", 0, false },  { "WAS", 8, false },
    { "IS", 8, false }, { "FOUND", 8, false }, { "RECIPIENT", 8, false },
};
enum { JUDGE_COLUMNS = sizeof judge_columns / sizeof judge_columns[0] };

struct rejudge {
    struct store_use *use;
    struct judge *judge; /* NULL: the daemon can't be reached */
    const char *keys;    /* whose, for the audit trail */
    const char *reason;
    bool is_json;
    bool is_all;
    struct table *table;
    struct buf out;
    uint64_t judged, graver, milder, failed;
    uint64_t about[STORE_MOST_ABOUT]; /* whose verdict changed */
    size_t about_count;
};

static void rejudge_flush(struct rejudge *again)
{
    if (again->table->cell_count > 0)
        table_print(again->table, &again->out);
    (void)fwrite(again->out.data, 1, again->out.size, stdout);
    (void)fflush(stdout);
    buf_clear(&again->out);
}

/* The list of names as it stands in the daemon's object: the first list in it (gate/explain.c), strings alone. */
static struct span names_of(struct span json)
{
    size_t begin = span_find(json, span_text("\"names\":["));
    if (begin == SPAN_NONE)
        return span_text("[]");
    struct span list = span_from(json, begin + sizeof "\"names\":" - 1);
    bool is_within = false; /* a string */
    for (size_t i = 0; i < list.size; i++) {
        if (list.data[i] == '"')
            is_within = !is_within;
        else if (is_within && list.data[i] == '\\')
            i++;
        else if (!is_within && list.data[i] == ']')
            return span_slice(list, 0, i + 1);
    }
    return span_text("[]");
}

static void put_json(struct rejudge *again, const struct quarantine_entry *entry, const struct judge_result *result)
{
    struct buf *out = &again->out;
    buf_printf(out, "{\"id\":\"%s:%" PRIu64 "\"", again->use->conf->name, entry->row.sequence);
    json_put_time(out, "time", entry->row.time_ms);
    json_put_text(out, "was", span_text(category_text(entry->row.category)));
    json_put_text(out, "is", span_text(category_text(result->category)));
    buf_put_text(out, ",\"names\":");
    buf_put_span(out, names_of(result->json));
    json_put_text(out, "summary", span_text(result->summary));
    json_put_list(out, "recipients", buf_span(&entry->meta), META_RECIPIENT);
    buf_put_text(out, "}\n");
    rejudge_flush(again);
}

static void put_row(struct rejudge *again, const struct quarantine_entry *entry, const struct judge_result *result)
{
    struct buf cell;
    buf_init(&cell, JUDGE_CELL_LIMIT);
    buf_printf(&cell, "%" PRIu64, entry->row.sequence);
    table_put(again->table, buf_span(&cell));
    buf_clear(&cell);
    when_put(&cell, entry->row.time_ms);
    table_put(again->table, buf_span(&cell));
    table_put_text(again->table, category_text(entry->row.category));
    table_put_text(again->table, category_text(result->category));
    table_put_text(again->table, result->summary);
    buf_clear(&cell);
    entry_put_first(&cell, buf_span(&entry->meta), META_RECIPIENT);
    table_put(again->table, buf_span(&cell));
    buf_fini(&cell);
    if (table_is_full(again->table))
        rejudge_flush(again);
}

/* Twice, for a daemon that is replaced meanwhile hangs up. */
static int rejudge_ask(struct rejudge *again, const struct sealed *message, struct judge_result *result_out,
                       struct fault *fault)
{
    int failed = -1;
    for (unsigned try = 0; try < 2 && failed != 0; try++) {
        if (again->judge == NULL)
            again->judge = judge_open(again->use->settings->run_directory, fault);
        int fd = again->judge != NULL ? sealed_lend(message, fault) : -1;
        failed = fd < 0 ? -1 : judge_file(again->judge, fd, result_out, fault);
        if (fd >= 0)
            (void)close(fd);
        if (failed == 0)
            break;
        judge_close(again->judge);
        again->judge = NULL;
    }
    return failed;
}

static void rejudge_count(struct rejudge *again, const struct quarantine_entry *entry,
                          const struct judge_result *result)
{
    bool is_changed = result->category != entry->row.category;
    again->judged++;
    again->graver += result->category > entry->row.category;
    again->milder += result->category < entry->row.category;
    if (is_changed && again->about_count < STORE_MOST_ABOUT)
        again->about[again->about_count++] = entry->row.sequence;
    if (!is_changed && !again->is_all)
        return;
    if (again->is_json)
        put_json(again, entry, result);
    else
        put_row(again, entry, result);
}

/* What was deleted or has expired meanwhile is passed over. */
static void rejudge_one(struct rejudge *again, uint64_t sequence)
{
    struct fault fault = { 0 };
    struct quarantine_entry entry;
    struct judge_result result;
    struct sealed message = SEALED_NONE;
    int failed = quarantine_entry_get(again->use, sequence, &entry, &fault);
    if (failed == 0) {
        failed = quarantine_read(again->use, sequence, &message, &fault);
        if (failed == 0)
            failed = rejudge_ask(again, &message, &result, &fault);
        if (failed == 0)
            rejudge_count(again, &entry, &result);
        sealed_close(&message);
        quarantine_entry_fini(&entry);
    }
    if (failed == 0 || fault.code == ENOENT)
        return;
    again->failed++;
    progress_clear();
    (void)command_refuse(again->use->line, JUDGED_NOT, "%s:%" PRIu64 ": not judged: %s", again->use->conf->name,
                         sequence, fault.text);
}

/* With the records whose verdict changed, as long as they are all there. */
static int rejudge_note(const struct rejudge *again, struct fault *fault)
{
    struct buf how;
    buf_init(&how, JUDGE_HOW_LIMIT);
    buf_printf(&how, "%" PRIu64 " judged, %" PRIu64 " graver now, %" PRIu64 " less grave, %" PRIu64 " not judged; %s",
               again->judged, again->graver, again->milder, again->failed, again->keys);
    int failed = keep_note(again->use, "judge", again->reason, buf_text(&how), again->about, again->about_count, fault);
    if (failed != 0 && fault->code == ENOENT)
        failed = keep_note(again->use, "judge", again->reason, buf_text(&how), NULL, 0, fault);
    buf_fini(&how);
    return failed;
}

static void rejudge_tell(struct rejudge *again)
{
    progress_clear();
    if (again->is_json) {
        buf_printf(&again->out,
                   "{\"judged\":%" PRIu64 ",\"graver\":%" PRIu64 ",\"milder\":%" PRIu64 ",\"failed\":%" PRIu64 "}\n",
                   again->judged, again->graver, again->milder, again->failed);
    }
    rejudge_flush(again);
    if (!again->is_json)
        fprintf(stderr,
                "cordon: %" PRIu64 " messages judged again: %" PRIu64 " graver now, %" PRIu64 " less grave, %" PRIu64
                " could not be judged\n",
                again->judged, again->graver, again->milder, again->failed);
}

/* The audit trail comes first here too: what can't be noted is not opened. */
static int rejudge_all(struct rejudge *again, const struct filter *filter, struct fault *fault)
{
    uint64_t *sequences = NULL;
    size_t count = 0;
    char how[JUDGE_HOW_LIMIT];
    int failed = find_sequences(again->use->reader, filter, &sequences, &count, fault);
    if (failed == 0) {
        (void)snprintf(how, sizeof how, "%zu messages; %s", count, again->keys);
        failed = keep_note(again->use, "judge-begin", again->reason, how, NULL, 0, fault);
    }
    for (size_t i = 0; i < count && failed == 0; i++) {
        rejudge_one(again, sequences[i]);
        if (again->judge == NULL) /* it may have been that one message's fault */
            again->judge = judge_open(again->use->settings->run_directory, fault);
        if (again->judge == NULL)
            failed = fault_wrap(fault, "%zu messages were not looked at", count - i - 1);
        progress_show("judged", i + 1, count);
    }
    bool has_begun = failed == 0 || again->judged + again->failed > 0;
    free(sequences);
    if (!has_begun)
        return -1;
    rejudge_tell(again);
    struct fault noting = { 0 };
    if (rejudge_note(again, &noting) != 0)
        return fault_set(fault, noting.code, "its end could not be noted in the audit trail: %s", noting.text);
    return failed;
}

static int rejudge_run(struct rejudge *again, const struct filter *filter)
{
    struct fault fault = { 0 };
    again->table = memory_new(sizeof *again->table);
    table_init(again->table, judge_columns, JUDGE_COLUMNS, table_terminal_width());
    buf_init(&again->out, ENTRY_TEXT_LIMIT);
    int status = JUDGED_SAME;
    if (rejudge_all(again, filter, &fault) != 0)
        status = command_refuse(again->use->line, fault.code == EINVAL ? CLI_EXIT_USAGE : JUDGED_NOT, "%s", fault.text);
    else if (again->graver + again->milder > 0)
        status = JUDGED_OTHERWISE;
    else if (again->failed > 0)
        status = JUDGED_NOT;
    buf_fini(&again->out);
    table_fini(again->table);
    free(again->table);
    return status;
}

/* An owner's secret, or else the short-lived ones. */
static int keys_take(struct rejudge *again, struct fault *fault)
{
    struct store_use *use = again->use;
    again->keys = "by an owner's key";
    if (store_use_secret(use, fault) == 0)
        return 0;
    if (command_has(use->line, OPTION_KEY) || fault->code != ENOENT || use->conf->again_ms == 0)
        return -1;
    again->keys = "by the short-lived keys";
    if (again_read(use->store.head_path, clock_wall_ms(), use->pairs, USE_MOST_PAIRS, &use->pair_count, fault) != 0)
        return fault_wrap(fault, "the short-lived keys can't be read");
    return use->pair_count > 0 ? 0
                               : fault_set(fault, ENOENT, "there is neither an owner's secret nor a short-lived key");
}

static bool has_filter(const struct command_line *line)
{
    for (size_t i = 0; i < line->given_count; i++) {
        if ((command_filters & OPTION_BIT(line->given[i].option)) != 0)
            return true;
    }
    return false;
}

int store_command_judge(const struct command_line *line)
{
    struct fault fault = { 0 };
    struct filter filter;
    uint64_t now = clock_wall_ms();
    const char *reason = command_value(line, OPTION_REASON);
    int status = filter_read(line, now, &filter);
    if (status >= 0)
        return status;
    if (!has_filter(line))
        filter.query.since_ms = now > JUDGE_WINDOW_MS ? now - JUDGE_WINDOW_MS : 0;
    struct rejudge *again = memory_new(sizeof *again);
    again->reason = reason != NULL ? reason : "";
    again->is_json = command_has(line, OPTION_JSON);
    again->is_all = command_has(line, OPTION_ALL);
    status = store_use_begin(line, USE_ROOT | USE_READER, false, &again->use);
    if (status < 0 && keys_take(again, &fault) != 0)
        status = command_refuse(line, JUDGED_NOT, "%s", fault.text);
    if (status < 0) {
        again->judge = judge_open(again->use->settings->run_directory, &fault);
        status = again->judge != NULL
                     ? rejudge_run(again, &filter)
                     : command_refuse(line, JUDGED_NOT, "the daemon is needed to judge again: %s", fault.text);
    }
    judge_close(again->judge);
    store_use_end(again->use);
    free(again);
    return status;
}
