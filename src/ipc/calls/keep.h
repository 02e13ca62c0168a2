/* The keeper's calls: a message to be kept, and changes to what is kept. By pool_call, from the gate over its peer
 * socket and from `cordon` over run_directory/keeper.sock.
 *
 * A job is a struct keep_job with descriptors of sealed memory. KEEP_PUT: the message, of which everything from
 * `offset` on is stored, and its papers: a struct keep_papers, the metadata (store/meta.h), then part_count ranges.
 * KEEP_CHANGE: the papers alone: a struct keep_papers, the metadata (META_WHAT, META_WHO, META_WHY, META_HOW and each
 * META_ABOUT), no ranges. KEEP_SLOTS: the papers alone: metadata with each META_ABOUT, then part_count slots of
 * KEEP_SLOT_SIZE bytes, as many for each of them, in order. KEEP_REINDEX: nothing.
 *
 * It is kept, changed, and durable, when the answer says KEEP_DONE, and only then.
 */
#ifndef CORDON_IPC_CALLS_KEEP_H
#define CORDON_IPC_CALLS_KEEP_H

#include <stdint.h>

#define KEEP_MAGIC UINT64_C(0x4352444b45455031)      /* "CRDKEEP1" */
#define KEEP_KEYS_MAGIC UINT64_C(0x4352444b45595331) /* "CRDKEYS1" */

enum {
    KEEP_NAME_SIZE = 32,
    KEEP_TEXT_SIZE = 256,
    KEEP_PAPERS_MOST = 1048576,
    KEEP_MOST_PARTS = 16384,
    KEEP_PART_LEAST = 4096, /* a shorter one is not worth a record of its own */
    KEEP_SLOT_SIZE = 88,
    KEEP_KEY_SIZE = 32,
    KEEP_MOST_OWNERS = 8
};

enum keep_kind { KEEP_PUT = 1, KEEP_CHANGE, KEEP_SLOTS, KEEP_REINDEX, KEEP_KINDS };

struct keep_job {
    uint64_t magic;
    uint32_t kind;              /* enum keep_kind */
    uint32_t change;            /* enum store_change_kind */
    uint32_t category;          /* enum category */
    uint32_t offset;            /* KEEP_PUT: what is stored begins here in the memory; ranges count from here too */
    char store[KEEP_NAME_SIZE]; /* terminated: its name in the configuration */
};

struct keep_papers {
    uint32_t meta_size;
    uint32_t part_count;
};
struct keep_part {
    uint64_t offset;
    uint64_t size;
};

/* What the keeper needs of a store's keys: from the supervisor, as sealed memory with CONTROL_STORE. */
struct keep_keys {
    uint64_t magic; /* KEEP_KEYS_MAGIC */
    unsigned char root[KEEP_KEY_SIZE];
    uint32_t owner_count; /* from 1 */
    uint32_t reserved;
    unsigned char owners[KEEP_MOST_OWNERS][KEEP_KEY_SIZE]; /* public halves */
};

enum keep_outcome {
    KEEP_DONE = 1,
    KEEP_REFUSED, /* the request makes no sense, or may not be: text says why */
    KEEP_FAILED   /* the disk, the time, the store: text says why */
};

struct keep_answer {
    uint64_t magic;
    uint32_t outcome;
    int32_t code;      /* errno's, of what was not done */
    uint64_t sequence; /* of what was put */
    char text[KEEP_TEXT_SIZE];
};

#endif
