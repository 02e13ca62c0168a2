/* Tells the scanners of one message that their answers are of no use any more: some other has found it infected. */
#ifndef CORDON_SCANNER_STOP_H
#define CORDON_SCANNER_STOP_H

#include <stdatomic.h>
#include <stdbool.h>

struct stop {
    int fd; /* readable once it is raised: to be polled beside what is waited for; -1: nobody is told */
    atomic_bool is_raised;
};

/* Where the machine has no descriptor to spare, fd is -1, and each scanner is waited for. */
void stop_open(struct stop *stop);
void stop_close(struct stop *stop);

void stop_raise(struct stop *stop);

/* NULL is never raised. */
bool stop_is_raised(const struct stop *stop);

/* The descriptor that can be read once it is raised; NULL: there is none. */
const int *stop_waker(const struct stop *stop);

#endif
