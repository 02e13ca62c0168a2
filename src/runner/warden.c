#include "warden.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WARDEN_TOLD, WARDEN_PROGRAM }; /* its descriptors, and there are no others */

enum {
    WARDEN_REAP_MS = 5000, /* how often it reaps those who came to it and ended, beside a program that goes on */
    WARDEN_STEP_MS = 2,
    WARDEN_LIST_SIZE = 4096
};

/* Its children by name, of which the kernel may leave some out while others end: so this is done again and again. How
 * many were killed, or -1 where nobody tells who they are. */
static int children_kill(void)
{
    char list[WARDEN_LIST_SIZE];
    int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t size = read(fd, list, sizeof list);
    (void)close(fd);
    int count = 0;
    pid_t pid = 0;
    for (ssize_t i = 0; i < size; i++) { /* each number is followed by a blank: one that was cut short is not used */
        if (list[i] >= '0' && list[i] <= '9') {
            pid = pid * 10 + (list[i] - '0');
            continue;
        }
        count += pid > 0 && kill(pid, SIGKILL) == 0;
        pid = 0;
    }
    return count;
}

struct warden {
    pid_t program;
    int status; /* of the program */
    bool is_over;
};

/* One child that has ended: 1; none has yet: 0; there are no children: -1. */
static int child_reap(struct warden *warden, int flags)
{
    int status = 0;
    pid_t pid = waitpid(-1, &status, flags);
    if (pid == warden->program) {
        warden->status = status;
        warden->is_over = true;
    }
    if (pid < 0 && errno == EINTR)
        return 1;
    return pid > 0 ? 1 : (int)pid;
}

static int children_reap(struct warden *warden)
{
    int result = 1;
    while (result > 0)
        result = child_reap(warden, WNOHANG);
    return result;
}

/* Whoever is killed leaves his children to us, so there is one generation after the other, until there is nobody. */
static void all_end(struct warden *warden)
{
    while (children_reap(warden) == 0) {
        int killed = children_kill();
        if (killed > 0) {
            (void)child_reap(warden, 0);
        } else if (killed == 0) {
            (void)poll(NULL, 0, WARDEN_STEP_MS);
        } else if (warden->is_over) {
            return; /* without /proc only its group could be ended */
        } else {
            (void)kill(-warden->program, SIGKILL);
            (void)kill(warden->program, SIGKILL);
            (void)waitpid(warden->program, &warden->status, 0);
            return;
        }
    }
}

/* So that whoever waits for us sees how the program ended. */
_Noreturn static void end_likewise(int status)
{
    if (WIFSIGNALED(status)) {
        sigset_t none;
        (void)sigemptyset(&none);
        (void)signal(WTERMSIG(status), SIG_DFL);
        (void)kill(getpid(), WTERMSIG(status));
        (void)sigprocmask(SIG_SETMASK, &none, NULL);
    }
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE);
}

static void warden_watch(struct warden *warden)
{
    for (;;) {
        struct pollfd polls[] = { { .fd = WARDEN_PROGRAM, .events = POLLIN }, { .fd = WARDEN_TOLD, .events = POLLIN } };
        int n = poll(polls, 2, WARDEN_REAP_MS);
        if (children_reap(warden) < 0 || warden->is_over || (n > 0 && polls[1].revents != 0) ||
            (n < 0 && errno != EINTR))
            return;
    }
}

int warden_run(int told, void (*execute)(const void *context), const void *context)
{
    struct warden warden = { .program = -1 };
    const struct rlimit no_core = { 0 };
    int ready[2];
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 || setrlimit(RLIMIT_CORE, &no_core) != 0 || pipe2(ready, O_CLOEXEC) != 0)
        return -1;
    pid_t self = getpid();
    warden.program = fork();
    if (warden.program < 0)
        return -1;
    if (warden.program == 0) {
        /* Not before the warden has let go of what is the program's: a program may stop it. */
        char byte;
        (void)close(ready[1]);
        while (read(ready[0], &byte, 1) < 0 && errno == EINTR)
            continue;
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == self)
            execute(context);
        _exit(EXIT_FAILURE);
    }
    /* What is the program's must end with it. */
    bool is_told = dup2(told, WARDEN_TOLD) == WARDEN_TOLD;
    int program = is_told ? pidfd_open(warden.program, 0) : -1;
    if (program < 0 || dup2(program, WARDEN_PROGRAM) < 0 || close_range(WARDEN_PROGRAM + 1, ~0U, 0) != 0)
        (void)kill(warden.program, SIGKILL);
    else
        warden_watch(&warden);
    all_end(&warden);
    end_likewise(warden.status);
}
