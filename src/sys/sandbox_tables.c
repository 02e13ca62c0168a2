/* What each profile may ask of the kernel. Everything that is not here is refused with EPERM, or ends the process where
 * it is called deadly.
 *
 * 1. A decoder gets no new descriptor but those that come with its job: nothing here opens, duplicates or connects.
 * 2. No box but the supervisor's maps memory that can be executed.
 * 3. Nobody but the supervisor and the pools' parents signals another process. tgkill is for the gate's own threads; an
 *    abort in a pool's child ends by SIGSEGV instead, for its process id is not known when the table is compiled.
 * 4. Boxes answer by write(2), which carries no descriptors.
 *
 * BUGS: fstat of glibc 2.33 to 2.38 is newfstatat with AT_EMPTY_PATH, and a filter can't see that the path is empty. So
 * a taken-over box may learn that a path exists. It has nobody to tell but the gate.
 */
#include "sandbox_tables.h"

#include <assert.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#define INT UINT32_MAX /* the kernel looks at the lower half of an int argument alone */
#define MAP_TYPE_MASK 0x0fU
#define NEW_NAMESPACES                                                                                                 \
    (CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)

const char sandbox_calls_absent[] = "clone3 openat2 faccessat2 statx";

const char *const sandbox_calls_sanitizer = SANDBOX_IS_SANITIZED ? "getrlimit prctl prlimit64 rseq set_robust_list"
                                                                 : "";

/* Lists that profiles share. */

#define CALLS_LIFE                                                                                                     \
    "brk clock_getres clock_gettime clock_nanosleep close exit exit_group fstat futex getegid geteuid getgid getpid "  \
    "getppid getrandom getrusage gettid gettimeofday getuid lseek madvise mremap munmap nanosleep pread64 preadv "     \
    "pwrite64 pwritev read readv restart_syscall rt_sigaction rt_sigprocmask rt_sigreturn sched_getaffinity "          \
    "sched_yield sigaltstack sysinfo time times uname write writev "

#define CALLS_RECEIVE "poll ppoll recvfrom recvmsg "

#define CALLS_PATHS_READ                                                                                               \
    "access faccessat getcwd getdents getdents64 lstat newfstatat readlink readlinkat stat fstatfs statfs "

#define CALLS_PATHS_WRITE                                                                                              \
    "chmod creat dup dup2 dup3 fallocate fchmod fchmodat fdatasync fsync ftruncate mkdir mkdirat open openat rename "  \
    "renameat renameat2 rmdir truncate umask unlink unlinkat utimensat "

#define CALLS_SESSION                                                                                                  \
    "accept accept4 connect dup dup2 dup3 epoll_create1 epoll_ctl epoll_pwait epoll_wait eventfd2 fallocate "          \
    "ftruncate getpeername getsockname getsockopt membarrier memfd_create mlock munlock pipe2 pselect6 recvmmsg "      \
    "rseq rt_sigtimedwait select sendmmsg sendmsg sendto set_robust_list setsockopt shutdown signalfd4 "               \
    "timerfd_create timerfd_settime umask "

#define CALLS_POOL                                                                                                     \
    "capget capset chdir chroot close_range dup2 dup3 getsockopt landlock_add_rule landlock_create_ruleset "           \
    "landlock_restrict_self pidfd_open pidfd_send_signal prctl rseq seccomp sendmsg sendto "                           \
    "set_robust_list setrlimit wait4 waitid "

/* Locks, syncs, holes, and what threads and the answers to callers need. SQLite asks for some of it. */
#define CALLS_KEEPER                                                                                                   \
    "accept accept4 dup fadvise64 fallocate fchmod fdatasync flock fsync ftruncate getsockopt membarrier mkdir "       \
    "mkdirat mlock munlock open openat renameat renameat2 rename rmdir rseq sendmsg sendto set_robust_list "           \
    "shutdown sync_file_range umask unlink unlinkat "

/* What the roles need before they close their own boxes, for a filter is inherited by whatever is executed. */
#define CALLS_SUPERVISOR                                                                                               \
    "arch_prctl bind chown execve execveat fadvise64 fchown fchownat fcntl fgetxattr flock fork get_mempolicy "        \
    "getgroups getitimer getpgrp getpriority getresgid getresuid getrlimit getsid getxattr inotify_add_watch "         \
    "inotify_init inotify_init1 inotify_rm_watch ioctl kill lchown link linkat listen mincore mmap mprotect "          \
    "msync pause pipe prlimit64 rt_sigpending rt_sigqueueinfo rt_sigsuspend sched_getparam "                           \
    "sched_getscheduler sched_setaffinity sendfile set_tid_address setgid setgroups setitimer setpgid setpriority "    \
    "setregid setresgid setresuid setreuid setsid setuid socket socketpair splice symlink symlinkat tgkill "           \
    "timerfd_gettime utime utimes vfork "

/* And what makes a namespace, which no foreign program is to have. */
#define CALLS_NAMESPACES "clone mount pidfd_getfd umount2 unshare "

/* What foreign scanners ask for besides: shared memory and semaphores, timers, memory that stays. */
#define CALLS_PROGRAMS                                                                                                 \
    "alarm copy_file_range dup3 fchdir fdatasync getpgid ioprio_get ioprio_set mbind mlock2 mlockall msgctl msgget "   \
    "msgrcv msgsnd munlockall name_to_handle_at pwritev pwritev2 preadv2 readahead sched_get_priority_max "            \
    "sched_get_priority_min sched_rr_get_interval sched_setparam sched_setscheduler semctl semget semop semtimedop "   \
    "set_mempolicy shmat shmctl shmdt shmget sync sync_file_range syncfs timer_create timer_delete "                   \
    "timer_getoverrun timer_gettime timer_settime tkill "

/* Only somebody who took a box over makes these calls. */
#define DEADLY_ANYWHERE                                                                                                \
    "execve execveat ptrace process_vm_readv process_vm_writev mount umount2 pivot_root unshare setns bpf "            \
    "init_module finit_module delete_module kexec_load kexec_file_load io_uring_setup userfaultfd perf_event_open "    \
    "keyctl add_key request_key open_by_handle_at pidfd_getfd reboot swapon swapoff "
#define DEADLY_IN_A_CHILD "accept accept4 bind clone connect fork listen socket vfork "

static const struct sandbox_rule rules_memory[] = {
    { "mmap", { { 2, PROT_EXEC, 0 } } },
    { "mprotect", { { 2, PROT_EXEC, 0 } } },
    { 0 },
};

/* Memory of one's own alone may be written. */
static const struct sandbox_rule rules_private_memory[] = {
    { "mmap", { { 2, PROT_EXEC, 0 }, { 3, MAP_TYPE_MASK, MAP_PRIVATE } } },
    { "mmap", { { 2, PROT_EXEC | PROT_WRITE, 0 } } },
    { "mprotect", { { 2, PROT_EXEC | PROT_WRITE, 0 } } },
    { 0 },
};

static const struct sandbox_rule rules_look[] = {
    { "newfstatat", { { 3, INT, AT_EMPTY_PATH } } }, /* fstat */
    { "fcntl", { { 1, INT, F_GETFD } } },
    { "fcntl", { { 1, INT, F_GETFL } } },
    { "fcntl", { { 1, INT, F_GET_SEALS } } },
    { 0 },
};

static const struct sandbox_rule rules_locks[] = {
    { "fcntl", { { 1, INT, F_GETLK } } },
    { "fcntl", { { 1, INT, F_SETLK } } },
    { "fcntl", { { 1, INT, F_SETLKW } } },
    { "fcntl", { { 1, INT, F_OFD_GETLK } } },
    { "fcntl", { { 1, INT, F_OFD_SETLK } } },
    { "fcntl", { { 1, INT, F_OFD_SETLKW } } },
    { 0 },
};

static const struct sandbox_rule rules_tighten[] = {
    { "seccomp", { { 0, INT, SECCOMP_SET_MODE_FILTER }, { 1, INT, 0 } } },
    { 0 },
};

static const struct sandbox_rule rules_descriptors[] = {
    { "fcntl", { { 1, INT, F_DUPFD } } },     { "fcntl", { { 1, INT, F_DUPFD_CLOEXEC } } },
    { "fcntl", { { 1, INT, F_SETFD } } },     { "fcntl", { { 1, INT, F_SETFL } } },
    { "fcntl", { { 1, INT, F_ADD_SEALS } } }, { "ioctl", { { 1, INT, FIONREAD } } },
    { "ioctl", { { 1, INT, FIONBIO } } },     { 0 },
};

static const struct sandbox_rule rules_read_only[] = {
    { "open", { { 1, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY } } },
    { "openat", { { 2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY } } },
    { 0 },
};

static const struct sandbox_rule rules_session[] = {
    { "socket", { { 0, INT, AF_UNIX } } },
    { "socket", { { 0, INT, AF_INET } } },
    { "socket", { { 0, INT, AF_INET6 } } },
    { "socketpair", { { 0, INT, AF_UNIX } } },
    { 0 },
};

static const struct sandbox_rule rules_threads[] = {
    { "clone",
      { { 0, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | NEW_NAMESPACES, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD } } },
    { "prctl", { { 0, INT, PR_SET_NAME } } },
    { "prlimit64", { { 0, INT, 0 }, { 2, UINT64_MAX, 0 } } }, /* our own, only to read */
    { "tgkill", { { 0, INT, SANDBOX_OWN_PID } } },
    { 0 },
};

static const struct sandbox_rule rules_pool[] = {
    { "clone", { { 0, CLONE_VM | NEW_NAMESPACES, 0 } } }, /* fork alone */
    { "socketpair", { { 0, INT, AF_UNIX } } },
    { "prlimit64", { { 0, INT, 0 } } }, /* our own */
    { "tgkill", { { 0, INT, SANDBOX_OWN_PID } } },
    { 0 },
};

static const struct sandbox_rule rules_processes[] = {
    { "clone", { { 0, NEW_NAMESPACES, 0 } } },
    { 0 },
};

static const struct sandbox_table tables[SANDBOX_PROFILES] = {
    [SANDBOX_SUPERVISOR] = { .name = "supervisor",
                             .calls = CALLS_LIFE CALLS_RECEIVE CALLS_PATHS_READ CALLS_PATHS_WRITE CALLS_SESSION
                                 CALLS_POOL CALLS_SUPERVISOR CALLS_NAMESPACES CALLS_PROGRAMS,
                             .rules = { NULL },
                             .deadly = "",
                             .may_listen = true,
                             .may_connect = true,
                             .may_signal = true },
    [SANDBOX_GATE] = { .name = "gate",
                       .calls = CALLS_LIFE CALLS_RECEIVE CALLS_PATHS_READ CALLS_SESSION,
                       .rules = { rules_memory, rules_look, rules_descriptors, rules_read_only, rules_session,
                                  rules_threads, NULL },
                       .deadly = DEADLY_ANYWHERE,
                       .may_connect = true },
    [SANDBOX_POOL_PARENT] = { .name = "pool parent",
                              .calls = CALLS_LIFE CALLS_RECEIVE CALLS_PATHS_READ CALLS_PATHS_WRITE CALLS_POOL,
                              .rules = { rules_memory, rules_look, rules_descriptors, rules_pool, NULL },
                              .deadly = DEADLY_ANYWHERE,
                              .capabilities = 1U << CAP_SYS_CHROOT }, /* for its children, who drop it */
    [SANDBOX_DECODER] = { .name = "decoder",
                          .calls = CALLS_LIFE CALLS_RECEIVE,
                          .rules = { rules_memory, rules_look, rules_tighten, NULL },
                          .deadly = DEADLY_ANYWHERE DEADLY_IN_A_CHILD },
    [SANDBOX_DECODER_BUSY] = { .name = "busy decoder",
                               .calls = CALLS_LIFE,
                               .rules = { rules_memory, rules_look, NULL },
                               .deadly = DEADLY_ANYWHERE DEADLY_IN_A_CHILD },
    [SANDBOX_ENGINE] = { .name = "engine",
                         .calls = CALLS_LIFE CALLS_RECEIVE CALLS_PATHS_READ CALLS_PATHS_WRITE "chdir ",
                         .rules = { rules_memory, rules_look, rules_descriptors, NULL },
                         .deadly = DEADLY_ANYWHERE DEADLY_IN_A_CHILD },
    /* Nothing is deadly: what a foreign program tries is no sign that it was taken over. */
    [SANDBOX_RUNNER] = { .name = "runner",
                         .calls = CALLS_LIFE CALLS_RECEIVE CALLS_PATHS_READ CALLS_PATHS_WRITE CALLS_SESSION CALLS_POOL
                             CALLS_SUPERVISOR CALLS_PROGRAMS,
                         .rules = { rules_processes, NULL },
                         .deadly = "",
                         .may_listen = true,
                         .may_connect = true,
                         .may_signal = true },
    [SANDBOX_YARA] = { .name = "yara",
                       .calls = CALLS_LIFE CALLS_RECEIVE,
                       .rules = { rules_private_memory, rules_look, NULL },
                       .deadly = DEADLY_ANYWHERE DEADLY_IN_A_CHILD },
    [SANDBOX_KEEPER] = { .name = "keeper",
                         .calls = CALLS_LIFE CALLS_RECEIVE CALLS_PATHS_READ CALLS_KEEPER,
                         .rules = { rules_memory, rules_look, rules_descriptors, rules_locks, rules_threads, NULL },
                         .deadly = DEADLY_ANYWHERE "bind connect listen socket " },
};

const struct sandbox_table *sandbox_table(enum sandbox_profile profile)
{
    assert((unsigned)profile < SANDBOX_PROFILES);
    return &tables[profile];
}
