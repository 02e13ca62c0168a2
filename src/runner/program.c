#include "program.h"

#include "runner/warden.h"
#include "sys/executable.h"
#include "sys/ready.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PROGRAM_ERROR_FD = PROGRAM_PIECE_FD + 1, /* says why it could not be executed; closed by execve */
    PROGRAM_TOLD_FD,                         /* the warden's alone */
    PROGRAM_END_MS = 5000,                   /* so long the warden may take */
    PROGRAM_FIRST_FREE_FD = 16,
    PROGRAM_DESCRIPTORS = 1024, /* many programs close them all, one by one */
    PROGRAM_NOT_EXECUTED = 127,
    PROGRAM_VARIABLE_SIZE = 512,
    PROGRAM_READ_SIZE = 16384
};

struct program_environment {
    char temporary[PROGRAM_VARIABLE_SIZE];
    char *pointers[8];
};

static void environment_make(struct program_environment *environment, const char *temporary)
{
    static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    static char language[] = "LC_ALL=C";
    static char home[] = "HOME=/";
    (void)snprintf(environment->temporary, sizeof environment->temporary, "TMPDIR=%s", temporary);
    char *all[] = { path, language, home, environment->temporary, NULL };
    memcpy(environment->pointers, all, sizeof all);
}

/* From here to execve nothing may be called that takes a lock: another thread may hold it, and it is not here to let it
 * go. */
static int child_place(int fd, int wanted)
{
    return fd < 0 ? 0 : dup2(fd, wanted);
}

static int child_descriptors(const struct program_request *request, int error_fd, int told_fd)
{
    int null = request->input_fd < 0 ? open("/dev/null", O_RDONLY | O_CLOEXEC) : -1;
    int all[] = { request->input_fd < 0 ? null : request->input_fd,
                  request->output_fd,
                  request->error_fd,
                  request->piece_fd,
                  error_fd,
                  told_fd };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) { /* out of the way: any may be where another has to go */
        if (all[i] < 0)
            continue;
        all[i] = fcntl(all[i], F_DUPFD_CLOEXEC, PROGRAM_FIRST_FREE_FD);
        if (all[i] < 0)
            return -1;
    }
    if (request->piece_fd < 0)
        (void)close(PROGRAM_PIECE_FD);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (child_place(all[i], (int)i) < 0)
            return -1;
    }
    bool is_shut = fcntl(PROGRAM_ERROR_FD, F_SETFD, FD_CLOEXEC) == 0 &&
                   fcntl(PROGRAM_TOLD_FD, F_SETFD, FD_CLOEXEC) == 0 && close_range(PROGRAM_TOLD_FD + 1, ~0U, 0) == 0;
    return is_shut ? 0 : -1;
}

static int child_limit(__rlimit_resource_t resource, rlim_t value)
{
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0)
        return -1;
    if (limit.rlim_max == RLIM_INFINITY || limit.rlim_max > value)
        limit.rlim_max = value;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(resource, &limit);
}

static int child_limits(const struct program_request *request)
{
    return child_limit(RLIMIT_CORE, 0) != 0 || child_limit(RLIMIT_NOFILE, PROGRAM_DESCRIPTORS) != 0 ||
                   child_limit(RLIMIT_FSIZE, request->file_bytes) != 0
               ? -1
               : 0;
}

_Noreturn static void child_fail(int error_fd)
{
    int code = errno;
    ssize_t written = write(error_fd, &code, sizeof code);
    _exit(written == (ssize_t)sizeof code ? PROGRAM_NOT_EXECUTED : PROGRAM_NOT_EXECUTED + 1);
}

struct child {
    const struct program_request *request;
    const struct program_environment *environment;
};

static void child_execute(const void *context)
{
    const struct child *child = context;
    const struct program_request *request = child->request;
    sigset_t none;
    (void)sigemptyset(&none);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)umask(077);
    if (setpgid(0, 0) == 0 && child_limits(request) == 0 && chdir(request->folder) == 0 &&
        sigprocmask(SIG_SETMASK, &none, NULL) == 0)
        (void)execve(request->arguments[0], request->arguments, child->environment->pointers);
    child_fail(PROGRAM_ERROR_FD);
}

static void child_begin(const struct program_request *request, const struct program_environment *environment,
                        int error_fd, int told_fd)
{
    const struct child child = { .request = request, .environment = environment };
    if (child_descriptors(request, error_fd, told_fd) != 0)
        child_fail(error_fd);
    (void)warden_run(PROGRAM_TOLD_FD, child_execute, &child);
    child_fail(PROGRAM_ERROR_FD);
}

/* 0 where execve has closed the pipe. */
static int start_wait(int error_fd, const char *path, struct fault *fault)
{
    int code = 0;
    ssize_t n = 0;
    do
        n = read(error_fd, &code, sizeof code);
    while (n < 0 && errno == EINTR);
    if (n == 0)
        return 0;
    return fault_set_errno(fault, n == (ssize_t)sizeof code ? code : EIO, "cannot execute %.120s", path);
}

int program_start(const struct program_request *request, struct program *program_out, struct fault *fault)
{
    int error[2];
    int told[2];
    if (executable_check(request->arguments[0], fault) != 0)
        return -1;
    if (pipe2(error, O_CLOEXEC) != 0)
        return fault_set_errno(fault, errno, "cannot make a pipe");
    if (pipe2(told, O_CLOEXEC) != 0) {
        (void)fault_set_errno(fault, errno, "cannot make a pipe");
        (void)close(error[0]);
        (void)close(error[1]);
        return -1;
    }
    struct program_environment environment;
    environment_make(&environment, request->temporary);
    pid_t pid = fork();
    if (pid == 0)
        child_begin(request, &environment, error[1], told[0]);
    int code = errno;
    (void)close(error[1]);
    (void)close(told[0]);
    int failed = pid < 0 ? fault_set_errno(fault, code, "cannot fork") : 0;
    if (failed == 0) {
        /* It is reaped by us alone. */
        *program_out = (struct program){ .pid = pid, .pidfd = pidfd_open(pid, 0), .told = told[1] };
        failed = program_out->pidfd < 0 ? fault_set_errno(fault, errno, "cannot watch a process")
                                        : start_wait(error[0], request->arguments[0], fault);
        if (failed != 0)
            program_end(program_out, NULL);
    } else {
        (void)close(told[1]);
    }
    (void)close(error[0]);
    return failed;
}

void program_end(struct program *program, int *status_out)
{
    int status = 0;
    (void)close(program->told);
    /* A program may stop its warden, which is of the same user: then it goes, and the program with it. Until it is
     * reaped its number is nobody else's. */
    if (program->pidfd < 0 || ready_wait(program->pidfd, POLLIN, -1, deadline_in(PROGRAM_END_MS), NULL) != 0)
        (void)kill(program->pid, SIGKILL);
    while (waitpid(program->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (program->pidfd >= 0)
        (void)close(program->pidfd);
    if (status_out != NULL)
        *status_out = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    *program = (struct program){ .pidfd = -1, .told = -1 };
}

/* What there is. 1: and there may be more; 0: the end; -1: more than the buffer takes. */
static int output_read(int fd, struct buf *output)
{
    char bytes[PROGRAM_READ_SIZE];
    for (;;) {
        ssize_t n = read(fd, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN ? 1 : 0;
        if (n == 0)
            return 0;
        buf_put(output, bytes, (size_t)n);
        if (buf_overflowed(output))
            return -1;
    }
}

/* Whether it has ended by itself, or why it must end. */
static enum run_outcome program_watch(const struct program *program, int output_fd, struct deadline deadline,
                                      int caller, struct buf *output)
{
    bool is_open = true;
    for (;;) {
        struct pollfd polls[] = { { .fd = program->pidfd, .events = POLLIN },
                                  { .fd = is_open ? output_fd : -1, .events = POLLIN },
                                  { .fd = caller, .events = POLLIN } };
        int n = poll(polls, sizeof polls / sizeof polls[0], deadline_left_ms(deadline));
        if (n < 0 && errno != EINTR)
            return RUN_DEADLINE;
        if (n > 0 && polls[1].revents != 0) {
            int more = output_read(output_fd, output);
            if (more < 0)
                return RUN_TOO_MUCH;
            is_open = more > 0;
        }
        if (n > 0 && polls[0].revents != 0)
            return RUN_EXITED;
        if (n == 0 || deadline_passed(deadline) || (n > 0 && polls[2].revents != 0))
            return RUN_DEADLINE;
    }
}

int program_run(const struct program_request *request, struct deadline deadline, int caller, struct buf *output_out,
                struct program_result *result_out, struct fault *fault)
{
    int output[2];
    if (pipe2(output, O_CLOEXEC) != 0)
        return fault_set_errno(fault, errno, "cannot make a pipe");
    struct program_request whole = *request;
    whole.output_fd = whole.error_fd = output[1];
    struct program program = { .pidfd = -1 };
    int failed = 0;
    if (fcntl(output[0], F_SETFL, O_NONBLOCK) != 0)
        failed = fault_set_errno(fault, errno, "cannot read from a pipe");
    else
        failed = program_start(&whole, &program, fault);
    (void)close(output[1]);
    if (failed == 0) {
        *result_out = (struct program_result){ .outcome = program_watch(&program, output[0], deadline, caller,
                                                                        output_out) };
        program_end(&program, &result_out->status);
        if (result_out->outcome == RUN_EXITED && output_read(output[0], output_out) < 0)
            result_out->outcome = RUN_TOO_MUCH;
        if (result_out->outcome == RUN_EXITED && result_out->status < 0) {
            result_out->outcome = RUN_SIGNALLED;
            result_out->status = -result_out->status;
        }
    }
    (void)close(output[0]);
    return failed;
}
