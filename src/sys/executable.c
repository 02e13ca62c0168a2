#include "executable.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Where everybody may write, and no sticky bit keeps them from one another's files. */
static int folder_check(const char *path, struct fault *fault)
{
    char folder[PATH_MAX];
    struct stat st;
    int size = snprintf(folder, sizeof folder, "%s", path);
    if (size < 0 || (size_t)size >= sizeof folder)
        return fault_set(fault, ENAMETOOLONG, "the program's path is too long");
    char *slash = strrchr(folder, '/');
    slash[slash == folder ? 1 : 0] = '\0';
    if (stat(folder, &st) != 0)
        return fault_set_errno(fault, errno, "the program's folder %.100s", folder);
    if ((st.st_mode & S_IWOTH) != 0 && (st.st_mode & S_ISVTX) == 0)
        return fault_set(fault, EPERM, "everybody may replace the program, for %.100s is writable by others", folder);
    return 0;
}

int executable_check(const char *path, struct fault *fault)
{
    struct stat st;
    if (path[0] != '/')
        return fault_set(fault, EINVAL, "the program \"%.100s\" has no absolute path", path);
    if (stat(path, &st) != 0)
        return fault_set_errno(fault, errno, "the program %.150s", path);
    if (!S_ISREG(st.st_mode) || (st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0)
        return fault_set(fault, EACCES, "%.150s is no executable file", path);
    if ((st.st_mode & S_IWOTH) != 0)
        return fault_set(fault, EPERM, "the program %.150s is writable by others", path);
    return folder_check(path, fault);
}
