#include "gzip.h"

#include "series.h"
#include "unpack/inflate.h"

enum { GZIP_FIXED = 10, GZIP_TRAILER = 8, GZIP_DEFLATE = 8, GZIP_CRC = 2 };
enum gzip_flag { GZIP_FHCRC = 2, GZIP_FEXTRA = 4, GZIP_FNAME = 8, GZIP_FCOMMENT = 16 };

/* RFC 1952 section 2.3. */
struct gzip_header {
    struct span extra;
    struct span name;    /* with its NUL */
    struct span comment; /* likewise */
    size_t size;         /* of it all, up to the deflated data */
    unsigned flags;
    bool is_whole;
};

static unsigned gzip_byte(struct span bytes, size_t at)
{
    return (unsigned char)bytes.data[at];
}

static uint32_t gzip_u32(struct span bytes)
{
    return gzip_byte(bytes, 0) | gzip_byte(bytes, 1) << 8 | gzip_byte(bytes, 2) << 16 | gzip_byte(bytes, 3) << 24;
}

bool gzip_looks(struct span content)
{
    /* 1f 9e is of gzip 0.5, and gzip takes it to this day. */
    return content.size > 2 && gzip_byte(content, 0) == 0x1f &&
           (gzip_byte(content, 1) == 0x8b || gzip_byte(content, 1) == 0x9e) && gzip_byte(content, 2) == GZIP_DEFLATE;
}

/* A text up to its NUL; everything, and *whole_out false, where there is none. */
static struct span gzip_text(struct span rest, bool *whole_out)
{
    size_t size = span_find_byte(rest, '\0');
    *whole_out = size != SPAN_NONE;
    return span_slice(rest, 0, *whole_out ? size + 1 : rest.size);
}

static struct gzip_header gzip_header(struct span rest)
{
    struct gzip_header header = { .size = rest.size };
    if (rest.size < GZIP_FIXED)
        return header;
    header.flags = gzip_byte(rest, 3);
    header.is_whole = true;
    size_t at = GZIP_FIXED;
    if ((header.flags & GZIP_FEXTRA) != 0) {
        if (rest.size - at < 2)
            return (struct gzip_header){ .size = rest.size };
        size_t size = gzip_byte(rest, at) | (size_t)gzip_byte(rest, at + 1) << 8;
        header.extra = span_slice(rest, at + 2, size);
        header.is_whole = header.extra.size == size;
        at += 2 + header.extra.size;
    }
    if ((header.flags & GZIP_FNAME) != 0 && header.is_whole) {
        header.name = gzip_text(span_from(rest, at), &header.is_whole);
        at += header.name.size;
    }
    if ((header.flags & GZIP_FCOMMENT) != 0 && header.is_whole) {
        header.comment = gzip_text(span_from(rest, at), &header.is_whole);
        at += header.comment.size;
    }
    if ((header.flags & GZIP_FHCRC) != 0 && header.is_whole)
        at += GZIP_CRC;
    header.is_whole = header.is_whole && at <= rest.size;
    header.size = at <= rest.size ? at : rest.size;
    return header;
}

static enum unpack_ending gzip_put_behind(struct unpack *unpack, struct span rest, size_t header, size_t *used_out)
{
    struct inflate_sum sum = { 0 };
    enum unpack_ending ending = inflate_put_summed(unpack, INFLATE_RAW, span_from(rest, header), used_out, &sum);
    *used_out += header;
    if (ending != UNPACK_WHOLE)
        return ending;
    struct span trailer = span_slice(rest, *used_out, GZIP_TRAILER);
    *used_out += trailer.size;
    if (trailer.size < GZIP_TRAILER)
        return UNPACK_CUT;
    bool is_sound = gzip_u32(trailer) == sum.crc32 && gzip_u32(span_from(trailer, 4)) == (uint32_t)sum.size;
    return is_sound ? UNPACK_WHOLE : UNPACK_BROKEN;
}

static enum unpack_ending gzip_put(struct unpack *unpack, struct span rest, size_t *used_out)
{
    return gzip_put_behind(unpack, rest, gzip_header(rest).size, used_out);
}

/* Without the header's check sum: gzip before 1.11 and others don't know that flag. */
static enum unpack_ending gzip_put_unskipped(struct unpack *unpack, struct span rest, size_t *used_out)
{
    return gzip_put_behind(unpack, rest, gzip_header(rest).size - GZIP_CRC, used_out);
}

static struct span gzip_names(struct span rest)
{
    struct gzip_header header = gzip_header(rest);
    return header.name.size > 1 && header.name.data[header.name.size - 1] == '\0' ? header.name : span_of(NULL, 0);
}

static void gzip_aside(struct unpack *unpack, struct span rest)
{
    struct gzip_header header = gzip_header(rest);
    series_hand_out(unpack, "gzip, extra field", header.extra);
    series_hand_out(unpack, "gzip, comment", header.comment);
    if ((header.flags & GZIP_FHCRC) == 0 || !header.is_whole || !series_is_plausible(gzip_put_unskipped, rest))
        return;
    struct unpack_member member = { .how = "gzip, data without the header's check sum", .names = gzip_names(rest) };
    if (!unpack_begin(unpack, &member))
        return;
    size_t used = 0;
    (void)gzip_put_unskipped(unpack, rest, &used);
    unpack_end(unpack);
}

void gzip_read(struct unpack *unpack, struct span content)
{
    static const struct series series = { .name = "gzip",
                                          .how_joined = "gzip",
                                          .how_single = "gzip, one member of several",
                                          .how_behind = "behind the end of gzip",
                                          .looks = gzip_looks,
                                          .put = gzip_put,
                                          .names = gzip_names,
                                          .aside = gzip_aside };
    (void)series_read(unpack, &series, content);
}

static enum unpack_ending zlib_put(struct unpack *unpack, struct span rest, size_t *used_out)
{
    return inflate_put(unpack, INFLATE_ZLIB, rest, used_out);
}

/* RFC 1950 section 2.2: deflate with a window of 32 KiB, and the two bytes a multiple of 31. A preset dictionary is
 * nowhere to be had. */
static bool zlib_starts(struct span content)
{
    return content.size > 6 && gzip_byte(content, 0) == 0x78 && (0x7800 + gzip_byte(content, 1)) % 31 == 0 &&
           (gzip_byte(content, 1) & 0x20) == 0;
}

bool zlib_looks(struct span content)
{
    return zlib_starts(content) && series_is_plausible(zlib_put, content);
}

void zlib_read(struct unpack *unpack, struct span content)
{
    static const struct series series = { .name = "zlib",
                                          .how_joined = "zlib",
                                          .how_single = "zlib, one stream of several",
                                          .how_behind = "behind the end of zlib",
                                          .looks = zlib_looks,
                                          .put = zlib_put };
    (void)series_read(unpack, &series, content);
}

bool deflate_looks(struct span content)
{
    return content.size >= SERIES_ASIDE && inflate_is_whole(INFLATE_RAW, content);
}

void deflate_read(struct unpack *unpack, struct span content)
{
    static const struct unpack_member member = { .how = "raw deflate" };
    size_t used = 0;
    if (!unpack_begin(unpack, &member))
        return;
    enum unpack_ending ending = inflate_put(unpack, INFLATE_RAW, content, &used);
    unpack_end(unpack);
    if (ending == UNPACK_CUT || ending == UNPACK_BROKEN)
        unpack_note(unpack, UNPACK_DAMAGED, "deflate: corrupt or cut short");
}

const struct series gzip_inner = { .how_joined = "gzip, inside of other data",
                                   .how_single = "gzip, inside of other data, one of several",
                                   .looks = gzip_looks,
                                   .put = gzip_put,
                                   .names = gzip_names,
                                   .aside = gzip_aside };
