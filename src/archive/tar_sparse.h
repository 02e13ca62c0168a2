/* Sparse files in tar archives: where the pieces of what is stored belong. */
#ifndef CORDON_ARCHIVE_TAR_SPARSE_H
#define CORDON_ARCHIVE_TAR_SPARSE_H

#include "unpack/unpack.h"

enum { TAR_SPARSE_PIECES = 4096, TAR_SPARSE_SIZE = 64 << 20 };

struct tar_piece {
    uint64_t offset;
    uint64_t size;
};

/* Large: on the heap. */
struct tar_sparse {
    struct tar_piece pieces[TAR_SPARSE_PIECES];
    size_t count;
    uint64_t real_size; /* of the whole file; 0: to the last piece's end */
    bool is_odd;        /* not to be read, or too many pieces */
    bool has_offset;    /* a number without its other half */
};

void tar_sparse_clear(struct tar_sparse *sparse);

/* The map's numbers one by one: offset, size, offset and so on. */
void tar_sparse_add_text(struct tar_sparse *sparse, struct span number);

/* pax 0.1: numbers and commas. */
void tar_sparse_add_list(struct tar_sparse *sparse, struct span list);

/* pax 1.0: the map stands before the data, in lines, padded to a block. Returns its size there. */
size_t tar_sparse_add_head(struct tar_sparse *sparse, struct span stored);

/* The old GNU kind: in the header, and in blocks behind it at the start of `rest`. Returns the size of these. */
size_t tar_sparse_add_old(struct tar_sparse *sparse, struct span block, struct span rest);

/* Writes the file into a member of its own, or notes why not. */
void tar_sparse_expand(const struct tar_sparse *sparse, struct unpack *unpack, struct span names, struct span stored);

#endif
