/* Bytes that stand in a container in several pieces (BER's constructed strings, OpenPGP's partial lengths), for those
 * decompressors that want one run. A single piece is not copied.
 */
#ifndef CORDON_DOCUMENT_PIECES_H
#define CORDON_DOCUMENT_PIECES_H

#include "base/buf.h"

/* More than that in pieces is not joined: messages that large don't come by mail. */
#define PIECES_BYTES ((size_t)128 << 20)

struct pieces {
    struct span first;
    struct buf rest; /* all, once there are two */
};

static inline void pieces_init(struct pieces *pieces)
{
    pieces->first = (struct span){ 0 };
    buf_init(&pieces->rest, PIECES_BYTES);
}

static inline void pieces_fini(struct pieces *pieces)
{
    buf_fini(&pieces->rest);
}

static inline void pieces_add(struct pieces *pieces, struct span piece)
{
    if (piece.size == 0)
        return;
    if (pieces->first.size == 0) {
        pieces->first = piece;
        return;
    }
    if (pieces->rest.size == 0)
        buf_put_span(&pieces->rest, pieces->first);
    buf_put_span(&pieces->rest, piece);
}

static inline struct span pieces_joined(const struct pieces *pieces)
{
    return pieces->rest.size > 0 ? buf_span(&pieces->rest) : pieces->first;
}

static inline bool pieces_overflowed(const struct pieces *pieces)
{
    return buf_overflowed(&pieces->rest);
}

#endif
