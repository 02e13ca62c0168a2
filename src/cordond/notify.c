#include "notify.h"

#include "base/span.h"
#include "sys/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { NOTIFY_TEXT_SIZE = 256 };

/* The number in a variable of the environment, or `otherwise`. */
static uint64_t environment_number(const char *name, uint64_t otherwise)
{
    const char *value = getenv(name);
    uint64_t number = 0;
    return value != NULL && span_number(span_text(value), &number) ? number : otherwise;
}

int64_t notify_watchdog_ms(void)
{
    uint64_t interval_us = environment_number("WATCHDOG_USEC", 0);
    uint64_t pid = environment_number("WATCHDOG_PID", (uint64_t)getpid());
    if (interval_us == 0 || interval_us > INT64_MAX || pid != (uint64_t)getpid())
        return 0;
    int64_t half_ms = (int64_t)(interval_us / 2000);
    return half_ms > 0 ? half_ms : 1;
}

/* A connected socket to the manager, or -1. A name that starts with '@' is an abstract one. */
static int notify_dial(void)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (path == NULL || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof address.sun_path)
        return -1;
    (void)span_copy(span_text(path), address.sun_path, sizeof address.sun_path);
    if (path[0] == '@')
        address.sun_path[0] = '\0';
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, size) != 0) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

static void notify_send(const char *text)
{
    int fd = notify_dial();
    if (fd < 0)
        return;
    struct deadline deadline = deadline_in(NOTIFY_WAIT_MS);
    struct pollfd room = { .fd = fd, .events = POLLOUT };
    while (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0 && (errno == EAGAIN || errno == EINTR)) {
        if (poll(&room, 1, deadline_left_ms(deadline)) == 0)
            break;
    }
    (void)close(fd);
}

void notify_ready(const char *status)
{
    char text[NOTIFY_TEXT_SIZE];
    (void)snprintf(text, sizeof text, "READY=1\nSTATUS=%s", status);
    notify_send(text);
}

/* The time lets a manager that knows Type=notify-reload (systemd 253) match the reload with its request. */
void notify_reloading(const char *status)
{
    char text[NOTIFY_TEXT_SIZE];
    (void)snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%" PRId64 "\nSTATUS=%s", clock_now_us(), status);
    notify_send(text);
}

void notify_stopping(const char *status)
{
    char text[NOTIFY_TEXT_SIZE];
    (void)snprintf(text, sizeof text, "STOPPING=1\nSTATUS=%s", status);
    notify_send(text);
}

void notify_alive(void)
{
    notify_send("WATCHDOG=1");
}
