/* Borders of any bytes: inside, the header before the body, and no two the same. The first byte chooses where the range
 * begins.
 */
#include "border.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct span bytes = span_of((const char *)data + 1, size - 1);
    size_t from = data[0] < bytes.size ? data[0] : 0;
    struct mail_border borders[MAIL_BORDERS_MOST];
    size_t count = mail_borders_find(bytes, from, bytes.size, borders);
    assert(count >= 1 && count <= MAIL_BORDERS_MOST);
    for (size_t i = 0; i < count; i++) {
        assert(from <= borders[i].header_end && borders[i].header_end <= borders[i].body_at);
        assert(borders[i].body_at <= bytes.size && (borders[i].how == NULL) == (i == 0));
        for (size_t k = 0; k < i; k++)
            assert(borders[i].body_at != borders[k].body_at || borders[i].header_end != borders[k].header_end);
    }
    return 0;
}
