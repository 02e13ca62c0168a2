/* Each box, tried from inside: every probe in a process of its own, in every profile, as root's child that became an
 * ordinary user, as an ordinary user from the start, and as a root that failed to drop; with all layers, without
 * Landlock (older kernels), and without the filter. */
#include "base/test.h"
#include "probes.h"
#include "sys/sandbox.h"
#include "sys/sandbox_program.h"
#include "sys/sandbox_tables.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEST_USER "daemon"

enum {
    PROBE_SECONDS = 20, /* one that hangs counts as neither */
    BARE = 0,           /* the first column: no box at all, where a probe must work to prove anything */
    COLUMNS = SANDBOX_PROFILES + 1,
    PROBE_NO_BOX = 255, /* what a probe ends with: 0 allowed, an errno, or one of these */
    PROBE_KILLED = 256,
    PROBE_LOST = 257
};

/* What must become of a probe. In each row: bare, supervisor, gate, pool parent, decoder, busy decoder, engine,
 * runner, yara, keeper.
 *   +  allowed                     f  refused by the filter
 *   ?  of no matter                b  refused by the filter, and by the other layers alone
 *                                  l  refused by Landlock alone
 *   s  as f, but sanitizers need the call */
static const struct expectation {
    const char *name;
    const char *columns;
} expectations[] = {
    { "open /etc/passwd", "+?llbbl?bl" },
    { "open a file of its paths", "+?+lbb+?b+" },
    { "open it for writing", "+?blbb+?b+" },
    { "create a file there", "+?blbb+?b+" },
    { "create one elsewhere", "+?blbbl?bl" },
    { "truncate a file", "+?blbb+?bf" },
    { "read the root folder", "+?llbbl?bl" },
    { "make a folder", "+?blbb+?b+" },
    { "make a fifo", "+?bbbbb?bb" },
    { "change a mode", "+?f+ff+?ff" },
    { "reopen sealed memory", "+++?ff?+f?" },
    { "reopen it for writing", "+?f?ff??f?" },
    { "socket tcp", "+++ffff?ff" },
    { "socket udp", "+++ffff?ff" },
    { "socket netlink", "+?fffff?ff" },
    { "connect tcp", "+++bbbb?bb" },
    { "listen tcp", "++bbbbb?bb" },
    { "connect unix", "+++ffff+ff" },
    { "connect abstract", "+++bbbb?bb" },
    { "accept", "+++ffff?f+" },
    { "socketpair", "++++fff+ff" },
    { "send a descriptor", "++++fff+f+" },
    { "receive a descriptor", "+++++f++++" },
    { "memfd_create", "+++ffff+ff" },
    { "pipe", "+++ffff+ff" },
    { "eventfd", "+++ffff?ff" },
    { "dup", "++++ff+?f+" },
    { "fcntl F_DUPFD", "++++ff+?f+" },
    { "fork", "++f+fff+ff" },
    { "fork by clone3", "+fffffffff" },
    { "clone sharing memory", "++fffff?ff" },
    { "clone a namespace", "??ffffffff" },
    { "thread", "+++ffff+f+" },
    { "execve", "++bbbbb+bb" },
    { "execveat", "??fffff?ff" },
    { "ptrace", "?fbbbbbfbb" },
    { "process_vm_readv", "?fbbbbbfbb" },
    { "kill", "++bbbbb?bb" },
    { "tgkill", "++bbbbb?bb" },
    { "pidfd_send_signal", "++blbbb?bb" },
    { "prlimit of another", "+?sssss?ss" },
    { "mmap private", "++++++++++" },
    { "mmap shared, read", "++++++++++" },
    { "mmap shared, write", "+++++++?f+" },
    { "mmap executable", "++fffff+ff" },
    { "mprotect executable", "++fffff?ff" },
    { "mprotect shared, write", "+++++++?f+" },
    { "setuid 0", "??fffff?ff" },
    { "setuid nobody", "??fffff?ff" },
    { "chroot", "??f?fff?ff" },
    { "unshare", "??ffffffff" },
    { "mount", "??ffffffff" },
    { "be dumpable", "+?s?sss?ss" },
    { "raise the core limit", "?bbbbbb?bb" },
    { "personality", "+fffffffff" },
    { "io_uring", "?fffffffff" },
    { "bpf", "?fffffffff" },
    { "keyctl", "?fffffffff" },
    { "userfaultfd", "?fffffffff" },
    { "perf_event_open", "?fffffffff" },
    { "x32 call", "?fffffffff" },
    { "add a filter", "++f++ff?ff" },
};

enum layers { LAYERS_ALL, LAYERS_WITHOUT_LANDLOCK, LAYERS_WITHOUT_FILTER };

enum identity { IDENTITY_DROPPED, IDENTITY_ORDINARY, IDENTITY_ROOT };

struct scene {
    const char *name;
    enum identity identity;
    enum layers layers;
};

/* --- The world outside --- */

static int listen_unix(const char *name, bool is_abstract)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    size_t size = strlen(name);
    memcpy(at.sun_path + (is_abstract ? 1 : 0), name, size);
    size_t room = offsetof(struct sockaddr_un, sun_path) + 1 + size;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&at, (socklen_t)room) == 0 && listen(fd, SOMAXCONN) == 0);
    return fd;
}

static void listen_tcp(struct probe_world *world)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof at;
    world->tcp_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    CHECK(bind(world->tcp_fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(world->tcp_fd, SOMAXCONN) == 0);
    CHECK(getsockname(world->tcp_fd, (struct sockaddr *)&at, &size) == 0);
    world->tcp_port = ntohs(at.sin_port);
}

static void file_make(const char *folder, const char *name, char *path_out, size_t size)
{
    (void)snprintf(path_out, size, "%s/%s", folder, name);
    int fd = open(path_out, O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
    CHECK(fd >= 0 && fchmod(fd, 0666) == 0 && close(fd) == 0);
}

/* Made by whoever will be probed, so that files and processes are his. */
static void world_make(struct probe_world *world)
{
    char path[128];
    *world = (struct probe_world){ .folder = "/tmp/cordon-box-XXXXXX" };
    CHECK(mkdtemp(world->folder) != NULL && chmod(world->folder, 0777) == 0);
    file_make(world->folder, "file", world->file, sizeof world->file);
    file_make(world->folder, "mine", path, sizeof path);
    (void)snprintf(world->unix_path, sizeof world->unix_path, "%s/socket", world->folder);
    (void)snprintf(world->abstract, sizeof world->abstract, "cordon-box-%d", (int)getpid());
    world->unix_fd = listen_unix(world->unix_path, false);
    world->abstract_fd = listen_unix(world->abstract, true);
    CHECK(chmod(world->unix_path, 0666) == 0);
    listen_tcp(world);
    world->memory_fd = memfd_create("world", MFD_CLOEXEC);
    CHECK(world->memory_fd >= 0 && ftruncate(world->memory_fd, 4096) == 0);
    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, world->pair) == 0 && send(world->pair[0], "x", 1, 0) == 1);
    (void)fflush(stdout);
    world->victim = fork();
    if (world->victim == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
        for (;;)
            (void)pause();
    }
}

static void world_end(struct probe_world *world)
{
    static const char *const names[] = { "file", "mine", "socket" };
    (void)kill(world->victim, SIGKILL);
    (void)waitpid(world->victim, NULL, 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s/%s", world->folder, names[i]);
        (void)unlink(path);
    }
    CHECK(rmdir(world->folder) == 0);
}

/* --- One probe --- */

static int probe_run(const struct scene *scene, const struct sandbox_program *program, const struct probe_world *world,
                     const struct probe *probe)
{
    (void)alarm(PROBE_SECONDS);
    struct sandbox_path path = { .path = world->folder };
    struct sandbox_settings settings = { .program = program,
                                         .paths = &path,
                                         .path_count = 0,
                                         .without_landlock = scene->layers == LAYERS_WITHOUT_LANDLOCK,
                                         .without_filter = scene->layers == LAYERS_WITHOUT_FILTER };
    struct fault fault = { 0 };
    if (program == NULL)
        return probe->attempt(world);
    path.is_writable = program->profile == SANDBOX_ENGINE || program->profile == SANDBOX_KEEPER;
    settings.path_count = path.is_writable || program->profile == SANDBOX_GATE ? 1 : 0;
    settings.without_landlock = settings.without_landlock || program->profile == SANDBOX_SUPERVISOR ||
                                program->profile == SANDBOX_RUNNER;
    if (sandbox_enter(&settings, NULL, &fault) != 0) {
        (void)dprintf(STDOUT_FILENO, "%s\n", fault.text);
        return PROBE_NO_BOX;
    }
    return probe->attempt(world);
}

static int probe_try(const struct scene *scene, const struct sandbox_program *program, const struct probe_world *world,
                     const struct probe *probe)
{
    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(probe_run(scene, program, world, probe));
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child)
        return PROBE_LOST;
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGSYS ? PROBE_KILLED : PROBE_LOST;
    return WEXITSTATUS(status);
}

static const char *result_text(int result)
{
    if (result == 0)
        return "allowed";
    if (result == PROBE_KILLED)
        return "killed";
    const char *name = strerrorname_np(result);
    return name != NULL ? name : "?";
}

static bool is_as_expected(char expected, enum layers layers, int result)
{
    bool is_allowed = result == 0;
    bool is_refused = result == PROBE_KILLED || (result > 0 && result < PROBE_NO_BOX);
    bool has_filter = layers != LAYERS_WITHOUT_FILTER;
    bool has_landlock = layers != LAYERS_WITHOUT_LANDLOCK;
    switch (expected) {
    case '+':
        return is_allowed;
    case 's':
        return is_refused || SANDBOX_IS_SANITIZED || !has_filter;
    case 'f':
        return is_refused || !has_filter;
    case 'b':
        return is_refused;
    case 'l':
        return has_landlock ? is_refused : is_allowed;
    default:
        return true;
    }
}

/* --- Who tries --- */

static bool identity_take(enum identity identity, struct fault *fault)
{
    if (identity == IDENTITY_ROOT)
        return true;
    const struct passwd *user = getpwnam(TEST_USER);
    if (identity == IDENTITY_ORDINARY && geteuid() == 0 &&
        (user == NULL || setgroups(0, NULL) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0))
        return false;
    return sandbox_drop_user(TEST_USER, NULL, fault) == 0;
}

static void scene_probe(const struct scene *scene, struct sandbox_program *const *programs,
                        const struct probe_world *world, size_t i)
{
    (void)printf("%-26s%s", probes[i].name, scene->identity == IDENTITY_ROOT ? " -         " : "");
    CHECK(strcmp(probes[i].name, expectations[i].name) == 0);
    /* Real root without a box would do it all to the machine under test. */
    for (int column = scene->identity == IDENTITY_ROOT ? BARE + 1 : BARE; column < COLUMNS; column++) {
        const struct sandbox_program *program = column == BARE ? NULL : programs[column - 1];
        int result = probe_try(scene, program, world, &probes[i]);
        bool is_right = is_as_expected(expectations[i].columns[column], scene->layers, result);
        (void)printf("%s%-10s", is_right ? " " : "!", result_text(result));
        char context[128];
        (void)snprintf(context, sizeof context, "%s, column %d: %s", scene->name, column, probes[i].name);
        test_context(context);
        CHECK(is_right);
        test_context(NULL);
    }
    (void)printf("\n");
}

/* In a process of its own, which becomes the user. Its checks end in its exit status. */
static int scene_run(const struct scene *scene)
{
    struct fault fault = { 0 };
    struct sandbox_program *programs[SANDBOX_PROFILES];
    if (!CHECK(identity_take(scene->identity, &fault)))
        (void)printf("%s\n", fault.text);
    for (int i = 0; i < SANDBOX_PROFILES; i++)
        programs[i] = sandbox_prepare((enum sandbox_profile)i, &fault);
    struct probe_world world;
    world_make(&world);
    (void)printf("\n%s\n%-27s%-11s", scene->name, "", "no box");
    for (int i = 0; i < SANDBOX_PROFILES; i++)
        (void)printf("%-11.10s", sandbox_table(programs[i]->profile)->name);
    (void)printf("\n");
    for (size_t i = 0; i < probe_count; i++)
        scene_probe(scene, programs, &world, i);
    world_end(&world);
    for (int i = 0; i < SANDBOX_PROFILES; i++)
        sandbox_program_free(programs[i]);
    return test_end();
}

static void scene_start(const struct scene *scene)
{
    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        int status = scene_run(scene);
        (void)fflush(stdout);
        _exit(status);
    }
    int status = -1;
    test_context(scene->name);
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    test_context(NULL);
}

int main(void)
{
    static const struct scene scenes[] = {
        { "root became " TEST_USER ", all layers", IDENTITY_DROPPED, LAYERS_ALL },
        { "root became " TEST_USER ", without Landlock", IDENTITY_DROPPED, LAYERS_WITHOUT_LANDLOCK },
        { "root became " TEST_USER ", without the filter", IDENTITY_DROPPED, LAYERS_WITHOUT_FILTER },
        { "an ordinary user, all layers", IDENTITY_ORDINARY, LAYERS_ALL },
        { "an ordinary user, without Landlock", IDENTITY_ORDINARY, LAYERS_WITHOUT_LANDLOCK },
        { "an ordinary user, without the filter", IDENTITY_ORDINARY, LAYERS_WITHOUT_FILTER },
        { "root that did not drop, all layers", IDENTITY_ROOT, LAYERS_ALL },
        { "root that did not drop, without Landlock", IDENTITY_ROOT, LAYERS_WITHOUT_LANDLOCK },
    };
    CHECK(probe_count == sizeof expectations / sizeof expectations[0]);
    for (size_t i = 0; i < sizeof scenes / sizeof scenes[0]; i++) {
        if (geteuid() == 0 || scenes[i].identity == IDENTITY_ORDINARY)
            scene_start(&scenes[i]);
    }
    return test_end();
}
