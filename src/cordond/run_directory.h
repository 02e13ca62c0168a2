/* The run directory: sockets, and the lock that makes us the only one who uses it. */
#ifndef CORDON_CORDOND_RUN_DIRECTORY_H
#define CORDON_CORDOND_RUN_DIRECTORY_H

#include "base/fault.h"
#include "cordond/service_user.h"

/* Makes the directory if it is missing (0755, the service user's), checks that only root and that user may write there,
 * and takes the lock. The lock's descriptor, or -1 and *fault (EWOULDBLOCK: another cordond has it). */
int run_directory_take(const char *path, const struct service_user *user, struct fault *fault);

/* Gives the lock back. */
void run_directory_give_back(const char *path, int lock_fd);

#endif
