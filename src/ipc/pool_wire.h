/* What callers, parent and children of a pool put before the bytes of their packets. Private to the pool's own files.
 *
 *   caller to parent: pool_job_head, job      descriptors: the reply socket, then the job's
 *   parent to child:  job                     descriptors: the job's
 *   child to parent:  pool_word[, answer]     none ever
 *   parent to caller: pool_reply_head[, answer]
 */
#ifndef CORDON_IPC_POOL_WIRE_H
#define CORDON_IPC_POOL_WIRE_H

#include "ipc/packet.h"
#include "ipc/pool.h"

#include <assert.h>

#define POOL_MAGIC UINT64_C(0x435244504f4f4c31) /* "CRDPOOL1" */

struct pool_job_head {
    uint64_t magic;
    int64_t deadline_ms; /* on the clock that all processes share */
};

struct pool_reply_head {
    uint64_t magic;
    uint32_t outcome; /* enum pool_outcome */
    int32_t detail;
    uint32_t waited_ms;
    uint32_t size;
};

enum pool_word {
    POOL_WORD_IDLE = 1, /* give me a job */
    POOL_WORD_ANSWER    /* the answer follows */
};

struct pool_word_head {
    uint64_t magic;
    uint32_t word; /* enum pool_word */
    uint32_t reserved;
};

static_assert(sizeof(struct pool_job_head) + POOL_JOB_MOST_BYTES <= PACKET_MOST_BYTES, "a job fits in a packet");
static_assert(sizeof(struct pool_reply_head) + POOL_ANSWER_MOST_BYTES <= PACKET_MOST_BYTES, "so does an answer");
static_assert(POOL_JOB_MOST_FDS + 1 <= PACKET_MOST_FDS, "and so do a job's descriptors");

#endif
