/* The bytes of a store: segment headers, frames of records, heads. Pure: bytes in, facts out, and back. Numbers are
 * little-endian. The manual page cordon-store(5) is written after this file.
 *
 *   segment  = header (RECORD_SEGMENT_SIZE), then frames one behind the other, nothing else
 *   frame    = header (RECORD_HEADER_SIZE), metadata, slots, content, digest of all before (RECORD_TRAILER_SIZE)
 *   head     = two slots of RECORD_HEAD_SIZE, of which the valid one with the higher commit counts
 *
 * Each frame's header has the digest of the frame before it (of the last segment's last frame in a segment's first one;
 * zeroes in the very first): the chain. An *erased* frame keeps its header and its digest; all between is zero. Only a
 * tombstone that names it allows that.
 */
#ifndef CORDON_STORE_RECORD_H
#define CORDON_STORE_RECORD_H

#include "base/buf.h"
#include "base/span.h"
#include "store/crypt.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RECORD_VERSION = 1,
    RECORD_STORE_ID_SIZE = 16,
    RECORD_SEGMENT_SIZE = 256,
    RECORD_HEADER_SIZE = 112,
    RECORD_TRAILER_SIZE = CRYPT_DIGEST_SIZE,
    RECORD_HEAD_SIZE = 256,
    RECORD_MOST_SLOTS = 16,
    RECORD_META_MOST = 1048576 /* sealed */
};
#define RECORD_CONTENT_MOST UINT64_C(4294967296) /* sealed */

enum record_kind {
    RECORD_MESSAGE = 1,   /* metadata (meta.h), slots, content (content.h) */
    RECORD_PART = 2,      /* a part that messages refer to: metadata, slots, content */
    RECORD_TOMBSTONE = 3, /* metadata says who and why; the content is plain and signed: which records are dead */
    RECORD_NOTE = 4,      /* metadata alone: the audit trail, holds */
    RECORD_SLOTS = 5,     /* a message's or part's key for another owner: metadata says whose; slots, no content */
    RECORD_KINDS
};
const char *record_kind_text(enum record_kind kind); /* "message" */

struct record_store_id {
    unsigned char bytes[RECORD_STORE_ID_SIZE];
};

/* What a record's metadata are bound to (crypt_seal's `associated`): the store's id, and the kind as a byte. */
enum { RECORD_BINDING_SIZE = RECORD_STORE_ID_SIZE + 1 };
struct span record_meta_binding(const struct record_store_id *store, enum record_kind kind,
                                unsigned char binding_out[RECORD_BINDING_SIZE]);

/* The fields of a segment's header. The signature is over all bytes before it. */
struct record_segment {
    struct record_store_id store;
    uint64_t number;         /* from 1 */
    uint64_t first_sequence; /* of the record that is or will be its first */
    uint64_t created_ms;     /* since 1970 */
    struct crypt_digest previous;
    unsigned char signer[CRYPT_PUBLIC_SIZE];
};
void record_segment_make(const struct record_segment *segment, const struct crypt_signer *signer,
                         unsigned char bytes_out[RECORD_SEGMENT_SIZE]);
/* False where anything about it is wrong: magic, version, digest, signature (by the key that it names). */
bool record_segment_read(struct span bytes, struct record_segment *segment_out);

/* The fields of a frame's header. */
struct record_header {
    enum record_kind kind;
    uint8_t slot_count;
    uint64_t sequence; /* from 1, without gaps over all segments but where a loss was accepted (segments_accept): then
                          the next segment's header has a first_sequence beyond, and the digest before the gap */
    uint64_t time_ms;  /* since 1970: when it was stored */
    uint64_t frame_size;
    uint32_t meta_size;
    uint64_t content_size;
    struct crypt_digest previous;
};

/* What goes into a frame. */
struct record_draft {
    enum record_kind kind;
    uint64_t time_ms;
    struct span meta;           /* sealed */
    const unsigned char *slots; /* slot_count of CRYPT_SLOT_SIZE each */
    uint8_t slot_count;
    struct span content; /* sealed, or a tombstone's list */
};
uint64_t record_frame_size(const struct record_draft *draft);
/* Puts the header, and computes the frame's digest. The frame is: the header, draft->meta, slots, content, digest. */
void record_frame_make(const struct record_draft *draft, uint64_t sequence, const struct crypt_digest *previous,
                       unsigned char header_out[RECORD_HEADER_SIZE], struct crypt_digest *digest_out);

/* False where it is no sound header: magic, version, kind, sizes that do not add up or are beyond their limits, its own
 * digest. `bytes` has at least RECORD_HEADER_SIZE. */
bool record_header_read(struct span bytes, struct record_header *header_out);

enum record_state {
    RECORD_WHOLE,  /* every byte is as it was written */
    RECORD_ERASED, /* header and digest stand, all between is zero */
    RECORD_BROKEN
};

/* A whole frame, cut into its parts; the spans point into `frame`. */
struct record {
    struct record_header header;
    struct span meta;
    struct span slots;
    struct span content;
    struct crypt_digest digest; /* as it stands at the end */
};
/* Of exactly one frame. Of a broken one *record_out has what could be read. */
enum record_state record_read(struct span frame, struct record *record_out);

/* A tombstone's content: how many (8 bytes), which records are dead, each with its digest, and a signature over the
 * store's id and the digest of all that. Which tombstone it is, the chain says. */
struct record_death {
    uint64_t sequence;
    struct crypt_digest digest;
};
void record_tombstone_put(const struct record_store_id *store, const struct record_death *deaths, size_t count,
                          const struct crypt_signer *signer, struct buf *content_out);
/* How many; each by record_tombstone_at. False where it is none, or not signed by that key for that store. */
bool record_tombstone_read(struct span content, const struct record_store_id *store,
                           const unsigned char signer[CRYPT_PUBLIC_SIZE], size_t *count_out);
struct record_death record_tombstone_at(struct span content, size_t index);

/* A head: where the store begins, and how far it has come. */
struct record_head {
    struct record_store_id store;
    uint64_t commit;   /* from 1: how often a head was written */
    uint64_t first;    /* the oldest segment's number: those before it were removed as a whole */
    uint64_t segment;  /* the last one's number */
    uint64_t length;   /* of it, in bytes */
    uint64_t sequence; /* of the last record; 0: none */
    uint64_t time_ms;
    struct crypt_digest digest; /* of the last record; zeroes: none */
    unsigned char signer[CRYPT_PUBLIC_SIZE];
};
void record_head_make(const struct record_head *head, const struct crypt_signer *signer,
                      unsigned char bytes_out[RECORD_HEAD_SIZE]);
/* False where it is none, or not signed by the key that it names. */
bool record_head_read(struct span bytes, struct record_head *head_out);

#endif
