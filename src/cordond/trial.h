/* Whether a new set of signatures may take the place of the one in use: a pure function of what the two engines say
 * about theirs.
 */
#ifndef CORDON_CORDOND_TRIAL_H
#define CORDON_CORDOND_TRIAL_H

#include "base/fault.h"
#include "base/span.h"
#include "conf/settings.h"

#include <stdbool.h>
#include <stdint.h>

/* What an engine's status says. The texts are borrowed from it. */
struct trial_set {
    bool is_scanning;
    struct span refusal; /* else why it does not scan */
    struct span version;
    struct span generation;
    struct span databases;     /* "main:62 daily:27600" */
    struct span clean_samples; /* a number, or why there are none */
    uint64_t count;
    int64_t built; /* by the wall clock, in seconds; 0: unknown */
};

/* `status` is the text of a CONTROL_STATUS, or NULL. */
struct trial_set trial_read(const char *status);

/* 0: the fresh one is no worse, as far as can be told; -1 and *fault: the reason why it is refused. An old one that
 * does not scan is no measure. */
int trial_judge(const struct trial_set *old, const struct trial_set *fresh, const struct scanner_settings *scanner,
                struct fault *fault);

#endif
