/* A store's folders: the one of its segments and the one of its head, which belong to the service user alone. */
#ifndef CORDON_CORDOND_STORE_FOLDERS_H
#define CORDON_CORDOND_STORE_FOLDERS_H

#include "base/fault.h"
#include "conf/settings.h"
#include "cordond/service_user.h"

#include <stdbool.h>

/* Makes what is missing, folders above included. -1 and *fault where one can't be had, or somebody else could write
 * there. */
int store_folders_make(const struct store_conf *store, const struct service_user *user, struct fault *fault);

/* The folder of a key's file, with what is above. */
int store_folders_make_for(const char *file, struct fault *fault);

/* There is anything that only its own keys open: a segment, one that was set aside, or a head. What can't be looked at
 * counts as some. */
bool store_has_records(const struct store_conf *store);

#endif
