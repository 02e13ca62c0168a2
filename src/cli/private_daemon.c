#include "cli/private_daemon.h"

#include "base/buf.h"
#include "base/memory.h"
#include "conf/conf.h"
#include "sys/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PRIVATE_PATH_SIZE = 256,
    PRIVATE_READY_MS = 600000, /* loading a full set of signatures on a slow disk */
    PRIVATE_STEP_MS = 50,
    PRIVATE_STOP_MS = 15000,
    PRIVATE_SETTINGS_LIMIT = 262144
};

struct private_daemon {
    pid_t pid;
    int notify_fd;
    char folder[PRIVATE_PATH_SIZE / 4];
    char run_directory[PRIVATE_PATH_SIZE];
    char configuration[PRIVATE_PATH_SIZE];
    char notify[PRIVATE_PATH_SIZE];
    char log[PRIVATE_PATH_SIZE];
};

/* The settings as the private daemon is to have them: it answers us alone, and keeps nothing. The addresses for mail
 * and for monitoring and the stores are the real daemon's, which may run beside it. */
static void private_settings(struct settings *settings, const char *signatures, const char *run_directory)
{
    settings->listener_count = 0;
    settings->store_count = 0;
    settings->metrics.address = "";
    settings->run_directory = run_directory;
    settings->log = (struct log_settings){ .destination = LOG_TO_STDERR };
    if (signatures == NULL)
        return;
    size_t engine = 0;
    while (engine < settings->scanner_count && settings->scanners[engine].type != SCANNER_CLAMAV)
        engine++;
    if (engine < settings->scanner_count)
        settings->scanners[0] = settings->scanners[engine];
    settings->scanners[0].type = SCANNER_CLAMAV;
    settings->scanners[0].role = SCANNER_PRIMARY;
    settings->scanners[0].signatures = signatures;
    settings->scanner_count = 1;
    settings->policy.require = REQUIRE_ANY;
}

static int private_write_settings(const struct private_daemon *daemon, const struct settings *settings,
                                  const char *signatures, struct fault *fault)
{
    struct settings *copy = memory_new(sizeof *copy);
    memcpy(copy, settings, sizeof *copy);
    private_settings(copy, signatures, daemon->run_directory);
    struct buf text;
    buf_init(&text, PRIVATE_SETTINGS_LIMIT);
    conf_print(copy, false, &text);
    free(copy); /* its texts stay those of *settings */

    int fd = open(daemon->configuration, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    ssize_t n = fd >= 0 ? write(fd, text.data, text.size) : -1;
    bool is_whole = n >= 0 && (size_t)n == text.size;
    buf_fini(&text);
    if (fd >= 0)
        (void)close(fd);
    return is_whole ? 0 : fault_set_errno(fault, errno, "cannot write %s", daemon->configuration);
}

static int private_notify_open(struct private_daemon *daemon, struct fault *fault)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int size = snprintf(address.sun_path, sizeof address.sun_path, "%s", daemon->notify);
    if (size < 0 || (size_t)size >= sizeof address.sun_path)
        return fault_set(fault, ENAMETOOLONG, "%s is too long for a socket", daemon->notify);
    daemon->notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (daemon->notify_fd < 0 || bind(daemon->notify_fd, (struct sockaddr *)&address, sizeof address) != 0)
        return fault_set_errno(fault, errno, "cannot make %s", daemon->notify);
    return 0;
}

static void private_program(char path_out[PRIVATE_PATH_SIZE])
{
    ssize_t n = readlink("/proc/self/exe", path_out, PRIVATE_PATH_SIZE - sizeof "/cordond");
    if (n > 0) {
        path_out[n] = '\0';
        char *slash = strrchr(path_out, '/');
        if (slash != NULL) {
            (void)snprintf(slash, sizeof "/cordond", "/cordond");
            if (access(path_out, X_OK) == 0)
                return;
        }
    }
    (void)snprintf(path_out, PRIVATE_PATH_SIZE, "%s/cordond", CORDON_SBIN);
}

static void private_child(const struct private_daemon *daemon, const char *program)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    (void)setpgid(0, 0); /* Ctrl-C reaches it through us */
    int log = open(daemon->log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    int null = open("/dev/null", O_RDONLY);
    (void)dup2(null, STDIN_FILENO);
    (void)dup2(log, STDOUT_FILENO);
    (void)dup2(log, STDERR_FILENO);
    (void)setenv("NOTIFY_SOCKET", daemon->notify, 1);
    (void)execl(program, program, "-c", daemon->configuration, (char *)NULL);
    fprintf(stderr, "cordon: cannot start %s: %s\n", program, strerror(errno));
    _exit(127);
}

static bool private_is_ready(const struct private_daemon *daemon)
{
    char text[1024];
    ssize_t n = recv(daemon->notify_fd, text, sizeof text - 1, 0);
    if (n <= 0)
        return false;
    text[n] = '\0';
    return strstr(text, "READY=1") != NULL;
}

static void private_pass_log_on(const struct private_daemon *daemon)
{
    char chunk[4096];
    int fd = open(daemon->log, O_RDONLY | O_CLOEXEC);
    ssize_t n = 0;
    while (fd >= 0 && (n = read(fd, chunk, sizeof chunk)) > 0)
        (void)fwrite(chunk, 1, (size_t)n, stderr);
    if (fd >= 0)
        (void)close(fd);
}

static int private_wait_ready(struct private_daemon *daemon, struct fault *fault)
{
    struct deadline deadline = deadline_in(PRIVATE_READY_MS);
    while (!deadline_passed(deadline)) {
        struct pollfd wait = { .fd = daemon->notify_fd, .events = POLLIN };
        (void)poll(&wait, 1, PRIVATE_STEP_MS);
        if (private_is_ready(daemon))
            return 0;
        int status = 0;
        if (waitpid(daemon->pid, &status, WNOHANG) == daemon->pid) {
            daemon->pid = 0;
            return fault_set(fault, ECHILD, "the private daemon ended before it was ready (exit %d)",
                             WIFEXITED(status) ? WEXITSTATUS(status) : -1);
        }
    }
    return fault_set(fault, ETIMEDOUT, "the private daemon was not ready in time");
}

static int private_begin(struct private_daemon *daemon, const struct settings *settings, const char *signatures,
                         struct fault *fault)
{
    const char *base = access("/run", W_OK) == 0 ? "/run" : "/tmp";
    (void)snprintf(daemon->folder, sizeof daemon->folder, "%s/cordon-scan-XXXXXX", base);
    if (mkdtemp(daemon->folder) == NULL || chmod(daemon->folder, 0711) != 0)
        return fault_set_errno(fault, errno, "cannot make a folder in %s", base);
    (void)snprintf(daemon->run_directory, sizeof daemon->run_directory, "%s/run", daemon->folder);
    (void)snprintf(daemon->configuration, sizeof daemon->configuration, "%s/cordon.conf", daemon->folder);
    (void)snprintf(daemon->notify, sizeof daemon->notify, "%s/notify", daemon->folder);
    (void)snprintf(daemon->log, sizeof daemon->log, "%s/log", daemon->folder);
    if (private_write_settings(daemon, settings, signatures, fault) != 0 || private_notify_open(daemon, fault) != 0)
        return -1;

    char program[PRIVATE_PATH_SIZE];
    private_program(program);
    daemon->pid = fork();
    if (daemon->pid == 0)
        private_child(daemon, program);
    if (daemon->pid < 0)
        return fault_set_errno(fault, errno, "cannot fork");
    return private_wait_ready(daemon, fault);
}

struct private_daemon *private_daemon_start(const struct settings *settings, const char *signatures,
                                            struct fault *fault)
{
    struct private_daemon *daemon = memory_new(sizeof *daemon);
    daemon->notify_fd = -1;
    if (private_begin(daemon, settings, signatures, fault) == 0)
        return daemon;
    private_pass_log_on(daemon);
    private_daemon_stop(daemon);
    return NULL;
}

const char *private_daemon_run_directory(const struct private_daemon *daemon)
{
    return daemon->run_directory;
}

static void private_remove(const struct private_daemon *daemon)
{
    static const char *const sockets[] = { "scan.sock", "control.sock", "cordond.pid", "cordond.lock", "engine" };
    for (size_t i = 0; i < sizeof sockets / sizeof sockets[0]; i++) {
        char path[PRIVATE_PATH_SIZE + 32];
        (void)snprintf(path, sizeof path, "%s/%s", daemon->run_directory, sockets[i]);
        (void)remove(path);
    }
    (void)rmdir(daemon->run_directory);
    (void)unlink(daemon->configuration);
    (void)unlink(daemon->notify);
    (void)unlink(daemon->log);
    (void)rmdir(daemon->folder);
}

void private_daemon_stop(struct private_daemon *daemon)
{
    if (daemon == NULL)
        return;
    if (daemon->pid > 0) {
        (void)kill(daemon->pid, SIGTERM);
        struct deadline deadline = deadline_in(PRIVATE_STOP_MS);
        while (waitpid(daemon->pid, NULL, WNOHANG) == 0 && !deadline_passed(deadline))
            (void)poll(NULL, 0, PRIVATE_STEP_MS);
        (void)kill(daemon->pid, SIGKILL);
        (void)waitpid(daemon->pid, NULL, 0);
    }
    if (daemon->notify_fd >= 0)
        (void)close(daemon->notify_fd);
    private_remove(daemon);
    free(daemon);
}
