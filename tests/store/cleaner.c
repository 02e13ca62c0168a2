/* An on-access scanner as the stories have it: it looks at every file that anybody has written below a folder, and what
 * has the test virus in it is "cleaned".
 *
 *   cleaner truncate|delete FOLDER...
 *
 * Prints "ready", then a line for each file that it has altered ("truncated PATH"), and on its end ("looked at N
 * files"). For tests alone; needs root.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <unistd.h>

enum { EVENTS_SIZE = 65536, LOOK_SIZE = 1048576 };

static volatile sig_atomic_t is_over;

static void end(int number)
{
    (void)number;
    is_over = 1;
}

/* The string of the industry's test file, which is never in clear in a file of this project. */
static const char *virus(void)
{
    static char text[64];
    (void)snprintf(text, sizeof text, "%s%s%s", "EICAR-STAN", "DARD-ANTIVIRUS", "-TEST-FILE");
    return text;
}

static bool has_virus(int fd)
{
    static char bytes[LOOK_SIZE + 64];
    size_t kept = 0;
    off_t at = 0;
    for (;;) {
        ssize_t n = pread(fd, bytes + kept, LOOK_SIZE, at);
        if (n <= 0)
            return false;
        if (memmem(bytes, kept + (size_t)n, virus(), strlen(virus())) != NULL)
            return true;
        at += n;
        size_t all = kept + (size_t)n;
        kept = all < 63 ? all : 63;
        memmove(bytes, bytes + all - kept, kept);
    }
}

static bool is_below(const char *path, char **folders)
{
    for (; *folders != NULL; folders++) {
        size_t size = strlen(*folders);
        if (strncmp(path, *folders, size) == 0 && path[size] == '/')
            return true;
    }
    return false;
}

/* True where the file was looked at. */
static bool look(int fd, bool may_delete, char **folders)
{
    char link[64];
    char path[PATH_MAX];
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size <= 0)
        return false;
    path[size] = '\0';
    if (!is_below(path, folders))
        return false;
    if (has_virus(fd)) {
        int failed = may_delete ? unlink(path) : ftruncate(fd, 0);
        (void)printf("%s %s%s\n", may_delete ? "deleted" : "truncated", path, failed != 0 ? ", in vain" : "");
        (void)fflush(stdout);
    }
    return true;
}

int main(int argc, char **argv)
{
    static char events[EVENTS_SIZE];
    if (argc < 3) {
        (void)fprintf(stderr, "Usage: cleaner truncate|delete FOLDER...\n");
        return 64;
    }
    struct sigaction action = { .sa_handler = end };
    (void)sigaction(SIGTERM, &action, NULL);
    int watch = fanotify_init(FAN_CLOEXEC | FAN_CLASS_NOTIF | FAN_UNLIMITED_QUEUE, O_RDWR | O_LARGEFILE | O_CLOEXEC);
    for (int i = 2; i < argc && watch >= 0; i++) {
        if (fanotify_mark(watch, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_CLOSE_WRITE | FAN_MODIFY, AT_FDCWD, argv[i]) != 0) {
            (void)fprintf(stderr, "cleaner: %s: %s\n", argv[i], strerror(errno));
            return EXIT_FAILURE;
        }
    }
    if (watch < 0) {
        (void)fprintf(stderr, "cleaner: no fanotify: %s\n", strerror(errno));
        return EXIT_FAILURE;
    }
    (void)printf("ready\n");
    (void)fflush(stdout);
    unsigned long count = 0;
    while (is_over == 0) {
        ssize_t n = read(watch, events, sizeof events);
        struct fanotify_event_metadata event;
        for (ssize_t at = 0; n - at >= (ssize_t)sizeof event; at += event.event_len) {
            memcpy(&event, events + at, sizeof event);
            if (event.fd < 0)
                continue;
            if (event.pid != getpid() && look(event.fd, argv[1][0] == 'd', argv + 2))
                count++;
            (void)close(event.fd);
        }
    }
    (void)printf("looked at %lu files\n", count);
    return EXIT_SUCCESS;
}
