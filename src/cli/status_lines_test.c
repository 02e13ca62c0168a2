#include "cli/status_lines.h"

#include "base/memory.h"
#include "base/test.h"

#include <stdlib.h>

static struct status_lines *parse(const char *answer)
{
    struct status_lines *lines = memory_new(sizeof *lines);
    struct buf text;
    buf_init(&text, STATUS_ANSWER_MOST_BYTES);
    buf_put_text(&text, answer);
    status_lines_parse(lines, &text);
    return lines;
}

static void lines_free(struct status_lines *lines)
{
    status_lines_fini(lines);
    free(lines);
}

#define HEAD "state=working\ngate.state=working\ngate.pid=7\n"

static void check_working(void)
{
    static const struct {
        const char *name;
        const char *answer;
        bool is_working;
    } cases[] = {
        { "all work", HEAD "decoder.state=working\ngate.scanner.av.state=working since=x\n", true },
        { "reloading", "state=reloading\ngate.state=working\nnew-gate.state=starting\n", true },
        { "an old gate drains", HEAD "old-gate.state=draining\n", true },
        { "a role waits", HEAD "decoder.state=waiting\n", false },
        { "a scanner failed", HEAD "gate.scanner.av.state=failed since=x\n", false },
        { "a scanner with a dot in its name", HEAD "gate.scanner.a.b.state=failed\n", false },
        { "a store is open", HEAD "keeper.state=working\nkeeper.store.one.state=open\n", true },
        { "a store failed", HEAD "keeper.state=working\nkeeper.store.one.state=failed\n", false },
        { "starting", "state=starting\ngate.state=working\n", false },
        { "stopping", "state=stopping\ngate.state=draining\n", false },
        { "no role", "state=working\n", false },
        { "nothing", "", false },
        { "no lines", "=\nfoo\n\n", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        test_context(cases[i].name);
        struct status_lines *lines = parse(cases[i].answer);
        CHECK(status_is_working(lines) == cases[i].is_working);
        lines_free(lines);
    }
}

static void check_facts(void)
{
    test_context("facts");
    struct span value = span_text(
        "failed since=2026-01-01 version=\"ClamAV \\\"1.4\\\"\" queue=0 reason=\"timed out\"");
    CHECK(span_is(status_first_word(value), "failed"));
    CHECK(span_is(status_fact(value, "since"), "2026-01-01"));
    CHECK(span_is(status_fact(value, "version"), "ClamAV \\\"1.4\\\""));
    CHECK(span_is(status_fact(value, "queue"), "0"));
    CHECK(span_is(status_fact(value, "reason"), "timed out"));
    CHECK(status_fact(value, "other").size == 0);
    CHECK(span_is(status_fact(span_text("x a=\"open"), "a"), "open"));
}

static void check_keys(void)
{
    test_context("keys");
    struct status_lines *lines = parse("gate.state=working\nweaker=a\nengine.weaker=b\ngate.scanner.av.state=w\n"
                                       "gate.scanner..state=w\n.state=x\nlast=no line end");
    struct span name;
    CHECK(lines->count == 7);
    CHECK(status_line_is_role(&lines->lines[0], &name) && span_is(name, "gate"));
    CHECK(status_line_is_weaker(&lines->lines[1]));
    CHECK(status_line_is_weaker(&lines->lines[2]));
    CHECK(status_line_is_scanner(&lines->lines[3], &name) && span_is(name, "av"));
    CHECK(!status_line_is_scanner(&lines->lines[4], &name));
    CHECK(!status_line_is_role(&lines->lines[5], &name));
    struct status_line counts = { .key = span_text("gate.scanner.av.counts"), .value = span_text("answers clean=3") };
    CHECK(status_line_is_counts(&counts, &name) && span_is(name, "av") && !status_line_is_scanner(&counts, &name));
    CHECK(span_is(status_fact(counts.value, "clean"), "3"));
    CHECK(span_is(status_value(lines, "last"), "no line end"));
    CHECK(status_value(lines, "none").data == NULL);
    lines_free(lines);
}

int main(void)
{
    check_working();
    check_facts();
    check_keys();
    return test_end();
}
