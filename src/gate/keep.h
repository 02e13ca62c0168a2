/* The gate's side of the quarantine: which store takes a message, and handing it to the keeper.
 *
 * Stored is the sealed message behind its stand-in, as it came, once for each store that takes it for some recipient,
 * with all of those recipients and what each of them gets.
 */
#ifndef CORDON_GATE_KEEP_H
#define CORDON_GATE_KEEP_H

#include "base/buf.h"
#include "conf/settings.h"
#include "gate/transaction.h"
#include "ipc/calls/keep.h"
#include "verdict/verdict.h"

#include <stdbool.h>
#include <stddef.h>

/* The first store in the file's order that takes messages of this category for this recipient; NULL: none does. */
const struct store_conf *keep_find_store(const struct settings *settings, enum category category, const char *address);

/* Has the message kept for every recipient whose fate wants that (fate.wants_keeping, recipient->store), and returns
 * when it is on stable storage: t->kept. Where it can't be had, what relied on it becomes 451, a 5xx stays with a
 * finding, and the result is false. */
bool keep_message(struct transaction *t);

/* The metadata for one store (store/meta.h). False where it does not fit. */
bool keep_put_meta(const struct transaction *t, const struct store_conf *store, struct buf *meta_out);

#endif
