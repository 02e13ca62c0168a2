/* The decoder's job: what the gate lends, and the bounds on one message. The report that comes back: decode.h. */
#ifndef CORDON_IPC_CALLS_DECODE_JOB_H
#define CORDON_IPC_CALLS_DECODE_JOB_H

#include <stdint.h>

enum {
    DECODE_PACK_MESSAGE = 0,
    DECODE_PACK_COMMON = 1,
    DECODE_PACK_OWN = 2,
    DECODE_PACKS = 6,
    DECODE_JOB_FDS = 7, /* message, report, pack 1 to 5 */
    DECODE_HOST_SIZE = 256,
    DECODE_TEXT_OTHER =
        16384, /* room in the text area for findings, subject, from and message_id, beyond limits.text_bytes */
    DECODE_MOST_PARTS = 1 << 24,  /* whatever the limit says */
    DECODE_HEAD_TEXT_MOST = 1024, /* of subject, from and message_id each */
    DECODE_NO_PARENT = -1
};

#define DECODE_MAGIC UINT64_C(0x43524444434f4432) /* "CRDDCOD2" */

/* Bounds on one message. All are facts about the message: they repeat on any machine. */
struct decode_limits {
    uint64_t bytes_out; /* decoded bytes in all packs; also the size of the common pack */
    uint64_t
        own_bytes;  /* size of each pack of its own; a part from a quarter of this on goes there while one is free */
    uint64_t steps; /* counted units of work that are neither bytes in nor bytes out */
    uint32_t parts; /* a report has at most this many */
    uint32_t depth; /* of nesting, the message is 0 */
    uint32_t header_bytes; /* of one part's header */
    uint32_t text_bytes;   /* of all names and types in the report */
    uint32_t ratio;        /* a member may become this many times its packed size, once it is large */
    uint32_t readings;     /* of one part, beyond the first */
};

struct decode_job {
    uint64_t magic;
    uint64_t message_size;
    uint64_t seed; /* random: nobody outside knows which contents share a bucket */
    uint32_t
        standin_bytes; /* our stand-in fields at the message's start; 0: a file of unknown kind from the command line */
    uint32_t reserved;
    struct decode_limits limits;
    char host[DECODE_HOST_SIZE]; /* fields that claim this host's name are to be cut */
};

#endif
