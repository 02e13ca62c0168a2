#include "tar_sparse.h"

#include "tar_header.h"

#include <string.h>

enum { TAR_OLD_AT = 386, TAR_OLD_MORE_AT = 482, TAR_OLD_PIECES = 4, TAR_MORE_PIECES = 21, TAR_NUMBER = 12 };
enum { TAR_MORE_AT = TAR_MORE_PIECES * 2 * TAR_NUMBER };

void tar_sparse_clear(struct tar_sparse *sparse)
{
    sparse->count = 0;
    sparse->real_size = 0;
    sparse->is_odd = false;
    sparse->has_offset = false;
}

static void tar_sparse_add(struct tar_sparse *sparse, uint64_t number)
{
    if (sparse->count == TAR_SPARSE_PIECES) {
        sparse->is_odd = true;
        return;
    }
    struct tar_piece *piece = &sparse->pieces[sparse->count];
    if (sparse->has_offset) {
        piece->size = number;
        sparse->count++;
    } else {
        piece->offset = number;
    }
    sparse->has_offset = !sparse->has_offset;
}

void tar_sparse_add_text(struct tar_sparse *sparse, struct span number)
{
    uint64_t value = 0;
    if (!span_number(number, &value))
        sparse->is_odd = true;
    tar_sparse_add(sparse, value);
}

void tar_sparse_add_list(struct tar_sparse *sparse, struct span list)
{
    while (list.size > 0 && !sparse->is_odd)
        tar_sparse_add_text(sparse, span_cut(&list, ','));
}

size_t tar_sparse_add_head(struct tar_sparse *sparse, struct span stored)
{
    struct span rest = stored;
    uint64_t pieces = 0;
    if (!span_number(span_cut(&rest, '\n'), &pieces) || pieces > TAR_SPARSE_PIECES) {
        sparse->is_odd = true;
        return 0;
    }
    for (uint64_t i = 0; i < pieces * 2 && !sparse->is_odd; i++)
        tar_sparse_add_text(sparse, span_cut(&rest, '\n'));
    size_t size = stored.size - rest.size;
    size = (size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
    return size < stored.size ? size : stored.size;
}

static void tar_sparse_add_fields(struct tar_sparse *sparse, struct span fields, size_t pieces)
{
    for (size_t i = 0; i < pieces * 2; i += 2) {
        struct span offset = span_slice(fields, i * TAR_NUMBER, TAR_NUMBER);
        struct span size = span_slice(fields, (i + 1) * TAR_NUMBER, TAR_NUMBER);
        uint64_t numbers[2] = { 0 };
        if (offset.size < TAR_NUMBER || size.size < TAR_NUMBER || size.data[0] == '\0')
            return;
        if (!tar_number(offset, &numbers[0]) || !tar_number(size, &numbers[1]))
            sparse->is_odd = true;
        tar_sparse_add(sparse, numbers[0]);
        tar_sparse_add(sparse, numbers[1]);
    }
}

size_t tar_sparse_add_old(struct tar_sparse *sparse, struct span block, struct span rest)
{
    tar_sparse_add_fields(sparse, span_from(block, TAR_OLD_AT), TAR_OLD_PIECES);
    (void)tar_number(span_slice(block, TAR_OLD_MORE_AT + 1, TAR_NUMBER), &sparse->real_size);
    bool has_more = block.data[TAR_OLD_MORE_AT] != '\0';
    size_t size = 0;
    while (has_more && rest.size - size >= TAR_BLOCK) {
        struct span more = span_slice(rest, size, TAR_BLOCK);
        tar_sparse_add_fields(sparse, more, TAR_MORE_PIECES);
        has_more = more.data[TAR_MORE_AT] != '\0';
        size += TAR_BLOCK;
    }
    return size;
}

/* In order, not beyond our bound, and all of it stored. */
static bool tar_sparse_is_plain(const struct tar_sparse *sparse, struct span stored)
{
    uint64_t end = 0;
    uint64_t sum = 0;
    for (size_t i = 0; i < sparse->count; i++) {
        const struct tar_piece *piece = &sparse->pieces[i];
        if (piece->offset < end || piece->offset > TAR_SPARSE_SIZE || piece->size > TAR_SPARSE_SIZE)
            return false;
        end = piece->offset + piece->size;
        sum += piece->size;
    }
    return sparse->real_size <= TAR_SPARSE_SIZE && !sparse->is_odd && !sparse->has_offset && end <= TAR_SPARSE_SIZE &&
           sum <= stored.size;
}

static bool tar_sparse_put_zeros(struct unpack *unpack, uint64_t size)
{
    while (size > 0) {
        size_t some = 0;
        char *room = unpack_room(unpack, &some);
        if (room == NULL)
            return false;
        some = some < size ? some : (size_t)size;
        memset(room, 0, some);
        unpack_wrote(unpack, some);
        size -= some;
    }
    return true;
}

void tar_sparse_expand(const struct tar_sparse *sparse, struct unpack *unpack, struct span names, struct span stored)
{
    if (!tar_sparse_is_plain(sparse, stored)) {
        unpack_note(unpack, UNPACK_UNSUPPORTED, "tar: a sparse file that is too large or out of order");
        return;
    }
    struct unpack_member member = { .names = names, .packed_size = stored.size, .how = "tar, sparse file expanded" };
    if (!unpack_begin(unpack, &member))
        return;
    uint64_t end = 0;
    size_t at = 0;
    bool has_room = true;
    for (size_t i = 0; i < sparse->count && has_room; i++) {
        const struct tar_piece *piece = &sparse->pieces[i];
        has_room = tar_sparse_put_zeros(unpack, piece->offset - end) &&
                   unpack_put(unpack, span_slice(stored, at, (size_t)piece->size));
        end = piece->offset + piece->size;
        at += (size_t)piece->size;
    }
    if (has_room && sparse->real_size > end)
        (void)tar_sparse_put_zeros(unpack, sparse->real_size - end);
    unpack_end(unpack);
}
