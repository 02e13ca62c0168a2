/* The set of scanners, as the files that make it up see it. */
#ifndef CORDON_SCANNER_SET_H
#define CORDON_SCANNER_SET_H

#include "scanner/driver.h"

enum { CANARY_TIMEOUT_MS = 15000 };

struct scanner_set {
    struct scanner scanners[SETTINGS_MOST_SCANNERS];
    size_t count;
    bool remembers;         /* some scanner does: parts need digests */
    struct lock probe_lock; /* for all below */
    int64_t probe_at_ms;    /* when the next probing message may come */
    unsigned probers;       /* threads that show canaries */
    struct signal_point probers_ended;
};

/* Shows the canaries to one scanner and sets its health by them, unless the deadline cuts that short. Where another
 * thread does so already, waits for that until the deadline. */
void scanner_prove(struct scanner *scanner, struct deadline deadline);

/* Waits for whoever does it, if anybody. */
void scanner_await_proof(struct scanner *scanner, struct deadline deadline);

/* Has that done in a thread of its own, unless it is being done. */
void scanner_probe(struct scanner_set *set, struct scanner *scanner);

#endif
