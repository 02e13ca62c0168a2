#include "watch.h"

#include "sys/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

enum { WATCH_BUFFER_SIZE = 16384, WATCH_READS_AT_ONCE = 64 };

int watch_open(struct watch *watch, bool (*wants)(const char *name), struct fault *fault)
{
    *watch = (struct watch){ .fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK), .descriptor = -1, .wants = wants };
    return watch->fd >= 0 ? 0 : fault_set_errno(fault, errno, "cannot watch folders");
}

void watch_close(struct watch *watch)
{
    if (watch->fd >= 0)
        (void)close(watch->fd);
    watch->fd = -1;
}

bool watch_follow(struct watch *watch, const char *path)
{
    static const uint32_t events = IN_CREATE | IN_ATTRIB | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM |
                                   IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
    if (strcmp(watch->path, path) != 0) {
        if (watch->descriptor >= 0)
            (void)inotify_rm_watch(watch->fd, watch->descriptor);
        watch->descriptor = -1;
        (void)snprintf(watch->path, sizeof watch->path, "%s", path);
        settling_take(&watch->settling);
    }
    if (watch->descriptor < 0 && path[0] != '\0')
        watch->descriptor = inotify_add_watch(watch->fd, path, events);
    else
        return watch->descriptor >= 0;
    if (watch->descriptor >= 0) /* what happened before is not known */
        settling_note(&watch->settling, SETTLING_TOUCHED, "", clock_now_ms());
    return watch->descriptor >= 0;
}

static enum settling_event watch_event(uint32_t mask)
{
    if ((mask & IN_MODIFY) != 0)
        return SETTLING_WRITTEN;
    if ((mask & IN_CLOSE_WRITE) != 0)
        return SETTLING_CLOSED;
    if ((mask & IN_MOVED_TO) != 0)
        return SETTLING_PLACED;
    return (mask & (IN_DELETE | IN_MOVED_FROM)) != 0 ? SETTLING_GONE : SETTLING_TOUCHED;
}

static void watch_hear(struct watch *watch, const struct inotify_event *event, const char *name)
{
    int64_t now_ms = clock_now_ms();
    if ((event->mask & IN_Q_OVERFLOW) != 0) {
        settling_note(&watch->settling, SETTLING_BLURRED, "", now_ms);
    } else if (event->wd != watch->descriptor) {
        return; /* of the folder before */
    } else if ((event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)) != 0) {
        if ((event->mask & IN_MOVE_SELF) != 0)
            (void)inotify_rm_watch(watch->fd, watch->descriptor);
        watch->descriptor = -1; /* another folder may come in its place, with writers of its own */
        watch->settling.written_count = 0;
        settling_note(&watch->settling, SETTLING_TOUCHED, "", now_ms);
    } else if ((event->mask & IN_ISDIR) == 0 && event->len > 0 && watch->wants(name)) {
        settling_note(&watch->settling, watch_event(event->mask), name, now_ms);
    }
}

void watch_read(struct watch *watch)
{
    char buffer[WATCH_BUFFER_SIZE];
    for (unsigned i = 0; i < WATCH_READS_AT_ONCE; i++) {
        ssize_t n = read(watch->fd, buffer, sizeof buffer);
        if (n <= 0)
            return;
        struct inotify_event event;
        for (size_t at = 0; at + sizeof event <= (size_t)n; at += sizeof event + event.len) {
            memcpy(&event, buffer + at, sizeof event);
            watch_hear(watch, &event, buffer + at + sizeof event);
        }
    }
}
