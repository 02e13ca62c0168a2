/* Where the headers of a zip are: every local header, and which central headers point to which offset.
 *
 * Offsets in central headers count from somewhere: the content's start, the first local header, or where the end of
 * central directory says so by its own place and the directory's size and offset. Each of these that leads to a local
 * header counts. A directory is whatever an end of central directory points to, and every central header that lies
 * about.
 */
#ifndef CORDON_ARCHIVE_ZIP_MAP_H
#define CORDON_ARCHIVE_ZIP_MAP_H

#include "base/span.h"
#include "unpack/unpack.h"

/* Records of one kind that are remembered. */
enum { ZIP_MAP_RECORDS = 1 << 17, ZIP_MAP_REFS = 1 << 19 };

struct zip_ref {
    size_t local; /* offsets in the content */
    size_t central;
};

struct zip_area {
    size_t start;
    size_t end;
};

struct zip_areas {
    struct zip_area *items;
    size_t count;
    size_t capacity;
};

struct zip_offsets {
    size_t *items;
    size_t count;
    size_t capacity;
};

struct zip_map {
    struct span content;
    struct zip_offsets locals;
    struct zip_offsets centrals;
    struct zip_offsets ends; /* of both widths */
    struct zip_offsets lost; /* central headers of a directory without a local header, ascending */
    struct zip_ref *refs;    /* by local, then by central header */
    size_t ref_count;
    size_t ref_capacity;
    struct zip_areas records; /* what the records of directories take */
    struct zip_area main;     /* the directory of the last end that has one */
    bool is_limited;          /* more records than are remembered */
    bool is_split;            /* the last end is on another volume than the first */
    bool is_last_end_final;   /* the last end is the content's end */
    bool is_last_end_empty;   /* it says that there are no entries */
    bool is_astray;           /* some directory leads to places without a local header */
    bool has_end;             /* there is one that is not cut, of the common width */
};

void zip_map_init(struct zip_map *map, struct span content);
void zip_map_fini(struct zip_map *map);

/* The data of a central header without a local header were found all the same: it is no longer lost. */
void zip_map_found(struct zip_map *map, size_t central);

/* An area is joined with the one before where it begins there. Empty ones are dropped. */
void zip_areas_add(struct zip_areas *areas, size_t start, size_t end);

/* By start; areas that touch become one. */
void zip_areas_merge(struct zip_areas *areas);

/* Of merged areas: does one hold `at`? */
bool zip_areas_hold(const struct zip_areas *areas, size_t at);

/* Room for one more item behind `count`. */
void *zip_grow(void *items, size_t count, size_t *capacity, size_t item_size);

#endif
