/* A generation: one configuration snapshot and the children that serve it.
 *
 * A reload makes the next one. Its gate is always new; a decoder or an engine whose part of the settings did not change
 * is shared with the generation before.
 */
#ifndef CORDON_CORDOND_GENERATION_H
#define CORDON_CORDOND_GENERATION_H

#include "base/fault.h"
#include "conf/settings.h"
#include "cordond/child.h"
#include "ipc/roles.h"
#include "sys/sealed.h"

#include <stdbool.h>

struct generation {
    bool is_used;
    bool is_retired; /* its gate drains, or never came to be */
    unsigned number; /* from 1 */
    struct settings *settings;
    struct sealed text;                 /* the settings as the roles read them */
    struct child *children[ROLE_COUNT]; /* NULL: none (yet); owned by the supervisor */
    bool owns[ROLE_COUNT];              /* the child was made for this one */
};

/* Owns the settings from now on, and frees them where it fails. -1 and *fault. */
int generation_init(struct generation *generation, unsigned number, struct settings *settings_take,
                    struct fault *fault);
void generation_fini(struct generation *generation);

/* The engines are needed where a scanner is of type "clamav" or "yara"; all other roles always. */
bool generation_needs(const struct settings *settings, enum role role);

/* Whether a role's process that was started with `old` would be the same under `wanted`. Never for the gate, nor for
 * the YARA engine: its rules are files of the operator's, and a reload is how he says that they have changed. */
bool generation_may_share(const struct settings *old, const struct settings *wanted, enum role role);

/* Whether the two roles talk to each other, whichever asks. */
bool generation_talks(enum role a, enum role b);

#endif
