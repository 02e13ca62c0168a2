#include "record.h"

#include "base/test.h"

#include <string.h>

static const struct crypt_key root = { .bytes = { 7 } };
static struct crypt_signer signer;
static const struct record_store_id store = { .bytes = { 0xca, 0xfe } };

static bool bit_flip(void *bytes, size_t bit)
{
    ((unsigned char *)bytes)[bit / 8] ^= (unsigned char)(1 << bit % 8);
    return true;
}

/* Each bit of these, one after another. */
#define EACH_BIT(bytes, size) for (size_t bit = 0; bit < (size)*8 && bit_flip(bytes, bit); bit_flip(bytes, bit), bit++)

static void test_segment(void)
{
    struct record_segment segment = { .store = store, .number = 3, .first_sequence = 17, .created_ms = 1790000000123 };
    memset(segment.previous.bytes, 5, sizeof segment.previous.bytes);
    memcpy(segment.signer, signer.public_half, sizeof segment.signer);
    unsigned char bytes[RECORD_SEGMENT_SIZE];
    record_segment_make(&segment, &signer, bytes);
    struct record_segment read;
    CHECK(record_segment_read(span_of(bytes, sizeof bytes), &read) && memcmp(&read, &segment, sizeof read) == 0);
    EACH_BIT(bytes, sizeof bytes)
    CHECK(!record_segment_read(span_of(bytes, sizeof bytes), &read));
    for (size_t size = 0; size < sizeof bytes; size++)
        CHECK(!record_segment_read(span_of(bytes, size), &read));
    segment.number = 0;
    record_segment_make(&segment, &signer, bytes);
    CHECK(!record_segment_read(span_of(bytes, sizeof bytes), &read));
}

static void test_head(void)
{
    struct record_head head = {
        .store = store, .commit = 9, .first = 2, .segment = 3, .length = 70000, .sequence = 41, .time_ms = 1790000000123
    };
    memset(head.digest.bytes, 6, sizeof head.digest.bytes);
    memcpy(head.signer, signer.public_half, sizeof head.signer);
    unsigned char bytes[RECORD_HEAD_SIZE];
    record_head_make(&head, &signer, bytes);
    struct record_head read;
    CHECK(record_head_read(span_of(bytes, sizeof bytes), &read) && memcmp(&read, &head, sizeof read) == 0);
    EACH_BIT(bytes, sizeof bytes)
    CHECK(!record_head_read(span_of(bytes, sizeof bytes), &read));
    for (size_t size = 0; size < sizeof bytes; size++)
        CHECK(!record_head_read(span_of(bytes, size), &read));
    struct record_segment segment; /* one is never taken for the other, though both are signed */
    CHECK(!record_segment_read(span_of(bytes, sizeof bytes), &segment));
}

/* A frame of a message, as the writer puts it together. */
static size_t frame_make(const struct record_draft *draft, unsigned char *frame_out, struct crypt_digest *digest_out)
{
    struct crypt_digest previous;
    memset(previous.bytes, 8, sizeof previous.bytes);
    unsigned char *at = frame_out;
    record_frame_make(draft, 5, &previous, at, digest_out);
    at += RECORD_HEADER_SIZE;
    struct span pieces[] = { draft->meta, span_of(draft->slots, (size_t)draft->slot_count * CRYPT_SLOT_SIZE),
                             draft->content, span_of(digest_out->bytes, sizeof digest_out->bytes) };
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        if (pieces[i].size > 0)
            memcpy(at, pieces[i].data, pieces[i].size);
        at += pieces[i].size;
    }
    CHECK((uint64_t)(at - frame_out) == record_frame_size(draft));
    return (size_t)(at - frame_out);
}

static const unsigned char slots[2 * CRYPT_SLOT_SIZE] = { 0, 0, 4 };

static struct record_draft message_draft(void)
{
    return (struct record_draft){ .kind = RECORD_MESSAGE,
                                  .time_ms = 1790000000123,
                                  .meta = span_text("metadata"),
                                  .slots = slots,
                                  .slot_count = 2,
                                  .content = span_text("the content") };
}

static void test_frame(void)
{
    struct record_draft draft = message_draft();
    unsigned char frame[512];
    struct crypt_digest digest;
    size_t size = frame_make(&draft, frame, &digest);
    struct record record;
    CHECK(record_read(span_of(frame, size), &record) == RECORD_WHOLE);
    CHECK(record.header.kind == RECORD_MESSAGE && record.header.slot_count == 2 && record.header.sequence == 5 &&
          record.header.time_ms == draft.time_ms && record.header.frame_size == size && record.header.meta_size == 8 &&
          record.header.content_size == 11 && record.header.previous.bytes[31] == 8);
    CHECK(span_equal(record.meta, draft.meta) && span_equal(record.content, draft.content) &&
          span_equal(record.slots, span_of(slots, sizeof slots)) &&
          memcmp(&record.digest, &digest, sizeof digest) == 0);
    EACH_BIT(frame, size)
    {
        CHECK(record_read(span_of(frame, size), &record) == RECORD_BROKEN);
        CHECK(record_header_read(span_of(frame, size), &record.header) == (bit >= (size_t)RECORD_HEADER_SIZE * 8));
    }
    for (size_t cut = 0; cut < size; cut++)
        CHECK(record_read(span_of(frame, cut), &record) == RECORD_BROKEN);
    CHECK(record_read(span_of(frame, size + 1), &record) == RECORD_BROKEN && record.header.sequence == 5);
}

static void test_erased(void)
{
    struct record_draft draft = message_draft();
    unsigned char frame[512];
    struct crypt_digest digest;
    size_t size = frame_make(&draft, frame, &digest);
    memset(frame + RECORD_HEADER_SIZE, 0, size - RECORD_HEADER_SIZE - RECORD_TRAILER_SIZE);
    struct record record;
    CHECK(record_read(span_of(frame, size), &record) == RECORD_ERASED);
    CHECK(record.header.sequence == 5 && memcmp(&record.digest, &digest, sizeof digest) == 0);
    /* What stands in the place of the digest only the chain can tell; it's no longer what the next frame names. */
    EACH_BIT(frame, size)
    CHECK(bit < (size - RECORD_TRAILER_SIZE) * 8 ? record_read(span_of(frame, size), &record) == RECORD_BROKEN
                                                 : record_read(span_of(frame, size), &record) == RECORD_ERASED &&
                                                       memcmp(&record.digest, &digest, sizeof digest) != 0);
    memset(frame + size - RECORD_TRAILER_SIZE, 0, RECORD_TRAILER_SIZE);
    CHECK(record_read(span_of(frame, size), &record) == RECORD_BROKEN);

    /* Nothing within: nothing to erase. */
    struct record_draft empty = { .kind = RECORD_NOTE };
    size = frame_make(&empty, frame, &digest);
    CHECK(record_read(span_of(frame, size), &record) == RECORD_WHOLE);
    EACH_BIT(frame, size)
    CHECK(record_read(span_of(frame, size), &record) == RECORD_BROKEN);

    /* Zeroes that were written as such. */
    static const char zeroes[16];
    struct record_draft blank = { .kind = RECORD_PART, .content = span_of(zeroes, sizeof zeroes) };
    size = frame_make(&blank, frame, &digest);
    CHECK(record_read(span_of(frame, size), &record) == RECORD_WHOLE);
}

/* Headers whose digest is right, but what they say is not. */
static void test_sizes(void)
{
    static const struct row {
        const char *name;
        size_t offset;
        size_t bytes;
        uint64_t number;
        uint64_t more; /* that the frame's size takes */
    } rows[] = {
        { "as it was", 8, 8, 5, 0 },
        { "kind 0", 5, 1, 0, 0 },
        { "kind 6", 5, 1, 6, 0 },
        { "version", 4, 1, 2, 0 },
        { "reserved 7", 7, 1, 1, 0 },
        { "reserved 36", 36, 4, 1, 0 },
        { "sequence 0", 8, 8, 0, 0 },
        { "17 slots", 6, 1, 17, UINT64_C(17) * CRYPT_SLOT_SIZE },
        { "1 slot, not counted", 6, 1, 1, 0 },
        { "metadata", 32, 4, 1048577, 1048577 },
        { "content", 40, 8, RECORD_CONTENT_MOST + 1, RECORD_CONTENT_MOST + 1 },
        { "content that wraps", 40, 8, UINT64_MAX, UINT64_MAX },
        { "16 slots", 6, 1, 16, UINT64_C(16) * CRYPT_SLOT_SIZE },
        { "most metadata", 32, 4, 1048576, 1048576 },
        { "most content", 40, 8, RECORD_CONTENT_MOST, RECORD_CONTENT_MOST },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        unsigned char frame[512];
        struct crypt_digest digest;
        struct record_draft draft = { .kind = RECORD_NOTE };
        size_t size = frame_make(&draft, frame, &digest);
        for (size_t n = 0; n < rows[i].bytes; n++)
            frame[rows[i].offset + n] = (unsigned char)(rows[i].number >> (8 * n));
        uint64_t frame_size = size + rows[i].more;
        for (size_t n = 0; n < 8; n++)
            frame[24 + n] = (unsigned char)(frame_size >> (8 * n));
        struct span text = span_of(frame, 80);
        crypt_digest(NULL, &text, 1, &digest);
        memcpy(frame + 80, digest.bytes, sizeof digest.bytes);
        struct record_header header;
        test_context(rows[i].name);
        bool is_good = i == 0 || strstr(rows[i].name, "most") != NULL || strcmp(rows[i].name, "16 slots") == 0;
        CHECK(record_header_read(span_of(frame, size), &header) == is_good);
        test_context(NULL);
    }
}

static void test_tombstone(void)
{
    struct record_death deaths[2] = { { .sequence = 3 }, { .sequence = 1000 } };
    memset(deaths[1].digest.bytes, 9, CRYPT_DIGEST_SIZE);
    struct buf content;
    buf_init(&content, 4096);
    record_tombstone_put(&store, deaths, 2, &signer, &content);
    size_t count = 0;
    CHECK(record_tombstone_read(buf_span(&content), &store, signer.public_half, &count) && count == 2);
    for (size_t i = 0; i < 2; i++) {
        struct record_death death = record_tombstone_at(buf_span(&content), i);
        CHECK(memcmp(&death, &deaths[i], sizeof death) == 0);
    }
    EACH_BIT(content.data, content.size)
    CHECK(!record_tombstone_read(buf_span(&content), &store, signer.public_half, &count));
    for (size_t size = 0; size < content.size; size++)
        CHECK(!record_tombstone_read(span_slice(buf_span(&content), 0, size), &store, signer.public_half, &count));
    struct record_store_id other = { .bytes = { 1 } };
    CHECK(!record_tombstone_read(buf_span(&content), &other, signer.public_half, &count));
    struct crypt_signer stranger;
    crypt_signer_derive(&(struct crypt_key){ .bytes = { 8 } }, &stranger);
    CHECK(!record_tombstone_read(buf_span(&content), &store, stranger.public_half, &count) && count == 0);
    buf_fini(&content);
}

static void test_names(void)
{
    CHECK(strcmp(record_kind_text(RECORD_MESSAGE), "message") == 0);
    CHECK(strcmp(record_kind_text(RECORD_SLOTS), "slots") == 0);
    CHECK(strcmp(record_kind_text(RECORD_KINDS), "unknown") == 0);
    unsigned char binding[RECORD_BINDING_SIZE];
    record_meta_binding(&store, RECORD_NOTE, binding);
    CHECK(memcmp(binding, store.bytes, sizeof store.bytes) == 0 && binding[RECORD_STORE_ID_SIZE] == 4);
}

int main(void)
{
    struct fault fault = { 0 };
    CHECK(crypt_begin(&fault) == 0);
    crypt_signer_derive(&root, &signer);
    test_segment();
    test_head();
    test_frame();
    test_erased();
    test_sizes();
    test_tombstone();
    test_names();
    return test_end();
}
