#include "store_folders.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_MODE = 0700, FOLDER_ABOVE_MODE = 0755 };

/* Up to the last slash; "/" for a file there. */
static int folder_of(const char *file, char folder_out[PATH_MAX], struct fault *fault)
{
    const char *slash = strrchr(file, '/');
    if (slash == NULL || (size_t)(slash - file) >= PATH_MAX - 1)
        return fault_set(fault, EINVAL, "%s is no whole path", file);
    int size = slash > file ? (int)(slash - file) : 1;
    (void)snprintf(folder_out, PATH_MAX, "%.*s", size, file);
    return 0;
}

/* The folders above the last one of the path. */
static int folders_make_above(const char *path, struct fault *fault)
{
    char above[PATH_MAX];
    if (strlen(path) >= sizeof above)
        return fault_set(fault, ENAMETOOLONG, "%s is too long", path);
    for (const char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        (void)snprintf(above, sizeof above, "%.*s", (int)(slash - path), path);
        if (mkdir(above, FOLDER_ABOVE_MODE) != 0 && errno != EEXIST && errno != EROFS)
            return fault_set_errno(fault, errno, "cannot make the folder %s", above);
    }
    return 0;
}

/* Of the open folder, whose path is for the text. */
static int folder_check(int fd, const char *path, const struct service_user *user, struct fault *fault)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return fault_set_errno(fault, errno, "cannot look at the folder %s", path);
    if (st.st_uid != user->uid)
        return fault_set(fault, EPERM, "the folder %s belongs to user %u and must belong to user %u: chown it", path,
                         (unsigned)st.st_uid, (unsigned)user->uid);
    if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return fault_set(fault, EPERM, "the folder %s can be written by others: chmod 0700 it", path);
    return 0;
}

/* By its descriptor, so that what is given away is what was made. */
static int folder_make(const char *name, const struct service_user *user, struct fault *fault)
{
    char path[PATH_MAX];
    size_t size = strlen(name);
    while (size > 1 && name[size - 1] == '/')
        size--;
    if (size >= sizeof path)
        return fault_set(fault, ENAMETOOLONG, "%s is too long", name);
    (void)snprintf(path, sizeof path, "%.*s", (int)size, name);
    if (folders_make_above(path, fault) != 0)
        return -1;
    bool is_made = mkdir(path, FOLDER_MODE) == 0;
    if (!is_made && errno != EEXIST)
        return fault_set_errno(fault, errno, "cannot make the folder %s", path);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (is_made ? O_NOFOLLOW : 0));
    if (fd < 0)
        return fault_set_errno(fault, errno, "cannot open the folder %s", path);
    int failed = 0;
    if (is_made && user->is_root && fchown(fd, user->uid, user->gid) != 0)
        failed = fault_set_errno(fault, errno, "cannot give the folder %s to the service's user", path);
    if (failed == 0)
        failed = folder_check(fd, path, user, fault);
    (void)close(fd);
    return failed;
}

int store_folders_make(const struct store_conf *store, const struct service_user *user, struct fault *fault)
{
    char head[PATH_MAX];
    if (folder_of(store->head, head, fault) != 0 || folder_make(store->path, user, fault) != 0)
        return -1;
    return folder_make(head, user, fault);
}

int store_folders_make_for(const char *file, struct fault *fault)
{
    char folder[PATH_MAX];
    if (folder_of(file, folder, fault) != 0 || folders_make_above(file, fault) != 0)
        return -1;
    return 0;
}

static bool folder_has_entries(const char *path, const char *name)
{
    char folder[PATH_MAX];
    int size = snprintf(folder, sizeof folder, "%s/%s", path, name);
    DIR *entries = size > 0 && (size_t)size < sizeof folder ? opendir(folder) : NULL;
    if (entries == NULL)
        return errno != ENOENT;
    bool has_some = false;
    errno = 0;
    for (const struct dirent *entry = readdir(entries); entry != NULL && !has_some; entry = readdir(entries))
        has_some = entry->d_name[0] != '.';
    has_some = has_some || errno != 0;
    (void)closedir(entries);
    return has_some;
}

bool store_has_records(const struct store_conf *store)
{
    struct stat st;
    return lstat(store->head, &st) == 0 || errno != ENOENT || folder_has_entries(store->path, "segments") ||
           folder_has_entries(store->path, "damaged");
}
