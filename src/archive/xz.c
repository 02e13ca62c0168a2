#include "xz.h"

#include "series.h"
#include "unpack/unxz.h"

enum { LZMA_HEADER = 13, LZMA_SIZE_AT = 5, LZMA_SIZE_BYTES = 8, LZMA_LEAST_DICTIONARY = 4096 };
enum { LZMA_STEPS = 8192 }; /* a dictionary twice: to look, and to read */
enum { LZIP_HEADER = 6, LZIP_LEAST_DICTIONARY = 12, LZIP_MOST_DICTIONARY = 29 }; /* as powers of 2 */

static enum unpack_ending xz_put(struct unpack *unpack, struct span rest, size_t *used_out)
{
    return unxz_put(unpack, UNXZ_XZ, rest, used_out);
}

static enum unpack_ending xz_put_unchecked(struct unpack *unpack, struct span rest, size_t *used_out)
{
    return unxz_put(unpack, UNXZ_XZ_UNCHECKED, rest, used_out);
}

static enum unpack_ending lzma_put(struct unpack *unpack, struct span rest, size_t *used_out)
{
    return unxz_put(unpack, UNXZ_LZMA, rest, used_out);
}

static enum unpack_ending lzip_put(struct unpack *unpack, struct span rest, size_t *used_out)
{
    return unxz_put(unpack, UNXZ_LZIP, rest, used_out);
}

bool xz_looks(struct span content)
{
    return span_equal(span_slice(content, 0, 6), span_of("\xfd\x37zXZ\0", 6));
}

void xz_read(struct unpack *unpack, struct span content)
{
    static const struct series series = { .name = "xz",
                                          .how_joined = "xz",
                                          .how_single = "xz, one stream of several",
                                          .how_behind = "behind the end of xz",
                                          .looks = xz_looks,
                                          .put = xz_put };
    static const struct series unchecked = { .name = "xz",
                                             .how_joined = "xz, check sums left aside",
                                             .how_single = "xz, one stream of several, check sums left aside",
                                             .how_behind = "behind the end of xz",
                                             .looks = xz_looks,
                                             .put = xz_put_unchecked,
                                             .is_quiet = true };
    if (series_read(unpack, &series, content) == UNPACK_BROKEN)
        (void)series_read(unpack, &unchecked, content);
}

static uint64_t lzma_number(struct span bytes)
{
    uint64_t number = 0;
    for (size_t i = bytes.size; i > 0; i--)
        number = number << 8 | (unsigned char)bytes.data[i - 1];
    return number;
}

/* Programs write 2 to the nth, or half as much again, or all ones. */
static bool lzma_is_usual(uint64_t dictionary)
{
    uint64_t low = dictionary & (~dictionary + 1);
    return dictionary == low || dictionary == low * 3 || dictionary == UINT32_MAX;
}

/* lc, lp and pb in one byte; a size that is unknown or below 256 GiB; and the range coder's first byte, always zero.
 * Where the dictionary is unusual, zeros are more likely something else: they always unpack, to zeros. */
static bool lzma_starts(struct span content)
{
    if (content.size <= LZMA_HEADER + LZMA_SIZE_AT || (unsigned char)content.data[0] >= 9 * 5 * 5)
        return false;
    uint64_t size = lzma_number(span_slice(content, LZMA_SIZE_AT, LZMA_SIZE_BYTES));
    uint64_t dictionary = lzma_number(span_slice(content, 1, 4));
    if (!lzma_is_usual(dictionary) && lzma_number(span_slice(content, LZMA_HEADER, LZMA_SIZE_AT)) == 0)
        return false;
    return dictionary >= LZMA_LEAST_DICTIONARY && size > 0 && (size == UNXZ_ANY_SIZE || size >> 38 == 0) &&
           content.data[LZMA_HEADER] == '\0';
}

bool lzma_looks(struct span content)
{
    return lzma_starts(content) && series_is_plausible(lzma_put, content);
}

void lzma_read(struct unpack *unpack, struct span content)
{
    static const struct series series = { .name = "lzma",
                                          .how_joined = "lzma",
                                          .how_single = "lzma, one stream of several",
                                          .how_behind = "behind the end of lzma",
                                          .looks = lzma_looks,
                                          .put = lzma_put,
                                          .steps = LZMA_STEPS };
    (void)series_read(unpack, &series, content);
}

bool lzip_looks(struct span content)
{
    if (!span_starts_with(content, "LZIP") || content.size <= LZIP_HEADER || (unsigned char)content.data[4] > 1)
        return false;
    int power = content.data[5] & 31;
    return power >= LZIP_LEAST_DICTIONARY && power <= LZIP_MOST_DICTIONARY;
}

void lzip_read(struct unpack *unpack, struct span content)
{
    static const struct series series = { .name = "lzip",
                                          .how_joined = "lzip",
                                          .how_single = "lzip, one member of several",
                                          .how_behind = "behind the end of lzip",
                                          .looks = lzip_looks,
                                          .put = lzip_put };
    (void)series_read(unpack, &series, content);
}

const struct series xz_inner = { .how_joined = "xz, inside of other data",
                                 .how_single = "xz, inside of other data, one of several",
                                 .looks = xz_looks,
                                 .put = xz_put_unchecked };

const struct series lzip_inner = { .how_joined = "lzip, inside of other data",
                                   .how_single = "lzip, inside of other data, one of several",
                                   .looks = lzip_looks,
                                   .put = lzip_put };
