#include "base64.h"

#include "base64_groups.h"

#include <assert.h>

size_t base64_flush(struct base64 *base64, char *data_out)
{
    size_t size = base64->sextets > 0 ? base64->sextets - 1 : 0;
    uint32_t group = base64->group << (6 * (4 - base64->sextets));
    for (size_t i = 0; i < size; i++)
        data_out[i] = (char)(group >> (16 - 8 * i));
    base64->sextets = 0;
    base64->group = 0;
    return size;
}

static void base64_skip(struct base64 *base64, unsigned value)
{
    base64->has_other |= value == BASE64_OTHER;
    base64->has_pad |= value == BASE64_PAD;
    base64->has_blank |= value == BASE64_BLANK;
    base64->has_uneven_line |= value == BASE64_LINE_END && base64->sextets > 0;
}

/* One letter or other byte after the other, until a group is full and the fast way can go on. */
static size_t base64_step(struct base64 *base64, struct span *rest, char *data)
{
    const char *in = rest->data;
    const char *end = in + rest->size;
    size_t size = 0;
    while (in < end && size == 0) {
        unsigned value = base64_values[(unsigned char)*in++];
        if (value >= 64) {
            base64_skip(base64, value);
            if (base64->sextets == 0)
                break;
            continue;
        }
        base64->group = base64->group << 6 | value;
        if (++base64->sextets == 4) {
            for (; size < 3; size++)
                data[size] = (char)(base64->group >> (16 - 8 * size));
            base64->sextets = 0;
            base64->group = 0;
        }
    }
    *rest = (struct span){ in, (size_t)(end - in) };
    return size;
}

size_t base64_decode(struct base64 *base64, struct span *rest, char *data_out, size_t capacity)
{
    base64_groups *groups = base64_groups_best();
    size_t size = 0;
    assert(capacity >= 3);
    while (rest->size > 0 && capacity - size >= 3) {
        if (base64->sextets == 0)
            size += groups(rest, data_out + size, capacity - size);
        if (rest->size > 0 && capacity - size >= 3)
            size += base64_step(base64, rest, data_out + size);
    }
    return size;
}
