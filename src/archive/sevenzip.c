#include "sevenzip.h"

#include "archive/libarchive.h"
#include "archive/place.h"

#include <string.h>

enum { SEVENZIP_START = 32, SEVENZIP_TAIL = 512 };

static const char sevenzip_magic[] = { '7', 'z', (char)0xbc, (char)0xaf, 0x27, 0x1c };

static bool sevenzip_is_empty(struct span rest)
{
    static const char zeros[20];
    return rest.size >= SEVENZIP_START && memcmp(rest.data + 12, zeros, sizeof zeros) == 0;
}

/* A start that is right. Inside of other data, six bytes alone are too little: programs that know 7z have them too. */
static bool sevenzip_check(struct span rest)
{
    if (rest.size < SEVENZIP_START || rest.data[6] != 0)
        return false;
    return !sevenzip_is_empty(rest) && place_u32(rest, 8) == place_crc32(span_slice(rest, 12, 20));
}

static bool sevenzip_is_at_start(struct span content)
{
    struct span magic = span_of(sevenzip_magic, sizeof sevenzip_magic);
    return content.size >= SEVENZIP_START && span_equal(span_slice(content, 0, magic.size), magic);
}

bool sevenzip_looks(struct span content)
{
    struct span magic = span_of(sevenzip_magic, sizeof sevenzip_magic);
    return sevenzip_is_at_start(content) || place_find(content, 0, magic, sevenzip_check) != SPAN_NONE;
}

static void sevenzip_put(char *at, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        at[i] = (char)(unsigned char)(number >> 8 * i);
}

/* The headers of an archive whose start was never written: the last place near the end where one may begin. */
static struct span sevenzip_find_header(struct span content)
{
    size_t from = content.size > SEVENZIP_START + SEVENZIP_TAIL ? content.size - SEVENZIP_TAIL : SEVENZIP_START;
    for (size_t at = content.size; at-- > from + 1;) {
        const char *two = content.data + at - 1;
        if ((two[0] == 0x17 && two[1] == 0x06) || (two[0] == 0x01 && two[1] == 0x04))
            return span_from(content, at - 1);
    }
    return span_of(NULL, 0);
}

/* The start as it should be, where it is not. */
static bool sevenzip_mend(struct unpack *unpack, struct span content, char start[SEVENZIP_START])
{
    memcpy(start, content.data, SEVENZIP_START);
    uint64_t offset = place_u64(content, 12);
    uint64_t size = place_u64(content, 20);
    struct span header = span_of(NULL, 0);
    bool is_cut = false;
    if (sevenzip_is_empty(content) && content.size > SEVENZIP_START)
        header = sevenzip_find_header(content);
    else if (offset <= content.size - SEVENZIP_START && size <= content.size - SEVENZIP_START - offset)
        header = span_slice(content, SEVENZIP_START + (size_t)offset, (size_t)size);
    else
        is_cut = true;
    if (header.size == 0) {
        if (content.size > SEVENZIP_START || is_cut)
            unpack_note(unpack, UNPACK_DAMAGED,
                        is_cut ? "7z: cut short, or the first part of several" : "7z: no headers");
        return false;
    }
    sevenzip_put(start + 12, (uint64_t)(header.data - content.data) - SEVENZIP_START, 8);
    sevenzip_put(start + 20, header.size, 8);
    sevenzip_put(start + 28, place_crc32(header), 4);
    sevenzip_put(start + 8, place_crc32(span_of(start + 12, 20)), 4);
    if (memcmp(start, content.data, SEVENZIP_START) != 0)
        unpack_note(unpack, UNPACK_DAMAGED, "7z: the first header is wrong");
    return true;
}

static void sevenzip_read_at(struct unpack *unpack, struct span content, const char *how)
{
    char start[SEVENZIP_START];
    if (!sevenzip_mend(unpack, content, start)) /* else empty, or nothing can be found */
        return;
    struct libarchive_job job = {
        .format = LIBARCHIVE_7Z,
        .view = { .content = content, .head = span_of(start, sizeof start), .covered = SEVENZIP_START },
        .name = "7z",
        .how = how,
    };
    libarchive_read(unpack, &job);
}

void sevenzip_read(struct unpack *unpack, struct span content)
{
    struct span magic = span_of(sevenzip_magic, sizeof sevenzip_magic);
    size_t at = 0;
    if (sevenzip_is_at_start(content)) {
        sevenzip_read_at(unpack, content, "7z");
        at = 1;
    }
    for (size_t count = 0;; count++) {
        at = place_find(content, at, magic, sevenzip_check);
        if (at == SPAN_NONE)
            return;
        if (count == PLACE_MOST) {
            unpack_note(unpack, UNPACK_LIMIT, "7z: more than %d places where an archive may begin", (int)PLACE_MOST);
            return;
        }
        sevenzip_read_at(unpack, span_from(content, at), "7z, inside of other data");
        at++;
    }
}
