#include "run_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RUN_DIRECTORY_MODE = 0755, RUN_LOCK_MODE = 0644, RUN_LOCK_TRIES = 16 };

static const char lock_name[] = "cordond.pid";

static int run_directory_make(const char *path, const struct service_user *user, struct fault *fault)
{
    if (mkdir(path, RUN_DIRECTORY_MODE) != 0)
        return errno == EEXIST ? 0 : fault_set_errno(fault, errno, "cannot make run_directory %s", path);
    if (chmod(path, RUN_DIRECTORY_MODE) != 0 || (user->is_root && lchown(path, user->uid, user->gid) != 0))
        return fault_set_errno(fault, errno, "cannot make run_directory %s", path);
    return 0;
}

/* A descriptor of the directory, checked. */
static int run_directory_open(const char *path, const struct service_user *user, struct fault *fault)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return fault_set_errno(fault, errno, "cannot open run_directory %s", path);
    struct stat st;
    if (fstat(fd, &st) != 0)
        (void)fault_set_errno(fault, errno, "cannot look at run_directory %s", path);
    else if (st.st_uid != 0 && st.st_uid != user->uid)
        (void)fault_set(fault, EPERM, "run_directory %s belongs to user %u; it should belong to root or to user %u",
                        path, st.st_uid, user->uid);
    else if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        (void)fault_set(fault, EPERM, "run_directory %s can be written by others; say chmod 0755 %s", path, path);
    else
        return fd;
    (void)close(fd);
    return -1;
}

/* Who holds the lock, for people. */
static int lock_held(int fd, const char *path, struct fault *fault)
{
    char text[32] = "";
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    return fault_set(fault, EWOULDBLOCK, "another cordond (process %s) uses run_directory %s",
                     text[0] != '\0' ? text : "unknown", path);
}

/* 1: locked; 0: the file was removed by a holder that just ended, try again; -1: *fault. */
static int lock_try(int directory, const char *path, int *fd_out, struct fault *fault)
{
    int fd = openat(directory, lock_name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, RUN_LOCK_MODE);
    if (fd < 0)
        return fault_set_errno(fault, errno, "cannot open %s/%s", path, lock_name);
    struct stat ours;
    struct stat named;
    int result = -1;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        (void)(errno == EWOULDBLOCK ? lock_held(fd, path, fault)
                                    : fault_set_errno(fault, errno, "cannot lock %s/%s", path, lock_name));
    else if (fstat(fd, &ours) != 0 || fstatat(directory, lock_name, &named, AT_SYMLINK_NOFOLLOW) != 0 ||
             ours.st_ino != named.st_ino || ours.st_dev != named.st_dev)
        result = 0;
    else
        result = 1;
    if (result == 1)
        *fd_out = fd;
    else
        (void)close(fd);
    return result;
}

static int lock_take(int directory, const char *path, struct fault *fault)
{
    int fd = -1;
    int got = 0;
    for (unsigned i = 0; i < RUN_LOCK_TRIES && got == 0; i++)
        got = lock_try(directory, path, &fd, fault);
    if (got == 0)
        return fault_set(fault, EWOULDBLOCK, "%s/%s does not stay the same file", path, lock_name);
    if (got < 0)
        return -1;
    if (ftruncate(fd, 0) != 0 || dprintf(fd, "%d\n", (int)getpid()) < 0) {
        (void)fault_set_errno(fault, errno, "cannot write %s/%s", path, lock_name);
        (void)close(fd);
        return -1;
    }
    return fd;
}

int run_directory_take(const char *path, const struct service_user *user, struct fault *fault)
{
    if (run_directory_make(path, user, fault) != 0)
        return -1;
    int directory = run_directory_open(path, user, fault);
    if (directory < 0)
        return -1;
    int fd = lock_take(directory, path, fault);
    (void)close(directory);
    return fd;
}

void run_directory_give_back(const char *path, int lock_fd)
{
    char name[PATH_MAX];
    int size = snprintf(name, sizeof name, "%s/%s", path, lock_name);
    if (size > 0 && (size_t)size < sizeof name)
        (void)unlink(name);
    (void)close(lock_fd);
}
