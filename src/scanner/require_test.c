#include "require.h"

#include "base/test.h"
#include "verdict/action.h"

#include <stddef.h>

struct require_row {
    const char *name;
    uint32_t require;
    struct require_count count; /* primaries, definite ones, definite backups */
    uint32_t missing;
};

static const struct require_row rows[] = {
    { "any, none at all", REQUIRE_ANY, { 0, 0, 0 }, 1 },
    { "all, none at all", REQUIRE_ALL, { 0, 0, 0 }, 1 },
    { "any, a backup without a primary", REQUIRE_ANY, { 0, 0, 1 }, 1 },
    { "any, one works", REQUIRE_ANY, { 1, 1, 0 }, 0 },
    { "any, one failed", REQUIRE_ANY, { 1, 0, 0 }, 1 },
    { "any, a backup stands in", REQUIRE_ANY, { 1, 0, 1 }, 0 },
    { "any, one of three", REQUIRE_ANY, { 3, 1, 0 }, 0 },
    { "all, two of two", REQUIRE_ALL, { 2, 2, 0 }, 0 },
    { "all, one of two", REQUIRE_ALL, { 2, 1, 0 }, 1 },
    { "all, one of two and a backup", REQUIRE_ALL, { 2, 1, 1 }, 0 },
    { "all, both failed, one backup", REQUIRE_ALL, { 2, 0, 1 }, 1 },
    { "all, both failed, two backups", REQUIRE_ALL, { 2, 0, 2 }, 0 },
    { "two of three", 2, { 3, 2, 0 }, 0 },
    { "two, one of three", 2, { 3, 1, 0 }, 1 },
    { "two, none of three, one backup", 2, { 3, 0, 1 }, 1 },
    { "three of two primaries: backups stand in for failed ones alone", 3, { 2, 2, 4 }, 1 },
    { "zero is one", 0, { 1, 0, 0 }, 1 },
};

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].name);
        CHECK(require_missing(rows[i].require, &rows[i].count) == rows[i].missing);
    }
    CHECK(require_wanted(REQUIRE_ALL, 3) == 3);
    CHECK(require_wanted(REQUIRE_ANY, 3) == 1);
    return test_end();
}
