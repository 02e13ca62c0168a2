/* cordon store status, reindex, trail */
#include "base/escape.h"
#include "base/memory.h"
#include "cli/cli.h"
#include "cli/entry.h"
#include "cli/filter.h"
#include "cli/keep_client.h"
#include "cli/store_commands.h"
#include "cli/store_use.h"
#include "cli/table.h"
#include "cli/when.h"
#include "store/meta.h"
#include "sys/clock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { TRAIL_ABOUT_MOST = 4096, TRAIL_ABOUT_SHOWN = 8, TRAIL_CELL_LIMIT = 4096 };

/* --- status --- */

/* What the segments take on the disk; 0 where that can't be seen. */
static uint64_t disk_bytes(const char *path)
{
    char folder[4096];
    uint64_t bytes = 0;
    int size = snprintf(folder, sizeof folder, "%s/segments", path);
    DIR *listing = size > 0 && (size_t)size < sizeof folder ? opendir(folder) : NULL;
    if (listing == NULL)
        return 0;
    for (struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing)) {
        struct stat status;
        if (fstatat(dirfd(listing), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode))
            bytes += (uint64_t)status.st_blocks * 512;
    }
    (void)closedir(listing);
    return bytes;
}

static void status_put_text(struct buf *out, const struct store_use *use, const struct index_totals *totals,
                            const struct record_head *head)
{
    uint64_t messages = 0;
    uint64_t bytes = 0;
    buf_printf(out, "%s: %s\n", use->conf->name, use->store.path);
    for (size_t i = CATEGORIES; i > 0; i--) {
        messages += totals->messages[i - 1];
        bytes += totals->bytes[i - 1];
        if (totals->messages[i - 1] == 0)
            continue;
        buf_printf(out, "  %8" PRIu64 "  %-12s  ", totals->messages[i - 1], category_text((enum category)(i - 1)));
        entry_put_size(out, totals->bytes[i - 1]);
        buf_put_char(out, '\n');
    }
    buf_printf(out, "  %8" PRIu64 "  %-12s  ", messages, "messages");
    entry_put_size(out, bytes);
    buf_printf(out, "\n  %8" PRIu64 "  held\nstored in   ", totals->held);
    entry_put_size(out, totals->stored_bytes);
    buf_put_text(out, "; on the disk ");
    entry_put_size(out, disk_bytes(use->store.path));
    buf_put_text(out, "\noldest      ");
    if (totals->oldest_ms > 0)
        when_put(out, totals->oldest_ms);
    else
        buf_put_char(out, '-');
    buf_printf(out, "\nlast record %" PRIu64 ", at ", head->sequence);
    when_put(out, head->time_ms);
    buf_put_char(out, '\n');
}

static void status_put_json(struct buf *out, const struct store_use *use, const struct index_totals *totals,
                            const struct record_head *head)
{
    buf_printf(out, "{\"store\":\"%s\"", use->conf->name);
    json_put_text(out, "path", span_text(use->store.path));
    buf_put_text(out, ",\"categories\":{");
    for (size_t i = 0; i < CATEGORIES; i++)
        buf_printf(out, "%s\"%s\":{\"messages\":%" PRIu64 ",\"bytes\":%" PRIu64 "}", i > 0 ? "," : "",
                   category_text((enum category)i), totals->messages[i], totals->bytes[i]);
    buf_put_char(out, '}');
    json_put_number(out, "held", totals->held);
    json_put_number(out, "stored_bytes", totals->stored_bytes);
    json_put_number(out, "disk_bytes", disk_bytes(use->store.path));
    if (totals->oldest_ms > 0)
        json_put_time(out, "oldest", totals->oldest_ms);
    json_put_number(out, "last_sequence", head->sequence);
    json_put_number(out, "commit", head->commit);
    json_put_time(out, "last_time", head->time_ms);
    buf_put_text(out, "}\n");
}

int store_command_status(const struct command_line *line)
{
    struct store_use *use = NULL;
    struct fault fault = { 0 };
    struct index_totals totals = { 0 };
    struct record_head head;
    struct buf out;
    int status = store_use_begin(line, USE_ROOT | USE_READER, false, &use);
    if (status < 0 && (store_read_totals(use->reader, &totals, &fault) != 0 ||
                       head_read_file(use->store.head_path, &head, NULL, &fault) != 0))
        status = command_refuse(line, STORE_EXIT_NOT_READ, "%s", fault.text);
    if (status < 0) {
        buf_init(&out, ENTRY_TEXT_LIMIT);
        if (command_has(line, OPTION_JSON))
            status_put_json(&out, use, &totals, &head);
        else
            status_put_text(&out, use, &totals, &head);
        (void)fputs(buf_text(&out), stdout);
        buf_fini(&out);
        status = fflush(stdout) == 0 ? STORE_EXIT_DONE : STORE_EXIT_NOT_ALL;
    }
    store_use_end(use);
    return status;
}

/* --- reindex --- */

static void reindex_progress(uint64_t done, uint64_t all)
{
    progress_show("indexed", done, all);
}

int store_command_reindex(const struct command_line *line)
{
    struct store_use *use = NULL;
    struct fault fault = { 0 };
    int status = store_use_begin(line, USE_ROOT, false, &use);
    if (status < 0) {
        struct keep_client *client = keep_open(use, &fault);
        int failed = client == NULL ? -1 : keep_reindex(client, reindex_progress, &fault);
        progress_clear();
        if (failed != 0)
            status = command_refuse(line, STORE_EXIT_NOT_READ, "the index was not made anew: %s", fault.text);
        else if (keep_is_remote(client))
            printf("the index of %s is being made anew by the keeper; mail goes on, and cordon status tells how far it "
                   "is\n",
                   use->conf->name);
        else
            printf("the index of %s was made anew\n", use->conf->name);
        status = failed != 0 ? status : STORE_EXIT_DONE;
        keep_close(client);
    }
    store_use_end(use);
    return status;
}

/* --- trail --- */

static const struct table_column trail_columns[] = {
    { "RECORD", 0, true }, { "TIME", 0, false }, { "WHAT", 8, false }, { "ABOUT", 6, false },
    { "WHO", 8, false },   { "WHY", 8, false },  { "HOW", 8, false },
};
enum { TRAIL_COLUMNS = sizeof trail_columns / sizeof trail_columns[0] };

struct trail {
    struct store_use *use;
    struct filter filter;
    bool is_json;
    struct table *table;
    struct buf out;
    uint64_t about[TRAIL_ABOUT_MOST];
    size_t about_count;
};

static void trail_flush(struct trail *trail)
{
    if (trail->table->cell_count > 0)
        table_print(trail->table, &trail->out);
    (void)fwrite(trail->out.data, 1, trail->out.size, stdout);
    buf_clear(&trail->out);
}

static bool trail_is_asked(const struct trail *trail, const struct store_entry *entry)
{
    const struct index_query *query = &trail->filter.query;
    if (entry->row.time_ms < query->since_ms || (query->until_ms > 0 && entry->row.time_ms >= query->until_ms))
        return false;
    for (size_t i = 0; i < trail->use->id_count; i++) {
        for (size_t k = 0; k < trail->about_count; k++) {
            if (trail->about[k] == trail->use->ids[i])
                return true;
        }
    }
    return trail->use->id_count == 0;
}

static void trail_put_json(struct trail *trail, const struct store_entry *entry)
{
    static const struct {
        const char *name;
        enum meta_field field;
    } fields[] = { { "what", META_WHAT }, { "who", META_WHO }, { "why", META_WHY }, { "how", META_HOW } };
    buf_printf(&trail->out, "{\"store\":\"%s\",\"sequence\":%" PRIu64, trail->use->conf->name, entry->row.sequence);
    json_put_time(&trail->out, "time", entry->row.time_ms);
    json_put_text(&trail->out, "kind", span_text(record_kind_text(entry->row.kind)));
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        struct span value = meta_find(entry->meta, fields[i].field);
        if (value.data != NULL)
            json_put_text(&trail->out, fields[i].name, value);
    }
    buf_put_text(&trail->out, ",\"about\":[");
    for (size_t i = 0; i < trail->about_count; i++)
        buf_printf(&trail->out, "%s%" PRIu64, i > 0 ? "," : "", trail->about[i]);
    buf_put_text(&trail->out, "]}\n");
}

static void trail_put_row(struct trail *trail, const struct store_entry *entry, size_t all)
{
    struct buf cell;
    buf_init(&cell, TRAIL_CELL_LIMIT);
    buf_printf(&cell, "%" PRIu64, entry->row.sequence);
    table_put(trail->table, buf_span(&cell));
    buf_clear(&cell);
    when_put(&cell, entry->row.time_ms);
    table_put(trail->table, buf_span(&cell));
    struct span what = meta_find(entry->meta, META_WHAT);
    table_put(trail->table, what.size > 0 ? what : span_text(record_kind_text(entry->row.kind)));
    buf_clear(&cell);
    for (size_t i = 0; i < trail->about_count && i < TRAIL_ABOUT_SHOWN; i++)
        buf_printf(&cell, "%s%" PRIu64, i > 0 ? "," : "", trail->about[i]);
    if (all > TRAIL_ABOUT_SHOWN)
        buf_printf(&cell, " +%zu", all - TRAIL_ABOUT_SHOWN);
    table_put(trail->table, buf_span(&cell));
    table_put(trail->table, meta_find(entry->meta, META_WHO));
    table_put(trail->table, meta_find(entry->meta, META_WHY));
    table_put(trail->table, meta_find(entry->meta, META_HOW));
    buf_fini(&cell);
}

static int trail_each(void *context, const struct store_entry *entry)
{
    struct trail *trail = context;
    size_t all = entry_read_about(entry->meta, trail->about, TRAIL_ABOUT_MOST);
    trail->about_count = all < TRAIL_ABOUT_MOST ? all : TRAIL_ABOUT_MOST;
    if (!trail_is_asked(trail, entry))
        return 0;
    if (trail->is_json)
        trail_put_json(trail, entry);
    else
        trail_put_row(trail, entry, all);
    if (trail->is_json || table_is_full(trail->table))
        trail_flush(trail);
    return ferror(stdout) != 0 ? 1 : 0;
}

static int trail_run(struct trail *trail, uint64_t from)
{
    struct fault fault = { 0 };
    trail->table = memory_new(sizeof *trail->table);
    table_init(trail->table, trail_columns, TRAIL_COLUMNS, table_terminal_width());
    buf_init(&trail->out, ENTRY_TEXT_LIMIT);
    int status = store_trail(trail->use->reader, from, trail_each, trail, &fault);
    trail_flush(trail);
    if (status < 0)
        status = command_refuse(trail->use->line, STORE_EXIT_NOT_READ, "%s", fault.text);
    else
        status = fflush(stdout) == 0 ? STORE_EXIT_DONE : STORE_EXIT_NOT_ALL;
    buf_fini(&trail->out);
    table_fini(trail->table);
    free(trail->table);
    return status;
}

int store_command_trail(const struct command_line *line)
{
    uint64_t from = 0;
    struct trail *trail = memory_new(sizeof *trail);
    trail->is_json = command_has(line, OPTION_JSON);
    int status = filter_read(line, clock_wall_ms(), &trail->filter);
    if (status < 0 && !command_number(line, OPTION_FROM, 1, INT64_MAX, 1, &from))
        status = CLI_EXIT_USAGE;
    if (status < 0) {
        status = store_use_begin(line, USE_ROOT | USE_READER, true, &trail->use);
        if (status < 0)
            status = trail_run(trail, from);
        store_use_end(trail->use);
    }
    free(trail);
    return status;
}
