/* The folders and the keys of the stores that a configuration names.
 *
 * They are made by root, the keys at the very first start only, and read by root: the keeper gets them as sealed memory
 * (struct keep_keys). Each generation holds its own, so that a reload may name a store whose keys can't be read any
 * more: what the generation before holds goes on.
 */
#ifndef CORDON_CORDOND_KEY_RING_H
#define CORDON_CORDOND_KEY_RING_H

#include "base/fault.h"
#include "conf/settings.h"
#include "cordond/service_user.h"
#include "sys/sealed.h"

#include <stdbool.h>

struct key_ring {
    struct sealed rows[SETTINGS_MOST_STORES]; /* as settings->stores; of each a struct keep_keys */
    size_t count;
};

/* What a generation has already: its settings and keys. */
struct key_ring_held {
    const struct settings *settings;
    const struct key_ring *keys;
};

/* Makes the stores' folders where they are missing, and their keys where there is no record yet that others would be
 * needed for; reads them. `held` may be NULL. -1 and *fault, for people, where a store can't have its keys, which is a
 * wrong configuration: then *keys_out is empty. */
int key_ring_take(const struct settings *settings, const struct service_user *user, const struct key_ring_held *held,
                  struct key_ring *keys_out, struct fault *fault);
void key_ring_close(struct key_ring *keys);

bool key_ring_equal(const struct key_ring *a, const struct key_ring *b);

#endif
