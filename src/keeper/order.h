/* What a job for the keeper asks for, read out of its papers (ipc/calls/keep.h).
 *
 * Whoever sent it may have been taken over: nothing in the papers is believed that was not looked at, and what a caller
 * has no business to say is refused, not left out.
 */
#ifndef CORDON_KEEPER_ORDER_H
#define CORDON_KEEPER_ORDER_H

#include "base/fault.h"
#include "base/span.h"
#include "ipc/calls/keep.h"
#include "store/content.h"
#include "store/meta.h"
#include "store/store.h"

#include <stddef.h>
#include <stdint.h>

/* As large as what `cordon` says: a release names each recipient, and what can't be noted is not done. */
enum { ORDER_WHAT_SIZE = 64, ORDER_WHO_SIZE = 1024, ORDER_WHY_SIZE = 2048, ORDER_HOW_SIZE = META_FIELD_MOST + 1 };

struct order {
    struct span meta;           /* of KEEP_PUT; within the papers */
    struct content_part *parts; /* likewise, ascending and within the message */
    size_t part_count;
    struct store_change change; /* of KEEP_CHANGE; its texts and numbers are below */
    uint64_t *about;            /* of KEEP_CHANGE and KEEP_SLOTS */
    size_t about_count;
    const unsigned char *slots; /* of KEEP_SLOTS; within the papers */
    size_t slots_each;          /* for each record that it is about, in order */
    char what[ORDER_WHAT_SIZE];
    char who[ORDER_WHO_SIZE];
    char why[ORDER_WHY_SIZE];
    char how[ORDER_HOW_SIZE];
};

/* For any kind but KEEP_REINDEX, which has no papers; message_size is for KEEP_PUT alone. -1 and *fault (EINVAL, EFBIG)
 * where it makes no sense: then there is nothing to free. */
int order_read(const struct keep_job *job, struct span papers, uint64_t message_size, struct order *order_out,
               struct fault *fault);
void order_fini(struct order *order);

#endif
