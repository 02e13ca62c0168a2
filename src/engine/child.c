/* SPDX-License-Identifier: GPL-2.0-only */
#include "child.h"

#include "engine/folder.h"
#include "scanner/engine_child.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { CHILD_DESCRIPTORS = 512 };

/* A folder that is not a tmpfs of ours has no size: then at least no file may be larger than that. */
static int child_limit_files(uint64_t bytes, struct fault *fault)
{
    struct rlimit limit = { .rlim_cur = bytes, .rlim_max = bytes };
    if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR || setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return fault_set_errno(fault, errno, "cannot limit the size of files");
    return 0;
}

int child_enter(const struct engine *engine, unsigned slot, struct child_folder *folder_out, struct fault *fault)
{
    (void)snprintf(folder_out->path, sizeof folder_out->path, "%.*s/%u", ENGINE_PATH_SIZE - 16, engine->base, slot);
    if (engine->is_private) {
        if (sandbox_enter_folder(folder_out->path, fault) != 0)
            return -1;
        (void)snprintf(folder_out->path, sizeof folder_out->path, "/");
    } else if (child_limit_files(engine->scanner->folder_bytes, fault) != 0) {
        return -1;
    }
    struct sandbox_path path = { .path = folder_out->path, .is_writable = true };
    /* No limit on memory: an allocation that fails is something that the library may pass over in silence, while the
     * machine's own end of memory is a kill, and no answer. */
    struct sandbox_settings box = { .program = engine->box,
                                    .paths = &path,
                                    .path_count = 1,
                                    .without_landlock = engine->without_landlock,
                                    .descriptors = CHILD_DESCRIPTORS,
                                    .may_not_fork = true };
    if (sandbox_enter(&box, NULL, fault) != 0 || folder_empty(folder_out->path, fault) != 0)
        return -1;
    return engine->clam != NULL ? clam_use_folder(engine->clam, folder_out->path, fault) : 0;
}

void child_judge(const struct engine *engine, const struct child_folder *folder, const struct clam_piece *piece,
                 struct engine_result *result_out)
{
    struct fault fault;
    if (folder_is_full(folder->path)) {
        engine_result_fail(result_out, "the folder for temporary files is full");
        return;
    }
    clam_scan(engine->clam, piece, result_out);
    if (folder_empty(folder->path, &fault) != 0 && result_out->result != SCAN_INFECTED)
        engine_result_fail(result_out, fault.text);
}

/* What judging one piece needs. */
struct boxed {
    const struct engine *engine;
    struct child_folder folder;
};

static void boxed_judge(const void *context, struct span bytes, uint32_t flags, struct engine_result *result_out)
{
    const struct boxed *boxed = context;
    const struct settings_names *names = &boxed->engine->scanner->names;
    struct clam_piece piece = { .bytes = bytes, .is_opened = (flags & SCAN_PIECE_OPENED) != 0 };
    if ((flags & SCAN_PIECE_CANARY) == 0)
        piece.names = names;
    child_judge(boxed->engine, &boxed->folder, &piece, result_out);
}

int child_run(int socket, unsigned slot, void *context)
{
    const struct engine *engine = context;
    struct boxed boxed = { .engine = engine };
    struct fault fault;
    if (child_enter(engine, slot, &boxed.folder, &fault) != 0) {
        (void)dprintf(STDERR_FILENO, "cordon-engine-clamav: %s\n", fault.text); /* the pool's parent only sees us end */
        return EXIT_FAILURE;
    }
    struct engine_child child = {
        .refusal = engine->refusal, .names = &engine->scanner->names, .judge = boxed_judge, .context = &boxed
    };
    if (engine->clam != NULL) {
        child.blank.generation = clam_generation(engine->clam);
        child.blank.raw_signatures = engine->raw.count;
        (void)snprintf(child.blank.engine, sizeof child.blank.engine, "%s", clam_version(engine->clam));
    }
    return engine_child_run(socket, &child);
}
