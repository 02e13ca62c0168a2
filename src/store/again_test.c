/* Short-lived pairs: made when it is time, gone when it is time, and in a store no part is shared beyond one of them.
 */
#include "store/again.h"

#include "base/test.h"
#include "store/keyfile.h"
#include "store/meta.h"
#include "store/store.h"
#include "sys/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 128, WAIT_MS = 60000, PART_SIZE = 20000, PAIRS = 8 };
#define HOUR UINT64_C(3600000)
#define START UINT64_C(1800000000000)

struct rig {
    char folder[PATH_SIZE];
    char path[PATH_SIZE + 16];
    char head[PATH_SIZE + 16];
};

static void rig_begin(struct rig *rig)
{
    *rig = (struct rig){ .folder = "/tmp/cordon-again-XXXXXX" };
    CHECK(crypt_begin(NULL) == 0 && mkdtemp(rig->folder) != NULL);
    (void)snprintf(rig->path, sizeof rig->path, "%s/store", rig->folder);
    (void)snprintf(rig->head, sizeof rig->head, "%s/head", rig->folder);
    CHECK(mkdir(rig->path, 0700) == 0);
}

static void rig_end(struct rig *rig)
{
    char command[PATH_SIZE + 16];
    (void)snprintf(command, sizeof command, "rm -rf %s", rig->folder);
    CHECK(system(command) == 0); /* NOLINT(cert-env33-c): a folder of our own making */
}

static const char *rig_name(const struct rig *rig, const char *name)
{
    static char path[2 * PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/%s", rig->folder, name);
    return path;
}

static const char *rig_pair(const struct rig *rig, uint64_t end_ms)
{
    char name[PATH_SIZE];
    (void)snprintf(name, sizeof name, "head.again.%" PRIu64, end_ms);
    return rig_name(rig, name);
}

static bool is_there(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0;
}

static void file_make(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && write(fd, "x", 1) == 1);
    (void)close(fd);
}

static size_t rig_count(const struct rig *rig, uint64_t now_ms)
{
    struct crypt_pair pairs[PAIRS];
    size_t count = 0;
    CHECK(again_read(rig->head, now_ms, pairs, PAIRS, &count, NULL) == 0);
    return count;
}

/* Gives when it is to be called again. */
static uint64_t rig_tend(const struct rig *rig, uint64_t duration_ms, uint64_t now_ms, struct again *again)
{
    struct fault fault = { 0 };
    uint64_t next = 0;
    if (!CHECK(again_tend(rig->head, duration_ms, now_ms, again, &next, &fault) == 0))
        fprintf(stderr, "%s\n", fault.text);
    return next;
}

static void test_made_and_destroyed(void)
{
    struct rig rig;
    struct stat status;
    struct again again = { .end_ms = 0 };
    char bytes[256];
    rig_begin(&rig);
    const uint64_t end = START + 50 * HOUR;
    CHECK(rig_tend(&rig, 40 * HOUR, START, &again) == START + 10 * HOUR && again.end_ms == end);
    CHECK(stat(rig_pair(&rig, end), &status) == 0 && (status.st_mode & 07777) == 0600 && status.st_size > 0);
    struct again first = again;
    CHECK(rig_tend(&rig, 40 * HOUR, START + 10 * HOUR - 1, &again) == START + 10 * HOUR && again.end_ms == end);

    struct again other = { .end_ms = 0 }; /* another process goes on with the same one */
    (void)rig_tend(&rig, 40 * HOUR, START + HOUR, &other);
    CHECK(other.end_ms == end && memcmp(other.public_half, first.public_half, sizeof first.public_half) == 0);

    for (uint64_t i = 1; i < 5; i++) {
        uint64_t next = rig_tend(&rig, 40 * HOUR, START + i * 10 * HOUR, &again);
        CHECK(next == START + (i + 1) * 10 * HOUR && again.end_ms == end + i * 10 * HOUR);
        CHECK(rig_count(&rig, START + i * 10 * HOUR) == i + 1);
    }
    CHECK(memcmp(again.public_half, first.public_half, sizeof first.public_half) != 0);

    int fd = open(rig_pair(&rig, end), O_RDONLY | O_CLOEXEC); /* what is left of the file when its name has gone */
    CHECK(fd >= 0 && rig_count(&rig, end) == 4);
    (void)rig_tend(&rig, 40 * HOUR, end, &again);
    CHECK(!is_there(rig_pair(&rig, end)) && rig_count(&rig, START) == 5);
    ssize_t size = read(fd, bytes, sizeof bytes);
    CHECK(size == status.st_size);
    for (ssize_t i = 0; i < size; i++)
        CHECK(bytes[i] == 0);
    (void)close(fd);

    /* After a long rest there is one alone; and none where none is wanted. */
    (void)rig_tend(&rig, 40 * HOUR, START + 1000 * HOUR, &again);
    CHECK(rig_count(&rig, START) == 1 && is_there(rig_pair(&rig, START + 1050 * HOUR)));
    CHECK(rig_tend(&rig, 0, START + 1001 * HOUR, &again) == UINT64_MAX && again.end_ms == 0);
    CHECK(rig_count(&rig, START) == 0 && !is_there(rig_pair(&rig, START + 1050 * HOUR)));
    rig_end(&rig);
}

/* Only what is one of ours is touched, and what can't be used is no obstacle. */
static void test_files(void)
{
    struct rig rig;
    struct again again = { .end_ms = 0 };
    static const char *const foreign[] = {
        "head",           "head.again.",        "head.again.x",       "head.again.5.x",
        "head.again.5.6", "head.again.5.x.new", "other.again.1.2.new"
    };
    rig_begin(&rig);
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        file_make(rig_name(&rig, foreign[i]));
    file_make(rig_name(&rig, "head.again.1800180000000.17.new")); /* of a process that was killed */
    file_make(rig_name(&rig, "head.again.1"));
    file_make(rig_pair(&rig, START + 49 * HOUR)); /* it should be a key */
    (void)rig_tend(&rig, 40 * HOUR, START, &again);
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        CHECK(is_there(rig_name(&rig, foreign[i])));
    CHECK(!is_there(rig_name(&rig, "head.again.1800180000000.17.new")) && !is_there(rig_name(&rig, "head.again.1")));
    CHECK(again.end_ms == START + 50 * HOUR && is_there(rig_pair(&rig, START + 50 * HOUR)));
    (void)unlink(rig_pair(&rig, START + 49 * HOUR));

    /* Somebody removed it: a new one at once. */
    (void)unlink(rig_pair(&rig, START + 50 * HOUR));
    (void)rig_tend(&rig, 40 * HOUR, START + HOUR, &again);
    CHECK(again.end_ms == START + 51 * HOUR && rig_count(&rig, START) == 1);

    /* The clock was put back, or the duration is a shorter one now: no pair lives longer than one made now. */
    (void)rig_tend(&rig, 40 * HOUR, START - 100 * HOUR, &again);
    CHECK(again.end_ms == START - 50 * HOUR && rig_count(&rig, START - 100 * HOUR) == 1);
    (void)rig_tend(&rig, 4 * HOUR, START - 100 * HOUR, &again);
    CHECK(again.end_ms == START - 95 * HOUR && rig_count(&rig, START - 100 * HOUR) == 1);
    /* Or a longer one: the next is made at once, for the old one ends too early. */
    (void)rig_tend(&rig, 40 * HOUR, START - 100 * HOUR, &again);
    CHECK(again.end_ms == START - 50 * HOUR && rig_count(&rig, START - 100 * HOUR) == 2);

    struct fault fault = { 0 };
    uint64_t next = 0;
    struct again none = { .end_ms = 0 };
    CHECK(again_tend("/tmp/cordon-no-such-folder/head", HOUR, START, &none, &next, &fault) != 0 &&
          fault.code == ENOENT);
    CHECK(none.end_ms == 0 && next > START && next < START + HOUR);
    rig_end(&rig);
}

/* --- In a store --- */

struct house {
    struct rig rig;
    struct store_settings settings;
    struct crypt_pair owner;
    struct store *store;
};

static void house_open(struct house *house)
{
    struct segments_found found = { .text = "" };
    struct fault fault = { 0 };
    house->store = store_open(&house->settings, NULL, NULL, &found, &fault);
    if (!CHECK(house->store != NULL)) {
        fprintf(stderr, "%s\n", fault.text);
        abort();
    }
}

static void house_begin(struct house *house, uint64_t again_ms)
{
    rig_begin(&house->rig);
    crypt_pair_new(&house->owner);
    house->settings = (struct store_settings){ .name = "test",
                                               .path = house->rig.path,
                                               .head_path = house->rig.head,
                                               .owner_count = 1,
                                               .period_ms = UINT64_C(864000000000),
                                               .again_ms = again_ms };
    crypt_random(&house->settings.root, sizeof house->settings.root);
    memcpy(house->settings.owners[0], house->owner.public_half, sizeof house->owner.public_half);
    house_open(house);
}

static void house_await_index(struct house *house)
{
    struct store_status status;
    struct deadline end = deadline_in(WAIT_MS);
    do {
        (void)usleep(1000);
        store_read_status(house->store, &status);
    } while (!deadline_passed(end) && (status.is_indexing || status.indexed_sequence < status.last_sequence));
}

/* The same message each time: a part, and some text. */
static uint64_t house_put(struct house *house)
{
    static char bytes[PART_SIZE + 6];
    struct fault fault = { 0 };
    struct buf meta;
    uint64_t sequence = 0;
    memset(bytes, 'p', sizeof bytes);
    buf_init(&meta, STORE_META_MOST);
    meta_put_number(&meta, META_SIZE, sizeof bytes);
    struct content_part part = { .offset = 6, .size = PART_SIZE };
    struct store_message put = { .bytes = span_of(bytes, sizeof bytes),
                                 .meta = buf_span(&meta),
                                 .category = CATEGORY_CLEAN,
                                 .parts = &part,
                                 .part_count = 1 };
    house_await_index(house);
    if (!CHECK(store_put(house->store, &put, deadline_in(WAIT_MS), &sequence, &fault) == 0))
        fprintf(stderr, "%s\n", fault.text);
    house_await_index(house);
    buf_fini(&meta);
    return sequence;
}

static int count_bytes(void *context, struct span bytes, struct fault *fault)
{
    (void)fault;
    *(size_t *)context += bytes.size;
    return 0;
}

/* 0, or the fault's code. */
static int house_read(const struct house *house, uint64_t sequence, const struct crypt_pair *pairs, size_t count)
{
    struct store_reader *reader = NULL;
    struct fault fault = { 0 };
    size_t size = 0;
    if (!CHECK(store_open_reader(&house->settings, &reader, &fault) == 0))
        return fault.code;
    int failed = store_read(reader, sequence, pairs, count, count_bytes, &size, &fault);
    CHECK(failed != 0 || size == PART_SIZE + 6);
    store_close_reader(reader);
    return failed == 0 ? 0 : fault.code;
}

static size_t house_pairs(const struct house *house, struct crypt_pair pairs_out[PAIRS])
{
    size_t count = 0;
    struct fault fault = { 0 };
    if (!CHECK(again_read(house->rig.head, clock_wall_ms(), pairs_out, PAIRS, &count, &fault) == 0))
        fprintf(stderr, "%s\n", fault.text);
    return count;
}

static void test_parts_are_of_one_pair(void)
{
    struct house house;
    struct crypt_pair pairs[2 * PAIRS];
    house_begin(&house, 40 * HOUR);
    CHECK(house_pairs(&house, pairs) == 1);
    uint64_t first = house_put(&house);
    uint64_t second = house_put(&house);
    CHECK(second == first + 1); /* its part was there */
    CHECK(house_read(&house, second, pairs, 1) == 0 && house_read(&house, second, &house.owner, 1) == 0);

    /* The pair goes on over a restart; without it there is a new one, whose messages have a part of their own. */
    store_close(house.store);
    house_open(&house);
    CHECK(house_put(&house) == second + 1 && house_pairs(&house, pairs + 1) == 1);
    CHECK(memcmp(&pairs[0], &pairs[1], sizeof pairs[0]) == 0);
    store_close(house.store);
    char command[2 * PATH_SIZE];
    (void)snprintf(command, sizeof command, "rm %s.again.*", house.rig.head);
    CHECK(system(command) == 0); /* NOLINT(cert-env33-c): in a folder of our own making */
    house_open(&house);
    uint64_t third = house_put(&house);
    CHECK(third == second + 3 && house_pairs(&house, pairs + 1) == 1);
    CHECK(house_read(&house, third, &pairs[0], 1) == EACCES && house_read(&house, third, &pairs[1], 1) == 0);
    CHECK(house_read(&house, first, &pairs[1], 1) == EACCES && house_read(&house, first, &pairs[0], 1) == 0);
    CHECK(house_read(&house, third, &house.owner, 1) == 0);

    /* None is wanted any more: neither a file nor a slot. */
    store_close(house.store);
    house.settings.again_ms = 0;
    house_open(&house);
    CHECK(house_pairs(&house, pairs + 2) == 0);
    uint64_t last = house_put(&house);
    CHECK(last == third + 2 && house_read(&house, last, pairs, 2) == EACCES);
    CHECK(house_read(&house, last, &house.owner, 1) == 0);
    store_close(house.store);
    rig_end(&house.rig);
}

/* By the store's own clock: what could be opened can't be, once the pair of then has gone. */
static void test_over_time(void)
{
    struct house house;
    struct crypt_pair pairs[2 * PAIRS];
    struct crypt_pair later[PAIRS];
    struct deadline end = deadline_in(WAIT_MS);
    house_begin(&house, 2000);
    size_t count = house_pairs(&house, pairs);
    uint64_t sequence = house_put(&house);
    count += house_pairs(&house, pairs + count); /* whichever it was */
    CHECK(house_read(&house, sequence, pairs, count) == 0);
    int code = 0;
    while (code == 0 && !deadline_passed(end)) {
        (void)usleep(50000);
        code = house_read(&house, sequence, later, house_pairs(&house, later));
    }
    CHECK(code == EACCES && house_pairs(&house, later) > 0);
    CHECK(house_read(&house, sequence, &house.owner, 1) == 0);
    store_close(house.store);
    rig_end(&house.rig);
}

int main(void)
{
    test_made_and_destroyed();
    test_files();
    test_parts_are_of_one_pair();
    test_over_time();
    return test_end();
}
