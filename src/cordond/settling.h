/* When the files of a folder that somebody is writing to are finished: a small state machine that knows no clock and no
 * inotify.
 *
 * Finished means: every file that was written to has been closed by its writer, or is gone, and nothing has happened
 * for a while. A file that was put in place by a rename is finished at once.
 */
#ifndef CORDON_CORDOND_SETTLING_H
#define CORDON_CORDOND_SETTLING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SETTLING_QUIET_MS = 2000,      /* after the last event */
    SETTLING_BLURRED_MS = 30000,   /* the same, where it is not known any more who writes */
    SETTLING_PATIENCE_MS = 600000, /* of not settling, before it is told */
    SETTLING_MOST_WRITTEN = 64     /* files at the same time; with more it is blurred */
};

enum settling_event {
    SETTLING_TOUCHED, /* made, or its rights or times changed */
    SETTLING_WRITTEN, /* bytes were written, the writer has it open */
    SETTLING_CLOSED,  /* closed by a writer */
    SETTLING_PLACED,  /* moved to this name */
    SETTLING_GONE,    /* removed, or moved away */
    SETTLING_BLURRED  /* events were lost; the name is of no meaning */
};

struct settling {
    bool is_changed;
    bool is_hurried; /* whoever writes said that he has finished: no quiet is waited for */
    bool is_blurred;
    bool is_told; /* of the patience */
    int64_t first_ms;
    int64_t last_ms;
    uint64_t written[SETTLING_MOST_WRITTEN]; /* names, as numbers */
    size_t written_count;
};

void settling_note(struct settling *settling, enum settling_event event, const char *name, int64_t now_ms);

/* Whether or not anything has changed: it is to be looked at as soon as every file is closed. */
void settling_hurry(struct settling *settling, int64_t now_ms);

/* There was a change, and it is finished. */
bool settling_is_settled(const struct settling *settling, int64_t now_ms);

/* When that may come true without another event; INT64_MAX: not. */
int64_t settling_at_ms(const struct settling *settling);

/* The change is taken up: it is forgotten. */
void settling_take(struct settling *settling);

/* True once, where it has not settled for a long time: a writer hangs, or never ends. */
bool settling_is_overdue(struct settling *settling, int64_t now_ms);

#endif
