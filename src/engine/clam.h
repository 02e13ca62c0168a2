/* SPDX-License-Identifier: GPL-2.0-only */
/* libclamav, as the rest of this program sees it: signatures loaded once, and one question.
 *
 * Only clam.c includes the library's header. The library keeps state of its own for the whole process, so there is one
 * struct clam in a process, and one thread.
 */
#ifndef CORDON_ENGINE_CLAM_H
#define CORDON_ENGINE_CLAM_H

#include "base/fault.h"
#include "base/span.h"
#include "scanner/engine_child.h"
#include "verdict/verdict.h"

#include <stdbool.h>
#include <stdint.h>

struct clam_settings {
    const char *signatures; /* a folder, or "test": the test string's signature alone */
    const char *folder;     /* for what has to be a file while loading */
    uint64_t max_bytes;     /* of one piece, and of anything in it */
    uint64_t folder_bytes;  /* of the folder for temporary files */
};

struct clam;

/* Loads the signatures and gets everything ready for forks. NULL and *fault: ENOENT where there are no signatures, then
 * the text says what to install. */
struct clam *clam_load(const struct clam_settings *settings, struct fault *fault);
void clam_free(struct clam *clam);

const char *clam_version(const struct clam *clam);   /* "ClamAV 1.4.6/27600", "ClamAV 1.4.6/test" */
const char *clam_databases(const struct clam *clam); /* "main:62 daily:27600" */
int64_t clam_built(const struct clam *clam);         /* by the wall clock, in seconds; 0: unknown */
uint64_t clam_generation(const struct clam *clam);   /* a number that changes with the set of signatures */
unsigned clam_signature_count(const struct clam *clam);

/* Where temporary files go from now on. Nobody else may use the room there. */
int clam_use_folder(struct clam *clam, const char *folder, struct fault *fault);

/* What is known of some bytes. */
struct clam_piece {
    struct span bytes;
    bool is_opened;                     /* a container whose content is judged by itself */
    const struct settings_names *names; /* that are less than infected; NULL: every name is told as it is */
};

/* Judges some bytes that don't change meanwhile. Clean only where the library said so and had nothing to complain of.
 * Into what is opened it does not go far. Where it finds a name that is less than infected it looks again, for all
 * names. */
void clam_scan(struct clam *clam, const struct clam_piece *piece, struct engine_result *result_out);

#endif
