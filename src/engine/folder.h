/* SPDX-License-Identifier: GPL-2.0-only */
/* A child's folder for libclamav's temporary files: emptied between scans, and watched, because the library calls mail
 * clean that it found no room to unpack.
 */
#ifndef CORDON_ENGINE_FOLDER_H
#define CORDON_ENGINE_FOLDER_H

#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    FOLDER_MOST_ENTRIES = 200000,
    FOLDER_MOST_DEPTH = 64,
    FOLDER_LEAST_BYTES = 64 * 1024, /* with less room left it ran full */
    FOLDER_LEAST_FILES = 16
};

/* Removes everything in it. -1 and *fault where something stays, or where there is more than the bounds. */
int folder_empty(const char *path, struct fault *fault);

/* It has (almost) no room, or can't be looked at. */
bool folder_is_full(const char *path);

/* Makes a file that leaves about `left_bytes`, for the self-test. */
int folder_fill(const char *path, size_t left_bytes, struct fault *fault);

#endif
