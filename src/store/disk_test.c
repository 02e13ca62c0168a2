#include "store/disk.h"

#include "base/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char home[] = "/tmp/cordon-disk-XXXXXX";

/* --- Calls that give little, or fail --- */

static size_t write_at_once = SIZE_MAX;
static int erase_code;

static ssize_t small_pwritev(int fd, const struct iovec *vector, int count, off_t offset)
{
    (void)count;
    size_t size = vector->iov_len < write_at_once ? vector->iov_len : write_at_once;
    return pwrite(fd, vector->iov_base, size, offset);
}

static ssize_t small_pread(int fd, void *out, size_t size, off_t offset)
{
    return pread(fd, out, size > 3 ? 3 : size, offset);
}

static int failing_fallocate(int fd, int mode, off_t offset, off_t size)
{
    (void)fd, (void)mode, (void)offset, (void)size;
    errno = erase_code;
    return -1;
}

static bool file_is(struct disk_file *file, const char *text)
{
    char bytes[64];
    ssize_t got = disk_read(file, 0, bytes, sizeof bytes, NULL);
    return got == (ssize_t)strlen(text) && memcmp(bytes, text, (size_t)got) == 0;
}

static int write_text(struct disk_file *file, uint64_t offset, const char *a, const char *b, const char *c)
{
    char copies[3][16];
    (void)snprintf(copies[0], sizeof copies[0], "%s", a);
    (void)snprintf(copies[1], sizeof copies[1], "%s", b);
    (void)snprintf(copies[2], sizeof copies[2], "%s", c);
    struct iovec vector[3];
    for (size_t i = 0; i < 3; i++)
        vector[i] = (struct iovec){ copies[i], strlen(copies[i]) };
    return disk_write(file, offset, vector, 3, NULL);
}

static void test_files(struct disk_folder *folder)
{
    struct fault fault = { 0 };
    CHECK(disk_open(folder, "a", DISK_READ, &fault) == NULL && fault.code == ENOENT);
    struct disk_file *file = disk_open(folder, "a", DISK_CREATE, &fault);
    CHECK(file != NULL);
    CHECK(disk_open(folder, "a", DISK_CREATE, &fault) == NULL && fault.code == EEXIST);
    CHECK(write_text(file, 0, "one ", "", "two ") == 0 && file_is(file, "one two "));
    CHECK(write_text(file, 8, "", "three", "") == 0 && file_is(file, "one two three"));
    uint64_t size = 0;
    CHECK(disk_size(file, &size, NULL) == 0 && size == 13);
    CHECK(disk_truncate(file, 7, NULL) == 0 && file_is(file, "one two"));
    CHECK(disk_erase(file, 1, 2, NULL) == 0 && disk_sync(file, NULL) == 0);
    char bytes[8] = { 0 };
    CHECK(disk_read(file, 0, bytes, 7, NULL) == 7 && memcmp(bytes, "o\0\0 two", 7) == 0);
    CHECK(disk_read(file, 7, bytes, 1, NULL) == 0);
    disk_close(file);

    file = disk_open(folder, "a", DISK_READ, &fault);
    CHECK(file != NULL && write_text(file, 0, "x", "", "") != 0);
    disk_close(file);
    disk_close(NULL);
}

/* Whatever is no ordinary file is neither read nor waited for. */
static void test_strange_files(struct disk_folder *folder)
{
    char path[64];
    struct fault fault = { 0 };
    (void)snprintf(path, sizeof path, "%s/pipe", home);
    CHECK(mkfifo(path, 0600) == 0);
    CHECK(disk_open(folder, "pipe", DISK_READ, &fault) == NULL && fault.code == EINVAL);
    CHECK(disk_remove(folder, "pipe", NULL) == 0);
    (void)snprintf(path, sizeof path, "%s/link", home);
    CHECK(symlink("a", path) == 0);
    CHECK(disk_open(folder, "link", DISK_READ, &fault) == NULL && fault.code == ELOOP);
    CHECK(disk_remove(folder, "link", NULL) == 0);
    CHECK(disk_open(folder, ".", DISK_READ, &fault) == NULL && fault.code == EINVAL);
}

static int count_name(void *context, const char *name)
{
    unsigned *counts = context;
    counts[0] += strcmp(name, "folder") == 0;
    counts[1]++;
    return 0;
}

static void test_names(struct disk_folder *folder)
{
    struct fault fault = { 0 };
    CHECK(disk_make_folder(folder, "folder", &fault) == 0);
    CHECK(disk_make_folder(folder, "folder", &fault) != 0 && fault.code == EEXIST);
    CHECK(disk_rename(folder, "a", "folder/b", &fault) == 0 && disk_sync_folder(folder, &fault) == 0);
    unsigned counts[2] = { 0 };
    CHECK(disk_list(folder, count_name, counts, &fault) == 0 && counts[0] == 1 && counts[1] == 1);
    uint64_t used = 1;
    CHECK(disk_used(folder, "folder/b", &used, &fault) == 0 && used % 512 == 0);
    CHECK(disk_used(folder, "a", &used, &fault) != 0 && fault.code == ENOENT);
    CHECK(disk_rename(folder, "a", "c", &fault) != 0 && fault.code == ENOENT);
    CHECK(disk_remove(folder, "folder/b", &fault) == 0);
    CHECK(disk_remove(folder, "folder/b", &fault) != 0 && fault.code == ENOENT);
    CHECK(rmdir(home) != 0);
    CHECK(disk_open_folder("/nonexistent/folder", &fault) == NULL && fault.code == ENOENT);
}

static void test_lock(void)
{
    struct fault fault = { 0 };
    struct disk_folder *first = disk_open_folder(home, NULL);
    struct disk_folder *second = disk_open_folder(home, NULL);
    CHECK(!disk_is_locked(second));
    CHECK(disk_lock(first, &fault) == 0);
    CHECK(disk_is_locked(first) && disk_is_locked(second));
    CHECK(disk_lock(second, &fault) != 0 && fault.code == EWOULDBLOCK);
    disk_close_folder(first);
    CHECK(!disk_is_locked(second) && disk_lock(second, &fault) == 0);
    disk_close_folder(second);
}

static void test_other_calls(void)
{
    struct disk_calls other = disk_real_calls;
    other.pwritev = small_pwritev;
    other.pread = small_pread;
    other.fallocate = failing_fallocate;
    disk_use_calls(&other);
    struct fault fault = { 0 };
    struct disk_folder *folder = disk_open_folder(home, NULL);
    struct disk_file *file = disk_open(folder, "small", DISK_CREATE, &fault);
    write_at_once = 2; /* short writes are gone on with */
    CHECK(write_text(file, 0, "abcde", "f", "ghij") == 0 && file_is(file, "abcdefghij"));
    erase_code = EOPNOTSUPP; /* then zeroes are written */
    char bytes[10];
    CHECK(disk_erase(file, 2, 6, &fault) == 0 && disk_read(file, 0, bytes, 10, NULL) == 10 &&
          memcmp(bytes, "ab\0\0\0\0\0\0ij", 10) == 0);
    erase_code = EIO;
    CHECK(disk_erase(file, 0, 1, &fault) != 0 && fault.code == EIO);
    CHECK(disk_erase(file, 0, 0, &fault) == 0);
    write_at_once = 0; /* no progress is a fault and no endless loop */
    CHECK(write_text(file, 0, "x", "", "") != 0);
    disk_close(file);
    CHECK(disk_remove(folder, "small", NULL) == 0);
    disk_close_folder(folder);
    disk_use_calls(NULL);
}

int main(void)
{
    if (mkdtemp(home) == NULL)
        return 1;
    struct disk_folder *folder = disk_open_folder(home, NULL);
    CHECK(folder != NULL);
    test_files(folder);
    test_strange_files(folder);
    test_names(folder);
    disk_close_folder(folder);
    disk_close_folder(NULL);
    test_lock();
    test_other_calls();
    char path[64];
    (void)snprintf(path, sizeof path, "%s/folder", home);
    (void)rmdir(path);
    (void)snprintf(path, sizeof path, "%s/lock", home);
    (void)unlink(path);
    CHECK(rmdir(home) == 0);
    return test_end();
}
