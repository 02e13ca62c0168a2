/* The set of scanners, as the files that make it up see it. */
#ifndef CORDON_SCANNER_SET_H
#define CORDON_SCANNER_SET_H

#include "scanner/canary.h"
#include "scanner/driver.h"

enum { CANARY_TIMEOUT_MS = 15000 };

struct scanner_set {
    struct scanner scanners[SETTINGS_MOST_SCANNERS];
    size_t count;
    struct canary_set canaries;
    struct lock probe_lock;
    int64_t probe_at_ms; /* when the next probing message may come; under probe_lock */
};

/* Shows the canaries to one scanner and sets its health by them, unless the deadline cuts that short. Where another
 * thread does so already, waits for that until the deadline. */
void scanner_prove(struct scanner_set *set, struct scanner *scanner, struct deadline deadline);

#endif
