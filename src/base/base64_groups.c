#include "base64_groups.h"

#include "base64.h"

#include <string.h>

#if defined(__x86_64__)
#include <tmmintrin.h>
#endif

#define J BASE64_OTHER
#define B BASE64_BLANK
#define L BASE64_LINE_END
const unsigned char base64_values[256] = {
    /* clang-format off */
    J, J, J, J, J, J, J, J, J, B, L, J, J, L, J, J,  J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,
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
#undef L

/* How long the line end at the start is: CR LF or LF, else 0. */
static inline size_t line_end_size(const char *in, size_t left)
{
    if (left >= 1 && in[0] == '\n')
        return 1;
    return left >= 2 && in[0] == '\r' && in[1] == '\n' ? 2 : 0;
}

size_t base64_groups_portable(struct span *rest, char *data_out, size_t capacity)
{
    const char *in = rest->data;
    size_t left = rest->size;
    size_t size = 0;
    while (left >= 4 && capacity - size >= 3) {
        unsigned a = base64_values[(unsigned char)in[0]];
        unsigned b = base64_values[(unsigned char)in[1]];
        unsigned c = base64_values[(unsigned char)in[2]];
        unsigned d = base64_values[(unsigned char)in[3]];
        size_t step = 4;
        if ((a | b | c | d) < 64) {
            data_out[size] = (char)(a << 2 | b >> 4);
            data_out[size + 1] = (char)(b << 4 | c >> 2);
            data_out[size + 2] = (char)(c << 6 | d);
            size += 3;
        } else if ((step = line_end_size(in, left)) == 0) {
            break;
        }
        in += step;
        left -= step;
    }
    *rest = (struct span){ in, left };
    return size;
}

#if defined(__x86_64__)

/* W. Mula and D. Lemire, "Faster Base64 Encoding and Decoding using AVX2 Instructions", in its 16-byte form: a byte is
 * a letter if the two tables, by its high and its low half, have no bit in common; a third table says what to add. */
__attribute__((target("ssse3"))) size_t base64_groups_ssse3(struct span *rest, char *data_out, size_t capacity)
{
    const __m128i low_table = _mm_setr_epi8(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1a,
                                            0x1b, 0x1b, 0x1b, 0x1a);
    const __m128i high_table = _mm_setr_epi8(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10,
                                             0x10, 0x10, 0x10, 0x10);
    const __m128i add_table = _mm_setr_epi8(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m128i slash = _mm_set1_epi8(0x2f); /* also the mask of a half: a fifth bit does not matter to the tables */
    const __m128i order = _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
    const char *in = rest->data;
    size_t left = rest->size;
    size_t size = 0;
    while (left >= 16 && capacity - size >= 16) {
        __m128i letters = _mm_loadu_si128((const __m128i_u *)in);
        __m128i high = _mm_and_si128(_mm_srli_epi32(letters, 4), slash);
        __m128i low = _mm_and_si128(letters, slash);
        __m128i wrong = _mm_and_si128(_mm_shuffle_epi8(low_table, low), _mm_shuffle_epi8(high_table, high));
        __m128i added = _mm_shuffle_epi8(add_table, _mm_add_epi8(_mm_cmpeq_epi8(letters, slash), high));
        unsigned others = (unsigned)_mm_movemask_epi8(_mm_cmpgt_epi8(wrong, _mm_setzero_si128()));
        __m128i pairs = _mm_maddubs_epi16(_mm_add_epi8(letters, added), _mm_set1_epi32(0x01400140));
        __m128i groups = _mm_madd_epi16(pairs, _mm_set1_epi32(0x00011000));
        _mm_storeu_si128((__m128i_u *)(data_out + size), _mm_shuffle_epi8(groups, order));
        /* What was written for other bytes is written over. */
        size_t count = others == 0 ? 4 : (size_t)__builtin_ctz(others) / 4;
        size += 3 * count;
        in += 4 * count;
        left -= 4 * count;
        if (others != 0) {
            size_t step = line_end_size(in, left);
            if (step == 0)
                break;
            in += step;
            left -= step;
        }
    }
    *rest = (struct span){ in, left };
    return size + base64_groups_portable(rest, data_out + size, capacity - size);
}

base64_groups *base64_groups_best(void)
{
    return __builtin_cpu_supports("ssse3") ? base64_groups_ssse3 : base64_groups_portable;
}

#else

size_t base64_groups_ssse3(struct span *rest, char *data_out, size_t capacity)
{
    return base64_groups_portable(rest, data_out, capacity);
}

base64_groups *base64_groups_best(void)
{
    return base64_groups_portable;
}

#endif
