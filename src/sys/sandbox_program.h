/* A compiled filter, as sandbox.c applies it. Private to the sandbox's own files. */
#ifndef CORDON_SYS_SANDBOX_PROGRAM_H
#define CORDON_SYS_SANDBOX_PROGRAM_H

#include "sys/sandbox.h"

#include <linux/filter.h>

struct sandbox_program {
    enum sandbox_profile profile;
    struct sock_fprog filter;
};

/* Closes the file system, and TCP and signals where the profile has no use for them, as far as the kernel's Landlock
 * can. 0, or -1 and *fault; *is_missing_out says that the kernel has none. */
int sandbox_landlock(enum sandbox_profile profile, const struct sandbox_path *paths, size_t path_count,
                     bool *is_missing_out, struct fault *fault);

#endif
