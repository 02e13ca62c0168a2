/* The one place where a descriptor is waited for. */
#ifndef CORDON_SYS_READY_H
#define CORDON_SYS_READY_H

#include "base/fault.h"
#include "sys/clock.h"

/* Waits until `fd` is ready for `events` (POLLIN, POLLOUT); an error or a hang-up counts as ready, for the call that
 * follows will say which. 0, or -1 and *fault: ETIMEDOUT at the deadline, also where it had passed before; ECANCELED
 * where `waker` (-1: none) is readable and `fd` is not ready. */
int ready_wait(int fd, short events, int waker, struct deadline deadline, struct fault *fault);

#endif
