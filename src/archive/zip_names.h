/* The names of one entry, as different programs read them. */
#ifndef CORDON_ARCHIVE_ZIP_NAMES_H
#define CORDON_ARCHIVE_ZIP_NAMES_H

#include "base/buf.h"

enum { ZIP_NAMES_COUNT = 64, ZIP_NAMES_SIZE = 1 << 18 };

struct zip_names {
    struct buf bytes; /* each name ended by a NUL */
    size_t count;
    bool is_crowded; /* there were more than are kept */
};

void zip_names_init(struct zip_names *names);
void zip_names_fini(struct zip_names *names);

/* The name of a header, and that of its Unicode path extra field (APPNOTE 4.6.9), be its check sum right or wrong. */
void zip_names_put_all(struct zip_names *names, struct span name, struct span extra);

#endif
