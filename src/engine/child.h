/* SPDX-License-Identifier: GPL-2.0-only */
/* A child of the engine: closes its box, then judges one job after another. */
#ifndef CORDON_ENGINE_CHILD_H
#define CORDON_ENGINE_CHILD_H

#include "engine/engine.h"

/* Where the child's temporary files are once it is in its box. */
struct child_folder {
    char path[ENGINE_PATH_SIZE];
};

/* Enters the folder of `slot`, empties it, and closes the box around the calling process. */
int child_enter(const struct engine *engine, unsigned slot, struct child_folder *folder_out, struct fault *fault);

/* Judges some bytes and empties the folder. A folder that ran full takes the worth from every answer but infected. */
void child_judge(const struct engine *engine, const struct child_folder *folder, const struct clam_piece *piece,
                 struct engine_result *result_out);

/* The pool's function: `context` is the struct engine. */
int child_run(int socket, unsigned slot, void *context);

#endif
