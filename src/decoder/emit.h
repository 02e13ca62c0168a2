/* What the decoder hands out: parts, their bytes into packs, and at the end the report (ipc/calls/decode.h).
 *
 * It alone knows the limits on what goes out, and checks them before a byte is written. All memory is taken at the
 * start, by the limits: nothing that a message contains makes it ask for more. Bytes leave through one buffer and the
 * caller's write function, so a test reads what a gate would.
 */
#ifndef CORDON_DECODER_EMIT_H
#define CORDON_DECODER_EMIT_H

#include "base/buf.h"
#include "base/fault.h"
#include "base/span.h"
#include "ipc/calls/decode.h"
#include "mail/defect.h"
#include "mail/sample.h"
#include "mail/transfer.h"

#include <stdbool.h>
#include <stdint.h>

enum { EMIT_TO_REPORT = 0, EMIT_BUFFER_SIZE = 65536, EMIT_TYPES = 32 };

/* Writes at an offset of a pack (DECODE_PACK_COMMON and on) or of the report (EMIT_TO_REPORT). 0, or -1 and *fault. */
typedef int emit_write(void *context, unsigned target, uint64_t offset, const void *data, size_t size,
                       struct fault *fault);

/* Reasons to call the report incomplete. */
enum emit_reason {
    EMIT_LIMIT_PARTS,
    EMIT_LIMIT_BYTES_OUT,
    EMIT_LIMIT_DEPTH,
    EMIT_LIMIT_HEADER_BYTES,
    EMIT_LIMIT_NAMES,
    EMIT_LIMIT_TEXT_BYTES,
    EMIT_LIMIT_CUTS,
    EMIT_UNSUPPORTED_UUENCODE,
    EMIT_UNSUPPORTED_NESTED,
    EMIT_REASONS
};

struct emit {
    const struct decode_job *job;
    emit_write *write;
    void *context;
    struct fault fault; /* of the write that failed; nothing is written after it */

    struct decode_part *parts;
    uint32_t part_count;
    struct decode_range *cuts;
    uint32_t cut_count;
    uint32_t most_cuts;
    char *text;
    uint32_t text_size;
    uint32_t text_counted; /* against limits.text_bytes: all but the head's texts */
    struct decode_text types[EMIT_TYPES];
    struct mail_sample sample; /* of the part whose bytes pass */
    struct decode_text subject, message_id;
    uint32_t received_count;

    unsigned reasons; /* bits (1U << enum emit_reason) */
    mail_defects defects;
    uint64_t steps; /* encoded bytes looked at */

    uint64_t bytes_out;
    uint64_t common_size;
    unsigned next_own;
    unsigned out_target; /* the buffer's bytes belong here */
    uint64_t out_offset;
    size_t out_size;
    char *out;
};

struct emit_part {
    int32_t parent;  /* DECODE_NO_PARENT: the message itself */
    uint32_t number; /* among its parent's children, from 1 */
    struct span names;
    struct span declared;
};

/* -1 where the memory for these limits can't be had. `job` must outlive *emit. */
int emit_init(struct emit *emit, const struct decode_job *job, emit_write *write, void *context, struct fault *fault);
void emit_fini(struct emit *emit);

/* False at the limit on parts, which is noted. */
bool emit_add_part(struct emit *emit, const struct emit_part *part, uint32_t *index_out);

/* The part's bytes are these of the message: `body` lies at `source`. Their type is detected. */
void emit_put_slice(struct emit *emit, uint32_t index, struct span body, struct decode_range source);

/* The part's bytes are the decoded body; their type is detected. `source` has size 0 where another part accounts for
 * it. 0, or -1 and emit->fault. */
int emit_put_decoded(struct emit *emit, uint32_t index, enum mail_encoding encoding, struct span body,
                     struct decode_range source);

void emit_note(struct emit *emit, enum emit_reason reason);
void emit_note_damaged(struct emit *emit, uint32_t index);
struct span emit_declared(const struct emit *emit, uint32_t index);

/* Facts of the message's own header. */
void emit_add_cut(struct emit *emit, struct decode_range cut);
void emit_put_subject(struct emit *emit, struct span value);
void emit_put_message_id(struct emit *emit, struct span value);

/* Writes the report. Nothing may follow. 0, or -1 and emit->fault. */
int emit_finish(struct emit *emit);

#endif
