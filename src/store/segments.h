/* The segments of a store, and its head: records are appended, made durable together, read, erased, and walked over.
 * This is the one interface to where records lie; an object store would stand behind it.
 *
 *   STORE/segments/00000001.seg ...   append-only; a new one is begun where the last is full
 *   STORE/damaged/                    segments that were set aside
 *   STORE/lock                        held by the one writer
 *   HEAD                              a file elsewhere (record_head)
 *
 * Thread safety: one writer (append, commit, erase, remove) and any number of readers at the same time.
 */
#ifndef CORDON_STORE_SEGMENTS_H
#define CORDON_STORE_SEGMENTS_H

#include "base/fault.h"
#include "store/record.h"

#include <stdbool.h>
#include <stdint.h>

struct segments;

struct segments_settings {
    const char *path;                  /* the store's folder */
    const char *head_path;             /* the head's file, whose folder must be there */
    const struct crypt_signer *signer; /* NULL: only reading, and no lock is taken */
    uint64_t segment_bytes;            /* a new segment is begun beyond; 0: 64 MB */
};

/* What opening found and did, for the log. */
struct segments_found {
    bool is_new;        /* there was no store */
    uint64_t cut_bytes; /* of a torn tail, beyond the head */
    uint64_t last_sequence;
    unsigned segments;
    unsigned damaged;           /* segments with anything wrong before the tail; they are read as far as they go */
    char text[FAULT_TEXT_SIZE]; /* what is wrong, if anything is; "" */
};

/* Opens or makes a store, as a writer after having recovered it (segments.c has the table of crash states). -1 and
 * *fault: EWOULDBLOCK where another writer has it; EBADMSG where records that the head vouches for are missing or
 * broken at the end, and writing on would hide it (found->text says which): the operator decides, by segments_accept.
 */
int segments_open(const struct segments_settings *settings, struct segments **segments_out,
                  struct segments_found *found_out, struct fault *fault);
void segments_close(struct segments *segments);

/* The operator accepts the loss: what is damaged is set aside (STORE/damaged), and a new segment begins behind the last
 * record that is whole; sequences that were given are not given again. Nothing is done where segments_open succeeds;
 * then found_out->text is "" or what that said. Before segments_open. */
int segments_accept(const struct segments_settings *settings, struct segments_found *found_out, struct fault *fault);

const struct record_store_id *segments_id(const struct segments *segments);

/* Where a record is. */
struct place {
    uint64_t segment;
    uint64_t offset;
    uint64_t size;
};

/* Writes a frame behind the last one. It is not durable, and readers do not see it, until segments_commit. -1 and
 * *fault: ENOSPC, EDQUOT, EIO ...; then everything since the last commit is gone, and the next append begins there
 * again; where even that can't be had, segments_failure says so, and nothing can be written until the store is opened
 * anew. */
int segments_append(struct segments *segments, const struct record_draft *draft, uint64_t *sequence_out,
                    struct crypt_digest *digest_out, struct place *place_out, struct fault *fault);

/* What was appended is on stable storage, and the head says so. */
int segments_commit(struct segments *segments, struct fault *fault);

/* Why nothing can be written any more; NULL: it can. */
const char *segments_failure(const struct segments *segments);

/* One frame, into memory that the caller frees; *frame_out spans it. -1 and *fault: ENOENT where the place is beyond
 * what was committed, or its segment is gone; EIO. Whether it is whole is record_read's to say. */
int segments_read(struct segments *segments, struct place place, char **memory_out, struct span *frame_out,
                  struct fault *fault);

/* Nothing more is appended to the segment of that number: what comes next begins another. By the writer. */
void segments_leave(struct segments *segments, uint64_t number);

/* Erases all of a record but its header and digest, and waits until that is on stable storage. Only after a tombstone
 * for it is durable. Doing it again does no harm, and has to be done where a crash left it half erased. */
int segments_erase(struct segments *segments, struct place place, struct fault *fault);

/* Removes the oldest segments below `number` altogether: all their records are dead, tombstones among them. The head
 * vouches for it (record_head.first), so nothing in later segments need name them. */
int segments_remove_before(struct segments *segments, uint64_t number, struct fault *fault);

/* Calls `each` for every committed record from `from` on (sequence; 1: all), in order; the record points into memory
 * that lives until `each` returns. Stops where `each` gives something else than 0, and returns that. A broken record is
 * given with RECORD_BROKEN where the next one can still be found, else the walk goes on with the next segment. */
typedef int (*segments_each)(void *context, enum record_state state, const struct record *record, struct place place);
int segments_walk(struct segments *segments, uint64_t from, segments_each each, void *context, struct fault *fault);

uint64_t segments_last_sequence(const struct segments *segments); /* committed */
uint64_t segments_bytes(const struct segments *segments);         /* that they take on the disk, about */

#endif
