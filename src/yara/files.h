/* The files of a set of rules: what the patterns of the configuration name, and what is in them. */
#ifndef CORDON_YARA_FILES_H
#define CORDON_YARA_FILES_H

#include "base/buf.h"
#include "base/fault.h"
#include "conf/settings.h"

#include <stddef.h>
#include <stdint.h>

enum { FILES_MOST = 8192, FILES_NAMESPACE_SIZE = 64 };

#define FILES_MOST_BYTES ((size_t)256 << 20) /* of one file */

struct files {
    char **paths; /* absolute, sorted within each pattern, none twice */
    size_t count;
};

/* -1 and *fault where a pattern names no file, or all of them too many. */
int files_find(const struct settings_list *patterns, struct files *files_out, struct fault *fault);
void files_free(struct files *files);

/* The name before the last dot, with '_' for whatever is neither letter nor digit: rules of files that were written by
 * different people may then have equal names. */
void files_namespace(const char *path, char text_out[FILES_NAMESPACE_SIZE]);

/* Puts a file's bytes; the buffer's limit is the file's. */
int files_read(const char *path, struct buf *bytes_out, struct fault *fault);

/* FNV-1a. The first hash is FILES_HASH_FIRST. */
#define FILES_HASH_FIRST UINT64_C(0xcbf29ce484222325)
uint64_t files_hash(uint64_t hash, const void *data, size_t size);

#endif
