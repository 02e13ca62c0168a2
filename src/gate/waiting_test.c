#include "gate/waiting.h"

#include "base/test.h"

#include <string.h>

enum { HOUR = 3600 * 1000 };

static struct digest key(const char *id)
{
    struct digest key;
    waiting_key(span_text("a@example.test"), span_text(id), span_text("body"), &key);
    return key;
}

static void test_ages(void)
{
    struct waiting *waiting = waiting_new();
    struct waiting_row rows[CATEGORIES];
    struct digest one = key("<1@x>");
    struct digest two = key("<2@x>");
    CHECK(waiting_is_empty(waiting));
    waiting_note(waiting, &one, CATEGORY_UNSCANNED, 1000);
    waiting_note(waiting, &one, CATEGORY_UNSCANNED, 5000); /* again */
    waiting_note(waiting, &two, CATEGORY_CLEAN, 4000);
    waiting_look(waiting, 6000, rows);
    CHECK(rows[CATEGORY_UNSCANNED].messages == 1 && rows[CATEGORY_UNSCANNED].oldest_ms == 5000);
    CHECK(rows[CATEGORY_CLEAN].messages == 1 && rows[CATEGORY_CLEAN].oldest_ms == 2000);
    CHECK(rows[CATEGORY_INFECTED].messages == 0 && rows[CATEGORY_INFECTED].oldest_ms == 0);
    waiting_note(waiting, &one, CATEGORY_CLEAN, 7000); /* the reason is another now, the age goes on */
    waiting_look(waiting, 8000, rows);
    CHECK(rows[CATEGORY_UNSCANNED].messages == 0 && rows[CATEGORY_CLEAN].oldest_ms == 7000);
    waiting_end(waiting, &one);
    waiting_end(waiting, &one);
    waiting_look(waiting, 8000, rows);
    CHECK(rows[CATEGORY_CLEAN].messages == 1 && !waiting_is_empty(waiting));
    waiting_look(waiting, 4000 + WAITING_KEEP_MS, rows); /* it went elsewhere */
    CHECK(rows[CATEGORY_CLEAN].messages == 0 && waiting_is_empty(waiting));
    waiting_free(waiting);
}

static void test_alarm(void)
{
    struct waiting *waiting = waiting_new();
    struct buf text;
    struct digest one = key("<1@x>");
    buf_init(&text, 4096);
    waiting_note(waiting, &one, CATEGORY_UNSCANNED, 1000);
    CHECK(!waiting_alarm(waiting, HOUR, HOUR, &text) && text.size == 0);
    CHECK(waiting_alarm(waiting, 1000 + HOUR, HOUR, &text));
    CHECK(strcmp(buf_text(&text), "unscanned: 1 messages wait, the oldest for 3600 s") == 0);
    CHECK(!waiting_alarm(waiting, 2000 + HOUR, HOUR, &text)); /* not each second */
    CHECK(waiting_alarm(waiting, 1000 + HOUR + WAITING_ALARM_STEP_MS, HOUR, &text));
    buf_clear(&text);
    waiting_status(waiting, 1000 + HOUR + 59000, &text);
    CHECK(strcmp(buf_text(&text), "waiting.unscanned=messages:1 oldest_s:3600\n") == 0);
    buf_clear(&text);
    waiting_metrics(waiting, 1000 + HOUR, &text);
    CHECK(strstr(buf_text(&text), "cordon_waiting_oldest_seconds{reason=\"unscanned\"} 3600.000\n") != NULL);
    CHECK(strstr(buf_text(&text), "cordon_waiting_oldest_seconds{reason=\"next-hop\"} 0.000\n") != NULL);
    buf_fini(&text);
    waiting_free(waiting);
}

static void test_keys(void)
{
    struct digest a;
    struct digest b;
    waiting_key(span_text("s"), span_text("<1>"), span_text("body"), &a);
    waiting_key(span_text("s"), span_text("<1>"), span_text("other Received fields, and body"), &b);
    CHECK(memcmp(&a, &b, sizeof a) == 0);
    waiting_key(span_text("t"), span_text("<1>"), span_text("body"), &b);
    CHECK(memcmp(&a, &b, sizeof a) != 0);
    waiting_key(span_text("s"), span_text(""), span_text("body"), &a);
    waiting_key(span_text("s"), span_text(""), span_text("body 2"), &b);
    CHECK(memcmp(&a, &b, sizeof a) != 0);
}

static void test_bound(void)
{
    struct waiting *waiting = waiting_new();
    struct waiting_row rows[CATEGORIES];
    struct digest first = key("<1@x>");
    waiting_note(waiting, &first, CATEGORY_UNSCANNED, 1);
    for (unsigned i = 0; i < 5 * WAITING_ROWS; i++) {
        struct digest digest;
        digest_of(span_of(&i, sizeof i), &digest);
        waiting_note(waiting, &digest, CATEGORY_UNSCANNED, 1000);
    }
    waiting_look(waiting, 1001, rows);
    CHECK(rows[CATEGORY_UNSCANNED].messages <= WAITING_ROWS && rows[CATEGORY_UNSCANNED].messages > WAITING_ROWS / 2);
    CHECK(rows[CATEGORY_UNSCANNED].oldest_ms == 1000); /* the oldest is what matters */
    waiting_free(waiting);
}

int main(void)
{
    test_ages();
    test_alarm();
    test_keys();
    test_bound();
    return test_end();
}
