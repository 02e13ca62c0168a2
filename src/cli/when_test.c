#include "cli/when.h"

#include "base/test.h"

#include <stdlib.h>
#include <time.h>

/* 2026-11-26 14:30:05 in Berlin, which is an hour east of Greenwich then. */
static const uint64_t now = UINT64_C(1795699805000);

static const struct {
    const char *text;
    bool is_end;
    uint64_t ms;
} rows[] = {
    { "now", false, UINT64_C(1795699805000) },
    { "today", false, UINT64_C(1795647600000) },
    { "today", true, UINT64_C(1795734000000) },
    { "yesterday", false, UINT64_C(1795561200000) },
    { "yesterday", true, UINT64_C(1795647600000) },
    { "2026-11-26", false, UINT64_C(1795647600000) },
    { "2026-11-26", true, UINT64_C(1795734000000) },
    { " 2026-11-26 14:30 ", true, UINT64_C(1795699800000) },
    { "2026-11-26 14:30:05", false, UINT64_C(1795699805000) },
    { "2026-11-26T13:30:05Z", false, UINT64_C(1795699805000) },
    { "2026-11-26T13:30:05.250Z", false, UINT64_C(1795699805000) },
    { "2026-11-26T14:30:05+01:00", false, UINT64_C(1795699805000) },
    { "2026-11-26T08:00:05-0530", false, UINT64_C(1795699805000) },
    { "14:30", false, UINT64_C(1795699800000) },
    { "@1795699805", false, UINT64_C(1795699805000) },
    { "2 days", false, UINT64_C(1795527005000) },
    { "2d", false, UINT64_C(1795527005000) },
    { "-2d", false, UINT64_C(1795527005000) },
    { "90 min ago", false, UINT64_C(1795694405000) },
    { "1 week", false, UINT64_C(1795095005000) },
    { "1 month", false, UINT64_C(1793107805000) },
    { "2026-10-25", true, UINT64_C(1792969200000) }, /* a day of 25 hours */
};

static const char *const wrong[] = { "",           "2026-02-30", "2026-13-01",       "2026-11-26x",
                                     "26.11.2026", "25:00",      "14:30:99",         "2 fortnights",
                                     "2",          "days",       "2 days hence",     "2026-11-26 14:30 CET",
                                     "@",          "@-1",        "2000000000 years", "2 s sec" };

static void test_reading(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t ms = 0;
        test_context(rows[i].text);
        CHECK(when_read(span_text(rows[i].text), now, rows[i].is_end, &ms));
        CHECK(ms == rows[i].ms);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        uint64_t ms = 0;
        test_context(wrong[i]);
        CHECK(!when_read(span_text(wrong[i]), now, false, &ms));
    }
    test_context(NULL);
}

static void test_showing(void)
{
    struct buf out;
    buf_init(&out, 100);
    when_put(&out, now);
    CHECK(span_is(buf_span(&out), "2026-11-26 14:30:05"));
    buf_clear(&out);
    when_put_utc(&out, now + 7);
    CHECK(span_is(buf_span(&out), "2026-11-26T13:30:05.007Z"));
    buf_fini(&out);
}

int main(void)
{
    (void)setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    test_reading();
    test_showing();
    return test_end();
}
