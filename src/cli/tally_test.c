#include "cli/tally.h"

#include "base/test.h"

#include <stdio.h>

static void test_order(void)
{
    const struct tally_row *rows = NULL;
    uint64_t others = 7;
    struct tally *tally = tally_new();
    CHECK(tally_top(tally, 10, &rows, &others) == 0 && others == 0);
    tally_add(tally, span_text("b"), 10);
    tally_add(tally, span_text("a"), 1);
    tally_add(tally, span_text("c"), 5);
    tally_add(tally, span_text("c"), 6);
    tally_add(tally, span_text(""), 0);
    CHECK(tally_top(tally, 2, &rows, &others) == 2);
    CHECK(span_is(span_of(rows[0].text, rows[0].size), "c") && rows[0].count == 2 && rows[0].bytes == 11);
    CHECK(rows[1].size == 0 && rows[1].count == 1);
    CHECK(others == 2);
    CHECK(tally_top(tally, 10, &rows, &others) == 4 && others == 0);
    CHECK(span_is(span_of(rows[2].text, rows[2].size), "a"));
    tally_free(tally);
}

static void test_bound(void)
{
    const struct tally_row *rows = NULL;
    uint64_t others = 0;
    struct tally *tally = tally_new();
    for (unsigned i = 0; i < TALLY_MOST + 1000; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "joe%u@example.org", i);
        tally_add(tally, span_text(text), 1);
    }
    tally_add(tally, span_text("joe7@example.org"), 1);
    CHECK(tally_top(tally, 1, &rows, &others) == 1 && rows[0].count == 2);
    CHECK(others == TALLY_MOST - 1 + 1000);
    tally_free(tally);
}

int main(void)
{
    test_order();
    test_bound();
    return test_end();
}
