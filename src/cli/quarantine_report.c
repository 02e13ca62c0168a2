/* cordon quarantine report: how much of what came in a day or a range, from whom and to whom. */
#include "base/escape.h"
#include "base/memory.h"
#include "cli/cli.h"
#include "cli/entry.h"
#include "cli/find.h"
#include "cli/quarantine.h"
#include "cli/tally.h"
#include "cli/when.h"
#include "store/meta.h"
#include "sys/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { REPORT_TOP = 10, REPORT_TOP_MOST = 10000, REPORT_TALLIES = 6 };

static const struct {
    const char *json;
    const char *text;
    enum meta_field field;
    bool is_domain; /* of the address alone */
} report_rows[REPORT_TALLIES] = {
    { "names", "What was found", META_NAME, false },
    { "senders", "Senders", META_SENDER, false },
    { "sender_domains", "Senders' domains", META_SENDER, true },
    { "recipients", "Recipients", META_RECIPIENT, false },
    { "clients", "Clients", META_CLIENT, false },
    { "listeners", "Listeners", META_LISTENER, false },
};

struct report {
    uint64_t messages[CATEGORIES];
    uint64_t bytes[CATEGORIES];
    uint64_t all_messages;
    uint64_t all_bytes;
    uint64_t held;
    struct tally *tallies[REPORT_TALLIES];
};

static struct span domain_of(struct span address)
{
    for (size_t i = address.size; i > 0; i--) {
        if (address.data[i - 1] == '@')
            return span_from(address, i);
    }
    return address;
}

static int report_each(void *context, const struct store_entry *entry)
{
    struct report *report = context;
    struct meta_reader reader;
    struct span value;
    unsigned field = 0;
    enum category category = entry->row.category < CATEGORIES ? entry->row.category : CATEGORY_UNSCANNED;
    report->messages[category]++;
    report->bytes[category] += entry->row.size;
    report->all_messages++;
    report->all_bytes += entry->row.size;
    report->held += entry->row.holds > 0;
    meta_begin(&reader, entry->meta);
    while (meta_next(&reader, &field, &value)) {
        if (field == META_SENDER && value.size == 0)
            value = span_text("<>");
        for (size_t i = 0; i < REPORT_TALLIES; i++) {
            if (field == (unsigned)report_rows[i].field)
                tally_add(report->tallies[i], report_rows[i].is_domain ? domain_of(value) : value, entry->row.size);
        }
    }
    return 0;
}

static void put_tally(struct buf *out, struct report *report, size_t which, size_t top)
{
    const struct tally_row *rows = NULL;
    uint64_t others = 0;
    size_t count = tally_top(report->tallies[which], top, &rows, &others);
    if (count == 0)
        return;
    buf_printf(out, "\n%s:\n", report_rows[which].text);
    for (size_t i = 0; i < count; i++) {
        buf_printf(out, "  %8" PRIu64 "  ", rows[i].count);
        escape_shown(out, span_of(rows[i].text, rows[i].size), TALLY_TEXT_MOST);
        buf_put_char(out, '\n');
    }
    if (others > 0)
        buf_printf(out, "  %8" PRIu64 "  (others)\n", others);
}

static void put_text(struct buf *out, struct report *report, const struct index_query *query, const char *store,
                     size_t top)
{
    buf_printf(out, "What %s took in", store);
    if (query->since_ms > 0) {
        buf_put_text(out, " from ");
        when_put(out, query->since_ms);
    }
    if (query->until_ms > 0) {
        buf_put_text(out, " until ");
        when_put(out, query->until_ms);
    }
    buf_put_text(out, ", as far as it is still there:\n\n");
    for (size_t i = CATEGORIES; i > 0; i--) {
        if (report->messages[i - 1] == 0)
            continue;
        buf_printf(out, "  %8" PRIu64 "  %-12s  ", report->messages[i - 1], category_text((enum category)(i - 1)));
        entry_put_size(out, report->bytes[i - 1]);
        buf_put_char(out, '\n');
    }
    buf_printf(out, "  %8" PRIu64 "  %-12s  ", report->all_messages, "all");
    entry_put_size(out, report->all_bytes);
    buf_put_char(out, '\n');
    if (report->held > 0)
        buf_printf(out, "  %8" PRIu64 "  of them held\n", report->held);
    for (size_t i = 0; i < REPORT_TALLIES; i++)
        put_tally(out, report, i, top);
}

static void put_json_tally(struct buf *out, struct report *report, size_t which, size_t top)
{
    const struct tally_row *rows = NULL;
    uint64_t others = 0;
    size_t count = tally_top(report->tallies[which], top, &rows, &others);
    buf_printf(out, ",\"%s\":[", report_rows[which].json);
    for (size_t i = 0; i < count; i++) {
        buf_put_text(out, i > 0 ? ",{\"text\":" : "{\"text\":");
        escape_json(out, span_of(rows[i].text, rows[i].size));
        json_put_number(out, "messages", rows[i].count);
        json_put_number(out, "bytes", rows[i].bytes);
        buf_put_char(out, '}');
    }
    buf_printf(out, "],\"%s_others\":%" PRIu64, report_rows[which].json, others);
}

static void put_json(struct buf *out, struct report *report, const struct index_query *query, const char *store,
                     size_t top)
{
    buf_printf(out, "{\"store\":\"%s\"", store);
    if (query->since_ms > 0)
        json_put_time(out, "since", query->since_ms);
    if (query->until_ms > 0)
        json_put_time(out, "until", query->until_ms);
    json_put_number(out, "messages", report->all_messages);
    json_put_number(out, "bytes", report->all_bytes);
    json_put_number(out, "held", report->held);
    buf_put_text(out, ",\"categories\":{");
    for (size_t i = 0; i < CATEGORIES; i++)
        buf_printf(out, "%s\"%s\":{\"messages\":%" PRIu64 ",\"bytes\":%" PRIu64 "}", i > 0 ? "," : "",
                   category_text((enum category)i), report->messages[i], report->bytes[i]);
    buf_put_char(out, '}');
    for (size_t i = 0; i < REPORT_TALLIES; i++)
        put_json_tally(out, report, i, top);
    buf_put_text(out, "}\n");
}

/* DAY, or what --since and --until say, or today. */
static int read_range(const struct command_line *line, uint64_t now_ms, struct filter *filter)
{
    struct index_query *query = &filter->query;
    int status = filter_read(line, now_ms, filter);
    if (status >= 0)
        return status;
    if (line->argument_count == 0 && (query->since_ms > 0 || query->until_ms > 0))
        return -1;
    const char *day = line->argument_count > 0 ? line->arguments[0] : "today";
    if (query->since_ms > 0 || query->until_ms > 0)
        return command_refuse(line, CLI_EXIT_USAGE, "a day, or --since and --until: not both");
    if (!when_read(span_text(day), now_ms, false, &query->since_ms) ||
        !when_read(span_text(day), now_ms, true, &query->until_ms) || query->since_ms == query->until_ms)
        return command_refuse(line, CLI_EXIT_USAGE, "\"%s\" is no day, such as 2026-11-26 or yesterday", day);
    return -1;
}

static int report_make(const struct store_use *use, const struct filter *filter, size_t top)
{
    struct fault fault = { 0 };
    struct buf out;
    struct report *report = memory_new(sizeof *report);
    for (size_t i = 0; i < REPORT_TALLIES; i++)
        report->tallies[i] = tally_new();
    buf_init(&out, ENTRY_TEXT_LIMIT);
    int status = find_messages(use->reader, filter, &(struct find_bounds){ 0 }, report_each, report, NULL, &fault);
    if (status != 0)
        status = command_refuse(use->line, STORE_EXIT_NOT_READ, "%s", fault.text);
    else if (command_has(use->line, OPTION_JSON))
        put_json(&out, report, &filter->query, use->conf->name, top);
    else
        put_text(&out, report, &filter->query, use->conf->name, top);
    (void)fwrite(out.data, 1, out.size, stdout);
    for (size_t i = 0; i < REPORT_TALLIES; i++)
        tally_free(report->tallies[i]);
    buf_fini(&out);
    free(report);
    return status != 0 ? status : fflush(stdout) == 0 ? STORE_EXIT_DONE : STORE_EXIT_NOT_ALL;
}

int quarantine_report(const struct command_line *line)
{
    struct store_use *use = NULL;
    struct filter filter;
    uint64_t top = 0;
    int status = read_range(line, clock_wall_ms(), &filter);
    if (status < 0 && !command_number(line, OPTION_TOP, 1, REPORT_TOP_MOST, REPORT_TOP, &top))
        status = CLI_EXIT_USAGE;
    if (status >= 0)
        return status;
    status = store_use_begin(line, USE_ROOT | USE_READER, false, &use);
    if (status < 0)
        status = report_make(use, &filter, (size_t)top);
    store_use_end(use);
    return status;
}
