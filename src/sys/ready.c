#include "ready.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stddef.h>

int ready_wait(int fd, short events, int waker, struct deadline deadline, struct fault *fault)
{
    assert(fd >= 0);
    struct pollfd waits[] = { { .fd = fd, .events = events }, { .fd = waker, .events = POLLIN } };
    for (;;) {
        /* A peer that always has something for us must not outlive the deadline. */
        if (deadline_passed(deadline))
            return fault_set(fault, ETIMEDOUT, "the peer took too long");
        int n = poll(waits, waker >= 0 ? 2 : 1, deadline_left_ms(deadline));
        if (n < 0 && errno != EINTR)
            return fault_set_errno(fault, errno, "can't wait for the peer");
        if (n <= 0)
            continue;
        if (waits[0].revents != 0)
            return 0;
        return fault_set(fault, ECANCELED, "woken while waiting for the peer");
    }
}
