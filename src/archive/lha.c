#include "lha.h"

#include <lhasa.h>

#include "archive/place.h"
#include "base/buf.h"

#include <limits.h>
#include <string.h>

enum { LHA_FILES = 1 << 20, LHA_NAME = 1 << 12, LHA_FIXED = 21, LHA_METHOD = 2, LHA_METHOD_SIZE = 5, LHA_LEVEL = 20 };
enum { LHA_PATCHES = 3, LHA_HEADER_MOST = 65536 };

/* Bytes of the first header that are shown to the library as others: it checks sums that not all programs check. */
struct lha_patch {
    size_t at;
    unsigned char byte;
};

struct lha_patches {
    struct lha_patch list[LHA_PATCHES];
    size_t count;
};

/* The library's stream. */
struct lha_input {
    struct span content;
    size_t at;
    struct lha_patches patches;
};

static int input_read(void *handle, void *buffer, size_t size)
{
    struct lha_input *input = handle;
    struct span piece = span_slice(input->content, input->at, size < INT_MAX ? size : INT_MAX);
    if (piece.size > 0)
        memcpy(buffer, piece.data, piece.size);
    for (size_t i = 0; i < input->patches.count; i++) {
        const struct lha_patch *patch = &input->patches.list[i];
        if (patch->at >= input->at && patch->at - input->at < piece.size)
            ((unsigned char *)buffer)[patch->at - input->at] = patch->byte;
    }
    input->at += piece.size;
    return (int)piece.size;
}

static int input_skip(void *handle, size_t size)
{
    struct lha_input *input = handle;
    size_t left = input->content.size - input->at;
    input->at += size < left ? size : left;
    return size <= left;
}

static void input_close(void *handle)
{
    (void)handle;
}

static bool lha_is_known(const char *method)
{
    static const char *const known[] = { "-lh0-", "-lh1-", "-lh4-", "-lh5-", "-lh6-", "-lh7-", "-lhx-", "-lk7-",
                                         "-lz4-", "-lz5-", "-lzs-", "-pm0-", "-pm1-", "-pm2-", "-lhd-" };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strncmp(method, known[i], LHA_METHOD_SIZE) == 0)
            return true;
    }
    return false;
}

/* Of levels 0 and 1. */
static unsigned char lha_sum(struct span rest)
{
    unsigned sum = 0;
    size_t size = (unsigned char)rest.data[0];
    for (size_t i = 2; i < size + 2 && i < rest.size; i++)
        sum += (unsigned char)rest.data[i];
    return (unsigned char)sum;
}

/* A header's sum is one byte in levels 0 and 1; levels 2 and 3 have a CRC in an extension alone. */
static bool lha_check(struct span rest)
{
    if (rest.size < LHA_FIXED + 3 || rest.data[LHA_METHOD + 4] != '-')
        return false;
    size_t size = (unsigned char)rest.data[0];
    switch (rest.data[LHA_LEVEL]) {
    case 0:
    case 1:
        return size >= LHA_FIXED && lha_sum(rest) == (unsigned char)rest.data[1];
    case 2:
        return place_u16(rest, 0) >= LHA_FIXED + 5 && place_u16(rest, 0) <= rest.size;
    case 3:
        return place_u16(rest, 0) == 4 && place_u32(rest, 24) >= 32 && place_u32(rest, 24) <= rest.size;
    default:
        return false;
    }
}

/* One of levels 0 and 1 that is right but for its sum: a method that there is, and a name that fits in. */
static bool lha_is_near(struct span rest)
{
    if (rest.size < LHA_FIXED + 3 || !lha_is_known(rest.data + LHA_METHOD) || (rest.data[LHA_LEVEL] & 0xfe) != 0)
        return false;
    size_t name = (unsigned char)rest.data[LHA_FIXED];
    return name > 0 && (unsigned char)rest.data[0] >= LHA_FIXED + 1 + name &&
           (unsigned char)rest.data[LHA_FIXED + 1] > ' ';
}

/* The signature is the method's name, two bytes behind the header's start. */
static size_t lha_find(struct span content, size_t from)
{
    for (size_t at = from;; at++) {
        size_t found = span_find_byte(span_from(content, at + LHA_METHOD), '-');
        if (found == SPAN_NONE)
            return SPAN_NONE;
        at += found;
        struct span method = span_from(content, at + LHA_METHOD);
        bool is_one = span_starts_with(method, "-lh") || span_starts_with(method, "-lz") ||
                      span_starts_with(method, "-pm");
        if (is_one && (lha_check(span_from(content, at)) || lha_is_near(span_from(content, at))))
            return at;
    }
}

bool lha_looks(struct span content)
{
    return lha_find(content, 0) != SPAN_NONE;
}

/* CRC-16 of ARC. */
static uint16_t lha_crc16(uint16_t crc, struct span bytes)
{
    for (size_t i = 0; i < bytes.size; i++) {
        crc = (uint16_t)(crc ^ (unsigned char)bytes.data[i]);
        for (int bit = 0; bit < 8; bit++)
            crc = (uint16_t)((crc & 1) != 0 ? (crc >> 1) ^ 0xa001 : crc >> 1);
    }
    return crc;
}

/* The place of the CRC in the extension that has one, among those from `at` on; 0: there is none. *end_out: behind the
 * last one. Each is its size, with these two bytes, before it. */
static size_t lha_find_crc(struct span rest, size_t at, size_t *end_out)
{
    enum { EXTENSION_LEAST = 3, EXTENSION_CRC = 0, EXTENSION_CRC_SIZE = 5 };
    size_t found = 0;
    for (size_t size = place_u16(rest, at); size >= EXTENSION_LEAST; size = place_u16(rest, at)) {
        if (rest.size - at < size + 2 || at > LHA_HEADER_MOST)
            return 0;
        if (rest.data[at + 2] == EXTENSION_CRC && size >= EXTENSION_CRC_SIZE)
            found = at + 3;
        at += size;
    }
    *end_out = at + 2;
    return found;
}

static void lha_patch(struct lha_patches *patches, size_t at, unsigned byte)
{
    patches->list[patches->count++] = (struct lha_patch){ at, (unsigned char)byte };
}

/* The CRC is over the whole header, and over zeros in its own place. */
static uint16_t lha_header_crc(struct span rest, size_t at, size_t end, const struct lha_patches *patches)
{
    uint16_t crc = 0;
    for (size_t i = 0; i < end && i < rest.size; i++) {
        unsigned char byte = i == at || i == at + 1 ? 0 : (unsigned char)rest.data[i];
        for (size_t k = 0; k < patches->count; k++)
            byte = patches->list[k].at == i ? patches->list[k].byte : byte;
        crc = lha_crc16(crc, span_of(&byte, 1));
    }
    return crc;
}

/* The sums of the header at the start as they should be. */
static struct lha_patches lha_mend(struct span rest)
{
    enum { LEVEL_2_EXTENSIONS = 24 };
    struct lha_patches patches = { .count = 0 };
    char level = rest.data[LHA_LEVEL];
    size_t end = 0;
    size_t crc_at = 0;
    if (level <= 1)
        lha_patch(&patches, 1, lha_sum(rest));
    if (level == 1)
        crc_at = lha_find_crc(rest, (unsigned char)rest.data[0], &end);
    if (level == 2) {
        crc_at = lha_find_crc(rest, LEVEL_2_EXTENSIONS, &end);
        end = place_u16(rest, 0);
    }
    if (crc_at > 0) {
        uint16_t crc = lha_header_crc(rest, crc_at, end, &patches);
        lha_patch(&patches, crc_at, crc & 0xff);
        lha_patch(&patches, crc_at + 1, crc >> 8);
    }
    return patches;
}

static bool lha_begin(struct unpack *unpack, const LHAFileHeader *header)
{
    struct buf names;
    buf_init(&names, LHA_NAME);
    if (header->path != NULL)
        buf_put_text(&names, header->path);
    if (header->filename != NULL)
        buf_put_text(&names, header->filename);
    if (names.size > 0)
        buf_put_char(&names, '\0');
    struct unpack_member member = { .names = buf_overflowed(&names) ? span_of(NULL, 0) : buf_span(&names),
                                    .packed_size = header->compressed_length,
                                    .size_hint = header->length,
                                    .how = "lha" };
    bool is_begun = unpack_begin(unpack, &member);
    buf_fini(&names);
    return is_begun;
}

/* True where the member is whole, or must not grow. */
static bool lha_put(struct unpack *unpack, LHAReader *reader, const LHAFileHeader *header)
{
    uint64_t have = 0;
    uint16_t crc = 0;
    for (;;) {
        size_t size = 0;
        char *room = unpack_room(unpack, &size);
        if (room == NULL)
            return true;
        size_t got = lha_reader_read(reader, room, size);
        crc = lha_crc16(crc, span_of(room, got));
        unpack_wrote(unpack, got);
        have += got;
        if (got == 0)
            break;
    }
    /* Of a Macintosh's file the library leaves out a MacBinary header, which is in both. */
    return header->os_type == LHA_OS_TYPE_MACOS || (have == header->length && crc == header->crc);
}

/* Where bytes are missing, the library gives none of the last run of them; what is stored is there all the same. */
static bool lha_is_cut(const LHAFileHeader *header, struct span rest)
{
    bool is_stored = strcmp(header->compress_method, "-lh0-") == 0 || strcmp(header->compress_method, "-lz4-") == 0 ||
                     strcmp(header->compress_method, "-pm0-") == 0;
    return is_stored && header->compressed_length > rest.size;
}

static bool lha_read_cut(struct unpack *unpack, const LHAFileHeader *header, struct span rest, bool is_quiet)
{
    if (!lha_begin(unpack, header))
        return false;
    (void)unpack_slice(unpack, rest);
    unpack_end(unpack);
    if (!is_quiet)
        unpack_note(unpack, UNPACK_DAMAGED, "lha: damaged");
    return true;
}

static bool lha_read_file(struct unpack *unpack, LHAReader *reader, const LHAFileHeader *header, bool is_quiet)
{
    if (header->filename == NULL && header->symlink_target == NULL)
        return true;
    if (!lha_begin(unpack, header))
        return false;
    bool is_link = header->symlink_target != NULL;
    bool is_sound = is_link || lha_put(unpack, reader, header);
    if (is_link)
        (void)unpack_put(unpack, span_text(header->symlink_target));
    unpack_end(unpack);
    if (is_quiet)
        return true;
    if (!is_sound && !lha_is_known(header->compress_method))
        unpack_note(unpack, UNPACK_UNSUPPORTED, "lha: a method that nothing here opens");
    else if (!is_sound)
        unpack_note(unpack, UNPACK_DAMAGED, "lha: damaged");
    return true;
}

/* Reads an archive at the start of the content. Where its last member ended; SIZE_MAX: no more members. */
static size_t lha_read_at(struct unpack *unpack, struct span content)
{
    static const LHAInputStreamType type = { .read = input_read, .skip = input_skip, .close = input_close };
    struct lha_input input = { .content = content, .patches = lha_mend(content) };
    bool is_near = !lha_check(content); /* perhaps it is nothing: then nothing is noted */
    LHAInputStream *stream = lha_input_stream_new(&type, &input);
    LHAReader *reader = stream != NULL ? lha_reader_new(stream) : NULL;
    bool is_over = reader == NULL;
    size_t end = 0;
    if (reader != NULL)
        lha_reader_set_dir_policy(reader, LHA_READER_DIR_PLAIN);
    for (size_t i = 0; !is_over && i < LHA_FILES; i++) {
        const LHAFileHeader *header = lha_reader_next_file(reader);
        if (header == NULL)
            break;
        struct span rest = span_from(content, input.at);
        is_over = lha_is_cut(header, rest) ? !lha_read_cut(unpack, header, rest, is_near)
                                           : !lha_read_file(unpack, reader, header, is_near);
        end = input.at;
    }
    if (reader != NULL)
        lha_reader_free(reader);
    if (stream != NULL)
        lha_input_stream_free(stream);
    return is_over ? SIZE_MAX : end;
}

/* The library stops at a header that is wrong: what stands behind is found again by its signature. */
void lha_read(struct unpack *unpack, struct span content)
{
    size_t from = 0;
    for (size_t count = 0; count <= PLACE_MOST; count++) {
        size_t at = lha_find(content, from);
        if (at == SPAN_NONE)
            return;
        size_t read = lha_read_at(unpack, span_from(content, at));
        if (read == SIZE_MAX)
            return;
        from = at + (read > 0 ? read : 1);
    }
    unpack_note(unpack, UNPACK_LIMIT, "lha: more than %d places where an archive may begin", (int)PLACE_MOST);
}

static size_t packed_read(void *buffer, size_t size, void *context)
{
    struct span *rest = context;
    struct span piece = span_slice(*rest, 0, size);
    if (piece.size > 0)
        memcpy(buffer, piece.data, piece.size);
    *rest = span_from(*rest, piece.size);
    return piece.size;
}

enum unpack_ending lha_put_lh7(struct unpack *unpack, struct span packed, uint64_t size)
{
    char method[] = "-lh7-";
    struct span rest = packed;
    LHADecoder *decoder = lha_decoder_new(lha_decoder_for_name(method), packed_read, &rest, size);
    if (decoder == NULL)
        return UNPACK_BROKEN;
    enum unpack_ending ending = UNPACK_STOPPED;
    for (;;) {
        size_t room_size = 0;
        char *room = lha_decoder_get_length(decoder) < size ? unpack_room(unpack, &room_size) : NULL;
        if (room == NULL) {
            ending = lha_decoder_get_length(decoder) < size ? UNPACK_STOPPED : UNPACK_WHOLE;
            break;
        }
        size_t got = lha_decoder_read(decoder, (uint8_t *)room, room_size);
        unpack_wrote(unpack, got);
        if (got == 0) {
            ending = UNPACK_CUT;
            break;
        }
    }
    lha_decoder_free(decoder);
    return ending;
}
