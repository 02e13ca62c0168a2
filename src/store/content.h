/* The content of a message or part: compressed (zstd), then encrypted in pieces of CONTENT_PIECE_SIZE under a key of
 * its own (crypt_stream).
 *
 * A message's plain content is a recipe, so that parts which repeat are stored once:
 *
 *   'B' size(8) bytes          these bytes
 *   'P' sequence(8) size(8)    the whole plain content of that part's record, which has this size
 *
 * A part's plain content is just its bytes.
 */
#ifndef CORDON_STORE_CONTENT_H
#define CORDON_STORE_CONTENT_H

#include "base/buf.h"
#include "base/fault.h"
#include "base/span.h"
#include "store/crypt.h"

#include <stdint.h>

enum { CONTENT_PIECE_SIZE = 65536, CONTENT_PART_LEAST = 4096 /* a shorter part is stored within its message */ };

/* A range of the message that is stored as a part of its own. */
struct content_part {
    uint64_t offset;
    uint64_t size;
    uint64_t sequence; /* of its record */
};

/* Seals a part, or any bytes as they are. -1 and *fault where sealed_out can't hold it (ENOSPC) or memory is short. */
int content_seal(const struct crypt_key *key, struct span plain, struct buf *sealed_out, struct fault *fault);

/* Seals a message as a recipe; the parts are ascending and do not overlap. */
int content_seal_message(const struct crypt_key *key, struct span message, const struct content_part *parts,
                         size_t count, struct buf *sealed_out, struct fault *fault);

/* Opens what content_seal sealed; calls `put` for one run of bytes after another. -1 and *fault: EBADMSG where it is
 * not what was sealed, or what `put` left. At most `most` bytes come out (EFBIG). */
typedef int (*content_put)(void *context, struct span bytes, struct fault *fault);
int content_open(const struct crypt_key *key, struct span sealed, uint64_t most, content_put put, void *context,
                 struct fault *fault);

/* Opens a recipe: bytes are put, and `part` is called for each part, which puts what that record holds. */
typedef int (*content_fetch)(void *context, uint64_t sequence, uint64_t size, struct fault *fault);
int content_open_message(const struct crypt_key *key, struct span sealed, uint64_t most, content_put put,
                         content_fetch fetch, void *context, struct fault *fault);

#endif
