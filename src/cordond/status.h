/* What `cordon status` shows: lines key=value. */
#ifndef CORDON_CORDOND_STATUS_H
#define CORDON_CORDOND_STATUS_H

#include "base/buf.h"
#include "cordond/supervisor.h"

enum { STATUS_MOST_BYTES = 262144 };

/* About the supervisor itself:
 *
 *   version=, pid=, uptime_s=, configuration=, generation=, state=starting|working|reloading|stopping,
 *   reload=never|ok|refused: WHY, and weaker=WHY for each protection that is missing
 *
 * then for each role of the present generation ROLE.state=, ROLE.pid=, ROLE.restarts= and what it says about itself,
 * each line as ROLE.LINE; and old-ROLE.state= and old-ROLE.pid= for those that still finish their work, new-ROLE for
 * those that a reload is starting. */
void status_put(const struct supervisor *supervisor, struct buf *text_out);

#endif
