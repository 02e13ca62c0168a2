/* Readings of any value: none longer than it (as UTF-8 where words were decoded), all different, without line ends. */
#include "value.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mail_value value;
    mail_value_init(&value, span_of(data, size));
    assert(value.count >= 1 && value.count <= MAIL_VALUE_READINGS);
    for (size_t i = 0; i < value.count; i++) {
        struct span reading = buf_span(&value.readings[i]);
        assert(reading.size <= 3 * size && !buf_overflowed(&value.readings[i]));
        for (size_t k = 0; k < i; k++)
            assert(!span_equal(reading, buf_span(&value.readings[k])));
    }
    assert(span_find_byte(buf_span(&value.readings[0]), '\n') == SPAN_NONE);
    mail_value_fini(&value);
    return 0;
}
