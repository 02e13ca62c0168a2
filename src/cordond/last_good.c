#include "last_good.h"

#include "conf/settings.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LAST_GOOD_GATHERED SETTINGS_LAST_GOOD ".new"

void last_good_path(const char *signatures, char path_out[LAST_GOOD_PATH_SIZE])
{
    (void)snprintf(path_out, LAST_GOOD_PATH_SIZE, "%s/" SETTINGS_LAST_GOOD, signatures);
}

void last_good_gathered_path(const char *signatures, char path_out[LAST_GOOD_PATH_SIZE])
{
    (void)snprintf(path_out, LAST_GOOD_PATH_SIZE, "%s/" LAST_GOOD_GATHERED, signatures);
}

/* Only a folder of ours: the one around it may be somebody else's. */
static int own_folder_open(int parent, const char *name, struct fault *fault)
{
    struct stat st;
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return fault_set_errno(fault, errno, "cannot open %s", name);
    if (fstat(fd, &st) == 0 && st.st_uid == geteuid())
        return fd;
    (void)close(fd);
    return fault_set(fault, EPERM, "%s is somebody else's", name);
}

static int gathered_remove(int parent, struct fault *fault)
{
    int fd = own_folder_open(parent, LAST_GOOD_GATHERED, fault);
    if (fd < 0)
        return fault->code == ENOENT ? 0 : -1;
    DIR *folder = fdopendir(fd);
    if (folder == NULL) {
        (void)close(fd);
        return fault_set_errno(fault, errno, "cannot read " LAST_GOOD_GATHERED);
    }
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder))
        (void)unlinkat(fd, entry->d_name, 0);
    (void)closedir(folder);
    if (unlinkat(parent, LAST_GOOD_GATHERED, AT_REMOVEDIR) != 0)
        return fault_set_errno(fault, errno, "cannot remove " LAST_GOOD_GATHERED);
    return 0;
}

static int file_link(int from, int to, const char *name, struct fault *fault)
{
    struct stat st;
    if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return fault_set_errno(fault, errno, "cannot look at %.100s", name);
    if (S_ISDIR(st.st_mode))
        return 0;
    if (!S_ISREG(st.st_mode))
        return fault_set(fault, EINVAL, "%.100s is not a file but leads to one", name);
    return linkat(from, name, to, name, 0) == 0 ? 0 : fault_set_errno(fault, errno, "cannot link %.100s", name);
}

static int files_link(DIR *from, int to, bool (*wants)(const char *name), struct fault *fault)
{
    int failed = 0;
    for (const struct dirent *entry = readdir(from); entry != NULL && failed == 0; entry = readdir(from))
        failed = wants(entry->d_name) ? file_link(dirfd(from), to, entry->d_name, fault) : 0;
    return failed;
}

int last_good_gather(const char *signatures, bool (*wants)(const char *name), struct fault *fault)
{
    DIR *folder = opendir(signatures);
    if (folder == NULL)
        return fault_set_errno(fault, errno, "cannot open %.200s", signatures);
    int from = dirfd(folder);
    int failed = gathered_remove(from, fault);
    if (failed == 0 && mkdirat(from, LAST_GOOD_GATHERED, 0700) != 0)
        failed = fault_set_errno(fault, errno, "cannot make a folder in %.200s", signatures);
    int to = failed == 0 ? own_folder_open(from, LAST_GOOD_GATHERED, fault) : -1;
    if (to >= 0) {
        failed = files_link(folder, to, wants, fault);
        if (failed == 0 && fchmod(to, 0755) != 0) /* the engine that reads it is another user */
            failed = fault_set_errno(fault, errno, "cannot open " LAST_GOOD_GATHERED " to engines");
        (void)close(to);
    }
    (void)closedir(folder);
    return to >= 0 ? failed : -1;
}

int last_good_finish(const char *signatures, bool is_right, struct fault *fault)
{
    int parent = open(signatures, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent < 0)
        return fault_set_errno(fault, errno, "cannot open %.200s", signatures);
    int failed = 0;
    if (is_right && renameat2(parent, LAST_GOOD_GATHERED, parent, SETTINGS_LAST_GOOD, RENAME_EXCHANGE) != 0 &&
        (errno != ENOENT || renameat(parent, LAST_GOOD_GATHERED, parent, SETTINGS_LAST_GOOD) != 0))
        failed = fault_set_errno(fault, errno, "cannot name " LAST_GOOD_GATHERED " as it is to be called");
    if (failed == 0)
        failed = gathered_remove(parent, fault);
    (void)close(parent);
    return failed;
}
