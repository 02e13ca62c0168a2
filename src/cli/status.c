/* cordon status: how the daemon, its roles and the scanners are. */
#include "base/escape.h"
#include "base/memory.h"
#include "cli/cli.h"
#include "cli/status_lines.h"
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

/* At least `width` columns and a gap. */
static void put_cell(struct buf *out, struct span value, size_t width)
{
    size_t before = out->size;
    if (value.size == 0)
        buf_put_char(out, '-');
    put_safe(out, value);
    size_t used = out->size - before;
    for (size_t i = used; i < width; i++)
        buf_put_char(out, ' ');
    buf_put_text(out, "  ");
}

static void put_line_end(struct buf *out)
{
    while (out->size > 0 && out->data[out->size - 1] == ' ')
        out->size--;
    buf_put_char(out, '\n');
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

static void put_head(struct buf *out, const struct status_lines *lines)
{
    buf_put_text(out, "cordond ");
    put_safe(out, status_value(lines, "version"));
    buf_put_text(out, " is ");
    put_safe(out, status_value(lines, "state"));
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

static void put_roles(struct buf *out, const struct status_lines *lines)
{
    buf_put_text(out, "\nROLE        STATE       PROCESS   RESTARTS\n");
    for (size_t i = 0; i < lines->count; i++) {
        struct span role;
        if (!status_line_is_role(&lines->lines[i], &role))
            continue;
        put_cell(out, role, 10);
        put_cell(out, lines->lines[i].value, 10);
        put_cell(out, role_value(lines, role, "pid"), 8);
        put_cell(out, role_value(lines, role, "restarts"), 8);
        put_line_end(out);
    }
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
static void put_age(struct buf *out, struct span seconds_text, const char *otherwise)
{
    uint64_t then = 0;
    char text[32];
    (void)snprintf(text, sizeof text, "%s", otherwise);
    uint64_t now = (uint64_t)time(NULL);
    if (span_number(seconds_text, &then) && then > 0)
        age_text(now > then ? now - then : 0, text, sizeof text);
    put_cell(out, span_text(text), 10);
}

static void put_scanners(struct buf *out, const struct status_lines *lines)
{
    bool has_title = false;
    for (size_t i = 0; i < lines->count; i++) {
        struct span name;
        struct span value = lines->lines[i].value;
        if (!status_line_is_scanner(&lines->lines[i], &name))
            continue;
        if (!has_title)
            buf_put_text(out,
                         "\nSCANNER     STATE       SINCE                 INPUT         BREAKER    CANARY    PASSED"
                         "      SIGNATURES  GENERATION        VERSION\n");
        has_title = true;
        put_cell(out, name, 10);
        put_cell(out, status_first_word(value), 10);
        put_cell(out, status_fact(value, "since"), 20);
        put_cell(out, status_fact(value, "input"), 12);
        put_cell(out, status_fact(value, "breaker"), 9);
        put_cell(out, status_fact(value, "canary"), 8);
        put_age(out, status_fact(value, "canary_passed"), "never");
        put_age(out, status_fact(value, "signatures_made"), "-");
        put_cell(out, status_fact(value, "generation"), 16);
        put_cell(out, status_fact(value, "version"), 0);
        put_safe(out, status_fact(value, "reason"));
        put_line_end(out);
    }
}

/* What each scanner answered, how fast, and how many wait for it. */
static void put_answers(struct buf *out, const struct status_lines *lines)
{
    static const char *const facts[] = { "clean",  "infected", "unscannable", "failed",     "not-asked", "p50_ms",
                                         "p99_ms", "queue",    "poison",      "remembered", "hits" };
    bool has_title = false;
    for (size_t i = 0; i < lines->count; i++) {
        struct span name;
        if (!status_line_is_counts(&lines->lines[i], &name))
            continue;
        if (!has_title) {
            buf_put_text(out, "\nANSWERS     ");
            for (size_t k = 0; k < sizeof facts / sizeof facts[0]; k++)
                put_cell(out, span_text(facts[k]), strlen(facts[k]));
            put_line_end(out);
        }
        has_title = true;
        put_cell(out, name, 10);
        for (size_t k = 0; k < sizeof facts / sizeof facts[0]; k++)
            put_cell(out, status_fact(lines->lines[i].value, facts[k]), strlen(facts[k]));
        put_line_end(out);
    }
}

static struct span store_value(const struct status_lines *lines, struct span store, const char *name)
{
    char key[96];
    (void)snprintf(key, sizeof key, "keeper.store.%.*s.%s", (int)(store.size < 40 ? store.size : 40), store.data, name);
    return status_value(lines, key);
}

/* What is shown of each store; the failure comes last, in its own width. */
static void put_stores(struct buf *out, const struct status_lines *lines)
{
    static const char *const facts[] = { "state",      "messages",      "bytes",   "held",
                                         "disk_bytes", "last_sequence", "indexed", "wrong" };
    static const char *const titles[] = { "STATE", "MESSAGES", "BYTES", "HELD", "ON DISK", "LAST", "INDEXED", "WRONG" };
    enum { STORE_NAME_WIDTH = 12, STORE_FACT_WIDTH = 10 };
    bool has_title = false;
    for (size_t i = 0; i < lines->count; i++) {
        struct span name;
        if (!status_line_is_store(&lines->lines[i], &name))
            continue;
        if (!has_title) {
            buf_put_text(out, "\nSTORE         ");
            for (size_t k = 0; k < sizeof titles / sizeof titles[0]; k++)
                put_cell(out, span_text(titles[k]), STORE_FACT_WIDTH);
            put_line_end(out);
        }
        has_title = true;
        put_cell(out, name, STORE_NAME_WIDTH);
        for (size_t k = 0; k < sizeof facts / sizeof facts[0]; k++)
            put_cell(out, store_value(lines, name, facts[k]), STORE_FACT_WIDTH);
        put_safe(out, store_value(lines, name, "failure"));
        put_line_end(out);
    }
}

static bool line_is_in_stores(const struct status_line *line)
{
    static const char *const shown[] = { ".state",         ".messages", ".bytes", ".held",   ".disk_bytes",
                                         ".last_sequence", ".indexed",  ".wrong", ".failure" };
    bool is_shown = false;
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        size_t size = strlen(shown[i]);
        is_shown = is_shown ||
                   (line->key.size > size && span_is(span_from(line->key, line->key.size - size), shown[i]));
    }
    return is_shown && span_starts_with(line->key, "keeper.store.");
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
