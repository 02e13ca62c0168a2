/* store_sample FOLDER: writes a small store by hand, with one of everything, for test_format.py: two segments, a head,
 * and the keys.
 */
#include "store/content.h"
#include "store/crypt.h"
#include "store/keyfile.h"
#include "store/meta.h"
#include "store/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_TIME = 1790000000, SAMPLE_MOST = 1 << 20, SAMPLE_PART = 200000, SAMPLE_OWNERS = 2 };

static struct crypt_key root;
static struct crypt_key meta_key;
static struct crypt_signer signer;
static struct crypt_pair owners[SAMPLE_OWNERS];
static struct record_store_id store;
static struct crypt_digest last; /* record's digest */
static uint64_t sequence;
static struct buf segments[2];
static const char *folder;
static struct fault fault;

static void need(int result)
{
    if (result == 0)
        return;
    fprintf(stderr, "store_sample: %s\n", fault.text);
    exit(1);
}

static const char *path_of(const char *name)
{
    static char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void file_write(const char *name, const void *bytes, size_t size)
{
    FILE *file = fopen(path_of(name), "wb");
    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        perror(path_of(name));
        exit(1);
    }
}

static void segment_begin(unsigned number)
{
    unsigned char bytes[RECORD_SEGMENT_SIZE];
    struct record_segment segment = {
        .store = store, .number = number, .first_sequence = sequence + 1, .created_ms = SAMPLE_TIME, .previous = last
    };
    record_segment_make(&segment, &signer, bytes);
    buf_put(&segments[number - 1], bytes, sizeof bytes);
}

/* Returns where it begins in the segment. */
static size_t frame_put(unsigned segment, enum record_kind kind, const struct buf *meta, const struct buf *slots,
                        struct span content)
{
    unsigned char binding[RECORD_BINDING_SIZE];
    unsigned char header[RECORD_HEADER_SIZE];
    struct crypt_digest digest;
    struct buf sealed;
    struct buf *out = &segments[segment - 1];
    size_t begin = out->size;
    buf_init(&sealed, RECORD_META_MOST);
    record_meta_binding(&store, kind, binding);
    crypt_seal(&meta_key, buf_span(meta), span_of(binding, sizeof binding), &sealed);
    struct record_draft draft = { .kind = kind,
                                  .time_ms = SAMPLE_TIME + sequence,
                                  .meta = buf_span(&sealed),
                                  .slots = (const unsigned char *)slots->data,
                                  .slot_count = (uint8_t)(slots->size / CRYPT_SLOT_SIZE),
                                  .content = content };
    record_frame_make(&draft, ++sequence, &last, header, &digest);
    buf_put(out, header, sizeof header);
    buf_put_span(out, buf_span(&sealed));
    buf_put_span(out, buf_span(slots));
    buf_put_span(out, content);
    buf_put(out, digest.bytes, sizeof digest.bytes);
    last = digest;
    buf_fini(&sealed);
    return begin;
}

static void frame_erase(unsigned segment, size_t begin)
{
    struct record_header header;
    need(record_header_read(span_from(buf_span(&segments[segment - 1]), begin), &header) ? 0 : -1);
    memset(segments[segment - 1].data + begin + RECORD_HEADER_SIZE, 0,
           (size_t)header.frame_size - RECORD_HEADER_SIZE - RECORD_TRAILER_SIZE);
}

static void slot_put(struct buf *slots, const struct crypt_key *key, size_t owner)
{
    unsigned char slot[CRYPT_SLOT_SIZE];
    crypt_wrap(key, owners[owner].public_half, slot);
    buf_put(slots, slot, sizeof slot);
}

/* Bytes that compress badly, so that there are several pieces. */
static void part_make(char bytes[SAMPLE_PART])
{
    uint32_t state = 1;
    for (size_t i = 0; i < SAMPLE_PART; i++) {
        state = state * 1664525U + 1013904223U;
        bytes[i] = (char)(state >> 24);
    }
}

static void keys_make(void)
{
    crypt_random(&root, sizeof root);
    crypt_random(&store, sizeof store);
    crypt_key_derive(&root, CRYPT_FOR_META, &meta_key);
    crypt_signer_derive(&root, &signer);
    need(keyfile_write_root(path_of("root"), &root, &fault));
    for (size_t i = 0; i < SAMPLE_OWNERS; i++) {
        crypt_pair_new(&owners[i]);
        need(keyfile_write_pair(path_of(i == 0 ? "first.secret" : "second.secret"), &owners[i], &fault));
        need(keyfile_write_public(path_of(i == 0 ? "first.pub" : "second.pub"), owners[i].public_half, &fault));
    }
}

static void records_make(struct buf *meta, struct buf *slots, struct buf *content)
{
    static char message[SAMPLE_PART + 200];
    struct crypt_key keys[2];
    crypt_random(keys, sizeof keys);
    size_t head_size = (size_t)snprintf(message, 100, "Subject: sample\r\n\r\n");
    part_make(message + head_size);
    (void)snprintf(message + head_size + SAMPLE_PART, 100, "\r\nthe end\r\n");
    size_t size = head_size + SAMPLE_PART + strlen("\r\nthe end\r\n");
    file_write("message", message, size);

    segment_begin(1); /* 1: a part */
    slot_put(slots, &keys[0], 0);
    meta_put_number(meta, META_PART_SIZE, SAMPLE_PART);
    need(content_seal(&keys[0], span_of(message + head_size, SAMPLE_PART), content, &fault));
    (void)frame_put(1, RECORD_PART, meta, slots, buf_span(content));

    buf_clear(content); /* 2: a message that is erased */
    size_t erased = frame_put(1, RECORD_MESSAGE, meta, slots, span_text("dead"));
    struct record_death death = { .sequence = sequence, .digest = last };

    buf_clear(slots); /* 3: a message with that part, for the first owner */
    buf_clear(meta);
    slot_put(slots, &keys[1], 0);
    meta_put_text(meta, META_SENDER, "a@example.org");
    meta_put_text(meta, META_RECIPIENT, "b@example.org");
    meta_put_text(meta, META_RECIPIENT, "c@example.org");
    meta_put_number(meta, META_SIZE, size);
    meta_put_number(meta, META_PART, 1);
    struct content_part part = { .offset = head_size, .size = SAMPLE_PART, .sequence = 1 };
    need(content_seal_message(&keys[1], span_of(message, size), &part, 1, content, &fault));
    (void)frame_put(1, RECORD_MESSAGE, meta, slots, buf_span(content));

    segment_begin(2); /* 4: the tombstone */
    buf_clear(content);
    buf_clear(slots);
    buf_clear(meta);
    meta_put_text(meta, META_WHAT, "delete");
    record_tombstone_put(&store, &death, 1, &signer, content);
    (void)frame_put(2, RECORD_TOMBSTONE, meta, slots, buf_span(content));
    frame_erase(1, erased);

    buf_clear(meta); /* 5: a note; 6 and 7: the second owner may read the message, and its part */
    meta_put_text(meta, META_WHAT, "keys");
    (void)frame_put(2, RECORD_NOTE, meta, slots, span_of(NULL, 0));
    for (size_t i = 0; i < 2; i++) {
        buf_clear(meta);
        buf_clear(slots);
        meta_put_number(meta, META_ABOUT, i == 0 ? 3 : 1);
        slot_put(slots, &keys[i == 0 ? 1 : 0], 1);
        (void)frame_put(2, RECORD_SLOTS, meta, slots, span_of(NULL, 0));
    }
}

int main(int argc, char **argv)
{
    if (argc != 2 || crypt_begin(&fault) != 0)
        return 64;
    folder = argv[1];
    struct buf meta;
    struct buf slots;
    struct buf content;
    buf_init(&meta, SAMPLE_MOST);
    buf_init(&slots, SAMPLE_MOST);
    buf_init(&content, SAMPLE_MOST);
    buf_init(&segments[0], SAMPLE_MOST);
    buf_init(&segments[1], SAMPLE_MOST);
    keys_make();
    records_make(&meta, &slots, &content);
    unsigned char heads[2 * RECORD_HEAD_SIZE] = { 0 }; /* of which the second slot is the newer one */
    struct record_head head = {
        .store = store, .commit = 41, .first = 1, .segment = 1, .length = RECORD_SEGMENT_SIZE, .time_ms = SAMPLE_TIME
    };
    record_head_make(&head, &signer, heads);
    head.commit = 42;
    head.segment = 2;
    head.length = segments[1].size;
    head.sequence = sequence;
    head.digest = last;
    record_head_make(&head, &signer, heads + RECORD_HEAD_SIZE);
    file_write("head", heads, sizeof heads);
    file_write("segments/00000001.seg", segments[0].data, segments[0].size);
    file_write("segments/00000002.seg", segments[1].data, segments[1].size);
    struct buf *all[] = { &meta, &slots, &content, &segments[0], &segments[1] };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        buf_fini(all[i]);
    return 0;
}
