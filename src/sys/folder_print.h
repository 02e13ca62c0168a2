/* A folder's fingerprint: a number that changes with the names, sizes and times of the files in it. No file is opened.
 */
#ifndef CORDON_SYS_FOLDER_PRINT_H
#define CORDON_SYS_FOLDER_PRINT_H

#include "base/fault.h"

#include <stdbool.h>
#include <stdint.h>

enum { FOLDER_PRINT_MOST_FILES = 4096 };

struct folder_print {
    uint64_t number;
    int64_t newest; /* the latest time of any of its files, by the wall clock in seconds; 0: there is none */
};

/* Adds to *print the files for whose names `wants` says true (NULL: all), whatever their order. -1 and *fault where the
 * folder can't be read. */
int folder_print_add(const char *path, bool (*wants)(const char *name), struct folder_print *print,
                     struct fault *fault);

/* A number for a text, to begin with. */
uint64_t folder_print_text(const char *text);

#endif
