#include "spawn.h"

#include "ipc/roles.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SPAWN_VARIABLE_SIZE = 512, SPAWN_MOST_VARIABLES = 8 };

struct spawn_environment {
    char texts[SPAWN_MOST_VARIABLES][SPAWN_VARIABLE_SIZE];
    char *pointers[SPAWN_MOST_VARIABLES + 1];
};

void spawn_directory(char directory_out[PATH_MAX])
{
    char probe[PATH_MAX + sizeof "/cordon-gate"];
    ssize_t n = readlink("/proc/self/exe", directory_out, PATH_MAX - 1);
    if (n > 0) {
        directory_out[n] = '\0';
        char *slash = strrchr(directory_out, '/');
        if (slash != NULL)
            *slash = '\0';
        (void)snprintf(probe, sizeof probe, "%s/cordon-gate", directory_out);
        if (access(probe, X_OK) == 0)
            return;
    }
    (void)snprintf(directory_out, PATH_MAX, "%s", CORDON_LIBEXEC);
}

/* What a role may know of our environment. NOTIFY_SOCKET above all stays ours. */
static void spawn_environment_make(struct spawn_environment *environment)
{
    static const char *const passed[] = { "TZ", "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS" };
    size_t count = 0;
    (void)snprintf(environment->texts[count++], SPAWN_VARIABLE_SIZE, "PATH=/usr/sbin:/usr/bin:/sbin:/bin");
    (void)snprintf(environment->texts[count++], SPAWN_VARIABLE_SIZE, "LANG=C");
    for (size_t i = 0; i < sizeof passed / sizeof passed[0]; i++) {
        const char *value = getenv(passed[i]);
        int size = value != NULL ? snprintf(environment->texts[count], SPAWN_VARIABLE_SIZE, "%s=%s", passed[i], value)
                                 : -1;
        if (size > 0 && size < SPAWN_VARIABLE_SIZE)
            count++;
    }
    for (size_t i = 0; i < count; i++)
        environment->pointers[i] = environment->texts[i];
    environment->pointers[count] = NULL;
}

/* First out of the way, because either may be where the other has to go. */
static int spawn_place_descriptors(int control_fd, int settings_fd)
{
    int control = fcntl(control_fd, F_DUPFD_CLOEXEC, ROLE_SETTINGS_FD + 1);
    int settings = fcntl(settings_fd, F_DUPFD_CLOEXEC, ROLE_SETTINGS_FD + 1);
    if (control < 0 || settings < 0 || dup2(control, ROLE_CONTROL_FD) < 0 || dup2(settings, ROLE_SETTINGS_FD) < 0)
        return -1;
    return close_range(ROLE_SETTINGS_FD + 1, ~0U, 0);
}

/* Runs in the child. A role in a process group of its own is not hit by a terminal's Ctrl-C, so that it can finish
 * what is in flight. The kernel forgets PR_SET_PDEATHSIG when the role changes its user: sandbox_drop_user sets it
 * again. */
static void spawn_child(const struct spawn_request *request, const char *path, struct spawn_environment *environment,
                        pid_t parent)
{
    char name[NAME_MAX + 1];
    char instance[NAME_MAX + 1];
    char *arguments[] = { name, request->instance[0] != '\0' ? instance : NULL, NULL };
    (void)snprintf(name, sizeof name, "%s", request->program);
    (void)snprintf(instance, sizeof instance, "%s", request->instance);
    sigset_t none;
    (void)sigemptyset(&none);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)setpgid(0, 0);
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent &&
        spawn_place_descriptors(request->control_fd, request->settings_fd) == 0 &&
        sigprocmask(SIG_SETMASK, &none, NULL) == 0)
        (void)execve(path, arguments, environment->pointers);
    _exit(SPAWN_EXIT_NOT_EXECUTED);
}

pid_t spawn_role(const struct spawn_request *request, int *pidfd_out, struct fault *fault)
{
    char path[PATH_MAX];
    int size = snprintf(path, sizeof path, "%s/%s", request->directory, request->program);
    if (size < 0 || (size_t)size >= sizeof path)
        return fault_set(fault, ENAMETOOLONG, "the folder of %s has too long a name", request->program);
    if (access(path, X_OK) != 0)
        return fault_set_errno(fault, errno, "cannot execute %s", path);
    struct spawn_environment environment;
    spawn_environment_make(&environment);

    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0)
        return fault_set_errno(fault, errno, "cannot fork");
    if (pid == 0)
        spawn_child(request, path, &environment, parent);

    *pidfd_out = pidfd_open(pid, 0); /* nobody else reaps it, so the id is still its own */
    if (*pidfd_out >= 0)
        return pid;
    int code = errno;
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
    return fault_set_errno(fault, code, "cannot watch the process of %s", request->program);
}
