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

const struct series bzip2_inner = { .how_joined = "bzip2, inside of other data",
                                    .how_single = "bzip2, inside of other data, one of several",
                                    .looks = bzip2_looks,
                                    .put = bunzip2_put };
