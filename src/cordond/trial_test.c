#include "trial.h"

#include "base/test.h"

#include <stdio.h>
#include <string.h>

#define OLD                                                                                                            \
    "idle=1\nscanning=yes\nversion=ClamAV 1.4.6/27600\nsignatures=1000\ngeneration=0a\n"                               \
    "databases=main:62 daily:27600\nbuilt=1793520000\nclean_samples=3\n"
#define FRESH(count, databases) "scanning=yes\nsignatures=" count "\ndatabases=" databases "\nclean_samples=none\n"

static void test_read(void)
{
    struct trial_set set = trial_read(OLD);
    CHECK(set.is_scanning && set.count == 1000 && set.built == 1793520000);
    CHECK(span_is(set.version, "ClamAV 1.4.6/27600") && span_is(set.generation, "0a"));
    CHECK(span_is(set.databases, "main:62 daily:27600") && span_is(set.clean_samples, "3"));
    set = trial_read("signatures=7\nscanning=refuses: no signatures: there = none\n");
    CHECK(!set.is_scanning && span_is(set.refusal, "no signatures: there = none") && set.count == 7);
    set = trial_read(NULL);
    CHECK(!set.is_scanning && set.count == 0 && set.databases.size == 0);
    set = trial_read("not a line\nscanning\n=\n");
    CHECK(!set.is_scanning);
}

static const struct row {
    const char *old;
    const char *fresh;
    const char *clean_samples;
    unsigned percent;
    bool allow_rollback;
    const char *reason; /* a part of it; NULL: taken */
} rows[] = {
    { OLD, FRESH("1001", "main:62 daily:27601"), "", 50, false, NULL },
    { OLD, FRESH("1000", "main:62 daily:27600"), "", 50, false, NULL },
    { OLD, FRESH("500", "main:62 daily:27601"), "", 50, false, NULL },
    { OLD, FRESH("499", "main:62 daily:27601"), "", 50, false, "499 signatures, less than 50 % of the 1000" },
    { OLD, FRESH("1", "main:62 daily:27601"), "", 0, false, NULL },
    { OLD, FRESH("999", "main:62 daily:27601"), "", 100, false, "less than 100 %" },
    { OLD, FRESH("1001", "daily:27599 main:62"), "", 50, false, "daily is version 27599, older" },
    { OLD, FRESH("1001", "daily:27599 main:62"), "", 50, true, NULL },
    { OLD, FRESH("1001", "daily:27601"), "", 50, false, "main is missing" },
    { OLD, FRESH("1001", "daily:27601"), "", 50, true, NULL },
    { OLD, FRESH("1001", "main:62 daily:27601 bytecode:1"), "", 50, false, NULL },
    { OLD, FRESH("1001", "main:62 daily:27601"), "/srv/clean", 50, false, "clean_samples: none" },
    { OLD, "scanning=refuses: self-test: missed\nsignatures=2000\n", "", 50, true, "self-test: missed" },
    { OLD, "signatures=2000\n", "", 50, true, "" },
    { "scanning=refuses: none\nsignatures=1000\ndatabases=daily:9\n", FRESH("1", ""), "", 50, false, NULL },
    { "scanning=refuses: none\n", "scanning=refuses: none still\n", "", 50, false, "none still" },
    { "", FRESH("1", ""), "", 50, false, NULL },
};

int main(void)
{
    test_read();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        struct scanner_settings scanner = { .clean_samples = row->clean_samples,
                                            .min_signatures_percent = row->percent,
                                            .allow_rollback = row->allow_rollback };
        struct trial_set old = trial_read(row->old);
        struct trial_set fresh = trial_read(row->fresh);
        struct fault fault = { 0 };
        char context[32];
        (void)snprintf(context, sizeof context, "row %zu", i);
        test_context(context);
        CHECK(trial_judge(&old, &fresh, &scanner, &fault) == (row->reason != NULL ? -1 : 0));
        CHECK(row->reason == NULL || strstr(fault.text, row->reason) != NULL);
    }
    return test_end();
}
