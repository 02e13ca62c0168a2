/* Which of the promised protections this machine or this start does not give, as far as the supervisor can see. What a
 * role misses it says itself. */
#ifndef CORDON_CORDOND_WEAKER_H
#define CORDON_CORDOND_WEAKER_H

#include "base/buf.h"
#include "cordond/service_user.h"

/* Lines "weaker=WHY". */
void weaker_put(const struct service_user *user, struct buf *out);

#endif
