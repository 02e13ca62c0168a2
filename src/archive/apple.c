#include "apple.h"

#include "archive/disk.h"

#include <string.h>

enum { APPLE_ENTRIES = 256, APPLE_NAME_SIZE = 256, APPLE_FORKS = 16 };
/* RFC 1740, appendix A: a header of 26 bytes, then entries of 12. */
enum { SINGLE_HEADER = 26, SINGLE_ENTRY = 12, SINGLE_DATA = 1, SINGLE_RESOURCE = 2, SINGLE_NAME = 3 };
/* MacBinary III Draft Standard (1996): a header of 128 bytes. Each fork begins at a multiple of 128. */
enum { MACBINARY_HEADER = 128, MACBINARY_NAME = 63 };

static bool apple_is_single(struct span content)
{
    uint64_t magic = disk_big(content, 0, 4);
    uint64_t version = disk_big(content, 4, 4);
    return (magic == 0x00051600 || magic == 0x00051607) && (version == 0x10000 || version == 0x20000) &&
           content.size >= SINGLE_HEADER;
}

/* CCITT, most significant bit first, as XMODEM has it. */
static unsigned apple_crc(struct span bytes)
{
    unsigned crc = 0;
    for (size_t i = 0; i < bytes.size; i++) {
        crc ^= (unsigned)(unsigned char)bytes.data[i] << 8;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 0x8000) != 0 ? (crc << 1 ^ 0x1021) & 0xffff : crc << 1 & 0xffff;
    }
    return crc;
}

static uint64_t apple_round(uint64_t size)
{
    return (size + MACBINARY_HEADER - 1) / MACBINARY_HEADER * MACBINARY_HEADER;
}

static bool apple_is_macbinary(struct span content)
{
    uint64_t name = disk_big(content, 1, 1);
    uint64_t data = disk_big(content, 83, 4);
    uint64_t resource = disk_big(content, 87, 4);
    if (content.size < MACBINARY_HEADER || content.data[0] != 0 || name == 0 || name > MACBINARY_NAME ||
        content.data[74] != 0 || content.data[82] != 0 || data > INT32_MAX || resource > INT32_MAX ||
        data + resource == 0 || memchr(content.data + 2, 0, (size_t)name) != NULL)
        return false;
    if (disk_big(content, 124, 2) == apple_crc(span_slice(content, 0, 124)))
        return true;
    /* Version I has no check sum; the sizes must fit what there is, with no more than a block behind. */
    uint64_t forks = MACBINARY_HEADER + apple_round(disk_big(content, 120, 2)) + apple_round(data) + resource;
    uint64_t least = resource == 0 ? forks - apple_round(data) + data : forks;
    return content.size >= least && content.size <= apple_round(forks) + MACBINARY_HEADER;
}

bool apple_looks(struct span content)
{
    return apple_is_single(content) || apple_is_macbinary(content);
}

/* False: no more members. */
static bool apple_hand_out(struct unpack *unpack, struct span content, uint64_t at, uint64_t size, struct span name,
                           const char *how)
{
    struct span bytes = disk_slice(content, at, size);
    struct unpack_member member = { .names = name, .packed_size = bytes.size, .size_hint = size, .how = how };
    if (bytes.size < size)
        unpack_note(unpack, UNPACK_DAMAGED, "%s: cut short", how);
    return bytes.size == 0 || unpack_member_slice(unpack, &member, bytes);
}

static void apple_put_name(struct buf *names, struct span name)
{
    for (size_t i = 0; i < name.size; i++) {
        if (name.data[i] == '\0')
            buf_put_char(names, '?');
        else
            buf_put_char(names, name.data[i]);
    }
    if (name.size > 0)
        buf_put_char(names, '\0');
}

static void apple_read_single(struct unpack *unpack, struct span content)
{
    bool is_single = disk_big(content, 0, 4) == 0x00051600;
    uint64_t count = disk_big(content, 24, 2);
    struct buf names;
    buf_init(&names, APPLE_NAME_SIZE + 1);
    if (count > APPLE_ENTRIES) {
        unpack_note(unpack, UNPACK_LIMIT, "AppleSingle: more than %d entries", APPLE_ENTRIES);
        count = APPLE_ENTRIES;
    }
    for (uint64_t i = 0; i < count; i++) {
        uint64_t entry = SINGLE_HEADER + i * SINGLE_ENTRY;
        if (disk_big(content, entry, 4) == SINGLE_NAME && names.size == 0)
            apple_put_name(&names, span_slice(disk_slice(content, disk_big(content, entry + 4, 4),
                                                         disk_big(content, entry + 8, 4)),
                                              0, APPLE_NAME_SIZE));
    }
    unsigned forks = 0;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t entry = SINGLE_HEADER + i * SINGLE_ENTRY;
        uint64_t id = disk_big(content, entry, 4);
        if (id != SINGLE_DATA && id != SINGLE_RESOURCE)
            continue;
        if (forks++ == APPLE_FORKS) {
            unpack_note(unpack, UNPACK_LIMIT, "AppleSingle: more than %d forks", APPLE_FORKS);
            break;
        }
        static const char *const hows[2][2] = { { "AppleDouble resource fork", "AppleDouble data fork" },
                                                { "AppleSingle resource fork", "AppleSingle data fork" } };
        if (!apple_hand_out(unpack, content, disk_big(content, entry + 4, 4), disk_big(content, entry + 8, 4),
                            buf_span(&names), hows[is_single][id == SINGLE_DATA]))
            break;
    }
    if (SINGLE_HEADER + count * SINGLE_ENTRY > content.size)
        unpack_note(unpack, UNPACK_DAMAGED, "AppleSingle: cut short");
    buf_fini(&names);
}

static void apple_read_macbinary(struct unpack *unpack, struct span content)
{
    uint64_t data = disk_big(content, 83, 4);
    uint64_t resource = disk_big(content, 87, 4);
    uint64_t at = MACBINARY_HEADER + apple_round(disk_big(content, 120, 2));
    struct buf names;
    buf_init(&names, APPLE_NAME_SIZE);
    apple_put_name(&names, disk_slice(content, 2, disk_big(content, 1, 1)));
    if (apple_hand_out(unpack, content, at, data, buf_span(&names), "MacBinary data fork"))
        (void)apple_hand_out(unpack, content, at + apple_round(data), resource, buf_span(&names),
                             "MacBinary resource fork");
    buf_fini(&names);
}

void apple_read(struct unpack *unpack, struct span content)
{
    if (apple_is_single(content))
        apple_read_single(unpack, content);
    else if (apple_is_macbinary(content))
        apple_read_macbinary(unpack, content);
}
