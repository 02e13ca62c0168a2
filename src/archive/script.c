#include "script.h"

#include "bzip2.h"
#include "compress.h"
#include "gzip.h"
#include "lz4.h"
#include "tar.h"
#include "xz.h"
#include "zstd.h"

enum { SCRIPT_TAR_MAGIC_AT = 257 };

/* The magics are compared before anything is tried, so that lines of text cost next to nothing. */
static const struct {
    struct span magic;
    size_t at;
    unpack_looks *looks;
} kinds[] = {
    { { "\x1f\x8b\x08", 3 }, 0, gzip_looks },
    { { "BZh", 3 }, 0, bzip2_looks },
    { { "\xfd"
        "7zXZ",
        5 },
      0,
      xz_looks },
    { { "\x28\xb5\x2f\xfd", 4 }, 0, zstd_looks },
    { { "\x04\x22\x4d\x18", 4 }, 0, lz4_looks },
    { { "LZIP", 4 }, 0, lzip_looks },
    { { "\x1f\x9d", 2 }, 0, compress_looks },
    { { "ustar", 5 }, SCRIPT_TAR_MAGIC_AT, tar_looks },
};

static bool is_payload(struct span rest)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (span_equal(span_slice(rest, kinds[i].at, kinds[i].magic.size), kinds[i].magic) && kinds[i].looks(rest))
            return true;
    }
    return false;
}

static struct span script_payload(struct span content)
{
    struct span rest = span_starts_with(content, "#!") ? content : span_of(NULL, 0);
    while (rest.size > 0) {
        size_t end = span_find_byte(rest, '\n');
        rest = span_from(rest, end == SPAN_NONE ? rest.size : end + 1);
        if (is_payload(rest))
            return rest;
    }
    return rest;
}

bool script_looks(struct span content)
{
    return script_payload(content).size > 0;
}

void script_read(struct unpack *unpack, struct span content)
{
    struct span payload = script_payload(content);
    struct unpack_member member = { .how = "behind a script", .packed_size = payload.size };
    if (payload.size > 0)
        (void)unpack_member_slice(unpack, &member, payload);
}
