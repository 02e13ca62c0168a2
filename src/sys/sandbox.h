/* The box around each role: what it may still do is one table in sandbox_tables.c, which fits a screen.
 *
 * A box is made of layers, each of which must hold alone: an ordinary user without capabilities, no new privileges,
 * rlimits, Landlock where the kernel has it, and a seccomp filter. All is set before the first thread.
 *
 * The seccomp program is compiled once (sandbox_prepare, by the parent that forks many children) and applied cheaply in
 * each child.
 */
#ifndef CORDON_SYS_SANDBOX_H
#define CORDON_SYS_SANDBOX_H

#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum sandbox_profile {
    SANDBOX_SUPERVISOR,   /* signals, fork, its sockets */
    SANDBOX_GATE,         /* network, threads; reads what resolving and certificates need; starts nothing */
    SANDBOX_POOL_PARENT,  /* forks boxed children, passes descriptors */
    SANDBOX_DECODER,      /* memory and its socket, until it has its job */
    SANDBOX_DECODER_BUSY, /* as before, without receiving anything any more */
    SANDBOX_ENGINE,       /* its socket and files in its own tmpfs */
    SANDBOX_RUNNER,       /* and every foreign program that it starts: anything an ordinary user's program does, but no
                             namespace, mount, trace of others, nor what only root has a use for */
    SANDBOX_YARA,         /* memory and its socket, for one job after another */
    SANDBOX_KEEPER,       /* threads, and files in the stores' folders */
    SANDBOX_PROFILES
};

struct sandbox_program; /* a compiled seccomp filter */

/* Compiles the profile's table. NULL and *fault where libseccomp can't. A pool's parent prepares its children's
 * programs before it closes its own box; and what its own box closes stays closed for them, so its paths must hold
 * theirs. */
struct sandbox_program *sandbox_prepare(enum sandbox_profile profile, struct fault *fault);
void sandbox_program_free(struct sandbox_program *program);

/* A path that Landlock leaves open, and for what. */
struct sandbox_path {
    const char *path;
    bool is_writable; /* else read only */
};

struct sandbox_settings {
    const struct sandbox_program *program;
    const struct sandbox_path *paths; /* Landlock: everything else is closed; a path that does not exist is skipped */
    size_t path_count;
    bool without_landlock; /* for tests: the other layers must hold alone */
    bool without_filter;   /* likewise; `program` still says which profile it is */
    size_t memory_bytes;   /* RLIMIT_DATA; 0: as it is */
    unsigned descriptors;  /* RLIMIT_NOFILE; 0: as it is */
    bool may_not_fork;     /* RLIMIT_NPROC 0 */
};

/* Drops to user and group `name` (supplementary groups too) with all capabilities but `kept` (a list ended by -1, or
 * NULL), if we are root; else does nothing but drop capabilities. -1 and *fault. */
int sandbox_drop_user(const char *name, const int *kept, struct fault *fault);

/* No core file, and nobody but root reads our memory: for whoever has keys or contents in it. sandbox_enter does it
 * too. */
int sandbox_forbid_dumps(struct fault *fault);

/* Closes the box for good around the calling (single-threaded) process: no new privileges, not dumpable, rlimits,
 * Landlock, seccomp. Drops every capability left (but CAP_SYS_CHROOT in a pool's parent, whose children want it for
 * sandbox_enter_folder). Returns 0, or -1 and *fault. *is_weaker_out (may be NULL) says that
 * the kernel has no Landlock. */
int sandbox_enter(const struct sandbox_settings *settings, bool *is_weaker_out, struct fault *fault);

/* A second, tighter filter on top: the cheap step between two profiles. */
int sandbox_tighten(const struct sandbox_program *program, struct fault *fault);

/* A mount namespace of our own with `count` tmpfs folders of sizes_bytes[0], sizes_bytes[1] ... at BASE/0, BASE/1 ...:
 * mode 0700, no swap where the kernel lets us. BASE is made where it is missing; outside it stays an empty folder. With
 * CAP_SYS_ADMIN the folders belong to the user `owner_name` (NULL: to us), to be called before sandbox_drop_user; an
 * ordinary user gets there through a user namespace and owns them himself. 0, or -1 and *fault where the machine
 * forbids it. */
int sandbox_private_folders(const char *base, const char *owner_name, const size_t *sizes_bytes, unsigned count,
                            struct fault *fault);

/* Makes `folder` the root of the file system (chroot and chdir). Needs CAP_SYS_CHROOT (kept, or of our user namespace).
 */
int sandbox_enter_folder(const char *folder, struct fault *fault);

#endif
