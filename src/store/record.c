#include "record.h"

#include "store/little.h"

#include <assert.h>
#include <string.h>

enum { RECORD_MAGIC_SIZE = 8, RECORD_FRAME_MAGIC_SIZE = 4, RECORD_DEATH_SIZE = 8 + CRYPT_DIGEST_SIZE };

/* Every signed text begins with one of these, so that none can be taken for another. */
static const char segment_magic[RECORD_MAGIC_SIZE + 1] = "cordsegm";
static const char head_magic[RECORD_MAGIC_SIZE + 1] = "cordhead";
static const char tombstone_magic[RECORD_MAGIC_SIZE + 1] = "cordtomb";
static const char frame_magic[RECORD_FRAME_MAGIC_SIZE + 1] = "cfrm";

/* Where the fields are. What lies between is reserved, and zero. */
enum segment_at {
    SEGMENT_MAGIC = 0,
    SEGMENT_VERSION = 8, /* 4 bytes, then 4 reserved */
    SEGMENT_STORE = 16,
    SEGMENT_NUMBER = 32,
    SEGMENT_FIRST = 40,
    SEGMENT_CREATED = 48,
    SEGMENT_PREVIOUS = 56,
    SEGMENT_SIGNER = 88, /* then 40 reserved */
    SEGMENT_RESERVED = 120,
    SEGMENT_DIGEST = 160,
    SEGMENT_SIGNATURE = 192
};
enum head_at {
    HEAD_MAGIC = 0,
    HEAD_VERSION = 8, /* 4 bytes, then 4 reserved */
    HEAD_STORE = 16,
    HEAD_COMMIT = 32,
    HEAD_SEGMENT = 40,
    HEAD_LENGTH = 48,
    HEAD_SEQUENCE = 56,
    HEAD_TIME = 64,
    HEAD_DIGEST = 72,
    HEAD_SIGNER = 104,
    HEAD_FIRST = 136, /* then 48 reserved */
    HEAD_RESERVED = 144,
    HEAD_SIGNATURE = 192
};
enum frame_at {
    FRAME_MAGIC = 0,
    FRAME_VERSION = 4,
    FRAME_KIND = 5,
    FRAME_SLOTS = 6, /* then 1 reserved */
    FRAME_SEQUENCE = 8,
    FRAME_TIME = 16,
    FRAME_SIZE = 24,
    FRAME_META = 32, /* 4 bytes, then 4 reserved */
    FRAME_CONTENT = 40,
    FRAME_PREVIOUS = 48,
    FRAME_DIGEST = 80
};
static_assert((int)SEGMENT_SIGNATURE + CRYPT_SIGNATURE_SIZE == RECORD_SEGMENT_SIZE, "the signature is the last");
static_assert((int)HEAD_SIGNATURE + CRYPT_SIGNATURE_SIZE == RECORD_HEAD_SIZE, "the signature is the last");
static_assert((int)FRAME_DIGEST + CRYPT_DIGEST_SIZE == RECORD_HEADER_SIZE, "the digest is the last");

static const unsigned char *at(struct span bytes, size_t offset)
{
    return (const unsigned char *)bytes.data + offset;
}

static bool is_zero(struct span bytes)
{
    return bytes.size == 0 || (bytes.data[0] == 0 && memcmp(bytes.data, bytes.data + 1, bytes.size - 1) == 0);
}

static void digest_of_span(struct span bytes, struct crypt_digest *digest_out)
{
    crypt_digest(NULL, &bytes, 1, digest_out);
}

/* Is the digest of all before `offset` what stands there? */
static bool has_digest(struct span bytes, size_t offset)
{
    struct crypt_digest digest;
    digest_of_span(span_slice(bytes, 0, offset), &digest);
    return memcmp(digest.bytes, at(bytes, offset), sizeof digest.bytes) == 0;
}

const char *record_kind_text(enum record_kind kind)
{
    static const char *const texts[RECORD_KINDS] = {
        [RECORD_MESSAGE] = "message", [RECORD_PART] = "part",   [RECORD_TOMBSTONE] = "tombstone",
        [RECORD_NOTE] = "note",       [RECORD_SLOTS] = "slots",
    };
    return kind > 0 && kind < RECORD_KINDS ? texts[kind] : "unknown";
}

struct span record_meta_binding(const struct record_store_id *store, enum record_kind kind,
                                unsigned char binding_out[RECORD_BINDING_SIZE])
{
    memcpy(binding_out, store->bytes, sizeof store->bytes);
    binding_out[RECORD_STORE_ID_SIZE] = (unsigned char)kind;
    return span_of(binding_out, RECORD_BINDING_SIZE);
}

/* --- Segments --- */

void record_segment_make(const struct record_segment *segment, const struct crypt_signer *signer,
                         unsigned char bytes_out[RECORD_SEGMENT_SIZE])
{
    struct crypt_digest digest;
    memset(bytes_out, 0, RECORD_SEGMENT_SIZE);
    memcpy(bytes_out + SEGMENT_MAGIC, segment_magic, RECORD_MAGIC_SIZE);
    little_put(bytes_out + SEGMENT_VERSION, RECORD_VERSION, 4);
    memcpy(bytes_out + SEGMENT_STORE, segment->store.bytes, sizeof segment->store.bytes);
    little_put(bytes_out + SEGMENT_NUMBER, segment->number, 8);
    little_put(bytes_out + SEGMENT_FIRST, segment->first_sequence, 8);
    little_put(bytes_out + SEGMENT_CREATED, segment->created_ms, 8);
    memcpy(bytes_out + SEGMENT_PREVIOUS, segment->previous.bytes, CRYPT_DIGEST_SIZE);
    memcpy(bytes_out + SEGMENT_SIGNER, signer->public_half, CRYPT_PUBLIC_SIZE);
    digest_of_span(span_of(bytes_out, SEGMENT_DIGEST), &digest);
    memcpy(bytes_out + SEGMENT_DIGEST, digest.bytes, sizeof digest.bytes);
    crypt_sign(signer, span_of(bytes_out, SEGMENT_SIGNATURE), bytes_out + SEGMENT_SIGNATURE);
}

/* Magic, version and the four zeroes behind it, as segments and heads have them. */
static bool begins_with(struct span bytes, const char *magic)
{
    return span_starts_with(bytes, magic) && little_get(bytes, RECORD_MAGIC_SIZE, 8) == RECORD_VERSION;
}

bool record_segment_read(struct span bytes, struct record_segment *segment_out)
{
    *segment_out = (struct record_segment){ 0 };
    if (bytes.size < RECORD_SEGMENT_SIZE)
        return false;
    bytes = span_slice(bytes, 0, RECORD_SEGMENT_SIZE);
    if (!begins_with(bytes, segment_magic) || !has_digest(bytes, SEGMENT_DIGEST) ||
        !is_zero(span_slice(bytes, SEGMENT_RESERVED, SEGMENT_DIGEST - SEGMENT_RESERVED)) ||
        !crypt_verify(at(bytes, SEGMENT_SIGNER), span_slice(bytes, 0, SEGMENT_SIGNATURE), at(bytes, SEGMENT_SIGNATURE)))
        return false;
    memcpy(segment_out->store.bytes, at(bytes, SEGMENT_STORE), sizeof segment_out->store.bytes);
    segment_out->number = little_get(bytes, SEGMENT_NUMBER, 8);
    segment_out->first_sequence = little_get(bytes, SEGMENT_FIRST, 8);
    segment_out->created_ms = little_get(bytes, SEGMENT_CREATED, 8);
    memcpy(segment_out->previous.bytes, at(bytes, SEGMENT_PREVIOUS), CRYPT_DIGEST_SIZE);
    memcpy(segment_out->signer, at(bytes, SEGMENT_SIGNER), CRYPT_PUBLIC_SIZE);
    return segment_out->number > 0 && segment_out->first_sequence > 0;
}

/* --- Frames --- */

uint64_t record_frame_size(const struct record_draft *draft)
{
    return (uint64_t)RECORD_HEADER_SIZE + draft->meta.size + (uint64_t)draft->slot_count * CRYPT_SLOT_SIZE +
           draft->content.size + RECORD_TRAILER_SIZE;
}

void record_frame_make(const struct record_draft *draft, uint64_t sequence, const struct crypt_digest *previous,
                       unsigned char header_out[RECORD_HEADER_SIZE], struct crypt_digest *digest_out)
{
    assert(draft->kind > 0 && draft->kind < RECORD_KINDS && sequence > 0 && draft->slot_count <= RECORD_MOST_SLOTS);
    assert(draft->meta.size <= RECORD_META_MOST && draft->content.size <= RECORD_CONTENT_MOST);
    struct crypt_digest digest;
    memset(header_out, 0, RECORD_HEADER_SIZE);
    memcpy(header_out + FRAME_MAGIC, frame_magic, RECORD_FRAME_MAGIC_SIZE);
    header_out[FRAME_VERSION] = RECORD_VERSION;
    header_out[FRAME_KIND] = (unsigned char)draft->kind;
    header_out[FRAME_SLOTS] = draft->slot_count;
    little_put(header_out + FRAME_SEQUENCE, sequence, 8);
    little_put(header_out + FRAME_TIME, draft->time_ms, 8);
    little_put(header_out + FRAME_SIZE, record_frame_size(draft), 8);
    little_put(header_out + FRAME_META, draft->meta.size, 4);
    little_put(header_out + FRAME_CONTENT, draft->content.size, 8);
    memcpy(header_out + FRAME_PREVIOUS, previous->bytes, sizeof previous->bytes);
    digest_of_span(span_of(header_out, FRAME_DIGEST), &digest);
    memcpy(header_out + FRAME_DIGEST, digest.bytes, sizeof digest.bytes);
    struct span all[] = {
        span_of(header_out, RECORD_HEADER_SIZE),
        draft->meta,
        span_of(draft->slots, (size_t)draft->slot_count * CRYPT_SLOT_SIZE),
        draft->content,
    };
    crypt_digest(NULL, all, sizeof all / sizeof all[0], digest_out);
}

static uint64_t slots_size(const struct record_header *header)
{
    return (uint64_t)header->slot_count * CRYPT_SLOT_SIZE;
}

bool record_header_read(struct span bytes, struct record_header *header_out)
{
    *header_out = (struct record_header){ 0 };
    if (bytes.size < RECORD_HEADER_SIZE)
        return false;
    bytes = span_slice(bytes, 0, RECORD_HEADER_SIZE);
    if (!span_starts_with(bytes, frame_magic) || bytes.data[FRAME_VERSION] != RECORD_VERSION ||
        !has_digest(bytes, FRAME_DIGEST))
        return false;
    unsigned kind = (unsigned)little_get(bytes, FRAME_KIND, 1);
    struct record_header header = {
        .kind = (enum record_kind)kind,
        .slot_count = (uint8_t)little_get(bytes, FRAME_SLOTS, 1),
        .sequence = little_get(bytes, FRAME_SEQUENCE, 8),
        .time_ms = little_get(bytes, FRAME_TIME, 8),
        .frame_size = little_get(bytes, FRAME_SIZE, 8),
        .meta_size = (uint32_t)little_get(bytes, FRAME_META, 4),
        .content_size = little_get(bytes, FRAME_CONTENT, 8),
    };
    memcpy(header.previous.bytes, at(bytes, FRAME_PREVIOUS), sizeof header.previous.bytes);
    if (little_get(bytes, FRAME_SLOTS + 1, 1) != 0 || little_get(bytes, FRAME_META + 4, 4) != 0 || kind == 0 ||
        kind >= RECORD_KINDS || header.sequence == 0 || header.slot_count > RECORD_MOST_SLOTS ||
        header.meta_size > RECORD_META_MOST || header.content_size > RECORD_CONTENT_MOST)
        return false;
    if (header.frame_size != (uint64_t)RECORD_HEADER_SIZE + header.meta_size + slots_size(&header) +
                                 header.content_size + RECORD_TRAILER_SIZE)
        return false;
    *header_out = header;
    return true;
}

enum record_state record_read(struct span frame, struct record *record_out)
{
    *record_out = (struct record){ 0 };
    struct record_header header;
    if (!record_header_read(frame, &header))
        return RECORD_BROKEN;
    record_out->header = header;
    if (frame.size != header.frame_size)
        return RECORD_BROKEN;
    size_t body_size = frame.size - RECORD_HEADER_SIZE - RECORD_TRAILER_SIZE;
    struct span body = span_slice(frame, RECORD_HEADER_SIZE, body_size);
    struct span trailer = span_from(frame, RECORD_HEADER_SIZE + body_size);
    record_out->meta = span_slice(body, 0, header.meta_size);
    record_out->slots = span_slice(body, header.meta_size, (size_t)slots_size(&header));
    record_out->content = span_from(body, header.meta_size + (size_t)slots_size(&header));
    memcpy(record_out->digest.bytes, trailer.data, trailer.size);
    if (has_digest(frame, RECORD_HEADER_SIZE + body_size))
        return RECORD_WHOLE;
    /* What an erased frame's digest ought to be, the next frame says, and the tombstone. An empty frame has nothing to
     * erase: its digest is wrong. */
    return body.size > 0 && is_zero(body) && !is_zero(trailer) ? RECORD_ERASED : RECORD_BROKEN;
}

/* --- Tombstones --- */

/* What is signed: the list by its digest, so that a long one needs no copy. */
enum { TOMBSTONE_SIGNED_SIZE = RECORD_MAGIC_SIZE + RECORD_STORE_ID_SIZE + CRYPT_DIGEST_SIZE, TOMBSTONE_COUNT_SIZE = 8 };

static void tombstone_text(const struct record_store_id *store, struct span list,
                           unsigned char text_out[TOMBSTONE_SIGNED_SIZE])
{
    struct crypt_digest digest;
    digest_of_span(list, &digest);
    memcpy(text_out, tombstone_magic, RECORD_MAGIC_SIZE);
    memcpy(text_out + RECORD_MAGIC_SIZE, store->bytes, RECORD_STORE_ID_SIZE);
    memcpy(text_out + RECORD_MAGIC_SIZE + RECORD_STORE_ID_SIZE, digest.bytes, CRYPT_DIGEST_SIZE);
}

void record_tombstone_put(const struct record_store_id *store, const struct record_death *deaths, size_t count,
                          const struct crypt_signer *signer, struct buf *content_out)
{
    size_t begin = content_out->size;
    unsigned char bytes[RECORD_DEATH_SIZE];
    little_put(bytes, count, TOMBSTONE_COUNT_SIZE);
    buf_put(content_out, bytes, TOMBSTONE_COUNT_SIZE);
    for (size_t i = 0; i < count; i++) {
        little_put(bytes, deaths[i].sequence, 8);
        memcpy(bytes + 8, deaths[i].digest.bytes, CRYPT_DIGEST_SIZE);
        buf_put(content_out, bytes, sizeof bytes);
    }
    unsigned char text[TOMBSTONE_SIGNED_SIZE];
    unsigned char signature[CRYPT_SIGNATURE_SIZE];
    tombstone_text(store, span_from(buf_span(content_out), begin), text);
    crypt_sign(signer, span_of(text, sizeof text), signature);
    buf_put(content_out, signature, sizeof signature);
}

bool record_tombstone_read(struct span content, const struct record_store_id *store,
                           const unsigned char signer[CRYPT_PUBLIC_SIZE], size_t *count_out)
{
    *count_out = 0;
    if (content.size < TOMBSTONE_COUNT_SIZE + CRYPT_SIGNATURE_SIZE)
        return false;
    size_t list_size = content.size - CRYPT_SIGNATURE_SIZE;
    size_t deaths_size = list_size - TOMBSTONE_COUNT_SIZE;
    if (deaths_size % RECORD_DEATH_SIZE != 0 ||
        little_get(content, 0, TOMBSTONE_COUNT_SIZE) != deaths_size / RECORD_DEATH_SIZE)
        return false;
    unsigned char text[TOMBSTONE_SIGNED_SIZE];
    tombstone_text(store, span_slice(content, 0, list_size), text);
    if (!crypt_verify(signer, span_of(text, sizeof text), at(content, list_size)))
        return false;
    *count_out = deaths_size / RECORD_DEATH_SIZE;
    return true;
}

struct record_death record_tombstone_at(struct span content, size_t index)
{
    struct record_death death;
    size_t offset = TOMBSTONE_COUNT_SIZE + index * RECORD_DEATH_SIZE;
    death.sequence = little_get(content, offset, 8);
    assert(content.size - offset >= RECORD_DEATH_SIZE);
    memcpy(death.digest.bytes, at(content, offset + 8), CRYPT_DIGEST_SIZE);
    return death;
}

/* --- Heads --- */

void record_head_make(const struct record_head *head, const struct crypt_signer *signer,
                      unsigned char bytes_out[RECORD_HEAD_SIZE])
{
    memset(bytes_out, 0, RECORD_HEAD_SIZE);
    memcpy(bytes_out + HEAD_MAGIC, head_magic, RECORD_MAGIC_SIZE);
    little_put(bytes_out + HEAD_VERSION, RECORD_VERSION, 4);
    memcpy(bytes_out + HEAD_STORE, head->store.bytes, sizeof head->store.bytes);
    little_put(bytes_out + HEAD_COMMIT, head->commit, 8);
    little_put(bytes_out + HEAD_FIRST, head->first, 8);
    little_put(bytes_out + HEAD_SEGMENT, head->segment, 8);
    little_put(bytes_out + HEAD_LENGTH, head->length, 8);
    little_put(bytes_out + HEAD_SEQUENCE, head->sequence, 8);
    little_put(bytes_out + HEAD_TIME, head->time_ms, 8);
    memcpy(bytes_out + HEAD_DIGEST, head->digest.bytes, sizeof head->digest.bytes);
    memcpy(bytes_out + HEAD_SIGNER, signer->public_half, CRYPT_PUBLIC_SIZE);
    crypt_sign(signer, span_of(bytes_out, HEAD_SIGNATURE), bytes_out + HEAD_SIGNATURE);
}

bool record_head_read(struct span bytes, struct record_head *head_out)
{
    *head_out = (struct record_head){ 0 };
    if (bytes.size < RECORD_HEAD_SIZE)
        return false;
    bytes = span_slice(bytes, 0, RECORD_HEAD_SIZE);
    if (!begins_with(bytes, head_magic) || !is_zero(span_slice(bytes, HEAD_RESERVED, HEAD_SIGNATURE - HEAD_RESERVED)) ||
        !crypt_verify(at(bytes, HEAD_SIGNER), span_slice(bytes, 0, HEAD_SIGNATURE), at(bytes, HEAD_SIGNATURE)))
        return false;
    memcpy(head_out->store.bytes, at(bytes, HEAD_STORE), sizeof head_out->store.bytes);
    head_out->commit = little_get(bytes, HEAD_COMMIT, 8);
    head_out->first = little_get(bytes, HEAD_FIRST, 8);
    head_out->segment = little_get(bytes, HEAD_SEGMENT, 8);
    head_out->length = little_get(bytes, HEAD_LENGTH, 8);
    head_out->sequence = little_get(bytes, HEAD_SEQUENCE, 8);
    head_out->time_ms = little_get(bytes, HEAD_TIME, 8);
    memcpy(head_out->digest.bytes, at(bytes, HEAD_DIGEST), CRYPT_DIGEST_SIZE);
    memcpy(head_out->signer, at(bytes, HEAD_SIGNER), CRYPT_PUBLIC_SIZE);
    return head_out->commit > 0 && head_out->first > 0 && head_out->first <= head_out->segment;
}
