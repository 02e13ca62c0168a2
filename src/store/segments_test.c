#include "store/segments.h"

#include "base/test.h"
#include "store/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 128 };

static char home[] = "/tmp/cordon-segments-XXXXXX";
static char store_path[PATH_SIZE];
static char head_path[PATH_SIZE];
static struct crypt_signer signer;
static struct segments_settings settings;
static struct segments_found found;
static struct fault fault;

/* --- Files, as another program would touch them --- */

__attribute__((format(printf, 1, 2))) static void command(const char *format, ...)
{
    char text[3 * PATH_SIZE];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    CHECK(system(text) == 0); /* NOLINT(cert-env33-c): a test's own folder */
}

static void fresh(void)
{
    command("rm -rf %s/store %s/head*", home, home);
    command("mkdir %s", store_path);
    settings = (struct segments_settings){ .path = store_path, .head_path = head_path, .signer = &signer };
}

static const char *segment_path(unsigned number)
{
    static char path[PATH_SIZE + 32];
    (void)snprintf(path, sizeof path, "%s/segments/%08u.seg", store_path, number);
    return path;
}

static uint64_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

static void flip(const char *path, uint64_t offset)
{
    char byte = 0;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    CHECK(fd >= 0 && pread(fd, &byte, 1, (off_t)offset) == 1);
    byte ^= 1;
    CHECK(pwrite(fd, &byte, 1, (off_t)offset) == 1 && close(fd) == 0);
}

/* --- Records --- */

static struct segments *open_store(void)
{
    struct segments *segments = NULL;
    fault = (struct fault){ 0 };
    (void)segments_open(&settings, &segments, &found, &fault);
    return segments;
}

/* A note whose metadata begins with its number, as large as is asked for. */
static struct place append(struct segments *segments, uint64_t number, size_t size)
{
    char *meta = calloc(1, size);
    (void)snprintf(meta, size, "%llu", (unsigned long long)number);
    struct record_draft draft = { .kind = RECORD_NOTE, .time_ms = 1, .meta = span_of(meta, size) };
    struct place place = { 0 };
    struct crypt_digest digest;
    uint64_t sequence = 0;
    CHECK(segments_append(segments, &draft, &sequence, &digest, &place, &fault) == 0 && sequence == number);
    free(meta);
    return place;
}

static void put(struct segments *segments, uint64_t from, uint64_t to)
{
    for (uint64_t i = from; i <= to; i++)
        (void)append(segments, i, 100);
    CHECK(segments_commit(segments, &fault) == 0 && segments_last_sequence(segments) == to);
}

struct seen {
    uint64_t first, last, count, erased, broken;
};

static int see(void *context, enum record_state state, const struct record *record, struct place place)
{
    struct seen *seen = context;
    CHECK(place.segment > 0 && place.offset >= RECORD_SEGMENT_SIZE);
    seen->erased += state == RECORD_ERASED;
    seen->broken += state == RECORD_BROKEN;
    if (state != RECORD_WHOLE)
        return 0;
    CHECK(strtoull(record->meta.data, NULL, 10) == record->header.sequence);
    seen->first = seen->count == 0 ? record->header.sequence : seen->first;
    seen->last = record->header.sequence;
    seen->count++;
    return seen->count == 1000 ? 7 : 0;
}

static struct seen walk(struct segments *segments, uint64_t from)
{
    struct seen seen = { 0 };
    CHECK(segments_walk(segments, from, see, &seen, &fault) == 0);
    return seen;
}

static bool can_read(struct segments *segments, struct place place)
{
    char *memory = NULL;
    struct span frame;
    struct record record;
    bool is_read = segments_read(segments, place, &memory, &frame, &fault) == 0;
    is_read = is_read && record_read(frame, &record) == RECORD_WHOLE;
    free(memory);
    return is_read;
}

/* --- What a writer and its readers see --- */

static void test_commit(void)
{
    fresh();
    struct segments *segments = open_store();
    CHECK(segments != NULL && found.is_new && found.segments == 1 && found.last_sequence == 0);
    struct segments *second = open_store();
    CHECK(second == NULL && fault.code == EWOULDBLOCK);
    settings.signer = NULL;
    struct segments *reader = open_store();
    settings.signer = &signer;
    CHECK(reader != NULL && walk(reader, 1).count == 0);

    struct place place = append(segments, 1, 50);
    CHECK(place.segment == 1 && place.offset == RECORD_SEGMENT_SIZE &&
          place.size == 50 + RECORD_HEADER_SIZE + RECORD_TRAILER_SIZE);
    CHECK(!can_read(segments, place) && fault.code == ENOENT && !can_read(reader, place));
    CHECK(walk(segments, 1).count == 0 && segments_last_sequence(segments) == 0);
    CHECK(segments_commit(segments, &fault) == 0 && segments_commit(segments, &fault) == 0);
    CHECK(can_read(segments, place) && can_read(reader, place));
    CHECK(walk(reader, 1).count == 1 && segments_last_sequence(reader) == 1);
    CHECK(memcmp(segments_id(segments), segments_id(reader), sizeof(struct record_store_id)) == 0);
    /* Places that are none. */
    CHECK(!can_read(segments, (struct place){ 1, place.offset, UINT64_MAX }) && fault.code == ENOENT);
    CHECK(!can_read(segments, (struct place){ 1, UINT64_MAX - 10, place.size }) && fault.code == ENOENT);
    CHECK(!can_read(segments, (struct place){ 1, place.offset, place.size + 1 }) && fault.code == ENOENT);
    CHECK(!can_read(segments, (struct place){ 2, place.offset, place.size }) && fault.code == ENOENT);
    CHECK(!can_read(segments, (struct place){ 0, place.offset, place.size }) && fault.code == ENOENT);
    segments_close(segments);
    segments = open_store();
    CHECK(segments != NULL && !found.is_new && found.last_sequence == 1 && found.cut_bytes == 0 && found.text[0] == 0);
    put(segments, 2, 2);
    segments_close(segments);
    segments_close(reader);
    segments_close(NULL);

    struct crypt_signer other = signer;
    struct crypt_key root = { { 9 } };
    crypt_signer_derive(&root, &other);
    settings.signer = &other;
    CHECK(open_store() == NULL && fault.code == EKEYREJECTED);
    settings.signer = &signer;
}

static void test_several_segments(void)
{
    fresh();
    settings.segment_bytes = 2000; /* 7 records each */
    struct segments *segments = open_store();
    put(segments, 1, 50);
    CHECK(size_of(segment_path(8)) > 0 && size_of(segment_path(9)) == 0 && size_of(segment_path(1)) <= 2000);
    for (uint64_t from = 0; from <= 51; from++) {
        struct seen seen = walk(segments, from);
        uint64_t first = from > 0 ? from : 1;
        CHECK(seen.count == 51 - first && (seen.count == 0 || (seen.first == first && seen.last == 50)));
    }
    (void)append(segments, 51, 9000); /* larger than a segment: one of its own */
    put(segments, 52, 52);
    CHECK(size_of(segment_path(9)) > 9000 && size_of(segment_path(10)) > 0);
    uint64_t bytes = segments_bytes(segments);
    CHECK(bytes > 20000);

    CHECK(segments_remove_before(segments, 3, &fault) == 0 && size_of(segment_path(2)) == 0);
    CHECK(segments_remove_before(segments, 3, &fault) == 0);
    CHECK(segments_remove_before(segments, 11, &fault) != 0 && fault.code == EINVAL);
    CHECK(segments_bytes(segments) < bytes);
    struct seen seen = walk(segments, 1);
    CHECK(seen.first == 15 && seen.last == 52 && seen.count == 38);
    segments_close(segments);
    /* The machine stopped before their names were gone. */
    command("cp %s %s/segments/00000002.seg", segment_path(3), store_path);
    segments = open_store();
    CHECK(segments != NULL && found.segments == 8 && found.damaged == 0 && size_of(segment_path(2)) == 0);
    segments_close(segments);
}

static void test_erase(void)
{
    fresh();
    struct segments *segments = open_store();
    struct place places[4];
    for (uint64_t i = 1; i <= 3; i++)
        places[i] = append(segments, i, 10000);
    CHECK(segments_erase(segments, places[1], &fault) != 0 && fault.code == ENOENT);
    CHECK(segments_commit(segments, &fault) == 0);
    uint64_t bytes = segments_bytes(segments);
    CHECK(segments_erase(segments, places[2], &fault) == 0 && segments_erase(segments, places[2], &fault) == 0);
    CHECK(segments_bytes(segments) <= bytes);
    struct place wrong = { 1, places[1].offset + 1, places[1].size };
    CHECK(segments_erase(segments, wrong, &fault) != 0 && fault.code == EBADMSG);
    wrong = (struct place){ 1, places[1].offset, places[1].size + 1 };
    CHECK(segments_erase(segments, wrong, &fault) != 0 && fault.code == EBADMSG);
    struct seen seen = walk(segments, 1);
    CHECK(seen.count == 2 && seen.erased == 1 && seen.broken == 0);
    CHECK(segments_erase(segments, places[3], &fault) == 0);
    segments_close(segments);
    segments = open_store(); /* an erased last record is no damage */
    CHECK(segments != NULL && found.damaged == 0);
    put(segments, 4, 5);
    segments_close(segments);
}

/* --- What a crash leaves --- */

static void test_tail(void)
{
    fresh();
    struct segments *segments = open_store();
    put(segments, 1, 3);
    command("cp %s %s/head-before", head_path, home);
    put(segments, 4, 6);
    segments_close(segments);
    uint64_t size = size_of(segment_path(1));

    command("head -c 77 /dev/urandom >>%s", segment_path(1));
    segments = open_store();
    CHECK(segments != NULL && found.cut_bytes == 77 && found.last_sequence == 6 && size_of(segment_path(1)) == size);
    segments_close(segments);
    /* The head was not written any more: what is whole stays, and the head says so. */
    command("cp %s/head-before %s", home, head_path);
    CHECK(truncate(segment_path(1), (off_t)size - 1) == 0);
    segments = open_store();
    CHECK(segments != NULL && found.last_sequence == 5 && found.cut_bytes == 243 && walk(segments, 1).count == 5);
    segments_close(segments);
    segments = open_store();
    CHECK(segments != NULL && found.last_sequence == 5 && found.cut_bytes == 0);
    put(segments, 6, 6);
    segments_close(segments);
    /* One slot of the head is torn: the other one counts. */
    for (uint64_t slot = 0; slot < 2; slot++) {
        flip(head_path, slot * RECORD_HEAD_SIZE + 40);
        segments = open_store();
        CHECK(segments != NULL && found.last_sequence == 6);
        segments_close(segments);
    }
    /* A segment that was just being begun. */
    command("head -c 100 %s >%s/segments/00000002.seg", segment_path(1), store_path);
    segments = open_store();
    CHECK(segments != NULL && found.cut_bytes == 100 && size_of(segment_path(2)) == 0);
    put(segments, 7, 7);
    segments_close(segments);
}

/* --- Damage --- */

static void test_damage(void)
{
    fresh();
    struct segments *segments = open_store();
    put(segments, 1, 5);
    segments_close(segments);
    flip(segment_path(1), RECORD_SEGMENT_SIZE + RECORD_HEADER_SIZE + 50); /* in the first record's body */
    segments = open_store();
    CHECK(segments != NULL && found.damaged == 1 && found.text[0] != 0);
    struct seen seen = walk(segments, 1);
    CHECK(seen.count == 4 && seen.broken == 1);
    put(segments, 6, 6); /* not into a file that somebody alters */
    CHECK(size_of(segment_path(2)) > 0);
    segments_close(segments);
    flip(segment_path(1), RECORD_SEGMENT_SIZE + 244 + 20); /* in the second one's header */
    segments = open_store();
    CHECK(segments != NULL && found.damaged == 0);
    seen = walk(segments, 1);
    CHECK(seen.count == 4 && seen.broken == 2 && seen.last == 6);
    seen = walk(segments, 4);
    CHECK(seen.count == 3 && seen.broken == 0);
    segments_close(segments);
    command("mv %s %s/away", segment_path(1), home);
    segments = open_store();
    CHECK(segments != NULL && found.damaged == 1 && walk(segments, 1).count == 1);
    segments_close(segments);
}

/* Does opening refuse, and after the operator's word go on with `next`, with `count` of the old ones readable? */
static void check_refused(uint64_t next, uint64_t count)
{
    CHECK(open_store() == NULL && fault.code == EBADMSG && found.text[0] != 0);
    CHECK(segments_accept(&settings, &found, &fault) == 0);
    struct segments *segments = open_store();
    if (!CHECK(segments != NULL && found.last_sequence == next - 1 && found.cut_bytes == 0))
        return;
    CHECK(walk(segments, 1).count == count);
    put(segments, next, next + 1);
    segments_close(segments);
    segments = open_store();
    CHECK(segments != NULL && walk(segments, 1).count == count + 2 && walk(segments, next + 1).count == 1);
    segments_close(segments);
    CHECK(segments_accept(&settings, &found, &fault) == 0); /* there is nothing to accept */
}

static void make_three(void)
{
    fresh();
    settings.segment_bytes = 1000; /* 3 records each */
    struct segments *segments = open_store();
    put(segments, 1, 8);
    segments_close(segments);
}

static void test_refusals(void)
{
    test_context("short");
    make_three();
    CHECK(truncate(segment_path(3), (off_t)size_of(segment_path(3)) - 10) == 0);
    check_refused(9, 7);
    CHECK(size_of(segment_path(4)) > 0);
    command("test -e %s/damaged/00000003.seg", store_path);

    test_context("the last one broken");
    make_three();
    flip(segment_path(3), size_of(segment_path(3)) - 10);
    check_refused(9, 7);

    test_context("only the header is left");
    make_three();
    CHECK(truncate(segment_path(3), RECORD_SEGMENT_SIZE) == 0);
    check_refused(9, 6);

    test_context("the last segment gone");
    make_three();
    CHECK(unlink(segment_path(3)) == 0);
    check_refused(9, 6);

    test_context("all but the first gone");
    make_three();
    CHECK(unlink(segment_path(3)) == 0 && unlink(segment_path(2)) == 0);
    check_refused(9, 3);

    test_context("all gone");
    make_three();
    for (unsigned i = 1; i <= 3; i++)
        CHECK(unlink(segment_path(i)) == 0);
    check_refused(9, 0);

    test_context("no head");
    make_three();
    CHECK(unlink(head_path) == 0);
    check_refused(9, 8);

    test_context("a broken head");
    make_three();
    command("head -c 1000 /dev/urandom >%s", head_path);
    check_refused(9, 8);
    CHECK(size_of(head_path) == 2 * (uint64_t)RECORD_HEAD_SIZE);

    test_context("a strange segment behind the last");
    make_three();
    command("cp %s %s/segments/00000004.seg", segment_path(2), store_path);
    check_refused(9, 8);
    test_context(NULL);
}

/* --- A disk that fails --- */

static int calls_left = -1;
static int code;

static bool is_failing(void)
{
    if (calls_left < 0 || calls_left-- > 0)
        return false;
    errno = code;
    return true;
}

static ssize_t bad_pwritev(int fd, const struct iovec *vector, int count, off_t offset)
{
    if (!is_failing())
        return pwritev(fd, vector, count, offset);
    ssize_t half = pwrite(fd, vector->iov_base, vector->iov_len / 2, offset); /* something of it is there */
    errno = code;
    return half > 0 ? -1 : half;
}

static int bad_fdatasync(int fd)
{
    return is_failing() ? -1 : fdatasync(fd);
}

static void test_failures(void)
{
    struct disk_calls calls = disk_real_calls;
    calls.pwritev = bad_pwritev;
    disk_use_calls(&calls);
    fresh();
    settings.segment_bytes = 1000;
    struct segments *segments = open_store();
    put(segments, 1, 2);
    char text[100] = "3";
    struct record_draft draft = { .kind = RECORD_NOTE, .time_ms = 1, .meta = span_of(text, sizeof text) };
    struct place place;
    struct crypt_digest digest;
    uint64_t sequence;
    code = ENOSPC;
    for (int good = 0; good < 6; good++) { /* in the first segment, in the next one's header, in its records */
        calls_left = -1;
        int done = 0;
        for (calls_left = good; done < 8; done++) {
            if (segments_append(segments, &draft, &sequence, &digest, &place, &fault) != 0)
                break;
        }
        CHECK(done < 8 && fault.code == ENOSPC && segments_failure(segments) == NULL);
        CHECK(size_of(segment_path(1)) == RECORD_SEGMENT_SIZE + 488 && size_of(segment_path(2)) == 0);
        CHECK(walk(segments, 1).count == 2);
    }
    calls_left = -1;
    put(segments, 3, 9);
    segments_close(segments);

    calls.fdatasync = bad_fdatasync;
    for (int good = 0; good < 2; good++) { /* the segment's, and the head's */
        segments = open_store();
        uint64_t last = segments_last_sequence(segments);
        (void)append(segments, last + 1, 100);
        code = EIO;
        calls_left = good == 0 ? 0 : 2;
        CHECK(segments_commit(segments, &fault) != 0 && fault.code == EIO && segments_failure(segments) != NULL);
        calls_left = -1;
        CHECK(segments_commit(segments, &fault) != 0 && segments_last_sequence(segments) == last);
        CHECK(segments_append(segments, &draft, &sequence, &digest, &place, &fault) != 0);
        CHECK(segments_erase(segments, (struct place){ 1, RECORD_SEGMENT_SIZE, 244 }, &fault) != 0);
        CHECK(segments_remove_before(segments, 2, &fault) != 0);
        segments_close(segments);
    }
    segments = open_store();
    CHECK(segments != NULL && segments_failure(segments) == NULL);
    segments_close(segments);
    disk_use_calls(NULL);
}

/* Some blocks of the first segment can't be read. */
static uint64_t bad_from;
static uint64_t bad_to;

static ssize_t bad_pread(int fd, void *out, size_t size, off_t offset)
{
    if ((uint64_t)offset < bad_to && (uint64_t)offset + size > bad_from) {
        errno = EIO;
        return -1;
    }
    return pread(fd, out, size, offset);
}

static void test_unreadable(void)
{
    struct disk_calls calls = disk_real_calls;
    calls.pread = bad_pread;
    disk_use_calls(&calls);
    fresh();
    struct segments *segments = open_store();
    put(segments, 1, 2);
    struct place place = append(segments, 3, 20000); /* from 256 + 488 on */
    put(segments, 4, 100);
    segments_close(segments);
    bad_from = 8192;
    bad_to = 12288;
    segments = open_store();
    CHECK(segments != NULL && found.damaged == 1 && found.last_sequence == 100);
    struct seen seen = walk(segments, 1);
    CHECK(seen.count == 99 && seen.broken == 1 && !can_read(segments, place) && fault.code == EIO);
    segments_close(segments);
    bad_from = 40960; /* up to the end */
    bad_to = 65536;
    CHECK(open_store() == NULL && fault.code == EBADMSG);
    CHECK(segments_accept(&settings, &found, &fault) == 0);
    bad_to = 0;
    segments = open_store();
    seen = walk(segments, 1);
    CHECK(segments != NULL && found.last_sequence == 100 && seen.count == seen.last && seen.last > 70 &&
          seen.last < 100);
    put(segments, 101, 101);
    segments_close(segments);
    disk_use_calls(NULL);
}

int main(void)
{
    struct crypt_key root = { { 1 } };
    if (crypt_begin(&fault) != 0 || mkdtemp(home) == NULL)
        return 1;
    (void)snprintf(store_path, sizeof store_path, "%s/store", home);
    (void)snprintf(head_path, sizeof head_path, "%s/head", home);
    crypt_signer_derive(&root, &signer);
    test_commit();
    test_several_segments();
    test_erase();
    test_tail();
    test_damage();
    test_refusals();
    test_failures();
    test_unreadable();
    command("rm -rf %s", home);
    return test_end();
}
