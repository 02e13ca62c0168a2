/* Readers of a store: other processes than the writer, and other threads. */
#include "store/store_inner.h"

#include "base/memory.h"
#include "store/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { READER_BEHIND_MOST = 10000 };

struct store_reader {
    struct store_keys keys;
    struct segments *segments;
    struct index *index;
    struct buf meta;
};

static int reader_open_index(struct store_reader *reader, const struct store_settings *settings, struct fault *fault)
{
    char path[4096];
    uint64_t position = 0;
    struct crypt_digest digest;
    struct fault why = { 0 };
    bool is_fresh = false;
    (void)snprintf(path, sizeof path, "%s/index.sqlite", settings->path);
    if (index_open(path, segments_id(reader->segments), true, &reader->index, &is_fresh, &why) != 0 ||
        index_position(reader->index, &position, &digest, &why) != 0)
        return fault_set(fault, why.code == EACCES || why.code == EPERM ? why.code : EAGAIN,
                         "the index can't be used: %.150s", why.text);
    if (position + READER_BEHIND_MOST < segments_last_sequence(reader->segments))
        return fault_set(fault, EAGAIN, "the index is being made: %llu of %llu records", (unsigned long long)position,
                         (unsigned long long)segments_last_sequence(reader->segments));
    return 0;
}

int store_open_reader(const struct store_settings *settings, struct store_reader **reader_out, struct fault *fault)
{
    struct segments_settings where = { .path = settings->path, .head_path = settings->head_path };
    struct segments_found found = { .text = "" };
    *reader_out = NULL;
    if (crypt_begin(fault) != 0)
        return -1;
    struct store_reader *reader = memory_new(sizeof *reader);
    crypt_pin(&reader->keys, sizeof reader->keys);
    store_keys_derive(&settings->root, &reader->keys);
    buf_init(&reader->meta, RECORD_META_MOST);
    if (segments_open(&where, &reader->segments, &found, fault) == 0 &&
        reader_open_index(reader, settings, fault) == 0) {
        *reader_out = reader;
        return 0;
    }
    store_close_reader(reader);
    return -1;
}

void store_close_reader(struct store_reader *reader)
{
    if (reader == NULL)
        return;
    index_close(reader->index);
    segments_close(reader->segments);
    buf_fini(&reader->meta);
    crypt_wipe(&reader->keys, sizeof reader->keys);
    free(reader);
}

/* The span lives until the next is opened. */
static struct span reader_open_meta(struct store_reader *reader, enum record_kind kind, struct span sealed)
{
    unsigned char binding[RECORD_BINDING_SIZE];
    buf_clear(&reader->meta);
    if (!crypt_open(&reader->keys.meta, sealed, record_meta_binding(segments_id(reader->segments), kind, binding),
                    &reader->meta))
        return span_text("");
    return buf_span(&reader->meta);
}

/* --- Finding --- */

struct finding_each {
    struct store_reader *reader;
    store_each each;
    void *context;
};

static int find_each(void *context, const struct index_row *row)
{
    struct finding_each *finding = context;
    struct store_entry entry = { .row = *row, .meta = reader_open_meta(finding->reader, row->kind, row->meta) };
    return finding->each(finding->context, &entry);
}

int store_find(struct store_reader *reader, const struct index_query *query, store_each each, void *context,
               uint64_t *rest_out, struct fault *fault)
{
    struct finding_each finding = { .reader = reader, .each = each, .context = context };
    return index_find(reader->index, query, find_each, &finding, rest_out, fault);
}

int store_ask(struct store_reader *reader, struct span field, struct span text, uint64_t tokens[INDEX_MOST_TOKENS],
              size_t *count, struct fault *fault)
{
    return words_ask(&reader->keys.tokens, field, text, tokens, count, fault);
}

/* The frame of a record that the index knows; *memory_out is the caller's to free. */
static int reader_record(struct store_reader *reader, uint64_t sequence, struct index_row *row_out, char **memory_out,
                         struct record *record_out, struct fault *fault)
{
    struct span frame;
    *memory_out = NULL;
    if (index_get(reader->index, sequence, row_out, fault) != 0 ||
        segments_read(reader->segments, row_out->place, memory_out, &frame, fault) != 0)
        return -1;
    enum record_state state = record_read(frame, record_out);
    if (state == RECORD_WHOLE && record_out->header.sequence == sequence)
        return 0;
    free(*memory_out);
    *memory_out = NULL;
    return fault_set(fault, state == RECORD_ERASED ? ENOENT : EBADMSG, "record %llu is %s",
                     (unsigned long long)sequence, state == RECORD_ERASED ? "erased" : "damaged");
}

int store_get(struct store_reader *reader, uint64_t sequence, store_each each, void *context, struct fault *fault)
{
    struct store_entry entry = { .meta = span_text("") };
    struct record record;
    char *memory = NULL;
    if (reader_record(reader, sequence, &entry.row, &memory, &record, fault) != 0)
        return -1;
    entry.row.meta = record.meta;
    entry.meta = reader_open_meta(reader, record.header.kind, record.meta);
    int status = each(context, &entry);
    free(memory);
    return status;
}

int store_read_totals(struct store_reader *reader, struct index_totals *totals_out, struct fault *fault)
{
    return index_totals(reader->index, totals_out, fault);
}

static int trail_each(void *context, enum record_state state, const struct record *record, struct place place)
{
    struct finding_each *trail = context;
    enum record_kind kind = record->header.kind;
    if (state != RECORD_WHOLE || kind == RECORD_MESSAGE || kind == RECORD_PART)
        return 0;
    struct store_entry entry = { .row = { .sequence = record->header.sequence,
                                          .kind = kind,
                                          .place = place,
                                          .time_ms = record->header.time_ms,
                                          .digest = record->digest,
                                          .meta = record->meta },
                                 .meta = reader_open_meta(trail->reader, kind, record->meta) };
    return trail->each(trail->context, &entry);
}

int store_trail(struct store_reader *reader, uint64_t from, store_each each, void *context, struct fault *fault)
{
    struct finding_each trail = { .reader = reader, .each = each, .context = context };
    return segments_walk(reader->segments, from > 0 ? from : 1, trail_each, &trail, fault);
}

/* --- Reading --- */

static bool slots_open(struct span slots, const struct crypt_pair *pairs, size_t pair_count, struct crypt_key *key_out)
{
    for (size_t at = 0; at + CRYPT_SLOT_SIZE <= slots.size; at += CRYPT_SLOT_SIZE) {
        for (size_t i = 0; i < pair_count; i++) {
            if (crypt_unwrap((const unsigned char *)slots.data + at, &pairs[i], key_out))
                return true;
        }
    }
    return false;
}

struct later_slots {
    struct store_reader *reader;
    uint64_t sequence;
    const struct crypt_pair *pairs;
    size_t pair_count;
    struct crypt_key *key;
};

static int later_each(void *context, enum record_state state, const struct record *record, struct place place)
{
    struct later_slots *later = context;
    uint64_t about = 0;
    (void)place;
    if (state != RECORD_WHOLE || record->header.kind != RECORD_SLOTS)
        return 0;
    struct span meta = reader_open_meta(later->reader, RECORD_SLOTS, record->meta);
    bool is_about = meta_number(meta, META_ABOUT, &about) && about == later->sequence;
    return is_about && slots_open(record->slots, later->pairs, later->pair_count, later->key) ? 1 : 0;
}

/* The record's own key: from its own slots, or from those that were written for a later owner. */
static int reader_key(struct store_reader *reader, const struct record *record, const struct crypt_pair *pairs,
                      size_t pair_count, struct crypt_key *key_out, struct fault *fault)
{
    if (slots_open(record->slots, pairs, pair_count, key_out))
        return 0;
    struct later_slots later = {
        .reader = reader, .sequence = record->header.sequence, .pairs = pairs, .pair_count = pair_count, .key = key_out
    };
    if (segments_walk(reader->segments, record->header.sequence + 1, later_each, &later, fault) == 1)
        return 0;
    return fault_set(fault, EACCES, "record %llu is for another owner's key",
                     (unsigned long long)record->header.sequence);
}

struct reading {
    struct store_reader *reader;
    const struct crypt_pair *pairs;
    size_t pair_count;
    content_put put;
    void *context;
};

static int reading_put(void *context, struct span bytes, struct fault *fault)
{
    struct reading *reading = context;
    return reading->put(reading->context, bytes, fault);
}

static int reading_fetch(void *context, uint64_t sequence, uint64_t size, struct fault *fault)
{
    struct reading *reading = context;
    struct index_row row;
    struct record record;
    struct crypt_key key;
    char *memory = NULL;
    if (reader_record(reading->reader, sequence, &row, &memory, &record, fault) != 0)
        return -1;
    int failed = -1;
    if (record.header.kind != RECORD_PART)
        failed = fault_set(fault, EBADMSG, "record %llu is no part", (unsigned long long)sequence);
    else if (reader_key(reading->reader, &record, reading->pairs, reading->pair_count, &key, fault) == 0)
        failed = content_open(&key, record.content, size, reading_put, reading, fault);
    crypt_wipe(&key, sizeof key);
    free(memory);
    return failed;
}

int store_read(struct store_reader *reader, uint64_t sequence, const struct crypt_pair *pairs, size_t pair_count,
               content_put put, void *context, struct fault *fault)
{
    struct reading reading = {
        .reader = reader, .pairs = pairs, .pair_count = pair_count, .put = put, .context = context
    };
    struct index_row row;
    struct record record;
    struct crypt_key key;
    char *memory = NULL;
    if (reader_record(reader, sequence, &row, &memory, &record, fault) != 0)
        return -1;
    int failed = -1;
    if (record.header.kind != RECORD_MESSAGE)
        failed = fault_set(fault, ENOENT, "record %llu is no message", (unsigned long long)sequence);
    else if (reader_key(reader, &record, pairs, pair_count, &key, fault) == 0)
        failed = content_open_message(&key, record.content, row.size, reading_put, reading_fetch, &reading, fault);
    crypt_wipe(&key, sizeof key);
    free(memory);
    return failed;
}

int store_rewrap(struct store_reader *reader, uint64_t sequence, const struct crypt_pair *pair,
                 const unsigned char owners[][CRYPT_PUBLIC_SIZE], size_t owner_count, struct buf *slots_out,
                 struct fault *fault)
{
    struct index_row row;
    struct record record;
    struct crypt_key key;
    char *memory = NULL;
    if (reader_record(reader, sequence, &row, &memory, &record, fault) != 0)
        return -1;
    int failed = reader_key(reader, &record, pair, 1, &key, fault);
    for (size_t i = 0; i < owner_count && failed == 0; i++) {
        unsigned char slot[CRYPT_SLOT_SIZE];
        crypt_wrap(&key, owners[i], slot);
        buf_put(slots_out, slot, sizeof slot);
    }
    crypt_wipe(&key, sizeof key);
    free(memory);
    return failed;
}
