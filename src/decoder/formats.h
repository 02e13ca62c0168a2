/* Every reader that looks into contents, in one table. */
#ifndef CORDON_DECODER_FORMATS_H
#define CORDON_DECODER_FORMATS_H

#include "unpack/unpack.h"

#include <stdbool.h>
#include <stddef.h>

struct format {
    const char *name;
    unpack_looks *looks;
    unpack_reader *read;
    bool is_text; /* for contents that are text alone */
};

extern const struct format formats[];
extern const size_t format_count;

#endif
