#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    FOLDERS_MOST = 4096,
    FOLDERS_BASE_BYTES = 1 << 20,  /* holds the mount points alone */
    FOLDERS_MOST_INODES = 1 << 16, /* an inode costs kernel memory that the size does not count */
    FOLDERS_PATH_SIZE = 512
};

struct folder_owner {
    uid_t uid;
    gid_t gid;
};

static bool may_mount(void)
{
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { 0 } };
    return syscall(SYS_capget, &header, data) == 0 && (data[0].effective & (1U << CAP_SYS_ADMIN)) != 0;
}

static int file_write(const char *path, const char *text, struct fault *fault)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return fault_set_errno(fault, errno, "cannot open %s", path);
    ssize_t n = write(fd, text, strlen(text));
    int code = errno;
    (void)close(fd);
    return n == (ssize_t)strlen(text) ? 0 : fault_set_errno(fault, code, "cannot write \"%s\" to %s", text, path);
}

/* user_namespaces(7): an ordinary user may map himself alone, once setgroups is given up. */
static int namespace_enter_as_user(struct fault *fault)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
        return fault_set_errno(fault, errno, "the machine lets an ordinary user have no mount namespace");
    char map[64];
    (void)snprintf(map, sizeof map, "%u %u 1", uid, uid);
    if (file_write("/proc/self/setgroups", "deny", fault) != 0 || file_write("/proc/self/uid_map", map, fault) != 0)
        return -1;
    (void)snprintf(map, sizeof map, "%u %u 1", gid, gid);
    return file_write("/proc/self/gid_map", map, fault);
}

static int namespace_enter(struct fault *fault)
{
    if (!may_mount()) {
        if (namespace_enter_as_user(fault) != 0)
            return -1;
    } else if (unshare(CLONE_NEWNS) != 0) {
        return fault_set_errno(fault, errno, "cannot have a mount namespace");
    }
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return fault_set_errno(fault, errno, "cannot make our mounts private");
    return 0;
}

static int owner_find(const char *name, struct folder_owner *owner_out, struct fault *fault)
{
    *owner_out = (struct folder_owner){ .uid = geteuid(), .gid = getegid() };
    if (name == NULL || geteuid() != 0)
        return 0;
    const struct passwd *user = getpwnam(name);
    if (user == NULL)
        return fault_set(fault, ENOENT, "there is no user \"%.64s\"", name);
    *owner_out = (struct folder_owner){ .uid = user->pw_uid, .gid = user->pw_gid };
    return 0;
}

static int folder_mount(const char *path, size_t size_bytes, const struct folder_owner *owner, struct fault *fault)
{
    if (size_bytes == 0) /* to the kernel that is "no limit" */
        return fault_set(fault, EINVAL, "a private folder of no size makes no sense");
    char options[256];
    int n = snprintf(options, sizeof options, "size=%zu,nr_inodes=%d,mode=0700,uid=%u,gid=%u", size_bytes,
                     FOLDERS_MOST_INODES, owner->uid, owner->gid);
    unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    (void)snprintf(options + n, sizeof options - (size_t)n, ",noswap");
    int failed = mount("cordon", path, "tmpfs", flags, options);
    options[n] = '\0';
    if (failed != 0) /* noswap is of Linux 6.4, and root's alone */
        failed = mount("cordon", path, "tmpfs", flags, options);
    if (failed != 0)
        return fault_set_errno(fault, errno, "cannot mount a tmpfs at %s", path);
    return 0;
}

static int folder_make(const char *path, struct fault *fault)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return fault_set_errno(fault, errno, "cannot make the folder %s", path);
    return 0;
}

int sandbox_private_folders(const char *base, const char *owner_name, const size_t *sizes_bytes, unsigned count,
                            struct fault *fault)
{
    struct folder_owner owner;
    if (count == 0 || count > FOLDERS_MOST)
        return fault_set(fault, EINVAL, "%u private folders make no sense", count);
    if (owner_find(owner_name, &owner, fault) != 0 || folder_make(base, fault) != 0 || namespace_enter(fault) != 0)
        return -1;
    /* A small one at BASE itself, so that the mount points need no room and no permission outside. */
    if (folder_mount(base, FOLDERS_BASE_BYTES, &owner, fault) != 0)
        return -1;
    for (unsigned i = 0; i < count; i++) {
        char path[FOLDERS_PATH_SIZE];
        int n = snprintf(path, sizeof path, "%s/%u", base, i);
        if (n < 0 || (size_t)n >= sizeof path)
            return fault_set(fault, ENAMETOOLONG, "the path of a private folder is too long");
        if (folder_make(path, fault) != 0 || folder_mount(path, sizes_bytes[i], &owner, fault) != 0)
            return -1;
    }
    return 0;
}

int sandbox_enter_folder(const char *folder, struct fault *fault)
{
    if (chroot(folder) != 0 || chdir("/") != 0)
        return fault_set_errno(fault, errno, "cannot enter the folder %s", folder);
    return 0;
}
