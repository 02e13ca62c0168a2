/* What the decoder hands out: parts, their bytes in packs, what was found, and at the end the report
 * (ipc/calls/decode.h).
 *
 * It alone knows the limits on what goes out, and checks them before a byte is written. The packs are memory that the
 * gate lent, so what is decoded is at once where it belongs, and can be looked into there. One part at a time is open
 * for bytes. A content that another part has already is stored once.
 */
#ifndef CORDON_DECODER_EMIT_H
#define CORDON_DECODER_EMIT_H

#include "base/buf.h"
#include "base/fault.h"
#include "base/span.h"
#include "ipc/calls/decode.h"

#include <stdbool.h>
#include <stdint.h>

enum { EMIT_TEXTS = 128 };

#define EMIT_NO_PART UINT32_MAX

/* The memory of one pack. */
struct emit_pack {
    char *data;
    uint64_t size;
};

/* Writes at an offset of the report. 0, or -1 and *fault. */
typedef int emit_write(void *context, uint64_t offset, const void *data, size_t size, struct fault *fault);

/* What is known of a part beside what is reported. */
struct emit_known {
    uint64_t hash; /* of its bytes, once it is closed */
    uint32_t same; /* of a repeat: the part that has its bytes */
    uint32_t children;
};

struct emit_open {
    uint32_t index; /* EMIT_NO_PART: none is open */
    uint64_t packed_size;
    uint64_t size_left; /* until a limit */
    bool is_ratio;      /* and that limit is the one on the ratio */
    bool is_slice;
};

struct emit {
    const struct decode_job *job;
    struct span message;
    struct emit_pack packs[DECODE_PACKS]; /* [0] is unused: that is the message */
    uint64_t common_size;
    unsigned next_own;
    uint64_t bytes_out;
    uint64_t bytes_made; /* written, whether they were new or not */
    uint64_t bytes_sliced;
    uint64_t steps;
    struct emit_open open;

    struct decode_part *parts; /* the memory of the lists below too */
    struct emit_known *known;  /* of each part */
    uint32_t part_count;
    uint32_t *table; /* of contents: index of a part + 1 */
    uint32_t table_size;
    struct decode_cover *covers; /* what parts own of the message */
    uint32_t cover_count;
    struct decode_range *cuts;
    uint32_t cut_count;
    uint32_t most_cuts;
    struct decode_finding findings[DECODE_MOST_FINDINGS];
    uint32_t finding_count;
    uint32_t kinds;

    char *text;
    uint32_t text_size;
    uint32_t text_counted; /* against limits.text_bytes: all but the head's texts */
    struct decode_text texts[EMIT_TEXTS];
    unsigned next_text;
    struct decode_text subject, from, message_id;
    uint32_t received_count;
};

/* -1 where the memory for these limits can't be had. Everything given must outlive *emit. */
int emit_init(struct emit *emit, const struct decode_job *job, struct span message,
              const struct emit_pack packs[DECODE_PACKS], struct fault *fault);
void emit_fini(struct emit *emit);

/* --- Parts --- */

/* Adds a part without bytes; its number among its parent's children is counted. False at the limit on parts or depth,
 * which is noted. `parent` may be DECODE_NO_PARENT; `how` NULL. */
bool emit_add_part(struct emit *emit, int32_t parent, const char *how, uint32_t *index_out);

/* Takes the newest part away again; what was found about it is its parent's. */
void emit_drop_part(struct emit *emit, uint32_t index);

/* More names, each ended by a NUL; those that are there already are left out. */
void emit_add_names(struct emit *emit, uint32_t index, struct span names);
void emit_set_declared(struct emit *emit, uint32_t index, struct span type);
void emit_set_detected(struct emit *emit, uint32_t index, const char *type);
void emit_set_odd(struct emit *emit, uint32_t index, struct span text);
void emit_add_flags(struct emit *emit, uint32_t index, uint32_t flags);
struct span emit_text_of(const struct emit *emit, struct decode_text text);

/* --- Bytes --- */

/* Opens the part for bytes. `packed_size`: what they are unpacked from; `size_hint`: what they may become. */
void emit_open(struct emit *emit, uint32_t index, uint64_t packed_size, uint64_t size_hint);

/* Room for the next bytes: NULL where a limit forbids any, which is noted. */
char *emit_room(struct emit *emit, size_t *size_out);
void emit_wrote(struct emit *emit, size_t size);

/* The open part's bytes are these, which lie in the message or in a pack. */
void emit_slice(struct emit *emit, struct span bytes);

/* Closes it. True where no other part has the same bytes. */
bool emit_close(struct emit *emit);

struct span emit_bytes(const struct emit *emit, uint32_t index);

/* --- What is said of the message --- */

void emit_find(struct emit *emit, enum decode_kind kind, uint32_t index, const char *text);
void emit_cover(struct emit *emit, struct decode_range range, uint32_t owner);

/* Counts work. False, and noted, beyond the limit: then no more of it is to be done. */
bool emit_step(struct emit *emit, uint64_t units, uint32_t index);

/* Facts of the message's own header. */
void emit_add_cut(struct emit *emit, struct decode_range cut);
void emit_put_subject(struct emit *emit, struct span value);
void emit_put_from(struct emit *emit, struct span value);
void emit_put_message_id(struct emit *emit, struct span value);

/* Notes a bomb that is small only because what repeats is unpacked once here: one that would fill more than the limit
 * on decoded bytes for somebody who unpacks everything, or that contains itself. */
void emit_check_bombs(struct emit *emit);

/* Writes the report. Nothing may follow. 0, or -1 and *fault. */
int emit_finish(struct emit *emit, emit_write *write, void *context, struct fault *fault);

#endif
