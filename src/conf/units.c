#include "units.h"

#include "base/memory.h"

#include <assert.h>
#include <inttypes.h>

enum { UNIT_KINDS = 2, UNIT_MOST = 6 };

struct unit {
    const char *text;
    uint32_t factor;
    bool is_printed; /* the largest printed one that divides is taken */
};

/* Smallest first. */
static const struct unit units[UNIT_KINDS][UNIT_MOST] = {
    [UNIT_DURATION] = { { "ms", 1, true },
                        { "s", 1000, true },
                        { "", 1000, false },
                        { "m", 60000, true },
                        { "h", 3600000, true },
                        { "d", 86400000, true } },
    [UNIT_SIZE] = { { "", 1, true }, { "K", 1U << 10, true }, { "M", 1U << 20, true }, { "G", 1U << 30, true } },
};

bool unit_read(enum unit_kind kind, struct span text, uint64_t *value_out)
{
    size_t digits = 0;
    while (digits < text.size && ascii_is_digit(text.data[digits]))
        digits++;
    uint64_t number = 0;
    if (!span_number(span_slice(text, 0, digits), &number))
        return false;
    for (size_t i = 0; i < UNIT_MOST; i++) {
        const struct unit *unit = &units[kind][i];
        if (unit->text != NULL && span_is(span_from(text, digits), unit->text))
            return size_multiply(number, unit->factor, value_out);
    }
    return false;
}

void unit_print(enum unit_kind kind, uint64_t value, struct buf *text_out)
{
    const struct unit *best = &units[kind][0];
    for (size_t i = 1; i < UNIT_MOST; i++) {
        const struct unit *unit = &units[kind][i];
        if (unit->is_printed && value % unit->factor == 0 && (value > 0 || unit->factor <= 1000))
            best = unit;
    }
    buf_printf(text_out, "%" PRIu64 "%s", value / best->factor, best->text);
}
