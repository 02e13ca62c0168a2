/* A new set of signatures for the embedded engine, taken into use without a pause and never unseen:
 *
 *   1. The folder is watched (watch.c) until an update in it is finished (settling.c).
 *   2. A new engine is started beside the old one. It loads the set, and tries itself with samples that it must find
 * and others that it must not.
 *   3. What it says of its set is held against the old one's (trial.c).
 *   4. The gates are given the new engine; what the old one has in hand it finishes, and then it ends.
 *
 * Where any of this fails the old engine goes on, and the refusal is told: in the log (signatures-refused) and in the
 * status. Each set that is in use is kept (last_good.c). An engine that starts, with no other beside it, and finds its
 * set bad, is relieved by one with the last good set, until the folder has a set that is taken into use.
 */
#ifndef CORDON_CORDOND_SIGNATURES_H
#define CORDON_CORDOND_SIGNATURES_H

#include "base/buf.h"
#include "base/fault.h"
#include "cordond/watch.h"
#include "sys/clock.h"

#include <stdbool.h>
#include <stdint.h>

struct supervisor;
struct child;

enum {
    SIGNATURES_LOOK_MS = 30000,   /* between two looks at the folder without an event: some file systems tell none */
    SIGNATURES_RETRY_MS = 300000, /* after a trial that failed for reasons of the machine's */
    SIGNATURES_FORCED_MS = 60000, /* a set that was refused is not tried again sooner, whoever asks */
    SIGNATURES_REASON_SIZE = FAULT_TEXT_SIZE
};

struct signatures {
    struct watch watch;
    struct deadline look;
    struct deadline retry;
    bool is_forced; /* somebody asked for a look */

    struct child *fresh; /* the engine on trial; NULL: none */
    bool is_rescue;      /* it has the last good set to load */
    uint64_t lost_print; /* of this content of the folder the last good set was no help either */
    uint64_t kept_print; /* of what was kept last, or could not be */
    struct child *old;   /* the one whose place it is to take */
    char *measure;       /* the status of the last engine that scanned; NULL: none yet */

    uint64_t refused_print;
    int64_t refused_ms; /* 0: never */
    char refusal[SIGNATURES_REASON_SIZE];
    bool is_refused; /* what lies in the folder is not what is in use, and will not be */
    uint64_t switched_total;
    uint64_t refused_total;
};

int signatures_begin(struct signatures *signatures, struct fault *fault);
void signatures_end(struct signatures *signatures);

/* Somebody said that an update is finished: it is looked at as soon as all its files are closed. */
void signatures_hurry(struct supervisor *supervisor);

/* A process of an engine is being started: what it will find in its folder is remembered. */
void signatures_note_start(struct supervisor *supervisor, struct child *child);

/* When signatures_tend has something to do without any event. */
struct deadline signatures_deadline(const struct supervisor *supervisor);

/* Once in every turn of the loop: the next step. */
void signatures_tend(struct supervisor *supervisor);

/* After signatures_tend: each gate that has not heard it yet is told how things are (CONTROL_SIGNATURES). */
void signatures_tell(struct supervisor *supervisor);

/* Lines "signatures_...=" for `cordon status`. */
void signatures_put_status(const struct supervisor *supervisor, struct buf *out);

#endif
