#include "stop.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

void stop_open(struct stop *stop)
{
    *stop = (struct stop){ .fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
}

void stop_close(struct stop *stop)
{
    if (stop->fd >= 0)
        (void)close(stop->fd);
    stop->fd = -1;
}

void stop_raise(struct stop *stop)
{
    static const uint64_t one = 1;
    atomic_store(&stop->is_raised, true);
    if (stop->fd >= 0)
        (void)!write(stop->fd, &one, sizeof one);
}

bool stop_is_raised(const struct stop *stop)
{
    return stop != NULL && atomic_load(&stop->is_raised);
}

const int *stop_waker(const struct stop *stop)
{
    return stop != NULL && stop->fd >= 0 ? &stop->fd : NULL;
}
