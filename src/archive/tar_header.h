/* One block of a tar archive, and the records of a pax header. */
#ifndef CORDON_ARCHIVE_TAR_HEADER_H
#define CORDON_ARCHIVE_TAR_HEADER_H

#include "base/span.h"

enum { TAR_BLOCK = 512 };

enum tar_header_state {
    TAR_NO_HEADER,
    TAR_ZEROS,     /* of the end of the archive */
    TAR_SOUND,     /* the check sum is right */
    TAR_WRONG_SUM, /* a magic or all fields say that it is a header, the check sum does not */
};

struct tar_header {
    enum tar_header_state state;
    char type;
    struct span name;
    struct span prefix; /* only where it is one */
    uint64_t size;
    bool is_size_unsure; /* the field has other bytes than a number: some programs read zero */
};

/* `block` has TAR_BLOCK bytes. */
struct tar_header tar_header_parse(struct span block);

/* A number field: octal with blanks or a NUL before and anything behind, or base 256. False where it is not just that;
 * *number_out is what a lenient program reads all the same. Negative ones read as 0. */
bool tar_number(struct span field, uint64_t *number_out);

/* Takes the next record "LENGTH key=value\n" off *rest; false at the end, where *rest is empty if all were sound. */
bool tar_pax_record(struct span *rest, struct span *key_out, struct span *value_out);

#endif
