#include "zstd.h"

#include "series.h"
#include "skippable.h"
#include "unpack/unzstd.h"

#include <string.h>

/* Their first bytes tell the format's versions; the library knows those from 0.5 on. */
enum { ZSTD_STEPS = 2048 };
enum { ZSTD_FIRST = 0x22, ZSTD_KNOWN = 0x25, ZSTD_LAST = 0x28 };

static bool zstd_is_frame(struct span content)
{
    if (content.size < 5 || memcmp(content.data + 1, "\xb5\x2f\xfd", 3) != 0)
        return false;
    unsigned char version = (unsigned char)content.data[0];
    return version >= ZSTD_FIRST && version <= ZSTD_LAST;
}

bool zstd_looks(struct span content)
{
    return zstd_is_frame(content) || skippable_size(content) > 0;
}

static enum unpack_ending zstd_put(struct unpack *unpack, struct span rest, size_t *used_out)
{
    if ((unsigned char)rest.data[0] < ZSTD_KNOWN)
        unpack_note(unpack, UNPACK_UNSUPPORTED, "zstd: the format of version 0.%d",
                    (unsigned char)rest.data[0] - ZSTD_KNOWN + 5);
    return unzstd_put(unpack, rest, used_out);
}

void zstd_read(struct unpack *unpack, struct span content)
{
    static const struct series series = { .name = "zstd",
                                          .how_joined = "zstd",
                                          .how_single = "zstd, one frame of several",
                                          .how_behind = "behind the end of zstd",
                                          .looks = zstd_is_frame,
                                          .put = zstd_put,
                                          .steps = ZSTD_STEPS,
                                          .skip = skippable_size,
                                          .skip_header = SKIPPABLE_HEADER,
                                          .how_skipped = "in a skippable frame" };
    (void)series_read(unpack, &series, content);
}

const struct series zstd_inner = { .how_joined = "zstd, inside of other data",
                                   .how_single = "zstd, inside of other data, one of several",
                                   .looks = zstd_is_frame,
                                   .put = zstd_put,
                                   .steps = ZSTD_STEPS };
