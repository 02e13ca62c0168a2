#include "store/verify.h"

#include "base/test.h"
#include "store/disk.h"
#include "store/segments.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 128, FILES = 3, MOST_BYTES = 65536, MOST_FRAMES = 32 };

static char home[] = "/tmp/cordon-verify-XXXXXX";
static char store_path[PATH_SIZE];
static char head_path[PATH_SIZE];
static struct crypt_signer signer;
static struct segments_settings settings;
static struct fault fault;

/* What the store has been made of: two segments and the head, and each frame's place. */
static char paths[FILES][PATH_SIZE + 32];
static const char *names[FILES] = { "segments/00000001.seg", "segments/00000002.seg", head_path };
static struct place places[MOST_FRAMES];
static uint64_t record_count;

__attribute__((format(printf, 1, 2))) static void command(const char *format, ...)
{
    char text[4 * PATH_SIZE];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    CHECK(system(text) == 0); /* NOLINT(cert-env33-c): a test's own folder */
}

/* --- Findings --- */

static struct {
    unsigned count;
    char file[PATH_SIZE + 32]; /* of the first */
    uint64_t offset;
    uint64_t sequence;
    char text[256];
} told;
static const struct record_head *exported;
static unsigned percent = 100;
static struct verify_result result;

static void tell(void *context, const char *file, uint64_t offset, uint64_t sequence, const char *text)
{
    (void)context;
    if (told.count++ > 0)
        return;
    (void)snprintf(told.file, sizeof told.file, "%s", file);
    told.offset = offset;
    told.sequence = sequence;
    (void)snprintf(told.text, sizeof told.text, "%s", text);
}

static bool run(void)
{
    struct verify_settings verify = {
        .path = store_path, .head_path = head_path, .exported = exported, .percent = percent, .tell = tell
    };
    memset(&told, 0, sizeof told);
    return CHECK(verify_store(&verify, &result, &fault) == 0 && result.wrong == told.count);
}

static bool is_clean(void)
{
    bool is = run() && told.count == 0;
    if (!is)
        printf("told: %s at %llu, record %llu: %s\n", told.file, (unsigned long long)told.offset,
               (unsigned long long)told.sequence, told.text);
    return is;
}

/* The first finding is about that file. */
static bool tells(const char *file)
{
    bool is = run() && told.count > 0 && strcmp(told.file, file) == 0;
    if (!is)
        printf("told: %u, %s at %llu, record %llu: %s\n", told.count, told.file, (unsigned long long)told.offset,
               (unsigned long long)told.sequence, told.text);
    return is;
}

/* --- A small store --- */

static void append(struct segments *segments, enum record_kind kind, struct span content, struct crypt_digest *digest)
{
    unsigned char slots[2 * CRYPT_SLOT_SIZE];
    char meta[20] = "metadata";
    uint64_t sequence = 0;
    bool has_slots = kind == RECORD_MESSAGE || kind == RECORD_SLOTS;
    memset(slots, 5, sizeof slots);
    struct record_draft draft = { .kind = kind,
                                  .time_ms = 1,
                                  .meta = span_of(meta, sizeof meta),
                                  .slots = has_slots ? slots : NULL,
                                  .slot_count = has_slots ? 2 : 0,
                                  .content = content };
    CHECK(segments_append(segments, &draft, &sequence, digest, &places[record_count + 1], &fault) == 0);
    CHECK(sequence == ++record_count);
}

/* Commits each record by itself; a tombstone for each erased one. */
static void put(struct segments *segments, enum record_kind kind, const char *content)
{
    struct crypt_digest digest;
    append(segments, kind, span_text(content), &digest);
    CHECK(segments_commit(segments, &fault) == 0);
}

static void put_tombstone(struct segments *segments, uint64_t sequence, const struct crypt_digest *digest,
                          const struct crypt_signer *by)
{
    struct buf content;
    struct record_death death = { .sequence = sequence, .digest = *digest };
    struct crypt_digest own;
    buf_init(&content, MOST_BYTES);
    record_tombstone_put(segments_id(segments), &death, 1, by, &content);
    append(segments, RECORD_TOMBSTONE, buf_span(&content), &own);
    CHECK(segments_commit(segments, &fault) == 0);
    buf_fini(&content);
}

static struct segments *begin_store(void)
{
    struct segments *segments = NULL;
    struct segments_found found;
    command("rm -rf %s/store %s/head %s/saved*; mkdir %s", home, home, home, store_path);
    settings = (struct segments_settings){
        .path = store_path, .head_path = head_path, .signer = &signer, .segment_bytes = 1600
    };
    record_count = 0;
    CHECK(segments_open(&settings, &segments, &found, &fault) == 0);
    return segments;
}

static void make_store(void)
{
    struct segments *segments = begin_store();
    struct crypt_digest digest;
    put(segments, RECORD_MESSAGE, "a message");
    append(segments, RECORD_PART, span_text("a part that is erased"), &digest);
    put(segments, RECORD_NOTE, "");
    put_tombstone(segments, 2, &digest, &signer);
    CHECK(segments_erase(segments, places[2], &fault) == 0);
    put(segments, RECORD_SLOTS, "");
    put(segments, RECORD_MESSAGE, "another message");
    put(segments, RECORD_PART, "another part");
    put(segments, RECORD_NOTE, "");
    CHECK(places[5].segment == 1 && places[record_count].segment == 2);
    segments_close(segments);
}

/* --- Files --- */

static char bytes[MOST_BYTES];

static size_t load(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = read(fd, bytes, sizeof bytes);
    CHECK(fd >= 0 && size > 0 && close(fd) == 0);
    return size > 0 ? (size_t)size : 0;
}

static void save(const char *path, size_t size)
{
    int fd = open(path, O_WRONLY | O_TRUNC | O_CREAT | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && write(fd, bytes, size) == (ssize_t)size && close(fd) == 0);
}

/* Is the finding about the frame that the byte belongs to? Whatever is in no frame is told at 0, or at the slot. */
static bool is_located(unsigned file, uint64_t offset)
{
    if (file == FILES - 1)
        return told.offset == offset / RECORD_HEAD_SIZE * RECORD_HEAD_SIZE;
    if (offset < RECORD_SEGMENT_SIZE)
        return told.offset == 0 && told.sequence == 0;
    for (uint64_t i = 1; i <= record_count; i++) {
        if (places[i].segment == file + 1 && offset >= places[i].offset && offset < places[i].offset + places[i].size)
            return told.offset == places[i].offset && told.sequence == i;
    }
    return false;
}

static void test_every_byte(void)
{
    for (unsigned file = 0; file < FILES; file++) {
        size_t size = load(paths[file]);
        int fd = open(paths[file], O_WRONLY | O_CLOEXEC);
        for (size_t i = 0; i < size; i++) {
            char altered = (char)(bytes[i] ^ (1 << i % 8));
            CHECK(pwrite(fd, &altered, 1, (off_t)i) == 1);
            if (!CHECK(tells(names[file])) || !CHECK(is_located(file, i)))
                printf("byte %zu of %s: at %llu, record %llu: %s\n", i, names[file], (unsigned long long)told.offset,
                       (unsigned long long)told.sequence, told.text);
            CHECK(pwrite(fd, &bytes[i], 1, (off_t)i) == 1);
        }
        CHECK(close(fd) == 0);
    }
    CHECK(is_clean());
}

static void test_every_length(void)
{
    for (unsigned file = 0; file < FILES; file++) {
        size_t size = load(paths[file]);
        for (size_t i = size; i-- > 0;) {
            CHECK(truncate(paths[file], (off_t)i) == 0);
            CHECK(tells(names[file]));
        }
        for (size_t i = size + 1; i < size + 200; i += 33) { /* zeroes behind it, or a frame once more */
            save(paths[file], size);
            CHECK(truncate(paths[file], (off_t)i) == 0);
            CHECK(tells(names[file]));
        }
        memmove(bytes + size, bytes + RECORD_SEGMENT_SIZE, 200);
        save(paths[file], size + 200);
        CHECK(tells(names[file]));
        save(paths[file], size);
    }
    CHECK(is_clean());
}

/* --- Files that are exchanged --- */

static void restore(void)
{
    command("rm -rf %s/store %s/head; cp -a %s/saved-store %s/store; cp -a %s/saved-head %s/head", home, home, home,
            home, home, home);
}

static void test_exchanged(void)
{
    command("cp -a %s %s/saved-store; cp -a %s %s/saved-head", store_path, home, head_path, home);
    test_context("missing");
    for (unsigned file = 0; file < FILES; file++) {
        CHECK(unlink(paths[file]) == 0 && tells(names[file]));
        restore();
    }
    test_context("swapped");
    command("cd %s/segments; mv *1.seg x; mv *2.seg 00000001.seg; mv x 00000002.seg", store_path);
    CHECK(tells(names[0]));
    restore();
    test_context("one twice");
    command("cp %s %s", paths[0], paths[1]);
    CHECK(tells(names[1]));
    command("cp %s/saved-store/segments/00000002.seg %s; cp %s %s/segments/00000003.seg", home, paths[1], paths[1],
            store_path);
    CHECK(tells("segments/00000003.seg"));
    restore();
    test_context("frames exchanged, or gone");
    for (uint64_t i = 1; i <= record_count; i++) {
        unsigned file = (unsigned)places[i].segment - 1;
        size_t size = load(paths[file]);
        size_t begin = (size_t)places[i].offset;
        size_t end = begin + (size_t)places[i].size;
        memmove(bytes + begin, bytes + end, size - end);
        save(paths[file], size - (end - begin));
        CHECK(tells(names[file]));
        restore();
        size = load(paths[file]);
        memmove(bytes + end, bytes + begin, size - begin);
        save(paths[file], size + end - begin);
        CHECK(tells(names[file]));
        restore();
    }
    test_context("foreign names");
    static const char *const foreign[] = { "x",           "segments/x",           "segments/1.seg",
                                           "index.sql",   "segments/00000001",    "segments/00000000.seg",
                                           "segments/x/", "segments/00000009.seg" };
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        bool is_folder = foreign[i][strlen(foreign[i]) - 1] == '/';
        command("%s %s/%s", is_folder ? "mkdir" : "touch", store_path, foreign[i]);
        CHECK(tells(is_folder ? "segments/x" : foreign[i]));
        restore();
    }
    command("cd %s; mkdir damaged; touch lock index.sqlite index.sqlite-wal index.sqlite-shm damaged/y", store_path);
    CHECK(is_clean());
    restore();
    test_context(NULL);
}

/* --- What was put back as it once was --- */

static struct record_head read_head(void)
{
    struct record_head heads[2];
    (void)load(head_path);
    for (unsigned i = 0; i < 2; i++)
        CHECK(record_head_read(span_of(bytes + (size_t)i * RECORD_HEAD_SIZE, RECORD_HEAD_SIZE), &heads[i]));
    return heads[heads[1].commit > heads[0].commit ? 1 : 0];
}

static void test_replayed(void)
{
    struct segments *segments = NULL;
    struct segments_found found;
    struct record_head before = read_head();
    CHECK(segments_open(&settings, &segments, &found, &fault) == 0);
    for (unsigned i = 0; i < 8; i++)
        put(segments, RECORD_NOTE, "");
    segments_close(segments);
    struct record_head after = read_head();
    CHECK(after.segment == 3 && is_clean());
    command("cp -a %s %s/new-store; cp -a %s %s/new-head", store_path, home, head_path, home);

    exported = &before;
    CHECK(is_clean());
    exported = &after;
    CHECK(is_clean());
    test_context("the head");
    command("cp %s/saved-head %s", home, head_path);
    CHECK(tells(head_path));
    exported = NULL;
    CHECK(tells(names[1]));
    exported = &after;
    test_context("the head and the last segment");
    command("rm %s/segments/00000003.seg", store_path);
    CHECK(tells(head_path));
    test_context("all");
    restore();
    exported = NULL;
    CHECK(is_clean()); /* nobody can tell */
    exported = &after;
    CHECK(tells(head_path));
    test_context("one segment");
    command("rm -rf %s; cp -a %s/new-store %s; cp %s/new-head %s", store_path, home, store_path, home, head_path);
    command("cp %s/saved-store/segments/00000002.seg %s", home, paths[1]);
    CHECK(tells(names[1]));
    test_context("another record there");
    restore();
    struct record_head other = before;
    other.sequence--;
    exported = &other;
    CHECK(tells(names[places[other.sequence].segment - 1]) && told.sequence == other.sequence);
    other = before;
    other.digest.bytes[0] ^= 1;
    CHECK(tells(head_path));
    other = before;
    other.store.bytes[0] ^= 1;
    CHECK(tells(head_path));
    exported = NULL;
    command("rm -rf %s/new-store %s/new-head", home, home);
    test_context(NULL);
}

/* --- Tombstones --- */

static void test_tombstones(void)
{
    struct crypt_key root = { { 77 } };
    struct crypt_signer forger;
    struct crypt_digest digest;
    struct crypt_digest other = { { 1 } };
    crypt_signer_derive(&root, &forger);
    for (unsigned round = 0; round < 4; round++) {
        struct segments *segments = begin_store();
        put(segments, RECORD_NOTE, "");
        append(segments, RECORD_MESSAGE, span_text("gone"), &digest);
        CHECK(segments_commit(segments, &fault) == 0);
        if (round > 0) /* another's signature; another digest; as it should be */
            put_tombstone(segments, 2, round == 2 ? &other : &digest, round == 1 ? &forger : &signer);
        CHECK(segments_erase(segments, places[2], &fault) == 0);
        segments_close(segments);
        if (round == 3) {
            CHECK(is_clean() && result.erased == 1 && result.records == 3 && result.last_sequence == 3);
        } else {
            CHECK(tells(names[0]) && told.sequence == (round == 1 ? 3 : 2));
        }
    }
}

/* --- Parts of it, removals, losses --- */

static bool has_gone_on;
static uint64_t progressed;

static bool go_on(void *context)
{
    (void)context;
    return has_gone_on;
}

static void progress(void *context, uint64_t done, uint64_t all)
{
    (void)context;
    CHECK(done <= all);
    progressed = done;
}

static void test_larger(void)
{
    char *large = malloc(3000000);
    memset(large, 'x', 3000000);
    struct segments *segments = begin_store();
    for (unsigned i = 0; i < 20; i++)
        put(segments, RECORD_NOTE, "");
    struct crypt_digest digest;
    append(segments, RECORD_PART, span_of(large, 3000000), &digest);
    put(segments, RECORD_NOTE, "");
    free(large);
    CHECK(is_clean() && result.records == 22); /* while the writer is there */
    percent = 1;
    for (unsigned i = 0; i < 30; i++)
        CHECK(is_clean() && result.records > 0);
    struct record_head head = read_head();
    exported = &head;
    head.sequence = 4; /* and what it names is looked at, whatever the chance */
    CHECK(tells(names[0]));
    exported = NULL;
    percent = 100;
    struct verify_settings verify = {
        .path = store_path, .head_path = head_path, .percent = 100, .may_go_on = go_on, .progress = progress
    };
    CHECK(verify_store(&verify, &result, &fault) != 0 && fault.code == ECANCELED);
    has_gone_on = true;
    CHECK(verify_store(&verify, &result, &fault) == 0 && progressed > 3000000);
    verify.path = "/nonexistent";
    CHECK(verify_store(&verify, &result, &fault) != 0 && fault.code == ENOENT);

    command("cp %s %s/saved-segment", paths[0], home);
    CHECK(segments_remove_before(segments, 2, &fault) == 0 && is_clean());
    segments_close(segments);
    CHECK(is_clean());
    command("cp %s/saved-segment %s", home, paths[0]);
    CHECK(tells(names[0]));
    CHECK(unlink(paths[0]) == 0 && unlink(paths[1]) == 0 && tells(names[1]));
}

static void test_accepted(void)
{
    struct segments_found found;
    struct segments *segments = NULL;
    for (unsigned round = 0; round < 3; round++) {
        make_store();
        struct record_head head = read_head();
        if (round == 0) /* the last record; the last segment; both */
            CHECK(truncate(paths[1], (off_t)places[record_count].offset + 10) == 0);
        else
            CHECK(unlink(paths[1]) == 0 && (round == 1 || unlink(paths[0]) == 0));
        CHECK(segments_accept(&settings, &found, &fault) == 0 && is_clean());
        CHECK(segments_open(&settings, &segments, &found, &fault) == 0);
        record_count = found.last_sequence;
        put(segments, RECORD_NOTE, "");
        segments_close(segments);
        CHECK(is_clean());
        exported = &head; /* but not to him who knows what there was */
        CHECK(run() && (told.count > 0 || round == 2));
        exported = NULL;
    }
}

/* --- While the writer is at work --- */

static _Atomic bool has_written;

/* Messages come, die, are erased, and whole segments go. */
static void *write_on(void *context)
{
    struct segments *segments = context;
    struct fault own = { 0 };
    struct place last[4];
    struct crypt_digest digests[4];
    bool is_good = true;
    for (unsigned i = 0; is_good && i < 300; i++) {
        char text[300] = "text";
        struct record_draft draft = { .kind = RECORD_NOTE, .time_ms = 1, .meta = span_of(text, sizeof text) };
        struct record_death deaths[3];
        for (unsigned j = 0; j < 3; j++) {
            is_good = is_good &&
                      segments_append(segments, &draft, &deaths[j].sequence, &digests[j], &last[j], &own) == 0;
            deaths[j].digest = digests[j];
        }
        struct buf content;
        buf_init(&content, MOST_BYTES);
        record_tombstone_put(segments_id(segments), deaths, 3, &signer, &content);
        draft.kind = RECORD_TOMBSTONE;
        draft.content = buf_span(&content);
        uint64_t sequence;
        is_good = is_good && segments_append(segments, &draft, &sequence, &digests[3], &last[3], &own) == 0 &&
                  segments_commit(segments, &own) == 0;
        buf_fini(&content);
        for (unsigned j = 0; j < 3; j++)
            is_good = is_good && segments_erase(segments, last[j], &own) == 0;
        if (i % 20 == 19)
            is_good = is_good && segments_remove_before(segments, last[3].segment - 5, &own) == 0;
    }
    has_written = true;
    return is_good ? context : NULL;
}

static void test_live(void)
{
    pthread_t thread;
    void *is_good = NULL;
    struct segments *segments = begin_store();
    CHECK(pthread_create(&thread, NULL, write_on, segments) == 0);
    unsigned count = 0;
    for (; !has_written; count++) {
        if (!CHECK(is_clean()))
            break;
    }
    CHECK(pthread_join(thread, &is_good) == 0 && is_good != NULL && count > 3);
    segments_close(segments);
    CHECK(is_clean() && result.erased > 0);
}

int main(void)
{
    struct crypt_key root = { { 1 } };
    if (crypt_begin(&fault) != 0 || mkdtemp(home) == NULL)
        return 1;
    (void)snprintf(store_path, sizeof store_path, "%s/store", home);
    (void)snprintf(head_path, sizeof head_path, "%s/head", home);
    for (unsigned i = 0; i < FILES; i++)
        (void)snprintf(paths[i], sizeof paths[i], "%s%s%s", i < 2 ? store_path : "", i < 2 ? "/" : "", names[i]);
    crypt_signer_derive(&root, &signer);
    make_store();
    CHECK(is_clean() && result.records == record_count && result.erased == 1);
    test_every_byte();
    test_every_length();
    test_exchanged();
    test_replayed();
    test_tombstones();
    test_larger();
    test_accepted();
    test_live();
    command("rm -rf %s", home);
    return test_end();
}
