#include "lent.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

enum { LENT_OPEN_FOLDERS = 16, LENT_OLD_SECONDS = 7200 };

int lent_folder_make(const char *base, uint64_t number, bool is_shown, char path_out[LENT_PATH_SIZE],
                     struct fault *fault)
{
    int size = snprintf(path_out, LENT_PATH_SIZE, "%s/%" PRIu64, base, number);
    if (size < 0 || size >= LENT_PATH_SIZE)
        return fault_set(fault, ENAMETOOLONG, "the folder for files has too long a name");
    return mkdir(path_out, is_shown ? 0750 : 0700) == 0
               ? 0
               : fault_set_errno(fault, errno, "cannot make a folder for a job");
}

static int folder_remove_one(const char *path, const struct stat *st, int kind, struct FTW *place)
{
    (void)st;
    (void)place;
    (void)(kind == FTW_DP ? rmdir(path) : unlink(path));
    return 0;
}

void lent_folder_remove(const char *path)
{
    if (rmdir(path) != 0)
        (void)nftw(path, folder_remove_one, LENT_OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* Named by a number, as all of ours are, and not touched for longer than any message lives. */
static void folder_tidy(const char *path)
{
    DIR *folder = opendir(path);
    if (folder == NULL)
        return;
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char name[LENT_PATH_SIZE + NAME_MAX + 2];
        struct stat st;
        (void)snprintf(name, sizeof name, "%.500s/%s", path, entry->d_name);
        if (ascii_is_digit(entry->d_name[0]) && lstat(name, &st) == 0 && st.st_mtime < time(NULL) - LENT_OLD_SECONDS)
            lent_folder_remove(name);
    }
    (void)closedir(folder);
}

int lent_folder_check(const char *path, bool *is_memory_out, struct fault *fault)
{
    char queue[LENT_PATH_SIZE + 8];
    struct stat st;
    struct statfs system;
    *is_memory_out = false;
    if (stat(path, &st) != 0)
        return fault_set_errno(fault, errno, "the folder %.120s", path);
    if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid())
        return fault_set(fault, EPERM, "%.120s is no folder of the program's user", path);
    if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return fault_set(fault, EPERM, "the folder %.120s is writable by others", path);
    *is_memory_out = statfs(path, &system) == 0 && system.f_type == TMPFS_MAGIC;
    (void)snprintf(queue, sizeof queue, "%.500s/Queue", path);
    folder_tidy(path);
    folder_tidy(queue);
    return 0;
}

static int lent_put(int fd, struct span bytes)
{
    while (bytes.size > 0) {
        ssize_t n = write(fd, bytes.data, bytes.size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        bytes = span_from(bytes, (size_t)n);
    }
    return 0;
}

int lent_write(const char *folder, const char *name, bool is_shown, struct span bytes, struct lent *lent_out,
               struct fault *fault)
{
    *lent_out = (struct lent){ .size = bytes.size };
    int size = snprintf(lent_out->path, sizeof lent_out->path, "%s/%s", folder, name);
    if (size < 0 || (size_t)size >= sizeof lent_out->path)
        return fault_set(fault, ENAMETOOLONG, "a file for a job has too long a name");
    int fd = open(lent_out->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, is_shown ? 0440 : 0400);
    if (fd < 0)
        return fault_set_errno(fault, errno, "cannot make a file for a job");
    int failed = lent_put(fd, bytes);
    int code = errno;
    (void)close(fd);
    if (failed == 0) {
        digest_of(bytes, &lent_out->digest);
        return 0;
    }
    lent_remove(lent_out);
    return fault_set_errno(fault, code, "cannot write a file for a job");
}

static int lent_compare(int fd, const struct lent *lent, struct fault *fault)
{
    struct stat st;
    struct digest digest = { { 0 } };
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return fault_set(fault, EIO, "the file is a file no more");
    if ((size_t)st.st_size != lent->size)
        return fault_set(fault, EIO, "the file has another size");
    void *data = lent->size > 0 ? mmap(NULL, lent->size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    if (data == MAP_FAILED)
        return fault_set_errno(fault, errno, "cannot look at the file again");
    digest_of(span_of(data, lent->size), &digest);
    if (data != NULL)
        (void)munmap(data, lent->size);
    if (memcmp(&digest, &lent->digest, sizeof digest) != 0)
        return fault_set(fault, EIO, "the file has other bytes");
    return 0;
}

int lent_check(const struct lent *lent, struct fault *fault)
{
    int fd = open(lent->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return fault_set_errno(fault, errno, "the file is not there any more");
    int failed = lent_compare(fd, lent, fault);
    (void)close(fd);
    return failed;
}

void lent_remove(const struct lent *lent)
{
    (void)unlink(lent->path);
}
