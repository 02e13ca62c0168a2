#include "sys/sealed.h"

#include "base/test.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void test_a_sealed_message_stays(void)
{
    test_context("a sealed message stays as it is");
    struct fault fault;
    struct sealed sealed;
    CHECK(sealed_open(&sealed, "message", &fault) == 0);
    CHECK((fcntl(sealed.fd, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK(sealed_append(&sealed, "From: a\r\n", 9, &fault) == 0);
    CHECK(sealed_append(&sealed, "", 0, &fault) == 0);
    CHECK(sealed_append(&sealed, "\r\nb\r\n", 5, &fault) == 0);
    CHECK(sealed.size == 14 && sealed_span(&sealed).size == 0);
    CHECK(sealed_finish(&sealed, &fault) == 0);
    CHECK(span_is(sealed_span(&sealed), "From: a\r\n\r\nb\r\n"));

    CHECK(pwrite(sealed.fd, "X", 1, 0) == -1 && errno == EPERM);
    CHECK(ftruncate(sealed.fd, 3) == -1 && errno == EPERM);
    CHECK(ftruncate(sealed.fd, 300) == -1 && errno == EPERM);
    CHECK(mmap(NULL, 14, PROT_READ | PROT_WRITE, MAP_SHARED, sealed.fd, 0) == MAP_FAILED);
    CHECK(fcntl(sealed.fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE) == -1);

    int lent = sealed_lend(&sealed, &fault);
    CHECK(lent >= 0 && (fcntl(lent, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK((fcntl(lent, F_GETFL) & O_ACCMODE) == O_RDONLY);
    int other = sealed_lend(&sealed, &fault);
    char bytes[4] = "";
    CHECK(read(lent, bytes, 3) == 3);
    CHECK(lseek(other, 0, SEEK_CUR) == 0); /* an offset of its own */
    CHECK(write(lent, "X", 1) == -1 && errno == EBADF);
    (void)close(lent);
    (void)close(other);
    sealed_close(&sealed);
    CHECK(sealed.fd == -1 && sealed.data == NULL);
    sealed_close(&sealed);
}

static void test_an_empty_message(void)
{
    test_context("an empty message");
    struct fault fault;
    struct sealed sealed;
    CHECK(sealed_copy(span_of(NULL, 0), "empty", &sealed, &fault) == 0);
    CHECK(sealed.size == 0 && sealed.data == NULL && sealed_span(&sealed).size == 0);
    sealed_close(&sealed);
}

static void test_a_pack_comes_back(void)
{
    test_context("a pack that was lent");
    struct fault fault;
    struct sealed pack;
    CHECK(sealed_open_pack(&pack, "pack", 8192, &fault) == 0);
    CHECK(ftruncate(pack.fd, 8193) == -1 && ftruncate(pack.fd, 8191) == -1);
    char *borrowed = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, pack.fd, 0);
    CHECK(borrowed != MAP_FAILED);
    memcpy(borrowed + 4094, "part", 4);
    /* Whoever still could write keeps it from being believed. */
    CHECK(sealed_finish(&pack, &fault) == -1 && fault.code == EBUSY && pack.data == NULL);
    CHECK(munmap(borrowed, 8192) == 0);
    CHECK(sealed_finish(&pack, &fault) == 0);
    CHECK(span_is(span_slice(sealed_span(&pack), 4094, 4), "part"));
    CHECK(pwrite(pack.fd, "X", 1, 0) == -1 && errno == EPERM);
    sealed_close(&pack);
}

static void test_what_is_taken(void)
{
    struct fault fault;
    struct sealed taken;

    test_context("taking memory that is not sealed");
    struct sealed open_one;
    CHECK(sealed_open(&open_one, "open", &fault) == 0);
    CHECK(sealed_append(&open_one, "hello", 5, &fault) == 0);
    CHECK(sealed_take(open_one.fd, 100, &taken, &fault) == -1 && taken.fd == -1);
    sealed_close(&open_one);

    test_context("taking a pack that can still be written");
    struct sealed pack;
    CHECK(sealed_open_pack(&pack, "pack", 100, &fault) == 0);
    CHECK(sealed_take(pack.fd, 100, &taken, &fault) == -1);
    sealed_close(&pack);

    test_context("taking something that is no memory");
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    CHECK(sealed_take(null, 100, &taken, &fault) == -1);
    (void)close(null);

    test_context("taking sealed memory");
    struct sealed mine;
    CHECK(sealed_copy(span_text("hello"), "mine", &mine, &fault) == 0);
    CHECK(sealed_take(mine.fd, 4, &taken, &fault) == -1 && fault.code == EFBIG);
    int lent = sealed_lend(&mine, &fault);
    CHECK(sealed_take(lent, 5, &taken, &fault) == 0);
    CHECK(taken.fd == lent && span_is(sealed_span(&taken), "hello"));
    sealed_close(&taken);
    sealed_close(&mine);
}

int main(void)
{
    test_a_sealed_message_stays();
    test_an_empty_message();
    test_a_pack_comes_back();
    test_what_is_taken();
    return test_end();
}
