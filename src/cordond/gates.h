/* What all gates are told: of the engine's signatures, of the stores. Each gate once, until the text changes. */
#ifndef CORDON_CORDOND_GATES_H
#define CORDON_CORDOND_GATES_H

#include "base/buf.h"
#include "ipc/roles.h"

struct supervisor;

/* By CONTROL_SIGNATURES or CONTROL_STORES, to the gates that serve. Nothing where we are stopping. */
void gates_tell(struct supervisor *supervisor, enum control_kind kind, const struct buf *text);

/* What the keeper says of its stores, as CONTROL_STORES; an empty text where there is none. */
void gates_tell_stores(struct supervisor *supervisor);

#endif
