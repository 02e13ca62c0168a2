/* A receiver that stands between a decoder and the real one: it sums and counts what passes, ends it at a size, and may
 * throw it away, where only the sum is asked for.
 */
#ifndef CORDON_ARCHIVE_ZIP_METER_H
#define CORDON_ARCHIVE_ZIP_METER_H

#include "unpack/unpack.h"

enum { ZIP_METER_SCRATCH = 16384 };

struct zip_meter {
    struct unpack unpack; /* for the decoder */
    struct unpack *behind;
    bool is_discarding;
    uint64_t most;
    uint64_t size;
    uint32_t crc;
    char *room;
    char scratch[ZIP_METER_SCRATCH];
};

/* The meter must stay where it is. Its user begins and ends the member himself. */
void zip_meter_init(struct zip_meter *meter, struct unpack *behind, uint64_t most, bool is_discarding);

#endif
