/* The stores that the keeper keeps: each is opened in a thread of its own once its keys have come, and tried again
 * where it can't be, or where it has failed and nothing can be put any more. What is wrong with one is no matter of the
 * others.
 *
 * Thread safety: any number of threads.
 */
#ifndef CORDON_KEEPER_STORES_H
#define CORDON_KEEPER_STORES_H

#include "base/buf.h"
#include "base/fault.h"
#include "conf/settings.h"
#include "store/store.h"
#include "sys/clock.h"

#include <stddef.h>

enum { STORES_RETRY_MS = 10000 };

struct stores;

/* All that are configured; the settings must outlive it. Nothing is opened yet. */
struct stores *stores_new(const struct settings *settings);
/* Waits for whatever is being opened, and closes them. Nobody may use one. */
void stores_free(struct stores *stores);

/* A store's keys (struct keep_keys in sealed memory): it is opened now. -1 and *fault where they are none, or nothing
 * of that name is configured. */
int stores_give_keys(struct stores *stores, const char *name, int fd_take, struct fault *fault);

/* The store of that name, until stores_drop; waits while it is being opened. NULL and *fault: ENOENT where there is
 * none of that name, ETIMEDOUT, or why it can't be opened. */
struct store *stores_take(struct stores *stores, const char *name, struct deadline deadline, struct fault *fault);
void stores_drop(struct stores *stores, const char *name);

/* Lines for `cordon status`. */
void stores_put_status(struct stores *stores, struct buf *text_out);

#endif
