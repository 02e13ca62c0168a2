/* Sealed memory: the one copy of a message, and the packs that carry its parts (promise 1 of OVERVIEW.md).
 *
 * A message is written once into a memfd, which is then sealed against every change and mapped. Packs are memfds that
 * we make, size, forbid to grow, and lend to a box for writing; once the box is gone they are sealed and mapped like a
 * message. Descriptors are lent only as fresh read-only opens, because two holders of one open file share its offset.
 *
 * Thread safety: one thread at a time for a writer; a sealed one may be read by any number.
 */
#ifndef CORDON_SYS_SEALED_H
#define CORDON_SYS_SEALED_H

#include "base/fault.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

struct sealed {
    int fd;           /* -1 while there is none */
    size_t size;      /* bytes written so far; after sealing: the size for good */
    const char *data; /* the mapping; NULL until sealed, and for an empty file */
};

/* An empty, close-on-exec memfd named for /proc only. -1 and *fault where the machine has no room (ENOMEM, EMFILE ...).
 */
int sealed_open(struct sealed *sealed, const char *name, struct fault *fault);

/* Appends. -1 and *fault with ENOSPC or ENOMEM where memory runs out. */
int sealed_append(struct sealed *sealed, const void *data, size_t size, struct fault *fault);

/* Seals against write, grow, shrink and further sealing, and maps. After success `data` holds `size` bytes. -1 with
 * EBUSY where somebody still holds a writable mapping. */
int sealed_finish(struct sealed *sealed, struct fault *fault);

/* A pack for lending: sparse, `size` bytes long, sealed against growing and shrinking, writable by whoever gets
 * pack.fd. Take it back with sealed_finish once its borrower is gone. */
int sealed_open_pack(struct sealed *pack, const char *name, size_t size, struct fault *fault);

/* Takes a descriptor that somebody lent us: checks that it is a memfd sealed against write, grow and shrink, and that
 * its size is at most `limit`; maps it. On success the descriptor is owned by *sealed_out; on failure it is left to the
 * caller. */
int sealed_take(int fd, size_t limit, struct sealed *sealed_out, struct fault *fault);

/* A fresh read-only, close-on-exec open of the same memory, with an offset of its own. -1 and *fault on failure. */
int sealed_lend(const struct sealed *sealed, struct fault *fault);

/* A sealed copy of some bytes, for whoever needs a file of its own. */
int sealed_copy(struct span bytes, const char *name, struct sealed *sealed_out, struct fault *fault);

struct span sealed_span(const struct sealed *sealed);

/* Unmaps and closes. Accepts one that was never opened, if zeroed with SEALED_NONE. */
void sealed_close(struct sealed *sealed);

#define SEALED_NONE ((struct sealed){ .fd = -1 })

#endif
