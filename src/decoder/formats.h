/* Every reader that looks into contents, in one table. */
#ifndef CORDON_DECODER_FORMATS_H
#define CORDON_DECODER_FORMATS_H

#include "unpack/unpack.h"

#include <stddef.h>

enum format_kind {
    FORMAT_CONTAINER, /* what it finds is all that the content holds */
    FORMAT_BESIDE,    /* what it finds stands beside other things */
    FORMAT_IN_TEXT    /* likewise, and for contents that are text alone */
};

struct format {
    const char *name;
    unpack_looks *looks;
    unpack_reader *read;
    enum format_kind kind;
};

extern const struct format formats[];
extern const size_t format_count;

#endif
