/* What a record means to the index, whether it was just written or is met again on a walk. */
#include "store/store_inner.h"

#include "store/words.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* In one transaction: words are put in their order, and the more there are at once, the fewer pages change for each.
 * That takes some seconds, for which nothing but the closing waits. */
enum { CATCH_UP_MOST = 30000 };

static enum category meta_category(struct span meta)
{
    enum category category = CATEGORY_CLEAN;
    (void)category_from_text(meta_find(meta, META_CATEGORY), &category);
    return category;
}

/* Each record that the metadata names in that field. */
static int meta_each_number(struct span meta, enum meta_field wanted,
                            int (*each)(struct store *store, uint64_t number, int change, struct fault *fault),
                            struct store *store, int change, struct fault *fault)
{
    struct meta_reader reader;
    unsigned field = 0;
    struct span value;
    meta_begin(&reader, meta);
    while (meta_next(&reader, &field, &value)) {
        uint64_t number = 0;
        if (field != (unsigned)wanted || value.size != sizeof number)
            continue;
        for (size_t i = 0; i < sizeof number; i++)
            number |= (uint64_t)(unsigned char)value.data[i] << (8 * i);
        if (each(store, number, change, fault) != 0)
            return -1;
    }
    return 0;
}

static int part_refer(struct store *store, uint64_t sequence, int change, struct fault *fault)
{
    struct fault why = { 0 };
    if (index_refer(store->index, sequence, change, &why) == 0 || why.code == ENOENT)
        return 0; /* one that was erased since is met no more */
    return fault_set(fault, why.code, "%s", why.text);
}

static int message_hold(struct store *store, uint64_t sequence, int change, struct fault *fault)
{
    struct fault why = { 0 };
    if (index_hold(store->index, sequence, change, &why) == 0 || why.code == ENOENT)
        return 0;
    return fault_set(fault, why.code, "%s", why.text);
}

static struct index_row fact_row(const struct store_fact *fact)
{
    return (struct index_row){ .sequence = fact->sequence,
                               .kind = fact->kind,
                               .place = fact->place,
                               .time_ms = fact->time_ms,
                               .digest = fact->digest,
                               .meta = fact->sealed_meta };
}

static int apply_message(struct store *store, const struct store_fact *fact, struct fault *fault)
{
    uint64_t tokens[INDEX_MOST_TOKENS];
    struct crypt_digest none = { { 0 } };
    struct index_row row = fact_row(fact);
    row.category = meta_category(fact->meta);
    (void)meta_number(fact->meta, META_SIZE, &row.size);
    size_t count = words_of(&store->keys.tokens, fact->meta, tokens);
    if (index_add(store->index, &row, tokens, count, &none, fault) != 0)
        return -1;
    return meta_each_number(fact->meta, META_PART, part_refer, store, 1, fault);
}

static int apply_part(struct store *store, const struct store_fact *fact, struct fault *fault)
{
    struct crypt_digest key = { { 0 } };
    struct span digest = meta_find(fact->meta, META_PART_DIGEST);
    struct index_row row = fact_row(fact);
    (void)meta_number(fact->meta, META_PART_SIZE, &row.size);
    if (digest.size == sizeof key.bytes)
        memcpy(key.bytes, digest.data, sizeof key.bytes);
    return index_add(store->index, &row, NULL, 0, &key, fault);
}

static int apply_note(struct store *store, const struct store_fact *fact, struct fault *fault)
{
    struct span what = meta_find(fact->meta, META_WHAT);
    struct crypt_digest none = { { 0 } };
    struct index_row row = fact_row(fact);
    int change = span_is(what, "hold") ? 1 : span_is(what, "unhold") ? -1 : 0;
    if (index_add(store->index, &row, NULL, 0, &none, fault) != 0)
        return -1;
    return change != 0 ? meta_each_number(fact->meta, META_ABOUT, message_hold, store, change, fault) : 0;
}

/* The parts that a dead message referred to have a reference less. By the index's own copy of the metadata: the record
 * may be erased already, where a power failure took back what the index had, and not what the segments had. */
static int dead_release(struct store *store, const struct index_row *row, struct fault *fault)
{
    struct buf meta;
    unsigned char binding[RECORD_BINDING_SIZE];
    if (row->kind != RECORD_MESSAGE)
        return 0;
    buf_init(&meta, RECORD_META_MOST);
    int failed = 0;
    if (crypt_open(&store->keys.meta, row->meta,
                   record_meta_binding(segments_id(store->segments), RECORD_MESSAGE, binding), &meta))
        failed = meta_each_number(buf_span(&meta), META_PART, part_refer, store, -1, fault);
    else
        failed = fault_set(fault, EBADMSG, "the index has other metadata of record %llu",
                           (unsigned long long)row->sequence);
    buf_fini(&meta);
    return failed;
}

static const struct index_row *broken_find(const struct store *store, const struct record_death *death)
{
    for (size_t i = 0; i < store->broken_count && i < STORE_MOST_BROKEN; i++) {
        const struct index_row *row = &store->broken[i];
        if (row->sequence == death->sequence && memcmp(&row->digest, &death->digest, sizeof row->digest) == 0)
            return row;
    }
    return NULL;
}

/* One that the index does not have: it was erased before, or only in part, and then that is still to be finished. */
static int apply_death_again(struct store *store, const struct record_death *death, struct fault *fault)
{
    const struct index_row *row = broken_find(store, death);
    struct crypt_digest none = { { 0 } };
    if (row == NULL)
        return 0;
    if (index_add(store->index, row, NULL, 0, &none, fault) != 0)
        return -1;
    return index_remove(store->index, row->sequence, fault);
}

static int apply_death(struct store *store, const struct record_death *death, struct fault *fault)
{
    uint64_t sequence = death->sequence;
    struct index_row row;
    struct buf meta;
    struct fault why = { 0 };
    buf_init(&meta, RECORD_META_MOST);
    int failed = 0;
    if (index_get_meta(store->index, sequence, &row, &meta, &why) == 0)
        failed = dead_release(store, &row, fault) != 0 || index_remove(store->index, sequence, fault) != 0 ? -1 : 0;
    else if (why.code == ENOENT)
        failed = apply_death_again(store, death, fault);
    else
        failed = fault_set(fault, why.code, "%s", why.text);
    buf_fini(&meta);
    return failed;
}

static int apply_tombstone(struct store *store, const struct store_fact *fact, struct fault *fault)
{
    size_t count = 0;
    struct crypt_digest none = { { 0 } };
    struct index_row row = fact_row(fact);
    if (index_add(store->index, &row, NULL, 0, &none, fault) != 0)
        return -1;
    if (!record_tombstone_read(fact->content, segments_id(store->segments), store->keys.signer.public_half, &count))
        return 0; /* nobody's: verification tells of it */
    for (size_t i = 0; i < count; i++) {
        struct record_death death = record_tombstone_at(fact->content, i);
        if (apply_death(store, &death, fault) != 0)
            return -1;
    }
    return 0;
}

static int apply_slots(struct store *store, const struct store_fact *fact, struct fault *fault)
{
    struct crypt_digest none = { { 0 } };
    struct index_row row = fact_row(fact);
    return index_add(store->index, &row, NULL, 0, &none, fault);
}

int store_index_apply(struct store *store, const struct store_fact *fact, struct fault *fault)
{
    static int (*const rows[RECORD_KINDS])(struct store *, const struct store_fact *, struct fault *) = {
        [RECORD_MESSAGE] = apply_message, [RECORD_PART] = apply_part,   [RECORD_TOMBSTONE] = apply_tombstone,
        [RECORD_NOTE] = apply_note,       [RECORD_SLOTS] = apply_slots,
    };
    lock_assert_held(&store->index_lock);
    if (rows[fact->kind](store, fact, fault) != 0 ||
        index_set_position(store->index, fact->sequence, &fact->digest, fault) != 0)
        return -1;
    store->indexed = fact->sequence;
    return 0;
}

/* --- Catching up --- */

struct walk {
    struct store *store;
    uint64_t position;
    struct crypt_digest digest; /* of the record at the position, as the index has it */
    unsigned left;
    bool is_other; /* the record there is another one: this index is not of these segments */
    bool is_ended; /* the store is being closed */
    struct fault *fault;
};

static void broken_note(struct store *store, const struct record *record, struct place place)
{
    bool is_mortal = record->header.kind == RECORD_MESSAGE || record->header.kind == RECORD_PART;
    if (!is_mortal)
        return;
    store->broken[store->broken_count++ % STORE_MOST_BROKEN] = (struct index_row){ .sequence = record->header.sequence,
                                                                                   .kind = record->header.kind,
                                                                                   .place = place,
                                                                                   .time_ms = record->header.time_ms,
                                                                                   .digest = record->digest };
}

/* Of a broken or an erased record nothing is known but that it was there. */
static int walk_apply(struct walk *walk, enum record_state state, const struct record *record, struct place place)
{
    struct store *store = walk->store;
    struct buf meta;
    unsigned char binding[RECORD_BINDING_SIZE];
    buf_init(&meta, RECORD_META_MOST);
    int failed = 0;
    if (state == RECORD_BROKEN)
        broken_note(store, record, place);
    if (state == RECORD_WHOLE &&
        crypt_open(&store->keys.meta, record->meta,
                   record_meta_binding(segments_id(store->segments), record->header.kind, binding), &meta)) {
        struct store_fact fact = { .kind = record->header.kind,
                                   .sequence = record->header.sequence,
                                   .time_ms = record->header.time_ms,
                                   .place = place,
                                   .digest = record->digest,
                                   .meta = buf_span(&meta),
                                   .sealed_meta = record->meta,
                                   .content = record->content };
        failed = store_index_apply(store, &fact, walk->fault);
    } else if (record->header.sequence > walk->position) {
        failed = index_set_position(store->index, record->header.sequence, &record->digest, walk->fault);
        store->indexed = record->header.sequence;
    }
    buf_fini(&meta);
    return failed;
}

static int walk_each(void *context, enum record_state state, const struct record *record, struct place place)
{
    struct walk *walk = context;
    if (record->header.sequence < walk->position)
        return 0;
    if (record->header.sequence == walk->position) {
        walk->is_other = state != RECORD_BROKEN && memcmp(&record->digest, &walk->digest, sizeof walk->digest) != 0;
        return walk->is_other ? 1 : 0;
    }
    walk->is_ended = store_is_closing(walk->store);
    if (walk->is_ended || walk->left-- == 0)
        return 1;
    return walk_apply(walk, state, record, place) == 0 ? 0 : -1;
}

bool store_index_failed(struct store *store, const struct fault *fault)
{
    static const int passing[] = { ENOSPC, EBUSY, ENOMEM, EMFILE, ENFILE };
    bool is_sound = false;
    lock_assert_held(&store->index_lock);
    for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++)
        is_sound = is_sound || fault->code == passing[i];
    store->is_current = false;
    store_say(store, true, "store-index",
              is_sound ? "%s: the index falls behind: %s" : "%s: the index is made anew: %s", store->name, fault->text);
    if (!is_sound)
        store_reindex(store);
    return is_sound;
}

int store_index_reset(struct store *store, struct fault *fault)
{
    bool is_fresh = false;
    lock_assert_held(&store->index_lock);
    index_close(store->index);
    store->index = NULL;
    store->indexed = 0;
    store->is_current = false;
    if (index_unlink(store->index_path, fault) != 0)
        return -1;
    return index_open(store->index_path, segments_id(store->segments), false, &store->index, &is_fresh, fault);
}

/* 1: the index knows records that are not there. */
static int walk_begin(struct store *store, struct walk *walk, struct fault *fault)
{
    if (index_position(store->index, &walk->position, &walk->digest, fault) != 0)
        return -1;
    store->indexed = walk->position;
    return walk->position > segments_last_sequence(store->segments) ? 1 : 0;
}

int store_index_catch_up(struct store *store, struct fault *fault)
{
    struct walk walk = { .store = store, .left = CATCH_UP_MOST, .fault = fault };
    lock_assert_held(&store->index_lock);
    int begun = walk_begin(store, &walk, fault);
    if (begun < 0)
        return -1;
    if (begun > 0)
        return store_index_reset(store, fault) == 0 ? 1 : -1;
    if (index_begin(store->index, fault) != 0)
        return -1;
    int ended = segments_walk(store->segments, walk.position > 0 ? walk.position : 1, walk_each, &walk, fault);
    if (ended < 0 || walk.is_ended) {
        index_abandon(store->index);
        return ended < 0 ? -1 : 1;
    }
    if (index_end(store->index, fault) != 0)
        return -1;
    if (walk.is_other)
        return store_index_reset(store, fault) == 0 ? 1 : -1;
    return ended > 0 ? 1 : 0;
}
