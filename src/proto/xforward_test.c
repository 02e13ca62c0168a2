#include "proto/xforward.h"

#include "base/test.h"

#include <string.h>

static void test_refused(void)
{
    static const struct {
        const char *arguments;
        enum xforward_command command;
        bool is_valid;
    } rows[] = {
        { "NAME=client.test ADDR=192.0.2.1", XFORWARD_COMMAND, true },
        { "name=client.test  addr=192.0.2.1 ", XFORWARD_COMMAND, true },
        { "ADDR=IPV6:2001:db8::1 PORT=25 SOURCE=LOCAL", XFORWARD_COMMAND, true },
        { "ADDR=[UNAVAILABLE] PORT=[UNAVAILABLE] NAME=[TEMPUNAVAIL]", XFORWARD_COMMAND, true },
        { "LOGIN=user+40x.test DESTADDR=192.0.2.1 DESTPORT=25", XCLIENT_COMMAND, true },
        { "", XFORWARD_COMMAND, false },
        { "   ", XFORWARD_COMMAND, false },
        { "NAME", XFORWARD_COMMAND, false },
        { "NAME=", XFORWARD_COMMAND, false },
        { "=x", XFORWARD_COMMAND, false },
        { "COLOUR=red", XFORWARD_COMMAND, false },
        { "LOGIN=user", XFORWARD_COMMAND, false },
        { "IDENT=1", XCLIENT_COMMAND, false },
        { "NAME=a+2", XFORWARD_COMMAND, false },
        { "NAME=a=b", XFORWARD_COMMAND, false },
        { "ADDR=client.test", XFORWARD_COMMAND, false },
        { "ADDR=2001:db8::1", XFORWARD_COMMAND, false },
        { "ADDR=IPV6:192.0.2.1", XFORWARD_COMMAND, false },
        { "PORT=x", XFORWARD_COMMAND, false },
        { "PORT=65536", XFORWARD_COMMAND, false },
        { "SOURCE=ELSEWHERE", XFORWARD_COMMAND, false },
        { "PROTO=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", XFORWARD_COMMAND, false },
        { "NAME=good.test COLOUR=red", XFORWARD_COMMAND, false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].arguments);
        struct xforward_values values;
        const char *reply = NULL;
        int got = xforward_parse(rows[i].command, span_text(rows[i].arguments), &values, &reply);
        CHECK((got == 0) == rows[i].is_valid);
        CHECK(rows[i].is_valid || strncmp(reply, "501 5.5.4 ", 10) == 0);
    }
    test_context(NULL);
}

static void test_values(void)
{
    static const struct {
        enum xforward_attribute attribute;
        const char *text;
        const char *value;
        const char *again; /* as it is said to the next hop */
    } rows[] = {
        { XFORWARD_NAME, "client.test", "client.test", " NAME=client.test" },
        { XFORWARD_NAME, "[UNAVAILABLE]", "", " NAME=[UNAVAILABLE]" },
        { XFORWARD_NAME, "[unavailable]", "", " NAME=[UNAVAILABLE]" },
        { XFORWARD_ADDR, "IPV6:2001:db8::1", "2001:db8::1", " ADDR=IPV6:2001:db8::1" },
        { XFORWARD_ADDR, "192.0.2.1", "192.0.2.1", " ADDR=192.0.2.1" },
        { XFORWARD_HELO, "[192.0.2.1]", "[192.0.2.1]", " HELO=[192.0.2.1]" },
        { XFORWARD_HELO, "a+20b+0D+0AX:+3Cc", "a?b??X:?c", " HELO=a?b??X:?c" },
        { XFORWARD_HELO, "j+C3+BC", "j??", " HELO=j??" },
        { XFORWARD_IDENT, "4Zq+2Bx", "4Zq+x", " IDENT=4Zq+2Bx" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].text);
        char value[XFORWARD_VALUE_SIZE];
        struct buf again;
        buf_init(&again, 1024);
        xforward_value(rows[i].attribute, span_text(rows[i].text), value);
        CHECK(strcmp(value, rows[i].value) == 0);
        xforward_put(rows[i].attribute, value, &again);
        CHECK(strcmp(buf_text(&again), rows[i].again) == 0);
        buf_fini(&again);
    }
    test_context(NULL);
}

static void test_last_one_counts(void)
{
    struct xforward_values values;
    const char *reply = NULL;
    CHECK(xforward_parse(XFORWARD_COMMAND, span_text("HELO=a HELO=b"), &values, &reply) == 0);
    CHECK(span_is(values.values[XFORWARD_HELO], "b") && values.values[XFORWARD_NAME].data == NULL);
}

static void test_long_value_is_cut(void)
{
    char text[2 * XFORWARD_VALUE_SIZE];
    memset(text, 'a', sizeof text);
    char value[XFORWARD_VALUE_SIZE];
    xforward_value(XFORWARD_HELO, span_of(text, sizeof text), value);
    CHECK(strlen(value) == XFORWARD_VALUE_SIZE - 1);
}

int main(void)
{
    test_refused();
    test_values();
    test_last_one_counts();
    test_long_value_is_cut();
    return test_end();
}
