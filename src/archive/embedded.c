#include "embedded.h"

#include "archive/ar.h"
#include "archive/bzip2.h"
#include "archive/cpio.h"
#include "archive/fat.h"
#include "archive/gzip.h"
#include "archive/iso.h"
#include "archive/lz4.h"
#include "archive/place.h"
#include "archive/rpm.h"
#include "archive/series.h"
#include "archive/tar.h"
#include "archive/xz.h"
#include "archive/zstd.h"

#include <string.h>

/* Compilers make vector instructions of these. */
enum { BLOCK = 32 };
typedef unsigned char block __attribute__((vector_size(BLOCK)));

/* What a place costs at most besides what it gives, in steps. */
enum { STEPS_PROBE = 4096, STEPS_SLICE = 512 };

struct embedded_kind {
    char pair[2];  /* of the signature, such as are rare */
    size_t before; /* bytes of it that stand before the pair */
    unpack_looks *is_here;
    const struct series *series; /* NULL: handed out */
    const char *how;
};

/* Reserved flags, and a method that there is none of, are none of the many chances in compressed data. */
static bool gzip_is_here(struct span rest)
{
    return gzip_looks(rest) && rest.size > 3 && ((unsigned char)rest.data[3] & 0xe0) == 0;
}

static bool zstd_is_here(struct span rest)
{
    return span_starts_with(rest, "\x28\xb5\x2f\xfd");
}

static bool lz4_is_here(struct span rest)
{
    return span_starts_with(rest, "\x04\x22\x4d\x18");
}

static bool ar_is_here(struct span rest)
{
    enum { AR_FIRST = 8, AR_END_AT = AR_FIRST + 58 };
    return span_starts_with(rest, "!<arch>\n") && span_starts_with(span_from(rest, AR_END_AT), "`\n");
}

static bool rpm_is_here(struct span rest)
{
    enum { RPM_HEADER_AT = 96 };
    return rpm_looks(rest) && span_starts_with(span_from(rest, RPM_HEADER_AT), "\x8e\xad\xe8");
}

/* The jump that a boot sector begins with, besides. */
static bool fat_is_here(struct span rest)
{
    return (rest.data[0] == '\xeb' || rest.data[0] == '\xe9') && fat_looks(rest);
}

static const struct embedded_kind kinds[] = {
    { { '\x1f', '\x8b' }, 0, gzip_is_here, &gzip_inner, NULL },
    { { '\x31', '\x41' }, 4, bzip2_looks, &bzip2_inner, NULL },
    { { '\xfd', '7' }, 0, xz_looks, &xz_inner, NULL },
    { { 'L', 'Z' }, 0, lzip_looks, &lzip_inner, NULL },
    { { '\xb5', '\x2f' }, 1, zstd_is_here, &zstd_inner, NULL },
    { { '\x22', '\x4d' }, 1, lz4_is_here, &lz4_inner, NULL },
    /* The check sum of most programs ends in these; with other ends, at least this magic is there. */
    { { '\0', ' ' }, 154, tar_is_inner, NULL, "tar, inside of other data" },
    { { 'r', '\0' }, 261, tar_is_inner, NULL, "tar, inside of other data" },
    { { '7', '0' }, 1, cpio_is_inner, NULL, "cpio, inside of other data" },
    { { '\xc7', '\x71' }, 0, cpio_is_inner, NULL, "cpio, inside of other data" },
    { { '\x71', '\xc7' }, 0, cpio_is_inner, NULL, "cpio, inside of other data" },
    { { '!', '<' }, 0, ar_is_here, NULL, "ar, inside of other data" },
    { { '\xed', '\xab' }, 0, rpm_is_here, NULL, "rpm, inside of other data" },
    { { '\x55', '\xaa' }, 510, fat_is_here, NULL, "fat, inside of other data" },
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

struct embedded {
    struct span content;
    size_t at; /* of the pair that is looked at next */
    block firsts[KINDS];
    block seconds[KINDS];
};

static void embedded_init(struct embedded *embedded, struct span content)
{
    embedded->content = content;
    embedded->at = 1;
    for (size_t i = 0; i < KINDS; i++) {
        memset(&embedded->firsts[i], kinds[i].pair[0], BLOCK);
        memset(&embedded->seconds[i], kinds[i].pair[1], BLOCK);
    }
}

/* How many bytes of `rest` can be passed over, for no pair begins in them: whole blocks, of which one more byte is
 * read. */
static inline __attribute__((always_inline)) size_t skip(const struct embedded *embedded, struct span rest)
{
    size_t at = 0;
    for (; rest.size - at > BLOCK; at += BLOCK) {
        block first;
        block second;
        block hits = { 0 };
        uint64_t parts[BLOCK / sizeof(uint64_t)];
        memcpy(&first, rest.data + at, BLOCK);
        memcpy(&second, rest.data + at + 1, BLOCK);
        for (size_t i = 0; i < KINDS; i++)
            hits |= (block)((first == embedded->firsts[i]) & (second == embedded->seconds[i]));
        memcpy(parts, &hits, BLOCK);
        if ((parts[0] | parts[1] | parts[2] | parts[3]) != 0)
            break;
    }
    return at;
}

static size_t skip_portable(const struct embedded *embedded, struct span rest)
{
    return skip(embedded, rest);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static size_t skip_avx2(const struct embedded *embedded, struct span rest)
{
    return skip(embedded, rest);
}
#endif

static size_t embedded_skip(const struct embedded *embedded, struct span rest)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2"))
        return skip_avx2(embedded, rest);
#endif
    return skip_portable(embedded, rest);
}

/* The kind whose pair stands here and whose signature is right; NULL: none. */
static const struct embedded_kind *embedded_kind_at(struct span content, size_t at)
{
    for (size_t i = 0; i < KINDS; i++) {
        const struct embedded_kind *kind = &kinds[i];
        if (content.data[at] == kind->pair[0] && content.data[at + 1] == kind->pair[1] && at > kind->before &&
            kind->is_here(span_from(content, at - kind->before)))
            return kind;
    }
    return NULL;
}

/* The next place; NULL: no more. embedded->at is left at its pair. */
static const struct embedded_kind *embedded_next(struct embedded *embedded)
{
    struct span content = embedded->content;
    while (embedded->at + 1 < content.size) {
        embedded->at += embedded_skip(embedded, span_from(content, embedded->at));
        size_t left = content.size - embedded->at - 1;
        for (size_t i = 0; i < (left < BLOCK ? left : BLOCK); i++, embedded->at++) {
            const struct embedded_kind *kind = embedded_kind_at(content, embedded->at);
            if (kind != NULL)
                return kind;
        }
    }
    return NULL;
}

/* An archive at the start whose reader sees to all bytes, whatever stands between its members and behind them. */
static bool embedded_is_covered(struct span content)
{
    return span_starts_with(content, "PK\3\4") || gzip_looks(content) || bzip2_looks(content) || xz_looks(content) ||
           lzip_looks(content) || zstd_is_here(content) || lz4_is_here(content) || tar_is_inner(content) ||
           cpio_looks(content) || ar_looks(content) || rpm_looks(content) || iso_looks(content);
}

bool embedded_looks(struct span content)
{
    struct embedded embedded;
    embedded_init(&embedded, content);
    return !embedded_is_covered(content) && embedded_next(&embedded) != NULL;
}

/* Unpacks what is compressed; false: no more. What came to no end is looked through all the same. */
static bool embedded_unpack(struct embedded *embedded, const struct embedded_kind *kind, struct unpack *unpack)
{
    if (!unpack_step(unpack, STEPS_PROBE))
        return false;
    enum unpack_ending ending = UNPACK_WHOLE;
    struct span rest = span_from(embedded->content, embedded->at - kind->before);
    size_t size = series_read_inner(unpack, kind->series, rest, &ending);
    bool is_whole = ending == UNPACK_WHOLE && size > kind->before;
    embedded->at += is_whole ? size - kind->before : 1;
    return is_whole || unpack_step(unpack, size);
}

/* Members of a tar are at multiples of 512 from its first one, and cpio goes on to the next header: one slice has all
 * of them. */
struct embedded_seen {
    size_t tar_at; /* SIZE_MAX: none yet */
    bool has_cpio;
    size_t count;
};

static bool embedded_is_seen(struct embedded_seen *seen, const struct embedded_kind *kind, size_t at)
{
    enum { TAR_GRID = 512 };
    bool is_seen = false;
    if (kind->is_here == tar_is_inner) {
        is_seen = seen->tar_at != SIZE_MAX && (at - seen->tar_at) % TAR_GRID == 0;
        seen->tar_at = at;
    } else if (kind->is_here == cpio_is_inner) {
        is_seen = seen->has_cpio;
        seen->has_cpio = true;
    }
    return is_seen;
}

static bool embedded_hand_out(struct embedded *embedded, const struct embedded_kind *kind, struct unpack *unpack,
                              struct embedded_seen *seen)
{
    size_t at = embedded->at - kind->before;
    struct span rest = span_from(embedded->content, at);
    struct unpack_member member = { .how = kind->how, .packed_size = rest.size };
    embedded->at++;
    if (!unpack_step(unpack, STEPS_SLICE))
        return false;
    if (embedded_is_seen(seen, kind, at))
        return true;
    if (seen->count++ < PLACE_MOST)
        return unpack_member_slice(unpack, &member, rest);
    unpack_note(unpack, UNPACK_LIMIT, "archives inside of other data: more than %d places", (int)PLACE_MOST);
    return false;
}

void embedded_read(struct unpack *unpack, struct span content)
{
    struct embedded embedded;
    struct embedded_seen seen = { .tar_at = SIZE_MAX };
    bool may_go_on = true;
    embedded_init(&embedded, content);
    while (may_go_on) {
        const struct embedded_kind *kind = embedded_next(&embedded);
        if (kind == NULL)
            return;
        may_go_on = kind->series != NULL ? embedded_unpack(&embedded, kind, unpack)
                                         : embedded_hand_out(&embedded, kind, unpack, &seen);
    }
}
