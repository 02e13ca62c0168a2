#include "zip_method.h"

#include "archive/libarchive.h"
#include "unpack/bunzip2.h"
#include "unpack/inflate.h"
#include "unpack/unxz.h"
#include "unpack/unzstd.h"
#include "zip_format.h"
#include "zip_inflate64.h"

#include <assert.h>

typedef enum unpack_ending zip_method_putter(struct unpack *unpack, uint64_t size, struct span packed,
                                             size_t *used_out);

enum { ZIP_LZMA_HEADER = 4, ZIP_LZMA_PROPERTIES = 5 };

static enum unpack_ending zip_put_stored(struct unpack *unpack, uint64_t size, struct span packed, size_t *used_out)
{
    (void)size;
    *used_out = packed.size;
    return unpack_put(unpack, packed) ? UNPACK_WHOLE : UNPACK_STOPPED;
}

static enum unpack_ending zip_put_deflate(struct unpack *unpack, uint64_t size, struct span packed, size_t *used_out)
{
    (void)size;
    return inflate_put(unpack, INFLATE_RAW, packed, used_out);
}

static enum unpack_ending zip_put_deflate64(struct unpack *unpack, uint64_t size, struct span packed, size_t *used_out)
{
    (void)size;
    return zip_inflate64_put(unpack, packed, used_out);
}

typedef enum unpack_ending zip_stream_putter(struct unpack *unpack, struct span packed, size_t *used_out);

/* Streams of these methods may follow one another, and are one file then. What comes behind the last is another
 * record of the archive, which begins otherwise. */
static enum unpack_ending zip_put_streams(struct unpack *unpack, zip_stream_putter *put, const char *magic,
                                          struct span packed, size_t *used_out)
{
    *used_out = 0;
    for (;;) {
        size_t used = 0;
        enum unpack_ending ending = put(unpack, span_from(packed, *used_out), &used);
        *used_out += used;
        if (ending != UNPACK_WHOLE || used == 0 || !span_starts_with(span_from(packed, *used_out), magic))
            return ending;
    }
}

static enum unpack_ending zip_put_bzip2(struct unpack *unpack, uint64_t size, struct span packed, size_t *used_out)
{
    (void)size;
    return zip_put_streams(unpack, bunzip2_put, "BZh", packed, used_out);
}

/* 5.8.8: a version, the size of the properties, the properties; then the data, which end at a mark or, without one, at
 * the size that the header tells. */
static enum unpack_ending zip_put_lzma(struct unpack *unpack, uint64_t size, struct span packed, size_t *used_out)
{
    *used_out = 0;
    size_t head = ZIP_LZMA_HEADER + zip_u16(packed, 2);
    if (packed.size < ZIP_LZMA_HEADER + ZIP_LZMA_PROPERTIES || head > packed.size)
        return UNPACK_CUT;
    enum unpack_ending ending = unxz_put_raw(unpack, span_slice(packed, ZIP_LZMA_HEADER, head - ZIP_LZMA_HEADER), size,
                                             span_from(packed, head), used_out);
    *used_out += head;
    return ending;
}

static enum unpack_ending zip_put_zstd(struct unpack *unpack, uint64_t size, struct span packed, size_t *used_out)
{
    (void)size;
    return zip_put_streams(unpack, unzstd_put, "\x28\xb5\x2f\xfd", packed, used_out);
}

static enum unpack_ending zip_put_one_xz(struct unpack *unpack, struct span packed, size_t *used_out)
{
    return unxz_put(unpack, UNXZ_XZ, packed, used_out);
}

static enum unpack_ending zip_put_xz(struct unpack *unpack, uint64_t size, struct span packed, size_t *used_out)
{
    (void)size;
    return zip_put_streams(unpack, zip_put_one_xz,
                           "\xfd"
                           "7zXZ",
                           packed, used_out);
}

static enum unpack_ending zip_put_ppmd(struct unpack *unpack, uint64_t size, struct span packed, size_t *used_out)
{
    (void)size;
    *used_out = packed.size;
    return libarchive_put_ppmd(unpack, packed);
}

static const struct zip_method {
    const char *name;
    zip_method_putter *put;
    uint16_t method;
    bool is_endless; /* it ends with its packed size */
} zip_methods[] = { { "stored", zip_put_stored, ZIP_METHOD_STORED, true },
                    { "shrink", NULL, 1, true },
                    { "reduce", NULL, 2, true },
                    { "reduce", NULL, 3, true },
                    { "reduce", NULL, 4, true },
                    { "reduce", NULL, 5, true },
                    { "implode", NULL, 6, true },
                    { "tokenize", NULL, 7, true },
                    { "deflate", zip_put_deflate, ZIP_METHOD_DEFLATE, false },
                    { "deflate64", zip_put_deflate64, 9, false },
                    { "old terse", NULL, 10, true },
                    { "bzip2", zip_put_bzip2, 12, false },
                    { "lzma", zip_put_lzma, ZIP_METHOD_LZMA, false },
                    { "cmpsc", NULL, 16, true },
                    { "terse", NULL, 18, true },
                    { "lz77", NULL, 19, true },
                    { "zstd", zip_put_zstd, 20, false },
                    { "zstd", zip_put_zstd, 93, false },
                    { "mp3", NULL, 94, true },
                    { "xz", zip_put_xz, 95, false },
                    { "jpeg", NULL, 96, true },
                    { "wavpack", NULL, 97, true },
                    { "ppmd", zip_put_ppmd, ZIP_METHOD_PPMD, true },
                    { "aes", NULL, ZIP_METHOD_AES, true } };

static const struct zip_method *zip_method_find(uint16_t method)
{
    for (size_t i = 0; i < sizeof zip_methods / sizeof zip_methods[0]; i++) {
        if (zip_methods[i].method == method)
            return &zip_methods[i];
    }
    return NULL;
}

bool zip_method_can(uint16_t method)
{
    const struct zip_method *found = zip_method_find(method);
    return found != NULL && found->put != NULL;
}

const char *zip_method_name(uint16_t method)
{
    const struct zip_method *found = zip_method_find(method);
    return found != NULL ? found->name : NULL;
}

bool zip_method_has_end(uint16_t method)
{
    const struct zip_method *found = zip_method_find(method);
    return found != NULL && !found->is_endless;
}

enum unpack_ending zip_method_put(struct unpack *unpack, uint16_t method, uint64_t size, struct span packed,
                                  size_t *used_out)
{
    const struct zip_method *found = zip_method_find(method);
    assert(found != NULL && found->put != NULL);
    return found->put(unpack, size, packed, used_out);
}
