#include "probes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, STACK_BYTES = 65536, X32_BIT = 0x40000000 };

/* The result of a call that answers -1 and errno. */
static int result_of(long answer)
{
    return answer >= 0 ? 0 : errno;
}

/* --- Files --- */

static int open_passwd(const struct probe_world *world)
{
    (void)world;
    return result_of(open("/etc/passwd", O_RDONLY));
}

static int open_file(const struct probe_world *world)
{
    return result_of(open(world->file, O_RDONLY));
}

static int open_for_writing(const struct probe_world *world)
{
    return result_of(open(world->file, O_RDWR));
}

static int create_file(const struct probe_world *world)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/created-%d", world->folder, (int)getpid());
    int result = result_of(open(path, O_CREAT | O_EXCL | O_WRONLY, 0600));
    (void)unlink(path);
    return result;
}

static int create_outside(const struct probe_world *world)
{
    (void)world;
    char path[64];
    (void)snprintf(path, sizeof path, "/tmp/cordon-box-%d", (int)getpid());
    int result = result_of(open(path, O_CREAT | O_EXCL | O_WRONLY, 0600));
    (void)unlink(path);
    return result;
}

static int truncate_file(const struct probe_world *world)
{
    return result_of(truncate(world->file, 0));
}

static int read_folder(const struct probe_world *world)
{
    (void)world;
    DIR *folder = opendir("/");
    return folder != NULL ? 0 : errno;
}

static int make_folder(const struct probe_world *world)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/made-%d", world->folder, (int)getpid());
    int result = result_of(mkdir(path, 0700));
    (void)rmdir(path);
    return result;
}

static int make_device(const struct probe_world *world)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/fifo-%d", world->folder, (int)getpid());
    int result = result_of(mkfifo(path, 0600));
    (void)unlink(path);
    return result;
}

static int change_mode(const struct probe_world *world)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/mine", world->folder);
    return result_of(chmod(path, 0644));
}

static int lend_memory(const struct probe_world *world)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", world->memory_fd);
    return result_of(open(path, O_RDONLY | O_CLOEXEC));
}

static int lend_writable(const struct probe_world *world)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", world->memory_fd);
    return result_of(open(path, O_RDWR | O_CLOEXEC));
}

/* --- Sockets and descriptors --- */

static int socket_tcp(const struct probe_world *world)
{
    (void)world;
    return result_of(socket(AF_INET, SOCK_STREAM, 0));
}

static int socket_udp(const struct probe_world *world)
{
    (void)world;
    return result_of(socket(AF_INET6, SOCK_DGRAM, 0));
}

static int socket_netlink(const struct probe_world *world)
{
    (void)world;
    return result_of(socket(AF_NETLINK, SOCK_RAW, 0));
}

static int connect_tcp(const struct probe_world *world)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons(world->tcp_port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    return fd < 0 ? errno : result_of(connect(fd, (struct sockaddr *)&to, sizeof to));
}

static int listen_tcp(const struct probe_world *world)
{
    (void)world;
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0)
        return errno;
    return result_of(listen(fd, 1));
}

static int connect_unix(const struct probe_world *world)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    memcpy(to.sun_path, world->unix_path, strlen(world->unix_path));
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return fd < 0 ? errno : result_of(connect(fd, (struct sockaddr *)&to, sizeof to));
}

static int connect_abstract(const struct probe_world *world)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    size_t size = strlen(world->abstract);
    memcpy(to.sun_path + 1, world->abstract, size);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    socklen_t room = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + size);
    return fd < 0 ? errno : result_of(connect(fd, (struct sockaddr *)&to, room));
}

static int accept_connection(const struct probe_world *world)
{
    int answer = accept4(world->tcp_fd, NULL, NULL, SOCK_NONBLOCK);
    return answer >= 0 || errno == EAGAIN ? 0 : errno;
}

static int make_socketpair(const struct probe_world *world)
{
    (void)world;
    int pair[2];
    return result_of(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair));
}

static int pass_descriptor(const struct probe_world *world, int socket, bool is_receiving)
{
    char byte = 'x';
    struct iovec vector = { .iov_base = &byte, .iov_len = 1 };
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control = { .header = { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int)) } };
    memcpy(CMSG_DATA(&control.header), &world->memory_fd, sizeof(int));
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
    };
    return result_of(is_receiving ? recvmsg(socket, &message, MSG_PEEK) : sendmsg(socket, &message, MSG_NOSIGNAL));
}

static int send_descriptor(const struct probe_world *world)
{
    return pass_descriptor(world, world->pair[0], false);
}

static int receive_descriptor(const struct probe_world *world)
{
    return pass_descriptor(world, world->pair[1], true);
}

static int make_memfd(const struct probe_world *world)
{
    (void)world;
    return result_of(memfd_create("probe", MFD_CLOEXEC));
}

static int make_pipe(const struct probe_world *world)
{
    (void)world;
    int pair[2];
    return result_of(pipe2(pair, O_CLOEXEC));
}

static int make_eventfd(const struct probe_world *world)
{
    (void)world;
    return result_of(eventfd(0, EFD_CLOEXEC));
}

static int duplicate(const struct probe_world *world)
{
    return result_of(dup(world->memory_fd));
}

static int duplicate_by_fcntl(const struct probe_world *world)
{
    return result_of(fcntl(world->memory_fd, F_DUPFD_CLOEXEC, 0));
}

/* --- Processes --- */

static int nothing(void *argument)
{
    (void)argument;
    return 0;
}

static void *nothing_in_a_thread(void *argument)
{
    return argument;
}

static int fork_process(const struct probe_world *world)
{
    (void)world;
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    return result_of(child);
}

static int fork_by_clone3(const struct probe_world *world)
{
    (void)world;
    uint64_t arguments[8] = { [4] = SIGCHLD };
    long child = syscall(SYS_clone3, arguments, sizeof arguments);
    if (child == 0)
        _exit(0);
    return result_of(child);
}

static int clone_sharing_memory(const struct probe_world *world)
{
    (void)world;
    static _Alignas(16) char stack[STACK_BYTES];
    int child = clone(nothing, stack + sizeof stack, CLONE_VM | SIGCHLD, NULL);
    if (child > 0)
        (void)waitpid(child, NULL, 0);
    return result_of(child);
}

static int clone_namespace(const struct probe_world *world)
{
    (void)world;
    static _Alignas(16) char stack[STACK_BYTES];
    return result_of(clone(nothing, stack + sizeof stack, CLONE_NEWUSER | SIGCHLD, NULL));
}

static int start_thread(const struct probe_world *world)
{
    (void)world;
    pthread_t thread;
    int code = pthread_create(&thread, NULL, nothing_in_a_thread, NULL);
    if (code == 0)
        (void)pthread_join(thread, NULL);
    return code;
}

static int execute(const struct probe_world *world)
{
    (void)world;
    char *arguments[] = { (char *)"true", NULL };
    (void)execve("/bin/true", arguments, arguments + 1); /* its exit status is ours: allowed */
    return errno;
}

static int execute_descriptor(const struct probe_world *world)
{
    char *arguments[] = { (char *)"true", NULL };
    long answer = syscall(SYS_execveat, world->memory_fd, "", arguments, arguments + 1, AT_EMPTY_PATH);
    return result_of(answer);
}

static int trace(const struct probe_world *world)
{
    return result_of(ptrace(PTRACE_SEIZE, world->victim, NULL, NULL));
}

static int read_memory(const struct probe_world *world)
{
    char byte;
    struct iovec ours = { .iov_base = &byte, .iov_len = 1 };
    struct iovec theirs = { .iov_base = (void *)probes, .iov_len = 1 };
    return result_of(process_vm_readv(world->victim, &ours, 1, &theirs, 1, 0));
}

static int signal_other(const struct probe_world *world)
{
    return result_of(kill(world->victim, SIGCONT));
}

static int signal_thread(const struct probe_world *world)
{
    return result_of(syscall(SYS_tgkill, world->victim, world->victim, SIGCONT));
}

static int signal_by_pidfd(const struct probe_world *world)
{
    int pidfd = pidfd_open(world->victim, 0);
    return pidfd < 0 ? errno : result_of(pidfd_send_signal(pidfd, SIGCONT, NULL, 0));
}

static int limit_other(const struct probe_world *world)
{
    struct rlimit limit = { .rlim_cur = 10, .rlim_max = 10 };
    return result_of(prlimit(world->victim, RLIMIT_NOFILE, &limit, NULL));
}

/* --- Memory --- */

static int map(size_t size, int protection, int flags, int fd)
{
    return mmap(NULL, size, protection, flags, fd, 0) == MAP_FAILED ? errno : 0;
}

static int map_private(const struct probe_world *world)
{
    (void)world;
    return map(PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static int map_shared_read(const struct probe_world *world)
{
    return map(PAGE, PROT_READ, MAP_SHARED, world->memory_fd);
}

static int map_shared_write(const struct probe_world *world)
{
    return map(PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, world->memory_fd);
}

static int map_executable(const struct probe_world *world)
{
    (void)world;
    return map(PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static int protect(int fd, int flags, int protection)
{
    void *page = mmap(NULL, PAGE, PROT_READ, flags, fd, 0);
    return page == MAP_FAILED ? errno : result_of(mprotect(page, PAGE, protection));
}

static int protect_executable(const struct probe_world *world)
{
    (void)world;
    return protect(-1, MAP_PRIVATE | MAP_ANONYMOUS, PROT_READ | PROT_EXEC);
}

static int protect_shared_write(const struct probe_world *world)
{
    return protect(world->memory_fd, MAP_SHARED, PROT_READ | PROT_WRITE);
}

/* --- The machine --- */

static int become_root(const struct probe_world *world)
{
    (void)world;
    return result_of(setresuid(0, 0, 0));
}

static int become_nobody(const struct probe_world *world)
{
    (void)world;
    return result_of(setresuid(65534, 65534, 65534));
}

static int change_root(const struct probe_world *world)
{
    return result_of(chroot(world->folder));
}

static int unshare_user(const struct probe_world *world)
{
    (void)world;
    return result_of(unshare(CLONE_NEWUSER));
}

static int mount_tmpfs(const struct probe_world *world)
{
    return result_of(mount("probe", world->folder, "tmpfs", 0, NULL));
}

static int be_dumpable(const struct probe_world *world)
{
    (void)world;
    return result_of(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
}

static int dump_core(const struct probe_world *world)
{
    (void)world;
    struct rlimit limit = { .rlim_cur = 1, .rlim_max = 1 };
    return result_of(setrlimit(RLIMIT_CORE, &limit));
}

static int change_personality(const struct probe_world *world)
{
    (void)world;
    return result_of(personality(READ_IMPLIES_EXEC));
}

static int use_io_uring(const struct probe_world *world)
{
    (void)world;
    char parameters[256] = { 0 };
    return result_of(syscall(SYS_io_uring_setup, 1, parameters));
}

static int use_bpf(const struct probe_world *world)
{
    (void)world;
    char attributes[128] = { 0 };
    return result_of(syscall(SYS_bpf, 0, attributes, sizeof attributes));
}

static int use_keys(const struct probe_world *world)
{
    (void)world;
    return result_of(syscall(SYS_keyctl, 0, -3, 1, 0, 0)); /* the session's keyring */
}

static int use_userfaultfd(const struct probe_world *world)
{
    (void)world;
    return result_of(syscall(SYS_userfaultfd, O_CLOEXEC | 1));
}

static int use_perf(const struct probe_world *world)
{
    (void)world;
    uint32_t attributes[32] = { 1, sizeof attributes };
    return result_of(syscall(SYS_perf_event_open, attributes, 0, -1, -1, 0));
}

/* Another table of system calls, whose numbers a filter could mistake. */
static int call_as_x32(const struct probe_world *world)
{
    (void)world;
    return result_of(syscall(X32_BIT | SYS_getpid));
}

static int add_filter(const struct probe_world *world)
{
    (void)world;
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, NULL) != 0 && errno == EFAULT ? 0 : errno;
}

const struct probe probes[] = {
    { "open /etc/passwd", open_passwd },
    { "open a file of its paths", open_file },
    { "open it for writing", open_for_writing },
    { "create a file there", create_file },
    { "create one elsewhere", create_outside },
    { "truncate a file", truncate_file },
    { "read the root folder", read_folder },
    { "make a folder", make_folder },
    { "make a fifo", make_device },
    { "change a mode", change_mode },
    { "reopen sealed memory", lend_memory },
    { "reopen it for writing", lend_writable },
    { "socket tcp", socket_tcp },
    { "socket udp", socket_udp },
    { "socket netlink", socket_netlink },
    { "connect tcp", connect_tcp },
    { "listen tcp", listen_tcp },
    { "connect unix", connect_unix },
    { "connect abstract", connect_abstract },
    { "accept", accept_connection },
    { "socketpair", make_socketpair },
    { "send a descriptor", send_descriptor },
    { "receive a descriptor", receive_descriptor },
    { "memfd_create", make_memfd },
    { "pipe", make_pipe },
    { "eventfd", make_eventfd },
    { "dup", duplicate },
    { "fcntl F_DUPFD", duplicate_by_fcntl },
    { "fork", fork_process },
    { "fork by clone3", fork_by_clone3 },
    { "clone sharing memory", clone_sharing_memory },
    { "clone a namespace", clone_namespace },
    { "thread", start_thread },
    { "execve", execute },
    { "execveat", execute_descriptor },
    { "ptrace", trace },
    { "process_vm_readv", read_memory },
    { "kill", signal_other },
    { "tgkill", signal_thread },
    { "pidfd_send_signal", signal_by_pidfd },
    { "prlimit of another", limit_other },
    { "mmap private", map_private },
    { "mmap shared, read", map_shared_read },
    { "mmap shared, write", map_shared_write },
    { "mmap executable", map_executable },
    { "mprotect executable", protect_executable },
    { "mprotect shared, write", protect_shared_write },
    { "setuid 0", become_root },
    { "setuid nobody", become_nobody },
    { "chroot", change_root },
    { "unshare", unshare_user },
    { "mount", mount_tmpfs },
    { "be dumpable", be_dumpable },
    { "raise the core limit", dump_core },
    { "personality", change_personality },
    { "io_uring", use_io_uring },
    { "bpf", use_bpf },
    { "keyctl", use_keys },
    { "userfaultfd", use_userfaultfd },
    { "perf_event_open", use_perf },
    { "x32 call", call_as_x32 },
    { "add a filter", add_filter },
};

const size_t probe_count = sizeof probes / sizeof probes[0];
