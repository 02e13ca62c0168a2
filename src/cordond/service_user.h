/* Who the roles run as: the configured user where we are root, else whoever started us. */
#ifndef CORDON_CORDOND_SERVICE_USER_H
#define CORDON_CORDOND_SERVICE_USER_H

#include "base/fault.h"

#include <stdbool.h>
#include <sys/types.h>

struct service_user {
    bool is_root; /* we are: so the roles change to `uid` */
    uid_t uid;
    gid_t gid;
};

/* -1 and *fault, which says how to mend it, where we are root and the user does not exist or is root too. */
int service_user_find(const char *name, struct service_user *user_out, struct fault *fault);

/* After the start: keeps the capabilities that the roles need before they close their boxes (rights.c has the list),
 * renounces new privileges, and applies the supervisor's filter. -1 and *fault. */
int service_rights_reduce(const struct service_user *user, struct fault *fault);

#endif
