/* Whether every byte of a store is as it was written: without any key, so that anybody who may read the files can ask.
 * The writer may go on meanwhile: what it commits later is the next verification's.
 *
 * What vouches for what: the head is signed, and says where the store begins (record_head.first: older segments were
 * removed as a whole), and where it ends. Segments are signed by the same key, and each says which record it begins
 * with and the digest before it. Frames have digests and are chained. So only the holder of the root key can make a
 * store that verifies, but he can make any; and an old copy of all of it verifies, unless a head that was exported
 * later is at hand. What is beyond the head was never acknowledged: it is told where no writer is at work.
 *
 * An erased record needs a tombstone that stands behind it. A record that is partly zero is told, even where it is
 * dead: a crash may have left it so, and then the writer erases it again.
 *
 * Looked at: every name in the store's folder, every segment's header, every byte of every frame, the chain, the
 * tombstones that allow what is erased or gone, the head, and a head that was exported before (against a store that was
 * put back as it once was).
 */
#ifndef CORDON_STORE_VERIFY_H
#define CORDON_STORE_VERIFY_H

#include "base/fault.h"
#include "store/record.h"

#include <stdbool.h>
#include <stdint.h>

struct verify_settings {
    const char *path;
    const char *head_path;
    const struct record_head *exported; /* NULL: none */
    unsigned percent;                   /* of the segments, by chance, but the last always; 100: all */
    uint64_t bytes_per_second;          /* 0: as fast as it goes */
    bool (*may_go_on)(void *context);   /* asked now and then; NULL: always; false: it ends with ECANCELED */
    /* One thing that is wrong. `file` is relative to the store (but head_path as it was given); `sequence` 0: no
     * certain record; offset of the frame. */
    void (*tell)(void *context, const char *file, uint64_t offset, uint64_t sequence, const char *text);
    void (*progress)(void *context, uint64_t done_bytes, uint64_t all_bytes); /* NULL: nobody asks */
    void *context;
};

struct verify_result {
    uint64_t records; /* that were looked at */
    uint64_t erased;  /* of them */
    uint64_t bytes;
    uint64_t wrong; /* things that were told */
    uint64_t last_sequence;
};

/* 0: it was looked at, and result_out->wrong says the rest; -1 and *fault: it could not be (no such folder). */
int verify_store(const struct verify_settings *settings, struct verify_result *result_out, struct fault *fault);

#endif
