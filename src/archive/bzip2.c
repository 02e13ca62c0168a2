#include "bzip2.h"

#include "series.h"
#include "unpack/bunzip2.h"

bool bzip2_looks(struct span content)
{
    struct span magic = span_slice(content, 4, 6);
    return span_starts_with(content, "BZh") && content.size >= 10 && content.data[3] >= '1' && content.data[3] <= '9' &&
           (span_equal(magic, span_of("\x31\x41\x59\x26\x53\x59", 6)) ||
            span_equal(magic, span_of("\x17\x72\x45\x38\x50\x90", 6)));
}

void bzip2_read(struct unpack *unpack, struct span content)
{
    static const struct series series = { .name = "bzip2",
                                          .how_joined = "bzip2",
                                          .how_single = "bzip2, one stream of several",
                                          .how_behind = "behind the end of bzip2",
                                          .looks = bzip2_looks,
                                          .put = bunzip2_put };
    (void)series_read(unpack, &series, content);
}

size_t bzip2_read_inner(struct unpack *unpack, struct span rest, enum unpack_ending *ending_out)
{
    static const struct series series = { .name = "bzip2",
                                          .how_joined = "bzip2, inside of other data",
                                          .how_single = "bzip2, inside of other data, one of several",
                                          .looks = bzip2_looks,
                                          .put = bunzip2_put,
                                          .is_quiet = true };
    *ending_out = UNPACK_BROKEN;
    return series_is_plausible(bunzip2_put, rest) ? series_read_inner(unpack, &series, rest, ending_out) : 0;
}
