#include "settling.h"

#include "base/test.h"

#include <stdio.h>

/* A clock that only the test moves. */
static int64_t now = 1000;

static void note(struct settling *settling, enum settling_event event, const char *name)
{
    settling_note(settling, event, name, now);
}

static bool settles_after(const struct settling *settling, int64_t ms)
{
    return !settling_is_settled(settling, now + ms - 1) && settling_is_settled(settling, now + ms) &&
           settling_at_ms(settling) == now + ms;
}

static void test_nothing(void)
{
    struct settling settling = { 0 };
    CHECK(!settling_is_settled(&settling, now + 1000000));
    CHECK(settling_at_ms(&settling) == INT64_MAX);
    CHECK(!settling_is_overdue(&settling, now + 10 * SETTLING_PATIENCE_MS));
}

/* As freshclam does it: a file with another name, then a rename. */
static void test_rename(void)
{
    struct settling settling = { 0 };
    note(&settling, SETTLING_PLACED, "daily.cld");
    CHECK(settles_after(&settling, SETTLING_QUIET_MS));
    now += SETTLING_QUIET_MS - 1;
    note(&settling, SETTLING_GONE, "daily.cvd");
    CHECK(settles_after(&settling, SETTLING_QUIET_MS));
    settling_take(&settling);
    CHECK(settling_at_ms(&settling) == INT64_MAX);
}

/* However slowly a file grows, it is not finished before it is closed. */
static void test_growing(void)
{
    struct settling settling = { 0 };
    note(&settling, SETTLING_TOUCHED, "new.ndb");
    for (int i = 0; i < 100; i++) {
        note(&settling, SETTLING_WRITTEN, "new.ndb");
        CHECK(!settling_is_settled(&settling, now + 100 * SETTLING_QUIET_MS));
        now += 2 * SETTLING_QUIET_MS;
    }
    note(&settling, SETTLING_WRITTEN, "other.ndb");
    note(&settling, SETTLING_CLOSED, "new.ndb");
    CHECK(settling_at_ms(&settling) == INT64_MAX);
    note(&settling, SETTLING_CLOSED, "other.ndb");
    CHECK(settles_after(&settling, SETTLING_QUIET_MS));
    note(&settling, SETTLING_WRITTEN, "new.ndb"); /* a second writer had it open */
    CHECK(settling_at_ms(&settling) == INT64_MAX);
    note(&settling, SETTLING_GONE, "new.ndb");
    CHECK(settles_after(&settling, SETTLING_QUIET_MS));
}

/* A file that was only made, or linked, has no writer that we know of. */
static void test_touched(void)
{
    struct settling settling = { 0 };
    note(&settling, SETTLING_TOUCHED, "linked.ndb");
    CHECK(settles_after(&settling, SETTLING_QUIET_MS));
}

static void test_hurry(void)
{
    struct settling settling = { 0 };
    settling_hurry(&settling, now);
    CHECK(settling_is_settled(&settling, now));
    settling_take(&settling);
    note(&settling, SETTLING_WRITTEN, "a.ndb");
    settling_hurry(&settling, now);
    CHECK(settling_at_ms(&settling) == INT64_MAX);
    now += 1;
    note(&settling, SETTLING_CLOSED, "a.ndb");
    CHECK(settling_is_settled(&settling, now));
}

static void test_blurred(void)
{
    struct settling settling = { 0 };
    note(&settling, SETTLING_WRITTEN, "a.ndb");
    note(&settling, SETTLING_BLURRED, "");
    CHECK(settles_after(&settling, SETTLING_BLURRED_MS));
    settling_hurry(&settling, now); /* nobody knows whether all have closed */
    CHECK(settles_after(&settling, SETTLING_BLURRED_MS));

    settling_take(&settling);
    char name[32];
    for (int i = 0; i <= SETTLING_MOST_WRITTEN; i++) {
        (void)snprintf(name, sizeof name, "%d.ndb", i);
        note(&settling, SETTLING_WRITTEN, name);
    }
    for (int i = 0; i <= SETTLING_MOST_WRITTEN; i++) {
        (void)snprintf(name, sizeof name, "%d.ndb", i);
        CHECK(settling_at_ms(&settling) == INT64_MAX || i == SETTLING_MOST_WRITTEN);
        note(&settling, SETTLING_CLOSED, name);
    }
    CHECK(settles_after(&settling, SETTLING_BLURRED_MS));
}

static void test_overdue(void)
{
    struct settling settling = { 0 };
    note(&settling, SETTLING_WRITTEN, "a.ndb");
    CHECK(!settling_is_overdue(&settling, now + SETTLING_PATIENCE_MS - 1));
    CHECK(settling_is_overdue(&settling, now + SETTLING_PATIENCE_MS));
    CHECK(!settling_is_overdue(&settling, now + SETTLING_PATIENCE_MS + 1));
    settling_take(&settling);
    note(&settling, SETTLING_WRITTEN, "a.ndb");
    CHECK(settling_is_overdue(&settling, now + SETTLING_PATIENCE_MS));
}

int main(void)
{
    test_nothing();
    test_rename();
    test_growing();
    test_touched();
    test_hurry();
    test_blurred();
    test_overdue();
    return test_end();
}
