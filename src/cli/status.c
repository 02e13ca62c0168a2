/* cordon status: how the daemon, its roles and the scanners are. */
#include "base/escape.h"
#include "base/memory.h"
#include "cli/cli.h"
#include "cli/status_lines.h"
#include "cli/table.h"
#include "conf/conf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    STATUS_EXIT_WORKING = 0,
    STATUS_EXIT_IMPAIRED = 1,
    STATUS_EXIT_NOT_RUNNING = 3,
    STATUS_EXIT_UNKNOWN = 4, /* we may not ask, or it does not answer */
    STATUS_TEXT_LIMIT = 2 * STATUS_ANSWER_MOST_BYTES,
    STATUS_VALUE_LIMIT = 4096
};

static const char status_usage[] =
    "Usage: cordon status [--config FILE] [--json]\n"
    "Shows how the daemon, its roles, the scanners and the stores are.\n"
    "Exit status: 0 all work; 1 some role, scanner or store doesn't; 3 the daemon does not run;\n"
    "4 it can't be asked; 64 usage; 78 the configuration is wrong.\n";

static void put_safe(struct buf *out, struct span value)
{
    escape_header(out, value, STATUS_VALUE_LIMIT);
}

static void put_uptime(struct buf *out, struct span seconds_text)
{
    uint64_t seconds = 0;
    if (!span_number(seconds_text, &seconds))
        return;
    unsigned long long days = seconds / 86400;
    if (days > 0)
        buf_printf(out, ", up %llu d %llu h", days, (unsigned long long)(seconds / 3600 % 24));
    else if (seconds >= 3600)
        buf_printf(out, ", up %llu h %llu min", (unsigned long long)(seconds / 3600),
                   (unsigned long long)(seconds / 60 % 60));
    else
        buf_printf(out, ", up %llu min %llu s", (unsigned long long)(seconds / 60), (unsigned long long)(seconds % 60));
}

/* " is working", unless it is not so. */
static void put_condition(struct buf *out, const struct status_lines *lines)
{
    static const char no[] = "no: ";
    struct span state = status_value(lines, "state");
    struct span ready = status_value(lines, "gate.ready");
    if (span_starts_with(ready, no)) {
        buf_put_text(out, " runs, but MAIL WAITS (");
        put_safe(out, span_from(ready, sizeof no - 1));
        buf_put_char(out, ')');
    } else if (span_is(state, "working") && !status_is_working(lines)) {
        buf_put_text(out, " is working, but not all of it (see below)");
    } else {
        buf_put_text(out, " is ");
        put_safe(out, state);
    }
}

static void put_head(struct buf *out, const struct status_lines *lines)
{
    buf_put_text(out, "cordond ");
    put_safe(out, status_value(lines, "version"));
    put_condition(out, lines);
    buf_put_text(out, ": process ");
    put_safe(out, status_value(lines, "pid"));
    put_uptime(out, status_value(lines, "uptime_s"));
    buf_put_text(out, "\nconfiguration: ");
    put_safe(out, status_value(lines, "configuration"));
    buf_put_text(out, "; last reload: ");
    put_safe(out, status_value(lines, "reload"));
    buf_put_char(out, '\n');
}

/* "signatures: ClamAV 1.4.6/27600, 8700000 of them, generation 0123456789abcdef, 3 h old; in use" */
static void put_signatures(struct buf *out, const struct status_lines *lines)
{
    struct span state = status_value(lines, "signatures_state");
    struct span refusal = status_value(lines, "signatures_refusal");
    uint64_t seconds = 0;
    if (state.size == 0)
        return;
    buf_put_text(out, "signatures: ");
    if (status_value(lines, "signatures_generation").size > 0) {
        put_safe(out, status_value(lines, "signatures_version"));
        buf_put_text(out, ", ");
        put_safe(out, status_value(lines, "signatures_count"));
        buf_put_text(out, " of them, generation ");
        put_safe(out, status_value(lines, "signatures_generation"));
        if (span_number(status_value(lines, "signatures_age_seconds"), &seconds))
            buf_printf(out, ", %llu h old", (unsigned long long)(seconds / 3600));
        buf_put_text(out, "; ");
    }
    put_safe(out, state);
    if (refusal.size > 0) {
        buf_put_text(out, "; the last refusal: ");
        put_safe(out, refusal);
    }
    buf_put_char(out, '\n');
}

static struct span role_value(const struct status_lines *lines, struct span role, const char *name)
{
    char key[64];
    (void)snprintf(key, sizeof key, "%.*s.%s", (int)(role.size < 40 ? role.size : 40), role.data, name);
    return status_value(lines, key);
}

static void table_end(struct table *table, struct buf *out)
{
    if (table->cell_count > 0) {
        buf_put_char(out, '\n');
        table_print(table, out);
    }
    table_fini(table);
    free(table);
}

static struct table *table_begin(const struct table_column *columns, size_t count)
{
    struct table *table = memory_new(sizeof *table);
    table_init(table, columns, count, 0);
    return table;
}

static void put_roles(struct buf *out, const struct status_lines *lines)
{
    static const struct table_column columns[] = {
        { "ROLE", 0, false }, { "STATE", 0, false }, { "PROCESS", 0, true }, { "RESTARTS", 0, true }
    };
    struct table *table = table_begin(columns, 4);
    for (size_t i = 0; i < lines->count && !table_is_full(table); i++) {
        struct span role;
        if (!status_line_is_role(&lines->lines[i], &role))
            continue;
        table_put(table, role);
        table_put(table, lines->lines[i].value);
        table_put(table, role_value(lines, role, "pid"));
        table_put(table, role_value(lines, role, "restarts"));
    }
    table_end(table, out);
}

static void age_text(uint64_t seconds, char *text_out, size_t size)
{
    static const struct {
        uint64_t seconds;
        const char *unit;
    } units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
    size_t i = 0;
    while (i < 3 && seconds < 2 * units[i].seconds)
        i++;
    (void)snprintf(text_out, size, "%llu %s ago", (unsigned long long)(seconds / units[i].seconds), units[i].unit);
}

/* How long ago a moment of the wall clock was. */
static void put_age(struct table *table, struct span seconds_text, const char *otherwise)
{
    uint64_t then = 0;
    char text[32];
    (void)snprintf(text, sizeof text, "%s", otherwise);
    uint64_t now = (uint64_t)time(NULL);
    if (span_number(seconds_text, &then) && then > 0)
        age_text(now > then ? now - then : 0, text, sizeof text);
    table_put_text(table, text);
}

/* Of a scanner that tells no version of itself or its signatures it is 0. */
static struct span generation_shown(struct span generation)
{
    size_t zeros = 0;
    while (zeros < generation.size && generation.data[zeros] == '0')
        zeros++;
    return zeros == generation.size ? span_of(NULL, 0) : generation;
}

static void put_scanners(struct buf *out, const struct status_lines *lines)
{
    static const struct table_column columns[] = {
        { "SCANNER", 0, false },    { "STATE", 0, false },      { "SINCE", 0, false },   { "ROLE", 0, false },
        { "INPUT", 0, false },      { "BREAKER", 0, false },    { "CANARY", 0, false },  { "PASSED", 0, false },
        { "SIGNATURES", 0, false }, { "GENERATION", 0, false }, { "VERSION", 0, false }, { "REASON", 0, false }
    };
    struct table *table = table_begin(columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < lines->count && !table_is_full(table); i++) {
        struct span name;
        struct span value = lines->lines[i].value;
        if (!status_line_is_scanner(&lines->lines[i], &name))
            continue;
        table_put(table, name);
        table_put(table, status_first_word(value));
        table_put(table, status_fact(value, "since"));
        table_put(table, status_fact(value, "role"));
        table_put(table, status_fact(value, "input"));
        table_put(table, status_fact(value, "breaker"));
        table_put(table, status_fact(value, "canary"));
        put_age(table, status_fact(value, "canary_passed"), "never");
        put_age(table, status_fact(value, "signatures_made"), "");
        table_put(table, generation_shown(status_fact(value, "generation")));
        table_put(table, status_fact(value, "version"));
        table_put(table, status_fact(value, "reason"));
    }
    table_end(table, out);
}

/* What each scanner answered, how fast, and how many wait for it. */
static void put_answers(struct buf *out, const struct status_lines *lines)
{
    static const struct table_column columns[] = {
        { "ANSWERS", 0, false }, { "clean", 0, true },     { "infected", 0, true },   { "unscannable", 0, true },
        { "failed", 0, true },   { "not-asked", 0, true }, { "p50_ms", 0, true },     { "p99_ms", 0, true },
        { "queue", 0, true },    { "poison", 0, true },    { "remembered", 0, true }, { "hits", 0, true }
    };
    struct table *table = table_begin(columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < lines->count && !table_is_full(table); i++) {
        struct span name;
        if (!status_line_is_counts(&lines->lines[i], &name))
            continue;
        table_put(table, name);
        for (size_t k = 1; k < sizeof columns / sizeof columns[0]; k++)
            table_put(table, status_fact(lines->lines[i].value, columns[k].title));
    }
    table_end(table, out);
}

static struct span store_value(const struct status_lines *lines, struct span store, const char *name)
{
    char key[96];
    (void)snprintf(key, sizeof key, "keeper.store.%.*s.%s", (int)(store.size < 40 ? store.size : 40), store.data, name);
    return status_value(lines, key);
}

/* Shown in the stores' table, of keeper.store.NAME. */
static const char *const store_facts[] = { "state",         "messages", "bytes", "held",   "disk_bytes",
                                           "last_sequence", "indexed",  "wrong", "failure" };

static void put_stores(struct buf *out, const struct status_lines *lines)
{
    static const struct table_column columns[] = { { "STORE", 0, false },   { "STATE", 0, false },
                                                   { "MESSAGES", 0, true }, { "BYTES", 0, true },
                                                   { "HELD", 0, true },     { "ON DISK", 0, true },
                                                   { "LAST", 0, true },     { "INDEXED", 0, true },
                                                   { "WRONG", 0, true },    { "FAILURE", 0, false } };
    struct table *table = table_begin(columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < lines->count && !table_is_full(table); i++) {
        struct span name;
        if (!status_line_is_store(&lines->lines[i], &name))
            continue;
        table_put(table, name);
        for (size_t k = 0; k < sizeof store_facts / sizeof store_facts[0]; k++)
            table_put(table, store_value(lines, name, store_facts[k]));
    }
    table_end(table, out);
}

static bool line_is_in_stores(const struct status_line *line)
{
    static const char stores[] = "keeper.store.";
    if (!span_starts_with(line->key, stores))
        return false;
    struct span fact = span_from(line->key, sizeof stores - 1);
    (void)span_cut(&fact, '.'); /* the name */
    for (size_t i = 0; i < sizeof store_facts / sizeof store_facts[0]; i++) {
        if (span_is(fact, store_facts[i]))
            return true;
    }
    return false;
}

static bool line_is_in_roles(const struct status_line *line)
{
    struct span name = line->key;
    struct span role = span_cut(&name, '.');
    return !span_starts_with(role, "old-") && !span_starts_with(role, "new-") &&
           (span_is(name, "pid") || span_is(name, "restarts"));
}

/* What stands in no table. */
static void put_rest(struct buf *out, const struct status_lines *lines)
{
    buf_put_char(out, '\n');
    for (size_t i = 0; i < lines->count; i++) {
        const struct status_line *line = &lines->lines[i];
        struct span name;
        bool is_own = span_find_byte(line->key, '.') == SPAN_NONE && !status_line_is_weaker(line);
        bool is_shown = status_line_is_role(line, &name) || status_line_is_scanner(line, &name) ||
                        status_line_is_counts(line, &name);
        if (is_own || is_shown || line_is_in_roles(line) || line_is_in_stores(line))
            continue;
        put_safe(out, line->key);
        buf_put_text(out, ": ");
        put_safe(out, line->value);
        buf_put_char(out, '\n');
    }
}

static bool line_may_repeat(const struct status_line *line)
{
    return status_line_is_weaker(line) || span_starts_with(line->key, "old-");
}

static void put_json_value(struct buf *out, struct span value)
{
    uint64_t number = 0;
    if (span_number(value, &number))
        buf_printf(out, "%llu", (unsigned long long)number);
    else
        escape_json(out, value);
}

/* All values of line `first`'s key, where that is the first line with it. */
static void put_json_list(struct buf *out, const struct status_lines *lines, size_t first)
{
    buf_put_char(out, '[');
    for (size_t i = first; i < lines->count; i++) {
        if (!span_equal(lines->lines[i].key, lines->lines[first].key))
            continue;
        if (i != first)
            buf_put_char(out, ',');
        put_json_value(out, lines->lines[i].value);
    }
    buf_put_char(out, ']');
}

static bool line_is_first(const struct status_lines *lines, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (span_equal(lines->lines[i].key, lines->lines[index].key))
            return false;
    }
    return true;
}

/* One object on one line. Keys that may come several times (weaker, old-...) have a list, always. */
static void put_json(struct buf *out, const struct status_lines *lines)
{
    buf_printf(out, "{\"working\":%s", status_is_working(lines) ? "true" : "false");
    for (size_t i = 0; i < lines->count; i++) {
        if (!line_is_first(lines, i))
            continue;
        buf_put_char(out, ',');
        escape_json(out, lines->lines[i].key);
        buf_put_char(out, ':');
        if (line_may_repeat(&lines->lines[i]))
            put_json_list(out, lines, i);
        else
            put_json_value(out, lines->lines[i].value);
    }
    buf_put_text(out, "}\n");
}

static void status_print(const struct status_lines *lines, bool is_json)
{
    struct buf out;
    buf_init(&out, STATUS_TEXT_LIMIT);
    if (is_json) {
        put_json(&out, lines);
    } else {
        put_head(&out, lines);
        put_signatures(&out, lines);
        put_roles(&out, lines);
        put_scanners(&out, lines);
        put_answers(&out, lines);
        put_stores(&out, lines);
        put_rest(&out, lines);
    }
    (void)fputs(buf_text(&out), stdout);
    buf_fini(&out);
}

static int status_not_asked(const struct fault *fault, const char *run_directory, bool is_json)
{
    bool is_down = fault->code == ENOENT || fault->code == ECONNREFUSED;
    if (is_json)
        puts("{\"working\":false}");
    if (is_down)
        fprintf(stderr,
                "cordon: the daemon does not run (nobody listens in %s); start it with: systemctl start cordon\n",
                run_directory);
    else
        fprintf(stderr, "cordon: cannot ask the daemon: %s%s\n", fault->text,
                fault->code == EACCES ? "; be root, or of the service user's group" : "");
    return is_down ? STATUS_EXIT_NOT_RUNNING : STATUS_EXIT_UNKNOWN;
}

int cli_status(int argc, char **argv)
{
    struct cli_options options;
    int status = cli_options_read(argc, argv, status_usage, &options);
    if (status >= 0)
        return status;
    struct settings *settings = cli_settings_load(options.configuration);
    if (settings == NULL)
        return CONF_EXIT_BAD;

    struct status_lines *lines = memory_new(sizeof *lines);
    struct fault fault = { 0 };
    if (status_lines_ask(lines, settings->run_directory, &fault) != 0) {
        status = status_not_asked(&fault, settings->run_directory, options.is_json);
    } else {
        status_print(lines, options.is_json);
        status = status_is_working(lines) ? STATUS_EXIT_WORKING : STATUS_EXIT_IMPAIRED;
    }
    status_lines_fini(lines);
    free(lines);
    settings_free(settings);
    return status;
}
