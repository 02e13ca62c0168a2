/* Starting a role's program afresh: fork and execve, with five descriptors, a clean environment and nothing else. */
#ifndef CORDON_CORDOND_SPAWN_H
#define CORDON_CORDOND_SPAWN_H

#include "base/fault.h"

#include <limits.h>
#include <sys/types.h>

/* Where the roles' programs are: the folder of our own program if it holds cordon-gate (a build folder), else the
 * installed one. */
void spawn_directory(char directory_out[PATH_MAX]);

/* The status of a child whose program could not be executed after all. */
enum { SPAWN_EXIT_NOT_EXECUTED = 127 };

struct spawn_request {
    const char *directory;
    const char *program;
    const char *instance; /* its only argument; "": none */
    int control_fd;       /* becomes ROLE_CONTROL_FD */
    int settings_fd;      /* becomes ROLE_SETTINGS_FD */
};

/* The process id, and a descriptor for it in *pidfd_out; or -1 and *fault. The request's descriptors stay the
 * caller's. */
pid_t spawn_role(const struct spawn_request *request, int *pidfd_out, struct fault *fault);

#endif
