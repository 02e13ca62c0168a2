/* store_sample FOLDER: writes a small store with one of everything, for test_format.py: FOLDER/store, FOLDER/head,
 * FOLDER/message and the keys.
 */
#include "store/content.h"
#include "store/crypt.h"
#include "store/keyfile.h"
#include "store/meta.h"
#include "store/segments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    SAMPLE_TIME = 1790000000,
    SAMPLE_MOST = 1 << 20,
    SAMPLE_PART = 200000,
    SAMPLE_SEGMENT = 100000, /* so that the part fills the first one */
    SAMPLE_OWNERS = 2
};

static struct crypt_key root;
static struct crypt_key meta_key;
static struct crypt_signer signer;
static struct crypt_pair owners[SAMPLE_OWNERS];
static struct segments *segments;
static struct buf meta; /* of the next record */
static struct buf slots;
static struct buf content;
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

/* Writes a record of what is in the buffers, and clears those. */
static struct record_death record_put(enum record_kind kind, struct place *place_out)
{
    unsigned char binding[RECORD_BINDING_SIZE];
    struct record_death record;
    struct buf sealed;
    buf_init(&sealed, RECORD_META_MOST);
    crypt_seal(&meta_key, buf_span(&meta), record_meta_binding(segments_id(segments), kind, binding), &sealed);
    struct record_draft draft = { .kind = kind,
                                  .time_ms = SAMPLE_TIME,
                                  .meta = buf_span(&sealed),
                                  .slots = (const unsigned char *)slots.data,
                                  .slot_count = (uint8_t)(slots.size / CRYPT_SLOT_SIZE),
                                  .content = buf_span(&content) };
    need(segments_append(segments, &draft, &record.sequence, &record.digest, place_out, &fault));
    need(segments_commit(segments, &fault));
    buf_fini(&sealed);
    buf_clear(&meta);
    buf_clear(&slots);
    buf_clear(&content);
    return record;
}

static void slot_put(const struct crypt_key *key, size_t owner)
{
    unsigned char slot[CRYPT_SLOT_SIZE];
    crypt_wrap(key, owners[owner].public_half, slot);
    buf_put(&slots, slot, sizeof slot);
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
    crypt_key_derive(&root, CRYPT_FOR_META, &meta_key);
    crypt_signer_derive(&root, &signer);
    need(keyfile_write_root(path_of("root"), &root, &fault));
    for (size_t i = 0; i < SAMPLE_OWNERS; i++) {
        crypt_pair_new(&owners[i]);
        need(keyfile_write_pair(path_of(i == 0 ? "first.secret" : "second.secret"), &owners[i], &fault));
        need(keyfile_write_public(path_of(i == 0 ? "first.pub" : "second.pub"), owners[i].public_half, &fault));
    }
}

static void store_open_new(void)
{
    static char path[4096];
    static char head_path[4096];
    (void)snprintf(path, sizeof path, "%s/store", folder);
    (void)snprintf(head_path, sizeof head_path, "%s/head", folder);
    struct segments_settings settings = {
        .path = path, .head_path = head_path, .signer = &signer, .segment_bytes = SAMPLE_SEGMENT
    };
    struct segments_found found;
    need(mkdir(path, 0700));
    need(segments_open(&settings, &segments, &found, &fault));
}

static void records_put(void)
{
    static char message[SAMPLE_PART + 200];
    struct crypt_key keys[2];
    struct place place;
    crypt_random(keys, sizeof keys);
    size_t head_size = (size_t)snprintf(message, 100, "Subject: sample\r\n\r\n");
    part_make(message + head_size);
    (void)snprintf(message + head_size + SAMPLE_PART, 100, "\r\nthe end\r\n");
    size_t size = head_size + SAMPLE_PART + strlen("\r\nthe end\r\n");
    file_write("message", message, size);

    meta_put_number(&meta, META_PART_SIZE, SAMPLE_PART); /* 1: a part */
    slot_put(&keys[0], 0);
    need(content_seal(&keys[0], span_of(message + head_size, SAMPLE_PART), &content, &fault));
    (void)record_put(RECORD_PART, &place);

    meta_put_text(&meta, META_SENDER, "a@example.org"); /* 2: a message with that part, for the first owner */
    meta_put_text(&meta, META_RECIPIENT, "b@example.org");
    meta_put_text(&meta, META_RECIPIENT, "c@example.org");
    meta_put_number(&meta, META_SIZE, size);
    meta_put_number(&meta, META_PART, 1);
    slot_put(&keys[1], 0);
    struct content_part part = { .offset = head_size, .size = SAMPLE_PART, .sequence = 1 };
    need(content_seal_message(&keys[1], span_of(message, size), &part, 1, &content, &fault));
    (void)record_put(RECORD_MESSAGE, &place);

    meta_put_text(&meta, META_SUBJECT, "secret"); /* 3: a message; 4: its tombstone */
    slot_put(&keys[1], 0);
    buf_put_text(&content, "whatever");
    struct record_death death = record_put(RECORD_MESSAGE, &place);
    struct place erased = place;
    meta_put_text(&meta, META_WHAT, "delete");
    record_tombstone_put(segments_id(segments), &death, 1, &signer, &content);
    (void)record_put(RECORD_TOMBSTONE, &place);
    need(segments_erase(segments, erased, &fault));

    meta_put_text(&meta, META_WHAT,
                  "keys"); /* 5: a note; 6 and 7: the second owner may read the message and its part */
    (void)record_put(RECORD_NOTE, &place);
    for (size_t i = 0; i < 2; i++) {
        meta_put_number(&meta, META_ABOUT, i + 1);
        slot_put(&keys[i], 1);
        (void)record_put(RECORD_SLOTS, &place);
    }
}

int main(int argc, char **argv)
{
    if (argc != 2 || crypt_begin(&fault) != 0)
        return 64;
    folder = argv[1];
    buf_init(&meta, SAMPLE_MOST);
    buf_init(&slots, SAMPLE_MOST);
    buf_init(&content, SAMPLE_MOST);
    keys_make();
    store_open_new();
    records_put();
    segments_close(segments);
    buf_fini(&meta);
    buf_fini(&slots);
    buf_fini(&content);
    return 0;
}
