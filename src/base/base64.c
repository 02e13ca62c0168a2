#include "base64.h"

#include <assert.h>

enum { BASE64_JUNK = 64, BASE64_BLANK = 65, BASE64_PAD = 66 };

#define J BASE64_JUNK
#define B BASE64_BLANK
static const unsigned char values[256] = {
    /* clang-format off */
    J, J, J, J, J, J, J, J, J, B, B, J, J, B, J, J,  J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,
    B, J, J, J, J, J, J, J, J, J, J,62, J, J, J,63, 52,53,54,55,56,57,58,59,60,61, J, J, J,BASE64_PAD, J, J,
    J, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9,10,11,12,13,14, 15,16,17,18,19,20,21,22,23,24,25, J, J, J, J, J,
    J,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40, 41,42,43,44,45,46,47,48,49,50,51, J, J, J, J, J,
    J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,  J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,
    J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,  J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,
    J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,  J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,
    J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,  J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,
    /* clang-format on */
};
#undef J
#undef B

bool base64_is_letter(char c)
{
    return values[(unsigned char)c] < 64;
}

/* Whole groups of four without anything else, as nearly all base64 is. */
static size_t decode_groups(struct span *rest, char *data, size_t capacity)
{
    const unsigned char *in = (const unsigned char *)rest->data;
    size_t left = rest->size;
    size_t size = 0;
    while (left >= 4 && capacity - size >= 3) {
        unsigned a = values[in[0]];
        unsigned b = values[in[1]];
        unsigned c = values[in[2]];
        unsigned d = values[in[3]];
        if ((a | b | c | d) >= 64)
            break;
        uint32_t group = a << 18 | b << 12 | c << 6 | d;
        data[size++] = (char)(group >> 16);
        data[size++] = (char)(group >> 8);
        data[size++] = (char)group;
        in += 4;
        left -= 4;
    }
    *rest = span_from(*rest, rest->size - left);
    return size;
}

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

size_t base64_decode(struct base64 *base64, struct span *rest, char *data_out, size_t capacity)
{
    size_t size = 0;
    assert(capacity >= 3);
    while (rest->size > 0 && capacity - size >= 3) {
        if (base64->sextets == 0)
            size += decode_groups(rest, data_out + size, capacity - size);
        if (rest->size == 0 || capacity - size < 3)
            break;
        unsigned value = values[(unsigned char)rest->data[0]];
        *rest = span_from(*rest, 1);
        base64->has_other |= value == BASE64_JUNK;
        base64->has_pad |= value == BASE64_PAD;
        if (value >= 64)
            continue;
        base64->group = base64->group << 6 | value;
        if (++base64->sextets == 4) {
            for (int i = 0; i < 3; i++)
                data_out[size++] = (char)(base64->group >> (16 - 8 * i));
            base64->sextets = 0;
            base64->group = 0;
        }
    }
    return size;
}
