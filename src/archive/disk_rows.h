/* A disk image in a test: the rows of it that are not zero, as real tools wrote them.
 */
#ifndef CORDON_ARCHIVE_DISK_ROWS_H
#define CORDON_ARCHIVE_DISK_ROWS_H

#include "base/memory.h"

#include <assert.h>
#include <string.h>

struct disk_row {
    size_t offset;
    size_t size;
    const char *bytes;
};

/* The whole image of `size` bytes, to be freed with free(). */
static inline char *disk_rows_build(const struct disk_row *rows, size_t count, size_t size)
{
    char *image = memory_new(size);
    for (size_t i = 0; i < count; i++) {
        assert(rows[i].offset + rows[i].size <= size);
        if (rows[i].size > 0)
            memcpy(image + rows[i].offset, rows[i].bytes, rows[i].size);
    }
    return image;
}

#define DISK_ROWS_BUILD(rows, size) disk_rows_build((rows), sizeof(rows) / sizeof(rows)[0], (size))

#endif
