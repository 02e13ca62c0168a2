#include "gate/stores_told.h"

#include "base/memory.h"
#include "base/test.h"

#include <stdlib.h>
#include <string.h>

static const char lines[] = "store.one.state=open\nstore.one.messages=7\nstore.one.checked_ms=5999\nstore.one.wrong=2\n"
                            "store.one.wrong_record=5\n"
                            "store.two.state=failed\nstore.two.failure=no space\nstore.three.messages=1\n";

static void check_wanted(const struct buf *text, const char *const *wanted, size_t count, bool is_there)
{
    for (size_t i = 0; i < count; i++) {
        test_context(wanted[i]);
        CHECK((strstr(buf_text(text), wanted[i]) != NULL) == is_there);
    }
    test_context(NULL);
}

int main(void)
{
    static const char *const wanted[] = {
        "\ncordon_store_open{store=\"one\"} 1\n",        "\ncordon_store_open{store=\"two\"} 0\n",
        "\ncordon_store_messages{store=\"one\"} 7\n",    "\ncordon_store_checked_timestamp_seconds{store=\"one\"} 5\n",
        "\ncordon_store_check_wrong{store=\"one\"} 2\n", "\ncordon_store_check_wrong_record{store=\"one\"} 5\n"
    };
    static const char *const absent[] = { "cordon_store_messages{store=\"two\"}", "three", "cordon_store_held" };
    struct settings *settings = memory_new(sizeof *settings);
    struct stores_told *told = stores_told_new();
    struct buf text;
    buf_init(&text, 65536);
    stores_told_take(told, lines);
    stores_told_metrics(told, settings, &text);
    CHECK(text.size == 0);
    settings->store_count = 2;
    memcpy(settings->stores[0].name, "one", 4);
    memcpy(settings->stores[1].name, "two", 4);
    stores_told_metrics(told, settings, &text);
    check_wanted(&text, wanted, sizeof wanted / sizeof wanted[0], true);
    check_wanted(&text, absent, sizeof absent / sizeof absent[0], false);
    stores_told_take(told, "");
    buf_clear(&text);
    stores_told_metrics(told, settings, &text);
    CHECK(strstr(buf_text(&text), "\ncordon_store_open{store=\"one\"} 0\n") != NULL);
    CHECK(strstr(buf_text(&text), "cordon_store_messages") == NULL);
    buf_fini(&text);
    stores_told_free(told);
    free(settings);
    return test_end();
}
