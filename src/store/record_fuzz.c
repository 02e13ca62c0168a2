/* Any bytes are a frame, a segment's header, a head and a tombstone's list: as they come, and with digests and
 * signatures put right, for no luck would find those. What can be read is made again to the same bytes.
 */
#include "record.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FUZZ_HEADER_DIGEST = RECORD_HEADER_SIZE - CRYPT_DIGEST_SIZE, FUZZ_SIGNED = 256 - CRYPT_SIGNATURE_SIZE };

static struct crypt_signer signer;
static const struct record_store_id store = { .bytes = { 1 } };

static void put_digest(unsigned char *bytes, size_t size)
{
    struct crypt_digest digest;
    struct span text = span_of(bytes, size);
    crypt_digest(NULL, &text, 1, &digest);
    memcpy(bytes + size, digest.bytes, sizeof digest.bytes);
}

static void check_frame(struct span frame)
{
    struct record record;
    enum record_state state = record_read(frame, &record);
    if (record.header.frame_size > 0)
        assert(record.header.kind > 0 && record.header.kind < RECORD_KINDS && record.header.sequence > 0);
    if (state == RECORD_BROKEN)
        return;
    struct record_draft draft = {
        .kind = record.header.kind,
        .time_ms = record.header.time_ms,
        .meta = record.meta,
        .slots = (const unsigned char *)record.slots.data,
        .slot_count = record.header.slot_count,
        .content = record.content,
    };
    unsigned char header[RECORD_HEADER_SIZE];
    struct crypt_digest digest;
    record_frame_make(&draft, record.header.sequence, &record.header.previous, header, &digest);
    assert(record_frame_size(&draft) == frame.size && memcmp(header, frame.data, sizeof header) == 0);
    assert((memcmp(&digest, &record.digest, sizeof digest) == 0) == (state == RECORD_WHOLE));
}

/* A segment's header and a head have their signature at the same place, and their signers at their own. */
static void check_signed(unsigned char bytes[256])
{
    struct record_segment segment;
    struct record_head head;
    unsigned char again[256];
    (void)record_segment_read(span_of(bytes, 256), &segment);
    (void)record_head_read(span_of(bytes, 256), &head);
    memcpy(bytes + 88, signer.public_half, sizeof signer.public_half);
    put_digest(bytes, 160);
    crypt_sign(&signer, span_of(bytes, FUZZ_SIGNED), bytes + FUZZ_SIGNED);
    if (record_segment_read(span_of(bytes, 256), &segment)) {
        record_segment_make(&segment, &signer, again);
        assert(memcmp(again, bytes, 256) == 0);
    }
    memset(bytes + 144, 0, FUZZ_SIGNED - 144);
    memcpy(bytes + 104, signer.public_half, sizeof signer.public_half);
    crypt_sign(&signer, span_of(bytes, FUZZ_SIGNED), bytes + FUZZ_SIGNED);
    if (record_head_read(span_of(bytes, 256), &head)) {
        record_head_make(&head, &signer, again);
        assert(memcmp(again, bytes, 256) == 0);
    }
}

static void check_tombstone(struct span content)
{
    size_t count = 0;
    if (!record_tombstone_read(content, &store, signer.public_half, &count))
        return;
    struct buf again;
    buf_init(&again, content.size);
    struct record_death *deaths = calloc(count + 1, sizeof *deaths);
    assert(deaths != NULL);
    for (size_t i = 0; i < count; i++)
        deaths[i] = record_tombstone_at(content, i);
    record_tombstone_put(&store, deaths, count, &signer, &again);
    assert(span_equal(buf_span(&again), content));
    free(deaths);
    buf_fini(&again);
}

/* The bytes as a list, signed as it must be. */
static void check_list(struct span list)
{
    struct crypt_digest digest;
    unsigned char signature[CRYPT_SIGNATURE_SIZE];
    struct buf text;
    struct buf content;
    buf_init(&text, 1024);
    buf_init(&content, list.size + sizeof signature);
    crypt_digest(NULL, &list, 1, &digest);
    buf_put_text(&text, "cordtomb");
    buf_put(&text, store.bytes, sizeof store.bytes);
    buf_put(&text, digest.bytes, sizeof digest.bytes);
    crypt_sign(&signer, buf_span(&text), signature);
    buf_put_span(&content, list);
    buf_put(&content, signature, sizeof signature);
    check_tombstone(buf_span(&content));
    buf_fini(&text);
    buf_fini(&content);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (crypt_begin(NULL) != 0)
        abort();
    crypt_signer_derive(&(struct crypt_key){ .bytes = { 2 } }, &signer);
    check_frame(span_of(data, size));
    check_tombstone(span_of(data, size));
    check_list(span_of(data, size));
    unsigned char *copy = malloc(size > 0 ? size : 1);
    if (copy == NULL)
        abort();
    if (size > 0)
        memcpy(copy, data, size);
    if (size >= RECORD_HEADER_SIZE) {
        put_digest(copy, FUZZ_HEADER_DIGEST);
        check_frame(span_of(copy, size));
    }
    if (size >= RECORD_HEADER_SIZE + RECORD_TRAILER_SIZE) {
        put_digest(copy, size - RECORD_TRAILER_SIZE);
        check_frame(span_of(copy, size));
    }
    free(copy);
    unsigned char bytes[256] = { 0 };
    if (size > 0)
        memcpy(bytes, data, size < sizeof bytes ? size : sizeof bytes);
    check_signed(bytes);
    return 0;
}
