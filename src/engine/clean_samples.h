/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that are known to be clean: a set of signatures that finds something in one of them is a bad set. Some are made
 * here; the operator has his own in a folder.
 */
#ifndef CORDON_ENGINE_CLEAN_SAMPLES_H
#define CORDON_ENGINE_CLEAN_SAMPLES_H

#include "base/buf.h"
#include "base/fault.h"
#include "base/span.h"

#include <stddef.h>

enum {
    CLEAN_MOST_FILES = 256,
    CLEAN_MOST_BYTES = 64 * 1024 * 1024, /* of the operator's files together */
    CLEAN_NAME_SIZE = 64
};

/* How many are made here, their names, and their bytes. The buffer is made, too. */
size_t clean_made_count(void);
const char *clean_made_name(size_t index);
void clean_made_put(size_t index, struct buf *bytes_out);

struct clean_file {
    char name[CLEAN_NAME_SIZE];
    char *data;
    size_t size;
};

/* The operator's, read before the box is closed. */
struct clean_files {
    struct clean_file files[CLEAN_MOST_FILES];
    size_t count;
};

/* Reads all files of a folder; empty ones and folders are left out. -1 and *fault: it can't be read, or there is too
 * much in it; then there are none. */
int clean_files_read(const char *folder, struct clean_files *files_out, struct fault *fault);
void clean_files_free(struct clean_files *files);

#endif
