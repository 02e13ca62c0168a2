/* Every string that some program would take for a multipart's boundary, out of the fields that could name one
 * (RFC 2046 section 5.1.1, RFC 2045 section 5.1, RFC 2231).
 *
 * There may be many, and most never stand in the body: looking for all of them costs little (mail/lines.h).
 */
#ifndef CORDON_MAIL_BOUNDARY_H
#define CORDON_MAIL_BOUNDARY_H

#include "base/buf.h"

#include <stdint.h>

enum { MAIL_BOUNDARIES_MOST = 48, MAIL_BOUNDARY_MOST_BYTES = 8192 };

struct mail_boundaries {
    struct buf text; /* one behind another */
    uint32_t at[MAIL_BOUNDARIES_MOST];
    uint32_t sizes[MAIL_BOUNDARIES_MOST];
    size_t count;
    bool is_cut; /* MAIL_BOUNDARIES_MOST or MAIL_BOUNDARY_MOST_BYTES was reached */
};

void mail_boundaries_init(struct mail_boundaries *boundaries);
void mail_boundaries_clear(struct mail_boundaries *boundaries);
void mail_boundaries_fini(struct mail_boundaries *boundaries);

/* Adds one where it is new; spaces around it are dropped first (they can't be told from padding). */
void mail_boundaries_add(struct mail_boundaries *boundaries, struct span boundary);

/* Adds every reading of each boundary parameter in the field's value. The standard's reading of the first one comes
 * first. */
void mail_boundaries_add_field(struct mail_boundaries *boundaries, struct span value);

struct span mail_boundary_at(const struct mail_boundaries *boundaries, size_t index);

#endif
