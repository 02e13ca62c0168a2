/* SPDX-License-Identifier: GPL-2.0-only */
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* 0: removed; 1: it is a folder; -1 and *fault. */
static int folder_remove_file(int folder, const char *name, struct fault *fault)
{
    if (unlinkat(folder, name, 0) == 0)
        return 0;
    if (errno == EISDIR || errno == EPERM)
        return 1;
    return fault_set_errno(fault, errno, "cannot remove a temporary file");
}

/* Removes what is in an open folder. Takes the descriptor. */
static int folder_remove_in(int folder_take, unsigned depth, unsigned *entries, struct fault *fault)
{
    DIR *folder = fdopendir(folder_take);
    if (folder == NULL) {
        int code = errno;
        (void)close(folder_take);
        return fault_set_errno(fault, code, "cannot read a folder for temporary files");
    }
    int status = depth <= FOLDER_MOST_DEPTH ? 0 : fault_set(fault, ELOOP, "temporary files are nested too deep");
    for (struct dirent *entry = readdir(folder); entry != NULL && status == 0; entry = readdir(folder)) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
            continue;
        if (++*entries > FOLDER_MOST_ENTRIES)
            status = fault_set(fault, EMLINK, "there are too many temporary files");
        else
            status = folder_remove_file(dirfd(folder), name, fault);
        if (status != 1)
            continue;
        int inner = openat(dirfd(folder), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (inner < 0)
            status = fault_set_errno(fault, errno, "cannot open a temporary folder");
        else
            status = folder_remove_in(inner, depth + 1, entries, fault);
        if (status == 0 && unlinkat(dirfd(folder), name, AT_REMOVEDIR) != 0)
            status = fault_set_errno(fault, errno, "cannot remove a temporary folder");
    }
    (void)closedir(folder);
    return status;
}

int folder_empty(const char *path, struct fault *fault)
{
    unsigned entries = 0;
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return fault_set_errno(fault, errno, "cannot open the folder for temporary files");
    return folder_remove_in(folder, 0, &entries, fault);
}

bool folder_is_full(const char *path)
{
    struct statvfs room;
    if (statvfs(path, &room) != 0)
        return true;
    return room.f_bavail * room.f_frsize < FOLDER_LEAST_BYTES || room.f_favail < FOLDER_LEAST_FILES;
}

int folder_fill(const char *path, size_t left_bytes, struct fault *fault)
{
    char name[512];
    struct statvfs room;
    (void)snprintf(name, sizeof name, "%s/fill", path);
    if (statvfs(path, &room) != 0)
        return fault_set_errno(fault, errno, "cannot look at the folder for temporary files");
    size_t free_bytes = (size_t)(room.f_bavail * room.f_frsize);
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return fault_set_errno(fault, errno, "cannot make a file that fills the folder");
    int code = free_bytes > left_bytes ? posix_fallocate(fd, 0, (off_t)(free_bytes - left_bytes)) : 0;
    (void)close(fd);
    return code == 0 ? 0 : fault_set_errno(fault, code, "cannot fill the folder");
}
