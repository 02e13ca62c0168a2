/* Any arguments: what is accepted gives harmless values that can be said again. */
#include "proto/xforward.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

static void check(enum xforward_command command, struct span arguments)
{
    struct xforward_values values;
    const char *reply = NULL;
    if (xforward_parse(command, arguments, &values, &reply) != 0)
        return;
    for (int i = 0; i < XFORWARD_ATTRIBUTES; i++) {
        enum xforward_attribute attribute = (enum xforward_attribute)i;
        if (values.values[attribute].data == NULL)
            continue;
        assert(xforward_has_attribute(command, attribute));
        char value[XFORWARD_VALUE_SIZE];
        xforward_value(attribute, values.values[attribute], value);
        assert(strpbrk(value, "\r\n <>\"") == NULL);
        struct buf again;
        buf_init(&again, 4096);
        xforward_put(attribute, value, &again);
        struct xforward_values second;
        assert(xforward_parse(command, buf_span(&again), &second, &reply) == 0);
        buf_fini(&again);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check(XFORWARD_COMMAND, span_of(data, size));
    check(XCLIENT_COMMAND, span_of(data, size));
    return 0;
}
