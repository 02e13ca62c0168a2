/* SPDX-License-Identifier: GPL-2.0-only */
/* The set of signatures: where it is, which one it is, and the one that we make ourselves for tests. */
#ifndef CORDON_ENGINE_SIGNATURES_H
#define CORDON_ENGINE_SIGNATURES_H

#include "base/fault.h"

#include <stdbool.h>
#include <stdint.h>

#define SIGNATURES_TEST "test"
#define SIGNATURES_ADVICE "apt-get install clamav-freshclam, then freshclam"

enum { SIGNATURES_PATH_SIZE = 512, SIGNATURES_VERSION_SIZE = 64, SIGNATURES_DATABASES_SIZE = 96 };

struct signatures_about {
    char version[SIGNATURES_VERSION_SIZE]; /* "ClamAV 1.4.6/27600" */
    uint64_t generation; /* from the files' names, sizes and times, and the library's version; never 0 */
    char databases[SIGNATURES_DATABASES_SIZE]; /* of ClamAV's own, with their versions: "main:62 daily:27600" */
    int64_t built; /* when the newest of these was built, else the newest file's time; 0: unknown */
};

/* `signatures` is a folder or SIGNATURES_TEST. -1 and *fault: ENOENT where the folder is not there. */
int signatures_look(const char *signatures, const char *library_version, struct signatures_about *about_out,
                    struct fault *fault);

struct signatures_file {
    char path[SIGNATURES_PATH_SIZE];
    bool is_ours; /* made by us, removed by signatures_close */
};

/* The path to load from. The test's signature is made in `folder`, from pieces, for the length of the loading. */
int signatures_open(const char *signatures, const char *folder, struct signatures_file *file_out, struct fault *fault);
void signatures_close(struct signatures_file *file);

#endif
