/* Changes to a store: by the keeper, over run_directory/keeper.sock; or, where no daemon runs, by us as the one writer,
 * with the rights of whom the store belongs to.
 *
 * Nothing is done before the functions below give 0; then it is on stable storage.
 */
#ifndef CORDON_CLI_KEEP_CLIENT_H
#define CORDON_CLI_KEEP_CLIENT_H

#include "base/fault.h"
#include "base/span.h"
#include "cli/store_use.h"
#include "store/store.h"

#include <stdint.h>

struct keep_client;

/* NULL and *fault: EACCES; EWOULDBLOCK where another writer has the store; whatever else keeps it from being opened. */
struct keep_client *keep_open(const struct store_use *use, struct fault *fault);
void keep_close(struct keep_client *client);

/* Who does it is added. */
struct keep_wish {
    enum store_change_kind kind;
    const char *what; /* "release" */
    const char *why;  /* "" */
    const char *how;  /* "" */
    const uint64_t *about;
    size_t count; /* at most STORE_MOST_ABOUT */
};
int keep_change(struct keep_client *client, const struct keep_wish *wish, struct fault *fault);

/* store_add_slots: as many slots for each record. */
int keep_add_slots(struct keep_client *client, const uint64_t *about, size_t count, struct span slots,
                   struct fault *fault);

/* store_put, without parts. */
int keep_put(struct keep_client *client, struct span message, struct span meta, enum category category,
             uint64_t *sequence_out, struct fault *fault);

/* The index is to be made anew. The keeper goes on with it after this; without a keeper it is done when this returns,
 * and `progress` is called now and then (may be NULL). */
int keep_reindex(struct keep_client *client, void (*progress)(uint64_t done, uint64_t all), struct fault *fault);

/* Does a keeper run, or do we write ourselves? */
bool keep_is_remote(const struct keep_client *client);

/* A note about some records, by a client of its own: what keeps the audit trail whole before anything is given out. */
int keep_note(const struct store_use *use, const char *what, const char *why, const char *how, const uint64_t *about,
              size_t count, struct fault *fault);

#endif
