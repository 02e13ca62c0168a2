/* A folder that is watched with inotify(7): its events go into a settling. Nothing in it is opened. */
#ifndef CORDON_CORDOND_WATCH_H
#define CORDON_CORDOND_WATCH_H

#include "base/fault.h"
#include "cordond/settling.h"

#include <limits.h>

struct watch {
    int fd;
    int descriptor; /* -1: the folder is not watched (yet) */
    char path[PATH_MAX];
    bool (*wants)(const char *name); /* files with other names are nothing to us */
    struct settling settling;
};

/* Watches nothing yet. -1 and *fault. */
int watch_open(struct watch *watch, bool (*wants)(const char *name), struct fault *fault);
void watch_close(struct watch *watch);

/* The folder to be watched from now on, "" for none; to be called again while it is not there. False where it can't be
 * watched. */
bool watch_follow(struct watch *watch, const char *path);

/* Reads what there is to read. */
void watch_read(struct watch *watch);

#endif
