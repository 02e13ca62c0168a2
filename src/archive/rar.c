#include "rar.h"

#include "archive/libarchive.h"
#include "archive/place.h"
#include "archive/rar_blocks.h"
#include "archive/unarr_rar.h"

/* technote.txt of RAR 3.93 and of RAR 5: the signature is followed by the archive's own header. */
enum {
    RAR4_SIGNATURE = 7,
    RAR4_MAIN = 0x73,
    RAR4_ENCRYPTED = 0x0080,
    RAR5_SIGNATURE = 8,
    RAR5_MAIN = 1,
    RAR5_ENCRYPTION = 4,
    RAR_HEADER_MOST = 4096, /* bytes of such a header */
    RAR_SUM_MOST = 64 /* bytes that are summed up at each place where a signature stands: usual headers are shorter */
};

static const char rar_magic[] = { 'R', 'a', 'r', '!', 0x1a, 0x07 };

static bool rar_is_5(struct span rest)
{
    return rest.size > RAR5_SIGNATURE && rest.data[6] == 1 && rest.data[7] == 0;
}

static bool rar_is_4(struct span rest)
{
    return rest.size > RAR4_SIGNATURE && rest.data[6] == 0;
}

/* What of the first header counts. False where it is not sound. */
struct rar_main {
    bool is_encrypted;
};

static bool rar5_read_main(struct span rest, struct rar_main *main_out)
{
    uint32_t crc = place_u32(rest, RAR5_SIGNATURE);
    struct span header = span_slice(rest, RAR5_SIGNATURE + 4, RAR_HEADER_MOST);
    struct span at = header;
    uint64_t size = rar5_number(&at);
    size_t prefix = header.size - at.size;
    if (size == 0 || size > at.size)
        return false;
    uint64_t type = rar5_number(&at);
    main_out->is_encrypted = type == RAR5_ENCRYPTION;
    if (type != RAR5_MAIN && type != RAR5_ENCRYPTION)
        return false;
    return size > RAR_SUM_MOST || place_crc32(span_slice(header, 0, prefix + (size_t)size)) == crc;
}

static bool rar4_read_main(struct span rest, struct rar_main *main_out)
{
    struct span header = span_from(rest, RAR4_SIGNATURE);
    unsigned flags = place_u16(header, 3);
    size_t size = place_u16(header, 5);
    main_out->is_encrypted = (flags & RAR4_ENCRYPTED) != 0;
    if (size < 13 || size > header.size || header.data[2] != RAR4_MAIN)
        return false;
    /* A comment may be inside of the header, and is not part of the sum: 13 bytes alone are. */
    uint16_t crc = place_u16(header, 0);
    return size > RAR_SUM_MOST || crc == (uint16_t)place_crc32(span_slice(header, 2, size - 2)) ||
           crc == (uint16_t)place_crc32(span_slice(header, 2, 11));
}

static bool rar_check(struct span rest)
{
    struct rar_main unused = { 0 };
    return (rar_is_5(rest) && rar5_read_main(rest, &unused)) || (rar_is_4(rest) && rar4_read_main(rest, &unused));
}

static bool rar_is_at_start(struct span content)
{
    struct span magic = span_of(rar_magic, sizeof rar_magic);
    return span_equal(span_slice(content, 0, magic.size), magic) && (rar_is_5(content) || rar_is_4(content));
}

bool rar_looks(struct span content)
{
    struct span magic = span_of(rar_magic, sizeof rar_magic);
    return rar_is_at_start(content) || place_find(content, 0, magic, rar_check) != SPAN_NONE;
}

/* What the walk over the headers found that no library opens. */
static void rar_note(struct unpack *unpack, const struct rar_blocks *blocks)
{
    if (blocks->is_encrypted)
        unpack_note(unpack, UNPACK_ENCRYPTED, "rar: encrypted");
    if (blocks->is_part)
        unpack_note(unpack, UNPACK_UNSUPPORTED, "rar: part of a multi-volume archive");
    if (blocks->is_ancient)
        unpack_note(unpack, UNPACK_UNSUPPORTED, "rar: packed by RAR 1.5");
    if (blocks->is_cut && !blocks->is_part)
        unpack_note(unpack, UNPACK_DAMAGED, "rar: cut short, or a wrong header");
}

static struct libarchive_job rar_job(struct span content, enum libarchive_format format, const char *how)
{
    return (struct libarchive_job){ .format = format, .view = { .content = content }, .how = how };
}

/* libunarr unpacks more than libarchive, which gets what is left. libunarr's stored entries are among its whole ones,
 * so that both counts are of all entries. */
static void rar4_read(struct unpack *unpack, struct span content, const char *how)
{
    struct rar_blocks blocks;
    rar4_walk(unpack, content, &blocks);
    rar_note(unpack, &blocks);
    if (blocks.is_over || blocks.files == 0)
        return;
    if (unarr_read_rar(unpack, content) >= blocks.files)
        return;
    struct libarchive_job job = rar_job(content, LIBARCHIVE_RAR4, how);
    libarchive_read(unpack, &job);
    if (!blocks.is_encrypted && !blocks.is_part && !blocks.is_ancient && !blocks.is_cut)
        unpack_note(unpack, UNPACK_DAMAGED, "rar: damaged");
}

static void rar5_read(struct unpack *unpack, struct span content, const char *how)
{
    struct rar_blocks blocks;
    rar5_walk(unpack, content, &blocks);
    rar_note(unpack, &blocks);
    if (blocks.is_over || blocks.packed == 0)
        return;
    struct libarchive_job job = rar_job(content, LIBARCHIVE_RAR5, how);
    job.name = blocks.is_encrypted || blocks.is_part ? NULL : "rar"; /* what it says of those is noise */
    libarchive_read(unpack, &job);
}

static void rar_read_at(struct unpack *unpack, struct span content, const char *how)
{
    struct rar_main first = { 0 };
    bool is_5 = rar_is_5(content);
    if (!(is_5 ? rar5_read_main(content, &first) : rar4_read_main(content, &first)))
        unpack_note(unpack, UNPACK_DAMAGED, "rar: the first header is wrong");
    if (first.is_encrypted)
        unpack_note(unpack, UNPACK_ENCRYPTED, "rar: encrypted");
    else if (is_5)
        rar5_read(unpack, content, how);
    else
        rar4_read(unpack, content, how);
}

void rar_read(struct unpack *unpack, struct span content)
{
    struct span magic = span_of(rar_magic, sizeof rar_magic);
    size_t at = 0;
    if (rar_is_at_start(content)) {
        rar_read_at(unpack, content, "rar");
        at = 1;
    }
    for (size_t count = 0;; count++) {
        at = place_find(content, at, magic, rar_check);
        if (at == SPAN_NONE)
            return;
        if (count == PLACE_MOST) {
            unpack_note(unpack, UNPACK_LIMIT, "rar: more than %d places where an archive may begin", (int)PLACE_MOST);
            return;
        }
        rar_read_at(unpack, span_from(content, at), "rar, inside of other data");
        at++;
    }
}
