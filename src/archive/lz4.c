#include "lz4.h"

#include "series.h"
#include "skippable.h"
#include "unpack/unlz4.h"

static bool lz4_is_legacy(struct span content)
{
    return span_equal(span_slice(content, 0, 4), span_of("\x02\x21\x4c\x18", 4));
}

static bool lz4_is_frame(struct span content)
{
    return span_equal(span_slice(content, 0, 4), span_of("\x04\x22\x4d\x18", 4)) || lz4_is_legacy(content);
}

bool lz4_looks(struct span content)
{
    return lz4_is_frame(content) || skippable_size(content) > 0;
}

static enum unpack_ending lz4_put(struct unpack *unpack, struct span rest, size_t *used_out)
{
    return unlz4_put(unpack, lz4_is_legacy(rest) ? UNLZ4_LEGACY : UNLZ4_FRAME, rest, used_out);
}

static enum unpack_ending lz4_put_unchecked(struct unpack *unpack, struct span rest, size_t *used_out)
{
    return unlz4_put(unpack, lz4_is_legacy(rest) ? UNLZ4_LEGACY : UNLZ4_FRAME_UNCHECKED, rest, used_out);
}

void lz4_read(struct unpack *unpack, struct span content)
{
    static const struct series series = { .name = "lz4",
                                          .how_joined = "lz4",
                                          .how_single = "lz4, one frame of several",
                                          .how_behind = "behind the end of lz4",
                                          .looks = lz4_is_frame,
                                          .put = lz4_put,
                                          .skip = skippable_size,
                                          .skip_header = SKIPPABLE_HEADER,
                                          .how_skipped = "in a skippable frame" };
    static const struct series unchecked = { .name = "lz4",
                                             .how_joined = "lz4, check sums left aside",
                                             .how_single = "lz4, one frame of several, check sums left aside",
                                             .how_behind = "behind the end of lz4",
                                             .looks = lz4_is_frame,
                                             .put = lz4_put_unchecked,
                                             .skip = skippable_size,
                                             .skip_header = SKIPPABLE_HEADER,
                                             .how_skipped = "in a skippable frame",
                                             .is_quiet = true };
    if (series_read(unpack, &series, content) == UNPACK_BROKEN)
        (void)series_read(unpack, &unchecked, content);
}

const struct series lz4_inner = { .how_joined = "lz4, inside of other data",
                                  .how_single = "lz4, inside of other data, one of several",
                                  .looks = lz4_is_frame,
                                  .put = lz4_put_unchecked };
