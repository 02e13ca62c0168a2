/* One local header of a zip with the central headers that point to it: every reading of it, handed out. */
#ifndef CORDON_ARCHIVE_ZIP_ENTRY_H
#define CORDON_ARCHIVE_ZIP_ENTRY_H

#include "unpack/unpack.h"
#include "zip_map.h"
#include "zip_meter.h"

/* Why a reading did not come out whole, from the least to the worst. */
enum zip_trouble { ZIP_SOUND, ZIP_WRONG_SUM, ZIP_BROKEN, ZIP_CUT, ZIP_CROWDED, ZIP_LARGE, ZIP_METHOD, ZIP_ENCRYPTED };

/* Kept from one entry to the next. */
struct zip_work {
    struct unpack *unpack;
    struct span content;
    struct zip_meter meter;
    const char *password; /* the last one that fitted; NULL: none so far */
    size_t misses;        /* entries in a row whose key, which takes long to derive, no candidate gave */
    bool is_stopped;      /* no more members */
};

/* What is asked about one entry. */
struct zip_place {
    size_t local;
    const struct zip_ref *refs; /* those of this local header */
    size_t ref_count;
};

struct zip_result {
    struct zip_area data; /* what was read, from the local header on */
    size_t next;          /* where the next local header is expected by whoever reads a stream */
    bool is_unsigned;     /* no local header is there: read as by a program that does not look for its signature */
    bool is_sound;        /* at least one reading came out whole, with its check sum */
    bool is_slice;        /* that one was stored: its bytes are the content's */
    enum zip_trouble trouble;
    uint16_t method; /* of the reading with the trouble */
    uint32_t crc;    /* and what its header says */
    uint64_t size;
};

/* Only the first members may have been handed out where work->is_stopped afterwards. */
void zip_entry_read(struct zip_work *work, const struct zip_place *place, struct zip_result *result_out);

#endif
