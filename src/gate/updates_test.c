#include "gate/updates.h"

#include "base/test.h"

#include <string.h>

static const char told[] =
    "state=the last update was refused\nversion=daily 27601\ngeneration=00a1\ncount=100\nbuilt=5000\n"
    "switched_total=3\nrefused_total=2\nrefused_ms=60000\nrefusal=it says \"no\\yes\" \xff=x\n";

static const char *const wanted[] = {
    "\ncordon_signatures_state{state=\"the last update was refused\"} 1\n",
    "\ncordon_signatures_state{state=\"in use\"} 0\n",
    "\ncordon_signatures_age_seconds 1000\n",
    "\ncordon_signatures_loaded 100\n",
    "\ncordon_signatures_switched_total 3\n",
    "\ncordon_signatures_refused_total 2\n",
    "\ncordon_signatures_refused_age_seconds 7\n",
    "\ncordon_signatures_generation_info{generation=\"00a1\",version=\"daily 27601\"} 1\n",
    "\ncordon_signatures_refusal_info{reason=\"it says \\\"no\\\\yes\\\" ?=x\"} 1\n",
};

static void test_all_told(void)
{
    struct updates *updates = updates_new();
    struct buf text;
    buf_init(&text, 65536);
    updates_metrics(updates, 67999, 6000, &text);
    CHECK(text.size == 0 && updates_made(updates) == 0);
    updates_take(updates, told);
    updates_metrics(updates, 67999, 6000, &text);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        test_context(wanted[i]);
        CHECK(strstr(buf_text(&text), wanted[i]) != NULL);
    }
    CHECK(updates_made(updates) == 5000);
    updates_take(updates, "");
    buf_clear(&text);
    updates_metrics(updates, 67999, 6000, &text);
    CHECK(text.size == 0 && updates_made(updates) == 0);
    buf_fini(&text);
    updates_free(updates);
}

/* An engine that does not scan tells nothing of its set. */
static void test_little_told(void)
{
    struct updates *updates = updates_new();
    struct buf text;
    buf_init(&text, 65536);
    updates_take(updates, "state=in use\nswitched_total=0\nrefused_total=0\n");
    updates_metrics(updates, 10, 10, &text);
    test_context("little");
    CHECK(strstr(buf_text(&text), "\ncordon_signatures_age_seconds -1\n") != NULL);
    CHECK(strstr(buf_text(&text), "\ncordon_signatures_refused_age_seconds -1\n") != NULL);
    CHECK(strstr(buf_text(&text), "_info") == NULL);
    updates_take(updates, "built=20\n"); /* a clock that is late */
    buf_clear(&text);
    updates_metrics(updates, 10, 10, &text);
    CHECK(strstr(buf_text(&text), "\ncordon_signatures_age_seconds 0\n") != NULL);
    buf_fini(&text);
    updates_free(updates);
}

int main(void)
{
    test_all_told();
    test_little_told();
    return test_end();
}
