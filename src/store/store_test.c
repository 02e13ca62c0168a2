/* A store as its users see it: what is put is found, read, held, deleted, and there again after whatever happened. */
#include "store/store_inner.h"

#include "base/memory.h"
#include "base/test.h"
#include "store/meta.h"
#include "store/verify.h"
#include "sys/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WAIT_MS = 30000, PART_SIZE = 20000, CROWD = 8, CROWD_EACH = 40, PATH_SIZE = 256 };

/* SQLite writes by this; what the segments write goes by pwritev. */
static atomic_bool is_index_full;
__attribute__((visibility("default"))) ssize_t pwrite64(int fd, const void *buf, size_t n, off64_t offset)
{
    if (!atomic_load(&is_index_full))
        return syscall(SYS_pwrite64, fd, buf, n, offset);
    errno = ENOSPC;
    return -1;
}

struct rig {
    char folder[PATH_SIZE];
    char path[PATH_SIZE + 16];
    char head[PATH_SIZE + 16];
    struct store_settings settings;
    struct crypt_pair owner;
    struct store *store;
};

static void rig_open(struct rig *rig)
{
    struct segments_found found = { .text = "" };
    struct fault fault = { 0 };
    rig->store = store_open(&rig->settings, NULL, NULL, &found, &fault);
    if (!CHECK(rig->store != NULL)) {
        fprintf(stderr, "%s\n", fault.text);
        abort();
    }
}

static void rig_begin(struct rig *rig)
{
    *rig = (struct rig){ .folder = "/tmp/cordon-store-XXXXXX" };
    CHECK(crypt_begin(NULL) == 0 && mkdtemp(rig->folder) != NULL);
    (void)snprintf(rig->path, sizeof rig->path, "%s/store", rig->folder);
    (void)snprintf(rig->head, sizeof rig->head, "%s/head", rig->folder);
    CHECK(mkdir(rig->path, 0700) == 0);
    crypt_pair_new(&rig->owner);
    rig->settings = (struct store_settings){ .name = "test",
                                             .path = rig->path,
                                             .head_path = rig->head,
                                             .owner_count = 1,
                                             .period_ms = UINT64_C(864000000000),
                                             .segment_bytes = 200000 };
    crypt_random(&rig->settings.root, sizeof rig->settings.root);
    memcpy(rig->settings.owners[0], rig->owner.public_half, sizeof rig->owner.public_half);
    rig_open(rig);
}

static void rig_end(struct rig *rig)
{
    char command[PATH_SIZE + 16];
    store_close(rig->store);
    (void)snprintf(command, sizeof command, "rm -rf %s", rig->folder);
    CHECK(system(command) == 0); /* NOLINT(cert-env33-c): a folder of our own making */
}

static bool is_varied; /* each message has a part of its own, which can't be made much smaller */

/* Header, a part that repeats, and an end. */
static struct span message_make(char *out, size_t room, unsigned number)
{
    size_t size = (size_t)snprintf(out, room, "Subject: number %u\r\n\r\n", number);
    uint64_t state = number + 1;
    for (size_t i = 0; i < PART_SIZE; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        out[size++] = (char)('A' + (is_varied ? state >> 40 : i * i + i / 7) % 26);
    }
    size += (size_t)snprintf(out + size, room - size, "\r\nthe end of %u\r\n", number);
    return span_of(out, size);
}

/* 0 and *fault where it could not be. */
static uint64_t rig_try_for(struct rig *rig, int64_t ms, unsigned number, const char *sender, enum category category,
                            struct fault *fault)
{
    char bytes[PART_SIZE + 200];
    struct span message = message_make(bytes, sizeof bytes, number);
    struct buf meta;
    buf_init(&meta, STORE_META_MOST);
    meta_put_text(&meta, META_SENDER, sender);
    meta_put_text(&meta, META_RECIPIENT, "someone@example.org");
    meta_put_text(&meta, META_CATEGORY, category_text(category));
    meta_put_text(&meta, META_SUBJECT, "An odd subject");
    meta_put_number(&meta, META_SIZE, message.size);
    size_t start = span_find(message, span_text("\r\n\r\n")) + 4;
    struct content_part part = { .offset = start, .size = PART_SIZE };
    struct store_message put = {
        .bytes = message, .meta = buf_span(&meta), .category = category, .parts = &part, .part_count = 1
    };
    uint64_t sequence = 0;
    (void)store_put(rig->store, &put, deadline_in(ms), &sequence, fault);
    buf_fini(&meta);
    return sequence;
}

static uint64_t rig_try(struct rig *rig, unsigned number, const char *sender, enum category category,
                        struct fault *fault)
{
    return rig_try_for(rig, WAIT_MS, number, sender, category, fault);
}

static uint64_t rig_put(struct rig *rig, unsigned number, const char *sender, enum category category)
{
    struct fault fault = { 0 };
    uint64_t sequence = rig_try(rig, number, sender, category, &fault);
    if (!CHECK(sequence != 0))
        fprintf(stderr, "%s\n", fault.text);
    return sequence;
}

static void rig_await_index(struct rig *rig)
{
    struct store_status status;
    struct deadline end = deadline_in(WAIT_MS);
    do {
        (void)usleep(1000);
        store_read_status(rig->store, &status);
    } while (!deadline_passed(end) && (status.is_indexing || status.indexed_sequence < status.last_sequence));
    CHECK(!status.is_indexing && status.indexed_sequence == status.last_sequence);
}

/* Now, and not in five seconds. */
static void rig_tend(struct rig *rig)
{
    lock_take(&rig->store->lock);
    signal_point_wake_all(&rig->store->tend);
    lock_drop(&rig->store->lock);
}

struct found {
    uint64_t sequences[1000];
    size_t count;
};

static int found_add(void *context, const struct store_entry *entry)
{
    struct found *found = context;
    CHECK(entry->meta.size > 0 && entry->row.kind == RECORD_MESSAGE);
    found->sequences[found->count++] = entry->row.sequence;
    return 0;
}

static struct found rig_find(struct rig *rig, const char *field, const char *text, unsigned categories)
{
    struct found found = { .count = 0 };
    struct store_reader *reader = NULL;
    struct fault fault = { 0 };
    uint64_t tokens[INDEX_MOST_TOKENS];
    struct index_query query = { .tokens = tokens, .categories = categories, .limit = 1000 };
    if (!CHECK(store_open_reader(&rig->settings, &reader, &fault) == 0)) {
        fprintf(stderr, "%s\n", fault.text);
        return found;
    }
    if (field != NULL)
        CHECK(store_ask(reader, span_text(field), span_text(text), tokens, &query.token_count, &fault) == 0);
    CHECK(store_find(reader, &query, found_add, &found, NULL, &fault) == 0);
    store_close_reader(reader);
    return found;
}

static int read_put(void *context, struct span bytes, struct fault *fault)
{
    (void)fault;
    buf_put_span(context, bytes);
    return 0;
}

/* 0, or the fault's code. */
static int rig_read(struct rig *rig, uint64_t sequence, const struct crypt_pair *pair, struct buf *out)
{
    struct store_reader *reader = NULL;
    struct fault fault = { 0 };
    buf_clear(out);
    if (!CHECK(store_open_reader(&rig->settings, &reader, &fault) == 0))
        return -1;
    int failed = store_read(reader, sequence, pair, 1, read_put, out, &fault);
    store_close_reader(reader);
    return failed == 0 ? 0 : fault.code;
}

static int rig_change(struct rig *rig, enum store_change_kind kind, const char *what, uint64_t sequence)
{
    struct fault fault = { 0 };
    struct store_change change = {
        .kind = kind, .what = what, .who = "test", .why = "so", .how = "", .about = &sequence, .count = 1
    };
    return store_change(rig->store, &change, deadline_in(WAIT_MS), &fault) == 0 ? 0 : fault.code;
}

static void check_reads(struct rig *rig, uint64_t sequence, unsigned number)
{
    char bytes[PART_SIZE + 200];
    struct span message = message_make(bytes, sizeof bytes, number);
    struct buf out;
    buf_init(&out, 1048576);
    CHECK(rig_read(rig, sequence, &rig->owner, &out) == 0 && span_equal(buf_span(&out), message));
    buf_fini(&out);
}

static uint64_t wrong_count;

static void verify_tell(void *context, const char *file, uint64_t offset, uint64_t sequence, const char *text)
{
    (void)context;
    fprintf(stderr, "%s %llu %llu %s\n", file, (unsigned long long)offset, (unsigned long long)sequence, text);
    wrong_count++;
}

static void check_verifies(const struct rig *rig)
{
    struct verify_settings settings = {
        .path = rig->path, .head_path = rig->head, .percent = 100, .tell = verify_tell
    };
    struct verify_result result = { .records = 0 };
    wrong_count = 0;
    CHECK(verify_store(&settings, &result, NULL) == 0 && result.wrong == 0 && wrong_count == 0 && result.records > 0);
}

static void test_put_find_read(void)
{
    test_context("put, find, read");
    struct rig rig;
    struct buf out;
    buf_init(&out, 1048576);
    rig_begin(&rig);
    rig_await_index(&rig);
    uint64_t one = rig_put(&rig, 1, "a@client.test", CATEGORY_INFECTED);
    uint64_t two = rig_put(&rig, 2, "b@client.test", CATEGORY_BANNED);
    CHECK(one == 2 && two == 3); /* the part that they share came first */
    rig_await_index(&rig);
    struct found found = rig_find(&rig, "sender", "a@client.test", 0);
    CHECK(found.count == 1 && found.sequences[0] == one);
    found = rig_find(&rig, "sender", "@client.test", 0);
    CHECK(found.count == 2 && found.sequences[0] == two);
    CHECK(rig_find(&rig, "subject", "odd", 1U << CATEGORY_BANNED).count == 1);
    CHECK(rig_find(&rig, "subject", "even", 0).count == 0);
    check_reads(&rig, one, 1);
    check_reads(&rig, two, 2);
    struct crypt_pair other;
    crypt_pair_new(&other);
    CHECK(rig_read(&rig, one, &other, &out) == EACCES && out.size == 0);
    CHECK(rig_read(&rig, 77, &rig.owner, &out) == ENOENT);
    check_verifies(&rig);
    rig_end(&rig);
    buf_fini(&out);
}

static void test_empty(void)
{
    test_context("a message without a byte");
    struct rig rig;
    struct buf meta;
    struct buf out;
    uint64_t sequence = 0;
    rig_begin(&rig);
    rig_await_index(&rig);
    buf_init(&meta, STORE_META_MOST);
    buf_init(&out, 100);
    meta_put_number(&meta, META_SIZE, 0);
    struct store_message put = { .bytes = span_text(""), .meta = buf_span(&meta), .category = CATEGORY_CLEAN };
    CHECK(store_put(rig.store, &put, deadline_in(WAIT_MS), &sequence, NULL) == 0);
    rig_await_index(&rig);
    CHECK(rig_read(&rig, sequence, &rig.owner, &out) == 0 && out.size == 0);
    check_verifies(&rig);
    rig_end(&rig);
    buf_fini(&out);
    buf_fini(&meta);
}

static void test_changes(void)
{
    test_context("hold and delete");
    struct rig rig;
    struct buf out;
    buf_init(&out, 1048576);
    rig_begin(&rig);
    rig_await_index(&rig);
    uint64_t one = rig_put(&rig, 1, "a@client.test", CATEGORY_INFECTED);
    uint64_t two = rig_put(&rig, 2, "a@client.test", CATEGORY_INFECTED);
    CHECK(rig_change(&rig, STORE_DELETE, "delete", 77) == ENOENT);
    CHECK(rig_change(&rig, STORE_DELETE, "delete", 1) == EPERM); /* the part that both refer to */
    CHECK(rig_change(&rig, STORE_HOLD, "hold", one) == 0);
    CHECK(rig_change(&rig, STORE_DELETE, "delete", one) == EPERM);
    CHECK(rig_change(&rig, STORE_UNHOLD, "unhold", one) == 0);
    CHECK(rig_change(&rig, STORE_UNHOLD, "unhold", one) == EPERM);
    CHECK(rig_change(&rig, STORE_DELETE, "delete", one) == 0);
    CHECK(rig_change(&rig, STORE_DELETE, "delete", one) == ENOENT);
    CHECK(rig_change(&rig, STORE_NOTE, "show", two) == 0);
    CHECK(rig_change(&rig, STORE_HOLD, "hold", two) == 0); /* and no note ends it, or begins one */
    CHECK(rig_change(&rig, STORE_NOTE, "unhold", two) == EINVAL);
    CHECK(rig_change(&rig, STORE_DELETE, "delete", two) == EPERM);
    CHECK(rig_change(&rig, STORE_UNHOLD, "unhold", two) == 0);
    CHECK(rig_change(&rig, STORE_NOTE, "hold", two) == EINVAL && rig_change(&rig, STORE_HOLD, "keep", two) == EINVAL);
    struct found found = rig_find(&rig, "sender", "a@client.test", 0);
    CHECK(found.count == 1 && found.sequences[0] == two);
    CHECK(rig_read(&rig, one, &rig.owner, &out) == ENOENT);
    check_reads(&rig, two, 2);
    check_verifies(&rig);

    store_close(rig.store); /* the same again, also where the index has to be made anew */
    char index[PATH_SIZE + 40];
    (void)snprintf(index, sizeof index, "%s/index.sqlite", rig.path);
    CHECK(unlink(index) == 0);
    rig_open(&rig);
    rig_await_index(&rig);
    found = rig_find(&rig, "sender", "a@client.test", 0);
    CHECK(found.count == 1 && found.sequences[0] == two);
    check_reads(&rig, two, 2);
    CHECK(rig_change(&rig, STORE_DELETE, "delete", one) == ENOENT);
    CHECK(rig_change(&rig, STORE_DELETE, "delete", two) == 0);
    CHECK(rig_change(&rig, STORE_DELETE, "delete", 1) == 0); /* nothing refers to the part any more */
    check_verifies(&rig);
    rig_end(&rig);
    buf_fini(&out);
}

static void test_slots_share_a_commit(struct rig *rig, uint64_t about, const struct buf *slot)
{
    enum { MANY = 100 };
    uint64_t abouts[MANY];
    struct store_status before;
    struct store_status after;
    struct buf slots;
    struct fault fault = { 0 };
    buf_init(&slots, (size_t)MANY * CRYPT_SLOT_SIZE);
    for (size_t i = 0; i < MANY; i++) {
        abouts[i] = about;
        buf_put_span(&slots, buf_span(slot));
    }
    store_read_status(rig->store, &before);
    CHECK(store_add_slots(rig->store, abouts, MANY, (const unsigned char *)slots.data, 1, deadline_in(WAIT_MS),
                          &fault) == 0);
    store_read_status(rig->store, &after);
    CHECK(after.last_sequence == before.last_sequence + MANY && after.commits - before.commits < MANY);
    abouts[7] = 99999; /* it alone is not there */
    CHECK(store_add_slots(rig->store, abouts, MANY, (const unsigned char *)slots.data, 1, deadline_in(WAIT_MS),
                          &fault) == -1 &&
          fault.code == ENOENT);
    buf_fini(&slots);
}

static void test_another_owner(void)
{
    test_context("a key for another owner");
    struct rig rig;
    struct buf out;
    struct buf slots;
    struct crypt_pair other;
    struct store_reader *reader = NULL;
    buf_init(&out, 1048576);
    buf_init(&slots, 4096);
    rig_begin(&rig);
    rig_await_index(&rig);
    uint64_t one = rig_put(&rig, 1, "a@client.test", CATEGORY_INFECTED);
    crypt_pair_new(&other);
    for (uint64_t sequence = 1; sequence <= one; sequence++) { /* its part too */
        buf_clear(&slots);
        CHECK(store_open_reader(&rig.settings, &reader, NULL) == 0);
        CHECK(store_rewrap(reader, sequence, &rig.owner, (const unsigned char(*)[CRYPT_PUBLIC_SIZE])other.public_half,
                           1, &slots, NULL) == 0);
        store_close_reader(reader);
        CHECK(store_add_slots(rig.store, &sequence, 1, (const unsigned char *)slots.data, 1, deadline_in(WAIT_MS),
                              NULL) == 0);
    }
    CHECK(rig_read(&rig, one, &other, &out) == 0 && out.size > PART_SIZE);
    check_reads(&rig, one, 1);
    test_slots_share_a_commit(&rig, one, &slots);
    rig_end(&rig);
    buf_fini(&slots);
    buf_fini(&out);
}

/* Each of several owners opens what is kept from then on, parts too: one of them may be an escrow. */
static void test_two_owners(void)
{
    test_context("two owners");
    struct rig rig;
    struct buf out;
    struct crypt_pair escrow;
    buf_init(&out, 1048576);
    rig_begin(&rig);
    store_close(rig.store);
    crypt_pair_new(&escrow);
    memcpy(rig.settings.owners[rig.settings.owner_count++], escrow.public_half, sizeof escrow.public_half);
    rig_open(&rig);
    rig_await_index(&rig);
    uint64_t one = rig_put(&rig, 1, "a@client.test", CATEGORY_INFECTED);
    rig_await_index(&rig);
    CHECK(rig_read(&rig, one, &escrow, &out) == 0 && out.size > PART_SIZE);
    check_reads(&rig, one, 1);
    rig_end(&rig);
    buf_fini(&out);
}

/* What is old goes by itself, but for what is held; and the room it took is had again. */
static void test_age(void)
{
    test_context("age");
    struct rig rig;
    rig_begin(&rig);
    rig_await_index(&rig);
    uint64_t held = rig_put(&rig, 1, "a@client.test", CATEGORY_INFECTED);
    (void)rig_put(&rig, 2, "a@client.test", CATEGORY_INFECTED);
    uint64_t other = rig_put(&rig, 3, "a@client.test", CATEGORY_BANNED);
    CHECK(rig_change(&rig, STORE_HOLD, "hold", held) == 0);
    store_close(rig.store);
    (void)usleep(20000);
    rig.settings.keep_ms[CATEGORY_INFECTED] = 10;
    rig_open(&rig);
    struct store_status status = { .erased = 0 };
    struct deadline end = deadline_in(WAIT_MS);
    while (status.erased == 0 && !deadline_passed(end)) {
        (void)usleep(1000);
        store_read_status(rig.store, &status);
    }
    CHECK(status.expired == 1 && status.erased == 1);
    struct found found = rig_find(&rig, "sender", "a@client.test", 0);
    CHECK(found.count == 2 && found.sequences[0] == other && found.sequences[1] == held);
    check_reads(&rig, held, 1);
    check_verifies(&rig);
    rig_end(&rig);
}

static uint64_t rig_await_news(struct rig *rig, bool is_expiry)
{
    struct store_status status = { .expired = 0 };
    struct deadline end = deadline_in(WAIT_MS);
    while (!deadline_passed(end)) {
        store_read_status(rig->store, &status);
        if (is_expiry ? status.expired > 0 : status.waits_until_ms != 0)
            break;
        (void)usleep(1000);
    }
    return is_expiry ? status.expired : status.waits_until_ms;
}

/* A clock that is far ahead of when it was seen last takes nothing with it. */
static void test_a_clock_that_jumped(void)
{
    test_context("a clock that jumped");
    struct rig rig;
    char path[PATH_SIZE + 32];
    rig_begin(&rig);
    (void)snprintf(path, sizeof path, "%s.clock", rig.head);
    rig_await_index(&rig);
    uint64_t one = rig_put(&rig, 1, "a@client.test", CATEGORY_INFECTED);
    store_close(rig.store);
    (void)usleep(20000);
    FILE *file = fopen(path, "w");
    CHECK(file != NULL && fputs("86400000 0\n", file) >= 0 && fclose(file) == 0); /* seen on 2 January 1970 */
    rig.settings.keep_ms[CATEGORY_INFECTED] = 10;
    rig_open(&rig);
    rig_await_index(&rig);
    CHECK(rig_await_news(&rig, false) > clock_wall_ms());
    CHECK(rig_change(&rig, STORE_HOLD, "hold", one) == 0 && rig_change(&rig, STORE_UNHOLD, "unhold", one) == 0);
    store_close(rig.store);
    rig_open(&rig); /* which does not forget it */
    rig_await_index(&rig);
    CHECK(rig_await_news(&rig, false) > clock_wall_ms());
    check_reads(&rig, one, 1);
    struct store_status status;
    store_read_status(rig.store, &status);
    CHECK(status.expired == 0 && status.totals.messages[CATEGORY_INFECTED] == 1);
    store_close(rig.store);
    CHECK(unlink(path) == 0);
    rig_open(&rig);
    CHECK(rig_await_news(&rig, true) == 1);
    rig_end(&rig);
}

/* An index that does not have all may know parts that have died since: then nothing relies on it, and nobody waits. */
static void test_behind(void)
{
    test_context("while the index is behind");
    struct rig rig;
    struct store_status status;
    rig_begin(&rig);
    rig_await_index(&rig);
    CHECK(rig_put(&rig, 1, "a@client.test", CATEGORY_INFECTED) == 2); /* behind its part */
    lock_take(&rig.store->index_lock);                                /* as for a long turn */
    rig.store->is_current = false;
    CHECK(rig_put(&rig, 2, "a@client.test", CATEGORY_INFECTED) == 3);
    store_read_status(rig.store, &status);
    CHECK(status.is_indexing && status.last_sequence == 3 && status.indexed_sequence == 2);
    lock_drop(&rig.store->index_lock);
    rig_tend(&rig);
    rig_await_index(&rig);
    CHECK(rig_change(&rig, STORE_DELETE, "delete", 2) == 0);
    CHECK(rig_change(&rig, STORE_DELETE, "delete", 1) == 0); /* the part: the second message does not need it */
    check_reads(&rig, 3, 2);
    check_verifies(&rig);
    rig_end(&rig);
}

static uint64_t rig_await_erased(struct rig *rig, uint64_t wanted)
{
    struct store_status status = { .erased = 0 };
    struct deadline end = deadline_in(WAIT_MS);
    rig_tend(rig);
    while (status.erased < wanted && !deadline_passed(end)) {
        (void)usleep(1000);
        store_read_status(rig->store, &status);
    }
    return status.erased;
}

static char *place_bytes(const struct rig *rig, struct place place, char *out)
{
    char path[PATH_SIZE + 64];
    (void)snprintf(path, sizeof path, "%s/segments/%08llu.seg", rig->path, (unsigned long long)place.segment);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0 && pread(fd, out, (size_t)place.size, (off_t)place.offset) == (ssize_t)place.size);
    (void)close(fd);
    return out;
}

static void place_spoil(const struct rig *rig, struct place place)
{
    char path[PATH_SIZE + 64];
    (void)snprintf(path, sizeof path, "%s/segments/%08llu.seg", rig->path, (unsigned long long)place.segment);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    CHECK(fd >= 0 && pwrite(fd, "spoilt", 6, (off_t)place.offset) == 6);
    (void)close(fd);
}

/* What can't be erased, for its header is damaged, does not keep others from being erased. */
static void test_erase_damaged(void)
{
    test_context("erasing beside what is damaged");
    struct rig rig;
    char bytes[4096] = { 1 };
    struct index_row one = { .sequence = 0 };
    struct index_row two = { .sequence = 0 };
    rig_begin(&rig);
    rig.store->settings.period_ms = 0; /* without parts */
    rig_await_index(&rig);
    CHECK(rig_put(&rig, 1, "a@client.test", CATEGORY_INFECTED) == 1);
    CHECK(rig_put(&rig, 2, "a@client.test", CATEGORY_INFECTED) == 2);
    lock_take(&rig.store->index_lock);
    CHECK(index_get(rig.store->index, 1, &one, NULL) == 0 && index_get(rig.store->index, 2, &two, NULL) == 0);
    lock_drop(&rig.store->index_lock);
    place_spoil(&rig, one.place);
    CHECK(rig_change(&rig, STORE_DELETE, "delete", 1) == 0 && rig_change(&rig, STORE_DELETE, "delete", 2) == 0);
    CHECK(rig_await_erased(&rig, 2) == 2);
    two.place.offset += RECORD_HEADER_SIZE;
    two.place.size = 200;
    const char *body = place_bytes(&rig, two.place, bytes);
    CHECK(body[0] == 0 && memcmp(body, body + 1, 199) == 0);
    rig_end(&rig);
}

static void index_copy(const struct rig *rig, const char *from, const char *to)
{
    char command[3 * PATH_SIZE];
    (void)snprintf(command, sizeof command, "cp %s/%s %s/%s", rig->folder, from, rig->folder, to);
    CHECK(system(command) == 0); /* NOLINT(cert-env33-c): a folder of our own making */
}

/* A power failure may take back what the index had, and not what was erased: the parts are let go all the same. */
static void test_older_index(void)
{
    test_context("an index that is older than what was erased");
    struct rig rig;
    rig_begin(&rig);
    rig_await_index(&rig);
    uint64_t one = rig_put(&rig, 1, "a@client.test", CATEGORY_INFECTED);
    rig_await_index(&rig);
    store_close(rig.store);
    index_copy(&rig, "store/index.sqlite", "older");
    rig_open(&rig);
    rig_await_index(&rig);
    CHECK(rig_change(&rig, STORE_DELETE, "delete", one) == 0 && rig_await_erased(&rig, 1) == 1);
    store_close(rig.store);
    index_copy(&rig, "older", "store/index.sqlite");
    rig_open(&rig);
    rig_await_index(&rig);
    CHECK(rig_change(&rig, STORE_DELETE, "delete", 1) == 0); /* nothing refers to the part any more */
    check_verifies(&rig);
    rig_end(&rig);
}

static ino_t index_node(const struct rig *rig)
{
    struct stat status = { .st_ino = 0 };
    char path[PATH_SIZE + 64];
    (void)snprintf(path, sizeof path, "%s/index.sqlite", rig->path);
    CHECK(stat(path, &status) == 0);
    return status.st_ino;
}

static void index_link(const struct rig *rig, const char *other)
{
    char path[PATH_SIZE + 64];
    (void)snprintf(path, sizeof path, "%s/index.sqlite", rig->path);
    CHECK(link(path, other) == 0);
}

/* An index that there is no room for falls behind, and is the same one when there is. */
static void test_index_full(void)
{
    test_context("no room for the index");
    struct rig rig;
    struct store_status status;
    rig_begin(&rig);
    rig_await_index(&rig);
    (void)rig_put(&rig, 1, "a@client.test", CATEGORY_INFECTED);
    rig_await_index(&rig);
    ino_t node = index_node(&rig);
    char other[PATH_SIZE + 64];
    (void)snprintf(other, sizeof other, "%s/kept", rig.folder);
    index_link(&rig, other); /* so that no other file can have its number */
    atomic_store(&is_index_full, true);
    (void)rig_put(&rig, 2, "a@client.test", CATEGORY_INFECTED);
    rig_tend(&rig);
    (void)usleep(100000); /* time to meet the full disk, on most machines; what follows holds on all */
    struct deadline end = deadline_in(WAIT_MS);
    store_read_status(rig.store, &status);
    while (!status.is_indexing && !deadline_passed(end)) {
        (void)usleep(1000);
        store_read_status(rig.store, &status);
    }
    CHECK(status.is_indexing && status.put == 2);
    atomic_store(&is_index_full, false);
    rig_tend(&rig);
    rig_await_index(&rig);
    CHECK(index_node(&rig) == node);
    CHECK(rig_find(&rig, "sender", "a@client.test", 0).count == 2);
    check_verifies(&rig);
    rig_end(&rig);
}

/* The index may be at work. */
static void index_damage(const char *path)
{
    sqlite3 *database = NULL;
    CHECK(sqlite3_open(path, &database) == SQLITE_OK && sqlite3_busy_timeout(database, WAIT_MS) == SQLITE_OK &&
          sqlite3_exec(database, "UPDATE record SET checksum=0", NULL, NULL, NULL) == SQLITE_OK);
    CHECK(sqlite3_close(database) == SQLITE_OK);
}

/* Damage that only the tending thread comes across is mended too: else nothing would expire any more. */
static void test_index_damaged(void)
{
    test_context("an index that is damaged where expiry looks");
    struct rig rig;
    char path[PATH_SIZE + 64];
    struct store_status status = { .expired = 0 };
    rig_begin(&rig);
    rig_await_index(&rig);
    uint64_t one = rig_put(&rig, 1, "a@client.test", CATEGORY_INFECTED);
    rig_await_index(&rig);
    (void)snprintf(path, sizeof path, "%s/index.sqlite", rig.path);
    index_damage(path);
    CHECK(rig_change(&rig, STORE_HOLD, "hold", one) == EAGAIN); /* the first to see it */
    rig_await_index(&rig);
    CHECK(rig_change(&rig, STORE_HOLD, "hold", one) == 0 && rig_change(&rig, STORE_UNHOLD, "unhold", one) == 0);
    index_damage(path);
    rig.store->settings.keep_ms[CATEGORY_INFECTED] = 1;
    struct deadline end = deadline_in(WAIT_MS);
    while (status.expired == 0 && !deadline_passed(end)) {
        rig_tend(&rig);
        (void)usleep(10000);
        store_read_status(rig.store, &status);
    }
    CHECK(status.expired == 1);
    rig_end(&rig);
}

/* A disk that hangs must not fill the memory with what nobody waits for any more. */
static void test_hang(void)
{
    test_context("a disk that hangs");
    struct rig rig;
    struct fault fault = { 0 };
    rig_begin(&rig);
    rig_await_index(&rig);
    lock_take(&rig.store->disk);
    for (unsigned i = 0; i < 3; i++)
        CHECK(rig_try_for(&rig, 50, i, "a@client.test", CATEGORY_INFECTED, &fault) == 0 && fault.code == ETIMEDOUT);
    lock_take(&rig.store->lock);
    CHECK(rig.store->first == NULL && rig.store->last == &rig.store->first);
    lock_drop(&rig.store->lock);
    lock_drop(&rig.store->disk);
    CHECK(rig_put(&rig, 4, "a@client.test", CATEGORY_INFECTED) ==
          2); /* the part that the writer had stands before it */
    rig_end(&rig);
}

/* Where the frame of a record is, in the store's first segment. */
static bool frame_find(FILE *file, uint64_t sequence, long *from_out, long *to_out)
{
    unsigned char header[RECORD_HEADER_SIZE];
    for (long at = RECORD_SEGMENT_SIZE; fseek(file, at, SEEK_SET) == 0 && fread(header, sizeof header, 1, file) == 1;) {
        struct record_header found;
        if (!record_header_read(span_of(header, sizeof header), &found))
            return false;
        *from_out = at;
        *to_out = at + (long)found.frame_size;
        if (found.sequence == sequence)
            return true;
        at = *to_out;
    }
    return false;
}

static bool is_zero_between(FILE *file, long from, long to)
{
    bool is_zero = fseek(file, from, SEEK_SET) == 0;
    for (long at = from; at < to && is_zero; at++)
        is_zero = getc(file) == 0;
    return is_zero;
}

/* A crash came while a record was erased, and then the index was lost, too. */
static void test_half_erased(void)
{
    test_context("half erased, and no index");
    struct rig rig;
    char path[PATH_SIZE + 48];
    long from = 0;
    long to = 0;
    rig_begin(&rig);
    rig_await_index(&rig);
    uint64_t one = rig_put(&rig, 1, "a@client.test", CATEGORY_INFECTED);
    CHECK(rig_change(&rig, STORE_DELETE, "delete", one) == 0);
    CHECK(rig_await_erased(&rig, 1) == 1);
    store_close(rig.store);
    (void)snprintf(path, sizeof path, "%s/segments/00000001.seg", rig.path);
    FILE *file = fopen(path, "r+");
    if (!CHECK(file != NULL && frame_find(file, one, &from, &to)))
        return;
    CHECK(is_zero_between(file, from + RECORD_HEADER_SIZE, to - RECORD_TRAILER_SIZE));
    CHECK(fseek(file, (from + to) / 2, SEEK_SET) == 0 && fputs("sealed, still", file) >= 0 && fclose(file) == 0);
    (void)snprintf(path, sizeof path, "%s/index.sqlite", rig.path);
    CHECK(unlink(path) == 0);
    rig_open(&rig);
    rig_await_index(&rig);
    CHECK(rig_await_erased(&rig, 1) == 1);
    store_close(rig.store);
    (void)snprintf(path, sizeof path, "%s/segments/00000001.seg", rig.path);
    file = fopen(path, "r");
    CHECK(file != NULL && is_zero_between(file, from + RECORD_HEADER_SIZE, to - RECORD_TRAILER_SIZE) &&
          fclose(file) == 0);
    rig_open(&rig);
    rig_await_index(&rig);
    check_verifies(&rig);
    rig_end(&rig);
}

/* The oldest go until the rest fits, and no more of them: what they take is in their parts. */
static void test_size(void)
{
    test_context("size");
    struct rig rig;
    struct store_status status;
    rig_begin(&rig);
    rig_await_index(&rig);
    is_varied = true;
    for (unsigned i = 0; i < 10; i++)
        (void)rig_put(&rig, i, "a@client.test", CATEGORY_INFECTED);
    rig_await_index(&rig);
    store_read_status(rig.store, &status);
    CHECK(status.totals.stored_bytes > (uint64_t)10 * PART_SIZE / 2);
    store_close(rig.store);
    rig.settings.most_bytes = status.totals.stored_bytes - PART_SIZE / 2;
    rig_open(&rig);
    rig_await_index(&rig);
    struct deadline end = deadline_in(WAIT_MS);
    for (status.expired = 0; status.expired == 0 && !deadline_passed(end); store_read_status(rig.store, &status))
        (void)usleep(1000);
    CHECK(rig_await_erased(&rig, status.expired) == 1); /* in a second turn, so that the first is over */
    store_read_status(rig.store, &status);
    CHECK(status.expired == 1);
    struct found found = rig_find(&rig, "sender", "a@client.test", 0);
    CHECK(found.count == 9 && found.sequences[8] == 4); /* the first one and its part were 1 and 2 */
    check_verifies(&rig);
    rig_end(&rig);
    is_varied = false;
}

struct crowd {
    struct rig *rig;
    struct lock *lock;
    struct signal_point *ended;
    unsigned *left;
};

static void crowd_run(void *argument)
{
    struct crowd *crowd = argument;
    for (unsigned i = 0; i < CROWD_EACH; i++)
        (void)rig_try(crowd->rig, i, "crowd@client.test", CATEGORY_INFECTED, NULL); /* CHECK is for one thread */
    lock_take(crowd->lock);
    (*crowd->left)--;
    signal_point_wake_all(crowd->ended);
    lock_drop(crowd->lock);
}

/* Many at once share commits, and the one part that all of them have. */
static void test_crowd(void)
{
    test_context("many at once");
    struct rig rig;
    struct lock lock;
    struct signal_point ended;
    unsigned left = CROWD;
    rig_begin(&rig);
    rig_await_index(&rig);
    lock_init(&lock);
    signal_point_init(&ended);
    struct crowd crowd = { .rig = &rig, .lock = &lock, .ended = &ended, .left = &left };
    for (unsigned i = 0; i < CROWD; i++)
        CHECK(thread_start(crowd_run, &crowd, 1048576, NULL) == 0);
    lock_take(&lock);
    while (left > 0)
        (void)signal_point_wait(&ended, &lock, deadline_never());
    lock_drop(&lock);
    rig_await_index(&rig);
    struct store_status status;
    store_read_status(rig.store, &status);
    CHECK(status.put == (uint64_t)CROWD * CROWD_EACH && status.refused == 0);
    CHECK(status.last_sequence == CROWD * CROWD_EACH + 1 && status.commits < status.put);
    CHECK(rig_find(&rig, "sender", "crowd@client.test", 0).count == (size_t)CROWD * CROWD_EACH);
    check_verifies(&rig);
    rig_end(&rig);
    signal_point_fini(&ended);
    lock_fini(&lock);
}

int main(void)
{
    test_put_find_read();
    test_empty();
    test_changes();
    test_another_owner();
    test_two_owners();
    test_age();
    test_a_clock_that_jumped();
    test_behind();
    test_hang();
    test_erase_damaged();
    test_older_index();
    test_half_erased();
    test_size();
    test_index_full();
    test_index_damaged();
    test_crowd();
    return test_end();
}
