/* The blocks of a RAR by their headers alone: what is stored is handed out, and what a library could not open, or would
 * take for something else, is noted: libarchive 3.6 hands out encrypted RAR 5 data as if it were not, and libunarr
 * takes a part of a volume for a whole.
 */
#ifndef CORDON_ARCHIVE_RAR_BLOCKS_H
#define CORDON_ARCHIVE_RAR_BLOCKS_H

#include "unpack/unpack.h"

struct rar_blocks {
    size_t packed;   /* entries that a library must unpack, whole ones */
    size_t files;    /* entries with data */
    bool is_ancient; /* packed by RAR 1.5 */
    bool is_part;    /* an entry goes on in another volume */
    bool is_encrypted;
    bool is_cut;
    bool is_over; /* no more members */
};

/* `content` begins with the signature. Notes nothing. */
void rar4_walk(struct unpack *unpack, struct span content, struct rar_blocks *blocks_out);
void rar5_walk(struct unpack *unpack, struct span content, struct rar_blocks *blocks_out);

/* A number of 7 bits a byte; cuts it off. 0 where it is cut. */
uint64_t rar5_number(struct span *rest);

#endif
