/* cordon quarantine list, search */
#include "base/memory.h"
#include "cli/cli.h"
#include "cli/entry.h"
#include "cli/find.h"
#include "cli/quarantine.h"
#include "cli/table.h"
#include "cli/when.h"
#include "sys/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LIST_LIMIT = 50 /* where none was said */, LIST_TEXT_LIMIT = 4096 };

static const struct table_column list_columns[] = {
    { "ID", 0, true },         { "TIME", 0, false },  { "CATEGORY", 8, false },
    { "SIZE", 0, true },       { "HELD", 0, false },  { "SENDER", 8, false },
    { "RECIPIENT", 8, false }, { "FOUND", 8, false }, { "SUBJECT", 8, false },
};
enum { LIST_COLUMNS = sizeof list_columns / sizeof list_columns[0] };

struct list {
    const struct store_use *use;
    bool is_json;
    uint64_t count;
    uint64_t last; /* sequence */
    struct table *table;
    struct buf out;
};

static void list_flush(struct list *list)
{
    if (list->table->cell_count > 0)
        table_print(list->table, &list->out);
    (void)fwrite(list->out.data, 1, list->out.size, stdout);
    buf_clear(&list->out);
}

static void list_put_row(struct list *list, const struct store_entry *entry)
{
    struct buf cell;
    struct table *table = list->table;
    buf_init(&cell, LIST_TEXT_LIMIT);
    buf_printf(&cell, "%" PRIu64, entry->row.sequence);
    table_put(table, buf_span(&cell));
    buf_clear(&cell);
    when_put(&cell, entry->row.time_ms);
    table_put(table, buf_span(&cell));
    table_put_text(table, category_text(entry->row.category));
    buf_clear(&cell);
    entry_put_size(&cell, entry->row.size);
    table_put(table, buf_span(&cell));
    table_put_text(table, entry->row.holds > 0 ? "held" : "");
    struct span sender = meta_find(entry->meta, META_SENDER);
    table_put(table, sender.data != NULL && sender.size == 0 ? span_text("<>") : sender);
    static const enum meta_field lists[] = { META_RECIPIENT, META_NAME };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        buf_clear(&cell);
        entry_put_first(&cell, entry->meta, lists[i]);
        table_put(table, buf_span(&cell));
    }
    table_put(table, entry->meta.size > 0 ? meta_find(entry->meta, META_SUBJECT) : span_text("(metadata is broken)"));
    buf_fini(&cell);
}

static int list_each(void *context, const struct store_entry *entry)
{
    struct list *list = context;
    list->count++;
    list->last = entry->row.sequence;
    if (list->is_json) {
        entry_put_json(&list->out, list->use->conf->name, entry);
        buf_put_text(&list->out, "}\n");
        list_flush(list);
    } else {
        list_put_row(list, entry);
        if (table_is_full(list->table))
            list_flush(list);
    }
    return ferror(stdout) != 0 ? 1 : 0;
}

/* All words that were typed, as one text; NULL where there are none. */
static const char *list_words(const struct command_line *line, struct buf *words)
{
    buf_init(words, LIST_TEXT_LIMIT);
    for (size_t i = 0; i < line->argument_count; i++)
        buf_printf(words, "%s%s", i > 0 ? " " : "", line->arguments[i]);
    return words->size > 0 ? buf_text(words) : NULL;
}

static int read_before(const struct command_line *line, const struct store_use *use, uint64_t *before_out)
{
    const char *text = command_value(line, OPTION_BEFORE);
    struct span name = { 0 };
    *before_out = 0;
    if (text == NULL)
        return -1;
    if (store_id_read(span_text(text), &name, before_out) && (name.data == NULL || span_is(name, use->conf->name)))
        return -1;
    return command_refuse(line, CLI_EXIT_USAGE, "--before: \"%s\" is no ID of the store %s", text, use->conf->name);
}

/* It has not looked at all that there is: how far it came, and how to go on. */
static void list_tell_rest(struct list *list, uint64_t rest)
{
    struct buf time;
    uint64_t time_ms = find_time_before(list->use->reader, rest);
    buf_init(&time, LIST_TEXT_LIMIT);
    if (list->is_json) {
        buf_printf(&list->out, "{\"unfinished\":true,\"before\":%" PRIu64, rest);
        json_put_text(&list->out, "store", span_text(list->use->conf->name));
        json_put_time(&list->out, "searched_back_to", time_ms);
        buf_put_text(&list->out, "}\n");
        list_flush(list);
    }
    when_put(&time, time_ms);
    fprintf(stderr,
            "cordon: searched back to %s, and not further: go on with --before %" PRIu64
            ", or look at all with --limit 0\n",
            buf_text(&time), rest);
    buf_fini(&time);
}

static int list_print(struct list *list, const struct filter *filter, const struct find_bounds *bounds)
{
    struct fault fault = { 0 };
    const struct command_line *line = list->use->line;
    uint64_t rest = 0;
    int status = find_messages(list->use->reader, filter, bounds, list_each, list, &rest, &fault);
    list_flush(list);
    if (status < 0)
        return command_refuse(line, fault.code == EINVAL ? CLI_EXIT_USAGE : STORE_EXIT_NOT_READ, "%s", fault.text);
    bool is_full = bounds->limit > 0 && list->count == bounds->limit;
    if (rest > 0 && !is_full)
        list_tell_rest(list, rest);
    else if (!list->is_json && list->count == 0)
        fprintf(stderr, "cordon: nothing is kept in %s%s\n", list->use->conf->name,
                line->given_count > 0 || bounds->text != NULL ? " that fits" : "");
    if (!list->is_json && is_full && isatty(STDOUT_FILENO))
        fprintf(stderr, "cordon: perhaps there is more: add --before %" PRIu64 ", or --limit 0\n", list->last);
    return fflush(stdout) == 0 && ferror(stdout) == 0 ? STORE_EXIT_DONE : STORE_EXIT_NOT_ALL;
}

int quarantine_list(const struct command_line *line)
{
    struct store_use *use = NULL;
    struct filter filter;
    struct buf words;
    struct find_bounds bounds = { .text = list_words(line, &words) };
    int status = filter_read(line, clock_wall_ms(), &filter);
    if (status < 0 && !command_number(line, OPTION_LIMIT, 0, UINT32_MAX, LIST_LIMIT, &bounds.limit))
        status = CLI_EXIT_USAGE;
    if (status < 0) {
        status = store_use_begin(line, USE_ROOT | USE_READER, false, &use);
        if (status < 0)
            status = read_before(line, use, &bounds.before);
        if (status < 0) {
            struct list list = { .use = use, .is_json = command_has(line, OPTION_JSON) };
            list.table = memory_new(sizeof *list.table);
            table_init(list.table, list_columns, LIST_COLUMNS, table_terminal_width());
            buf_init(&list.out, ENTRY_TEXT_LIMIT);
            status = list_print(&list, &filter, &bounds);
            buf_fini(&list.out);
            table_fini(list.table);
            free(list.table);
        }
        store_use_end(use);
    }
    buf_fini(&words);
    return status;
}
