#include "base/keyed.h"

struct span keyed_value(struct span text, const char *key)
{
    while (text.size > 0) {
        struct span value = span_cut(&text, '\n');
        if (span_is(span_cut(&value, '='), key))
            return value;
    }
    return span_of(NULL, 0);
}

uint64_t keyed_number(struct span text, const char *key)
{
    uint64_t number = 0;
    return span_number(keyed_value(text, key), &number) ? number : 0;
}
