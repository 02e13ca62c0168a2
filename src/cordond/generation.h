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
#include "cordond/key_ring.h"
#include "ipc/roles.h"
#include "sys/sealed.h"

#include <stdbool.h>

struct generation {
    bool is_used;
    bool is_retired; /* its gate drains, or never came to be */
    unsigned number; /* from 1 */
    struct settings *settings;
    struct sealed text;                  /* the settings as the roles read them */
    struct key_ring keys;                /* of the settings' stores */
    struct child *children[ROLE_PLACES]; /* NULL: none (yet); owned by the supervisor */
    bool owns[ROLE_PLACES];              /* the child was made for this one */
};

/* Owns the settings and the stores' keys from now on, and frees them where it fails. -1 and *fault. */
int generation_init(struct generation *generation, unsigned number, struct settings *settings_take,
                    const struct key_ring *keys_take, struct fault *fault);
void generation_fini(struct generation *generation);

/* The engines are needed where a scanner is of type "clamav" or "yara", and a runner for each user that scanners name,
 * the keeper where there are stores; all other roles always. */
bool generation_needs(const struct settings *settings, unsigned place);

/* The child serves the generation, in whatever place. `generation` may be NULL. */
bool generation_has(const struct generation *generation, const struct child *child);

/* The child of `old` (may be NULL) that would be the same in this place of `wanted`; NULL: there is none. Never a gate,
 * nor the YARA engine: its rules are files of the operator's, and a reload is how he says that they have changed. */
struct child *generation_shared(const struct generation *old, const struct generation *wanted, unsigned place);

/* Whether the two roles talk to each other, whichever asks. */
bool generation_talks(enum role a, enum role b);

#endif
