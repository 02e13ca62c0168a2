/* An amavisd's scanner table as Cordon's. */
#ifndef CORDON_CLI_AMAVIS_TABLE_H
#define CORDON_CLI_AMAVIS_TABLE_H

#include "base/buf.h"
#include "cli/amavis.h"

struct amavis_wishes {
    const char *user; /* as whom commands run */
    bool is_all;      /* also programs that are not on this machine */
};

/* Adds scanner: { ... }; to *table, and to *left a line for each entry or part of one that could not be turned: why. */
void amavis_print(const struct amavis *amavis, const struct amavis_wishes *wishes, struct buf *table, struct buf *left);

#endif
