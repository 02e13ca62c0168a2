#include "scan_job.h"

#include "base/test.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A struct scan_job without the array at its end. */
struct job_head {
    uint64_t magic;
    uint32_t piece_count;
    uint32_t pack_count;
};

static_assert(sizeof(struct job_head) == sizeof(struct scan_job), "the pieces follow at once");

struct job_row {
    const char *name;
    struct job_head head;
    struct scan_piece pieces[2];
    size_t size; /* of the job; 0: as the head says */
    size_t fd_count;
    bool is_sound; /* as bytes */
    bool fits;     /* with packs of 100 and 50 bytes */
};

#define HEAD(pieces_, packs_)                                                                                          \
    {                                                                                                                  \
        .magic = SCAN_MAGIC, .piece_count = (pieces_), .pack_count = (packs_)                                          \
    }

static const struct job_row rows[] = {
    { "two pieces", HEAD(2, 2), { { 0, 0, 0, 100 }, { 1, 0, 10, 40 } }, 0, 2, true, true },
    { "one behind the end", HEAD(2, 2), { { 0, 0, 0, 100 }, { 1, 0, 10, 41 } }, 0, 2, true, false },
    { "an offset behind the end", HEAD(2, 2), { { 0, 0, 101, 1 }, { 1, 0, 10, 40 } }, 0, 2, true, false },
    { "wraps around", HEAD(2, 2), { { 0, 0, UINT64_MAX, 2 }, { 1, 0, 1, UINT64_MAX } }, 0, 2, true, false },
    { "an empty piece", HEAD(2, 2), { { 0, 0, 0, 100 }, { 1, 0, 10, 0 } }, 0, 2, false, false },
    { "a pack that is not there", HEAD(2, 2), { { 0, 0, 0, 100 }, { 2, 0, 10, 1 } }, 0, 2, false, false },
    { "no pieces", HEAD(0, 2), { { 0 } }, 0, 2, false, false },
    { "no packs", HEAD(1, 0), { { 0, 0, 0, 1 } }, 0, 0, false, false },
    { "too many packs", HEAD(1, SCAN_MOST_PACKS + 1), { { 0, 0, 0, 1 } }, 0, SCAN_MOST_PACKS + 1, false, false },
    { "too many pieces", HEAD(SCAN_MOST_PIECES + 1, 2), { { 0, 0, 0, 1 } }, sizeof(struct scan_job), 2, false, false },
    { "fewer descriptors", HEAD(2, 2), { { 0, 0, 0, 100 }, { 1, 0, 10, 40 } }, 0, 1, false, false },
    { "cut", HEAD(2, 2), { { 0, 0, 0, 100 }, { 1, 0, 10, 40 } }, sizeof(struct scan_job) + 47, 2, false, false },
    { "cut in the head", HEAD(2, 2), { { 0 } }, 15, 2, false, false },
    { "another magic", { .magic = 1, .piece_count = 1, .pack_count = 1 }, { { 0, 0, 0, 1 } }, 0, 1, false, false },
};

static void test_rows(void)
{
    struct {
        struct job_head head;
        struct scan_piece pieces[2];
    } bytes;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct job_row *row = &rows[i];
        test_context(row->name);
        bytes.head = row->head;
        memcpy(bytes.pieces, row->pieces, sizeof bytes.pieces);
        size_t size = row->size != 0 ? row->size : sizeof row->head + row->head.piece_count * sizeof row->pieces[0];
        struct job job;
        struct fault fault;
        CHECK((job_check(span_of(&bytes, size), row->fd_count, &job, &fault) == 0) == row->is_sound);
        if (!row->is_sound)
            continue;

        char zeros[100] = "";
        struct sealed packs[2];
        int fds[2];
        for (size_t k = 0; k < 2; k++) {
            CHECK(sealed_copy(span_of(zeros, k == 0 ? 100 : 50), "test", &packs[k], &fault) == 0);
            fds[k] = sealed_lend(&packs[k], &fault);
        }
        CHECK((job_take_packs(&job, fds, 1000, &fault) == 0) == row->fits);
        if (row->fits) {
            CHECK(job_piece(&job, 1).size == 40 && job_piece(&job, 1).data == job.packs[1].data + 10);
            job_fini(&job);
        }
        CHECK(close(fds[0]) != 0 && close(fds[1]) != 0); /* both were taken */
        sealed_close(&packs[0]);
        sealed_close(&packs[1]);
    }
    test_context(NULL);
}

static void test_unsealed(void)
{
    struct {
        struct job_head head;
        struct scan_piece piece;
    } bytes = { HEAD(1, 1), { 0, 0, 0, 1 } };
    struct fault fault;
    struct job job;
    struct sealed pack;
    CHECK(sealed_open_pack(&pack, "test", 100, &fault) == 0); /* somebody could still write into it */
    CHECK(job_check(span_of(&bytes, sizeof bytes), 1, &job, &fault) == 0);
    int fd = dup(pack.fd);
    CHECK(job_take_packs(&job, &fd, 1000, &fault) != 0);
    CHECK(sealed_finish(&pack, &fault) == 0);
    CHECK(job_check(span_of(&bytes, sizeof bytes), 1, &job, &fault) == 0);
    fd = dup(pack.fd);
    CHECK(job_take_packs(&job, &fd, 99, &fault) != 0); /* too large */
    fd = dup(pack.fd);
    CHECK(job_take(span_of(&bytes, sizeof bytes), &fd, 1, 1000, &job, &fault) == 0);
    job_fini(&job);
    fd = dup(pack.fd);
    bytes.head.magic++;
    CHECK(job_take(span_of(&bytes, sizeof bytes), &fd, 1, 1000, &job, &fault) != 0);
    CHECK(fcntl(fd, F_GETFD) == -1); /* closed all the same */
    sealed_close(&pack);
}

int main(void)
{
    test_rows();
    test_unsealed();
    return test_end();
}
