/* Landlock by its system calls, for Debian 12's libc and headers know only the first of its versions. */
#include "sandbox_program.h"
#include "sandbox_tables.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15)
#endif
#ifndef LANDLOCK_ACCESS_NET_BIND_TCP
#define LANDLOCK_ACCESS_NET_BIND_TCP (1ULL << 0)
#define LANDLOCK_ACCESS_NET_CONNECT_TCP (1ULL << 1)
#endif
#ifndef LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET
#define LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0)
#define LANDLOCK_SCOPE_SIGNAL (1ULL << 1)
#endif

/* struct landlock_ruleset_attr with the members of later versions. Older kernels accept them while they are 0. */
struct landlock_handled {
    uint64_t files;
    uint64_t net;
    uint64_t scoped;
};

enum { ABI_REFER = 2, ABI_TRUNCATE = 3, ABI_NET = 4, ABI_IOCTL_DEV = 5, ABI_SCOPE = 6 };

#define FILES_FIRST (LANDLOCK_ACCESS_FS_MAKE_SYM * 2 - 1) /* all of the first version */
#define FILES_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FILES_WRITE                                                                                                    \
    (FILES_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE | LANDLOCK_ACCESS_FS_REMOVE_DIR |        \
     LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |                      \
     LANDLOCK_ACCESS_FS_REFER)
#define FILES_OF_A_FILE (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)

static struct landlock_handled landlock_handle(const struct sandbox_table *table, long abi)
{
    struct landlock_handled handled = { .files = FILES_FIRST };
    if (abi >= ABI_REFER)
        handled.files |= LANDLOCK_ACCESS_FS_REFER;
    if (abi >= ABI_TRUNCATE)
        handled.files |= LANDLOCK_ACCESS_FS_TRUNCATE;
    if (abi >= ABI_IOCTL_DEV)
        handled.files |= LANDLOCK_ACCESS_FS_IOCTL_DEV;
    if (abi >= ABI_NET && !table->may_listen)
        handled.net |= LANDLOCK_ACCESS_NET_BIND_TCP;
    if (abi >= ABI_NET && !table->may_connect)
        handled.net |= LANDLOCK_ACCESS_NET_CONNECT_TCP;
    if (abi >= ABI_SCOPE && !table->may_connect)
        handled.scoped |= LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET;
    if (abi >= ABI_SCOPE && !table->may_signal)
        handled.scoped |= LANDLOCK_SCOPE_SIGNAL;
    return handled;
}

static int landlock_open_path(int ruleset, uint64_t handled, const struct sandbox_path *path, struct fault *fault)
{
    int fd = open(path->path, O_PATH | O_CLOEXEC);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return 0;
    if (fd < 0)
        return fault_set_errno(fault, errno, "cannot open %s for Landlock", path->path);
    struct stat st;
    bool is_folder = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
    uint64_t access = handled & (path->is_writable ? FILES_WRITE : FILES_READ);
    if (!is_folder)
        access &= FILES_OF_A_FILE;
    struct landlock_path_beneath_attr rule = { .allowed_access = access, .parent_fd = fd };
    long failed = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    int code = errno;
    (void)close(fd);
    return failed == 0 ? 0 : fault_set_errno(fault, code, "Landlock refuses a rule for %s", path->path);
}

int sandbox_landlock(enum sandbox_profile profile, const struct sandbox_path *paths, size_t path_count,
                     bool *is_missing_out, struct fault *fault)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    *is_missing_out = abi < 1;
    if (*is_missing_out)
        return 0;
    struct landlock_handled handled = landlock_handle(sandbox_table(profile), abi);
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
    if (ruleset < 0)
        return fault_set_errno(fault, errno, "cannot make Landlock's rules");
    int failed = 0;
    for (size_t i = 0; i < path_count && failed == 0; i++)
        failed = landlock_open_path(ruleset, handled.files, &paths[i], fault);
    if (failed == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
        failed = fault_set_errno(fault, errno, "cannot enter Landlock");
    (void)close(ruleset);
    return failed;
}
