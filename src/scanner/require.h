/* How many scanners must give definite answers, and whether they did. */
#ifndef CORDON_SCANNER_REQUIRE_H
#define CORDON_SCANNER_REQUIRE_H

#include <stdbool.h>
#include <stdint.h>

/* What primaries and backups did so far. */
struct require_count {
    uint32_t primaries;          /* configured */
    uint32_t primaries_definite; /* answered for all their pieces */
    uint32_t backups_definite;   /* likewise */
};

/* How many definite answers are still missing. A backup stands in for one failed primary, so more backups than failed
 * primaries don't count. `require` is policy_settings.require. Never 0 where there is no primary at all. */
uint32_t require_missing(uint32_t require, const struct require_count *count);

/* How many were wanted. */
uint32_t require_wanted(uint32_t require, uint32_t primaries);

#endif
