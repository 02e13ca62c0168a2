/* Becoming an ordinary user, and the private folders of the engine's children, as root and as an ordinary user. */
#include "base/test.h"
#include "sys/sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEST_USER "daemon"

enum { FOLDERS = 3, FOLDER_BYTES = 1 << 20, SKIPPED = 77 };

/* Runs in a process of its own, which must end with 0. Returns whether it was not skipped. */
static bool apart(const char *name, int (*function)(void))
{
    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        int status = function();
        (void)fflush(stdout);
        _exit(status);
    }
    int status = -1;
    test_context(name);
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) &&
          (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == SKIPPED));
    test_context(NULL);
    bool is_skipped = WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED;
    if (is_skipped)
        (void)printf("%s: this machine does not allow it\n", name);
    return !is_skipped;
}

static unsigned long long status_number(const char *key)
{
    char line[256];
    unsigned long long number = ~0ULL;
    FILE *file = fopen("/proc/self/status", "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, key, strlen(key)) == 0)
            number = strtoull(line + strlen(key), NULL, 16);
    }
    if (file != NULL)
        (void)fclose(file);
    return number;
}

static int drop_all(void)
{
    struct fault fault = { 0 };
    CHECK(sandbox_drop_user("no-such-user", NULL, &fault) == -1 && fault.code == ENOENT);
    CHECK(sandbox_drop_user("root", NULL, &fault) == -1 && fault.code == EPERM);
    CHECK(geteuid() == 0);
    CHECK(sandbox_drop_user(TEST_USER, NULL, &fault) == 0);
    const struct passwd *user = getpwnam(TEST_USER);
    CHECK(user != NULL && getuid() == user->pw_uid && geteuid() == user->pw_uid && getgid() == user->pw_gid);
    gid_t groups[64];
    int count = getgroups(64, groups);
    for (int i = 0; i < count; i++)
        CHECK(groups[i] != 0);
    static const char *const sets[] = { "CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:" };
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
        CHECK(status_number(sets[i]) == 0);
    CHECK(setuid(0) != 0 && setresgid(0, 0, 0) != 0);
    CHECK(sandbox_drop_user("anybody", NULL, &fault) == 0); /* already ordinary: nothing to do */
    return test_end();
}

static int drop_all_but_one(void)
{
    static const int kept[] = { CAP_SYS_CHROOT, -1 };
    struct fault fault = { 0 };
    CHECK(sandbox_drop_user(TEST_USER, kept, &fault) == 0);
    CHECK(status_number("CapPrm:") == 1ULL << CAP_SYS_CHROOT && status_number("CapEff:") == 1ULL << CAP_SYS_CHROOT);
    return test_end();
}

/* In the child: its folder is all there is, and it ends at its size. */
static int folder_use(const char *path, const struct sandbox_program *program)
{
    struct fault fault = { 0 };
    if (!CHECK(sandbox_enter_folder(path, &fault) == 0))
        (void)printf("%s\n", fault.text);
    struct sandbox_path root = { "/", true };
    struct sandbox_settings settings = { .program = program, .paths = &root, .path_count = 1 };
    CHECK(sandbox_enter(&settings, NULL, &fault) == 0);
    CHECK(chroot("/") != 0 && access("/etc", F_OK) != 0 && access("/../etc", F_OK) != 0);
    CHECK(mkdir("/a", 0700) == 0 && mkdir("/b", 0700) == 0);
    int fd = open("/a/file", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    CHECK(fd >= 0);
    static char block[65536];
    size_t written = 0;
    while (written < (size_t)2 * FOLDER_BYTES && write(fd, block, sizeof block) == (ssize_t)sizeof block)
        written += sizeof block;
    CHECK(errno == ENOSPC && written > FOLDER_BYTES / 2 && written <= FOLDER_BYTES);
    CHECK(rename("/a/file", "/b/file") == 0 && unlink("/b/file") == 0 && rmdir("/a") == 0 && rmdir("/b") == 0);
    DIR *folder = opendir("/");
    CHECK(folder != NULL);
    unsigned entries = 0;
    while (folder != NULL && readdir(folder) != NULL)
        entries++;
    CHECK(entries == 2); /* . and .. */
    return test_end();
}

static int folders_try(const char *base)
{
    static const int kept[] = { CAP_SYS_CHROOT, -1 };
    struct fault fault = { 0 };
    static const size_t sizes[FOLDERS] = { FOLDER_BYTES, FOLDER_BYTES, FOLDER_BYTES };
    if (sandbox_private_folders(base, TEST_USER, sizes, FOLDERS, &fault) != 0) {
        (void)printf("%s\n", fault.text);
        return geteuid() == 0 ? 1 : SKIPPED;
    }
    CHECK(sandbox_drop_user(TEST_USER, kept, &fault) == 0);
    const struct sandbox_program *engine = sandbox_prepare(SANDBOX_ENGINE, &fault);
    struct sandbox_path all = { base, true };
    struct sandbox_settings settings = { .program = sandbox_prepare(SANDBOX_POOL_PARENT, &fault),
                                         .paths = &all,
                                         .path_count = 1 };
    CHECK(engine != NULL && settings.program != NULL);
    CHECK(sandbox_enter(&settings, NULL, &fault) == 0); /* chroot outlives this */
    for (unsigned i = 0; i < FOLDERS; i++) {
        char path[128];
        struct stat st;
        struct statvfs vfs;
        (void)snprintf(path, sizeof path, "%s/%u", base, i);
        CHECK(stat(path, &st) == 0 && st.st_uid == getuid() && (st.st_mode & 07777) == 0700);
        CHECK(statvfs(path, &vfs) == 0 && (vfs.f_flag & (ST_NOSUID | ST_NOEXEC | ST_NODEV)) != 0 &&
              vfs.f_blocks * vfs.f_frsize == FOLDER_BYTES);
        (void)fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            int status = folder_use(path, engine);
            (void)fflush(stdout);
            _exit(status);
        }
        int status = -1;
        CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    return test_end();
}

static char folder[] = "/tmp/cordon-folders-XXXXXX";

static int folders_in_a_new_base(void)
{
    char base[64];
    (void)snprintf(base, sizeof base, "%s/new", folder);
    return folders_try(base);
}

static int folders_in_an_old_base(void)
{
    return folders_try(folder);
}

static int folders_as_an_ordinary_user(void)
{
    const struct passwd *user = getpwnam(TEST_USER);
    if (geteuid() == 0)
        CHECK(user != NULL && setgroups(0, NULL) == 0 && setgid(user->pw_gid) == 0 && setuid(user->pw_uid) == 0 &&
              prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0); /* else /proc/self stays root's */
    return folders_try(folder);
}

static unsigned count_entries(const char *path)
{
    unsigned entries = 0;
    DIR *opened = opendir(path);
    while (opened != NULL && readdir(opened) != NULL)
        entries++;
    if (opened != NULL)
        (void)closedir(opened);
    return entries;
}

int main(void)
{
    CHECK(mkdtemp(folder) != NULL && chmod(folder, 0777) == 0);
    bool is_root = geteuid() == 0;
    if (is_root) {
        (void)apart("drop all", drop_all);
        (void)apart("drop all but one", drop_all_but_one);
        (void)apart("folders in a new base", folders_in_a_new_base);
        (void)apart("folders in an old base", folders_in_an_old_base);
    }
    (void)apart("folders as an ordinary user", folders_as_an_ordinary_user);
    CHECK(count_entries(folder) == (is_root ? 3 : 2)); /* nothing of it is seen outside, but the new base */
    char base[64];
    (void)snprintf(base, sizeof base, "%s/new", folder);
    (void)rmdir(base);
    CHECK(rmdir(folder) == 0);
    return test_end();
}
