/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether the engine finds what it must, and whether it notices when it can't: tried at start, in a child's own box,
 * with a good folder for temporary files, with none, and with a full one. And whether it leaves alone what is known to
 * be clean.
 */
#ifndef CORDON_ENGINE_SELFTEST_H
#define CORDON_ENGINE_SELFTEST_H

#include "engine/engine.h"

/* The size of the folder that is filled: small, because the machine's memory is filled with it. */
enum { SELFTEST_FOLDER_BYTES = 8 * 1024 * 1024 };

/* 0, or -1 and *fault with the first thing that came out otherwise. */
int selftest_run(const struct engine *engine, struct fault *fault);

#endif
