#include "content.h"

#include "base/memory.h"
#include "base/test.h"
#include "store/little.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct crypt_key key = { .bytes = { 11 } };
static struct buf sealed;
static struct buf opened;
static struct fault fault;

static int collect(void *context, struct span bytes, struct fault *left)
{
    (void)context;
    (void)left;
    CHECK(bytes.size > 0);
    buf_put_span(&opened, bytes);
    return 0;
}

static int refuse(void *context, struct span bytes, struct fault *left)
{
    (void)context;
    (void)bytes;
    return fault_set(left, EPIPE, "nobody wants it");
}

/* Parts of the numbers 7 and 8, and no other. */
static int fetch(void *context, uint64_t sequence, uint64_t size, struct fault *left)
{
    if (sequence != 7 && sequence != 8)
        return fault_set(left, ENOENT, "no such part");
    for (uint64_t i = 0; i < size; i++)
        buf_put_char(&opened, sequence == 7 ? '7' : '8');
    return collect(context, span_text("|"), left);
}

static int open_it(struct span bytes, uint64_t most)
{
    buf_clear(&opened);
    fault = (struct fault){ 0 };
    return content_open(&key, bytes, most, collect, NULL, &fault);
}

static int open_message(struct span bytes, uint64_t most)
{
    buf_clear(&opened);
    fault = (struct fault){ 0 };
    return content_open_message(&key, bytes, most, collect, fetch, NULL, &fault);
}

/* Bytes that can't be compressed, always the same. */
static char *noise(size_t size)
{
    char *bytes = memory_new(size);
    uint32_t state = 1;
    for (size_t i = 0; i < size; i++) {
        state = state * 1664525U + 1013904223U;
        bytes[i] = (char)(state >> 24);
    }
    return bytes;
}

static void test_sizes(void)
{
    static const size_t sizes[] = { 0,
                                    1,
                                    100,
                                    CONTENT_PIECE_SIZE - 40,
                                    CONTENT_PIECE_SIZE - 12,
                                    CONTENT_PIECE_SIZE - 11,
                                    CONTENT_PIECE_SIZE - 10,
                                    CONTENT_PIECE_SIZE - 9,
                                    CONTENT_PIECE_SIZE - 8,
                                    CONTENT_PIECE_SIZE,
                                    2 * CONTENT_PIECE_SIZE + 1,
                                    1000003 };
    char *bytes = noise(1000003);
    for (size_t i = 0; i < 2 * sizeof sizes / sizeof sizes[0]; i++) {
        struct span plain = span_of(bytes, sizes[i / 2]);
        if (i % 2 == 1)
            memset(bytes, 'a', plain.size);
        buf_clear(&sealed);
        CHECK(content_seal(&key, plain, &sealed, &fault) == 0);
        CHECK(i % 2 == 0 ? sealed.size > plain.size : plain.size < 1000 || sealed.size < plain.size / 50);
        CHECK(open_it(buf_span(&sealed), plain.size) == 0 && span_equal(buf_span(&opened), plain));
        CHECK(plain.size == 0 || (open_it(buf_span(&sealed), plain.size - 1) == -1 && fault.code == EFBIG));
        CHECK(plain.size == 0 ||
              (content_open(&key, buf_span(&sealed), UINT64_MAX, refuse, NULL, &fault) == -1 && fault.code == EPIPE));
        char *fresh = noise(plain.size + 1);
        memcpy(bytes, fresh, plain.size);
        free(fresh);
    }
    free(bytes);
}

static void bit_flip(char *bytes, size_t bit)
{
    bytes[bit / 8] = (char)((unsigned char)bytes[bit / 8] ^ 1U << bit % 8);
}

/* Each bit of a short one; cuts and junk of a long one, at the ends of pieces above all. */
static void test_altered(void)
{
    buf_clear(&sealed);
    CHECK(content_seal(&key, span_text("a text that is a text"), &sealed, &fault) == 0);
    for (size_t bit = 0; bit < sealed.size * 8; bit++) {
        bit_flip(sealed.data, bit);
        CHECK(open_it(buf_span(&sealed), 100) == -1 && fault.code == EBADMSG && opened.size == 0);
        bit_flip(sealed.data, bit);
    }
    for (size_t size = 0; size < sealed.size; size++)
        CHECK(open_it(span_slice(buf_span(&sealed), 0, size), 100) == -1 && fault.code == EBADMSG);
    struct crypt_key other = { .bytes = { 12 } };
    CHECK(content_open(&other, buf_span(&sealed), 100, collect, NULL, &fault) == -1 && fault.code == EBADMSG);

    enum { LONG = 3 * CONTENT_PIECE_SIZE, PIECE = CONTENT_PIECE_SIZE + CRYPT_STREAM_MORE };
    char *bytes = noise(LONG);
    buf_clear(&sealed);
    CHECK(content_seal(&key, span_of(bytes, LONG), &sealed, &fault) == 0);
    struct span all = buf_span(&sealed);
    for (size_t n = 0; n <= 3; n++) {
        size_t end = CRYPT_STREAM_HEADER_SIZE + n * PIECE;
        CHECK(open_it(span_slice(all, 0, end), LONG) == -1 && fault.code == EBADMSG);
        CHECK(open_it(span_slice(all, 0, end + 1), LONG) == -1 && fault.code == EBADMSG);
        CHECK(open_it(span_slice(all, 0, end - 1), LONG) == -1 && fault.code == EBADMSG);
    }
    /* The second and the third piece change places. */
    char *swapped = memory_new(all.size);
    memcpy(swapped, all.data, all.size);
    size_t second = CRYPT_STREAM_HEADER_SIZE + PIECE;
    memcpy(swapped + second, all.data + second + PIECE, PIECE);
    memcpy(swapped + second + PIECE, all.data + second, PIECE);
    CHECK(open_it(span_of(swapped, all.size), LONG) == -1 && fault.code == EBADMSG);
    free(swapped);
    buf_put_char(&sealed, 'x');
    CHECK(open_it(buf_span(&sealed), LONG) == -1 && fault.code == EBADMSG);
    free(bytes);
}

/* Texts that are sealed as they must be, but hold something else than one compressed frame. */
static void seal_raw(struct span packed, bool is_split)
{
    buf_clear(&sealed);
    struct crypt_stream *stream = crypt_stream_seal(&key, &sealed);
    if (is_split)
        crypt_stream_push(stream, span_slice(packed, 0, packed.size / 2), false, &sealed);
    crypt_stream_push(stream, is_split ? span_from(packed, packed.size / 2) : packed, true, &sealed);
    crypt_stream_free(stream);
}

static void test_hostile(void)
{
    /* RFC 8878: a frame with one block of bytes as they are. */
    static const char frame[] = "\x28\xb5\x2f\xfd\x20\x03\x19\x00\x00"
                                "abc";
    struct span whole = span_of(frame, sizeof frame - 1);
    seal_raw(whole, false);
    CHECK(open_it(buf_span(&sealed), 3) == 0 && span_is(buf_span(&opened), "abc"));
    seal_raw(whole, true); /* pieces of other sizes: another form of the same, and so refused */
    CHECK(open_it(buf_span(&sealed), 3) == -1 && fault.code == EBADMSG);
    for (size_t size = 0; size < whole.size; size++) {
        seal_raw(span_slice(whole, 0, size), false);
        CHECK(open_it(buf_span(&sealed), 3) == -1 && fault.code == EBADMSG);
    }
    struct buf raw;
    buf_init(&raw, 1024);
    buf_put_span(&raw, whole);
    buf_put_char(&raw, '\0');
    seal_raw(buf_span(&raw), false);
    CHECK(open_it(buf_span(&sealed), 3) == -1 && fault.code == EBADMSG);
    raw.size--;
    buf_put_span(&raw, whole);
    seal_raw(buf_span(&raw), false);
    CHECK(open_it(buf_span(&sealed), 6) == -1 && fault.code == EBADMSG);
    buf_fini(&raw);
    seal_raw(span_of("\x50\x2a\x4d\x18\x01\0\0\0x", 9), false); /* a frame that is skipped */
    CHECK(open_it(buf_span(&sealed), 3) == -1 && fault.code == EBADMSG);
    seal_raw(span_of("\x28\xb5\x2f\xfd\x00\xa8\x19\0\0abc", 12), false); /* a window of 2 GiB */
    CHECK(open_it(buf_span(&sealed), 3) == -1 && fault.code == EBADMSG);
}

static void test_recipe(void)
{
    char *message = noise(100000);
    const struct content_part parts[] = { { .offset = 0, .size = 5000, .sequence = 7 },
                                          { .offset = 5000, .size = 0, .sequence = 9 },
                                          { .offset = 6000, .size = 5000, .sequence = 8 },
                                          { .offset = 11000, .size = 80000, .sequence = 7 } };
    buf_clear(&sealed);
    CHECK(content_seal_message(&key, span_of(message, 100000), parts, 4, &sealed, &fault) == 0);
    CHECK(sealed.size < 11000);
    CHECK(open_message(buf_span(&sealed), 100000) == 0);
    CHECK(opened.size == 100003 && opened.data[4999] == '7' && opened.data[5000] == '|');
    CHECK(memcmp(opened.data + 5001, message + 5000, 1000) == 0 && opened.data[6001] == '8');
    CHECK(memcmp(opened.data + 100003 - 9000, message + 91000, 9000) == 0);
    CHECK(open_message(buf_span(&sealed), 99999) == -1 && fault.code == EFBIG);
    buf_clear(&sealed);
    CHECK(content_seal_message(&key, span_of(message, 100000), NULL, 0, &sealed, &fault) == 0);
    CHECK(open_message(buf_span(&sealed), 100000) == 0 && span_equal(buf_span(&opened), span_of(message, 100000)));
    buf_clear(&sealed);
    CHECK(content_seal_message(&key, span_of(NULL, 0), NULL, 0, &sealed, &fault) == 0);
    CHECK(open_message(buf_span(&sealed), 0) == 0 && opened.size == 0);
    free(message);
}

static void test_bad_recipes(void)
{
    static const struct row {
        const char *name;
        const char *recipe;
        size_t size;
        int code; /* 0: a good one */
    } rows[] = {
        { "bytes", "B\2\0\0\0\0\0\0\0ab", 11, 0 },
        { "two items", "B\1\0\0\0\0\0\0\0aP\7\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0", 27, 0 },
        { "another kind", "C\2\0\0\0\0\0\0\0ab", 11, EBADMSG },
        { "no bytes", "B\0\0\0\0\0\0\0\0", 9, EBADMSG },
        { "an empty part", "P\7\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 17, EBADMSG },
        { "cut bytes", "B\3\0\0\0\0\0\0\0ab", 11, EBADMSG },
        { "a cut head", "B\3\0\0\0\0\0\0", 8, EBADMSG },
        { "a cut part", "P\7\0\0\0\0\0\0\0\1\0\0\0\0\0\0", 16, EBADMSG },
        { "junk", "B\2\0\0\0\0\0\0\0abB", 12, EBADMSG },
        { "too many bytes", "B\377\377\377\377\377\377\377\377ab", 11, EFBIG },
        { "too large a part", "P\7\0\0\0\0\0\0\0\377\377\377\377\377\377\377\377", 17, EFBIG },
        { "both together", "B\1\0\0\0\0\0\0\0aP\7\0\0\0\0\0\0\0\377\377\377\377\377\377\377\377", 27, EFBIG },
        { "no such part", "P\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0", 17, ENOENT },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].name);
        buf_clear(&sealed);
        CHECK(content_seal(&key, span_of(rows[i].recipe, rows[i].size), &sealed, &fault) == 0);
        CHECK(open_message(buf_span(&sealed), 100) == (rows[i].code == 0 ? 0 : -1) && fault.code == rows[i].code);
    }
    test_context(NULL);
}

/* What can't be held is told, at each limit. */
static void test_no_room(void)
{
    char *bytes = noise(200000);
    for (size_t limit = 0; limit < 200060; limit = limit < 200 ? limit + 1 : limit + 9973) {
        struct buf small;
        buf_init(&small, limit);
        fault.code = 0;
        CHECK(content_seal(&key, span_of(bytes, 200000), &small, &fault) == -1 && fault.code == ENOSPC);
        buf_fini(&small);
    }
    free(bytes);
}

int main(void)
{
    CHECK(crypt_begin(&fault) == 0);
    buf_init(&sealed, 2000000);
    buf_init(&opened, 2000000);
    test_sizes();
    test_altered();
    test_hostile();
    test_recipe();
    test_bad_recipes();
    test_no_room();
    buf_fini(&sealed);
    buf_fini(&opened);
    return test_end();
}
