/* The decoder's call: what the gate lends, and what the decoder reports.
 *
 * The gate sends one pool job: a struct decode_job, and the descriptors of the sealed message (read-only), of the
 * report pack, and of DECODE_PACKS - 1 packs for decoded bytes. The decoder writes into the packs, writes the report
 * last, and exits 0. When it is gone the gate seals all packs and reads the report like anything hostile
 * (decode_report_check): every index, offset, size and count is checked against sealed sizes, and the covers must take
 * in every byte of the message exactly once.
 *
 * Packs: number 0 is the message itself; 1 takes decoded parts one behind another; the others take one large part each,
 * so that a scanner that wants a file can have it. The packs' sizes bound what a decoder can ever write.
 */
#ifndef CORDON_IPC_CALLS_DECODE_H
#define CORDON_IPC_CALLS_DECODE_H

#include "base/fault.h"
#include "base/span.h"
#include "ipc/calls/decode_job.h"

#include <stdbool.h>
#include <stdint.h>

/* What a finding says. All but the first mean that something was not looked into: the report is then incomplete. */
enum decode_kind {
    DECODE_MALFORMED, /* readers disagree; each reading is among the parts */
    DECODE_DAMAGED,
    DECODE_UNSUPPORTED,
    DECODE_ENCRYPTED,
    DECODE_LIMIT,
    DECODE_KINDS
};

#define DECODE_KIND_BIT(kind) (UINT32_C(1) << (kind))

enum { DECODE_MOST_FINDINGS = 64 };

/* Flags of a part. Those of enum decode_kind come first, as DECODE_KIND_BIT, where a finding speaks of it. */
enum {
    DECODE_PART_OPENED = 1U << 8,  /* a container, and all that it holds is among the parts */
    DECODE_PART_READING = 1U << 9, /* only some readers see it */
    DECODE_PART_REPEAT = 1U << 10, /* an earlier part has the same bytes, at the same place */
    DECODE_PART_FLAGS = (1U << DECODE_KINDS) - 1 + DECODE_PART_OPENED + DECODE_PART_READING + DECODE_PART_REPEAT
};

struct decode_text { /* a run of the report's text area: any bytes, not terminated */
    uint32_t offset;
    uint32_t size;
};

struct decode_range { /* of the message */
    uint64_t offset;
    uint64_t size;
};

struct decode_part {
    uint32_t pack;
    int32_t parent; /* index of an earlier part, or DECODE_NO_PARENT */
    uint32_t depth;
    uint32_t flags;
    uint64_t offset; /* in its pack */
    uint64_t size;
    struct decode_text path;     /* "1.2": where in the tree */
    struct decode_text names;    /* all names that a reader could show, each ended by a NUL */
    struct decode_text declared; /* "application/zip", lower case */
    struct decode_text detected; /* by content; empty: unknown */
    struct decode_text how;      /* how it was found or why this reading exists, for people; may be empty */
    struct decode_text odd;      /* what is odd about it, for people; may be empty */
};

/* The message's bytes, each exactly once, in order. What belongs to the frame is to be judged as it stands; for the
 * rest the owner, a part, is judged in its place. */
struct decode_cover {
    uint64_t offset;
    uint64_t size;
    uint32_t owner; /* index of a part, or DECODE_FRAME */
    uint32_t reserved;
};

#define DECODE_FRAME UINT32_MAX

struct decode_finding {
    uint32_t kind; /* enum decode_kind */
    uint32_t part; /* of which it speaks */
    struct decode_text text;
};

/* At the start of the report pack. Arrays stand anywhere behind it, aligned to 8. */
struct decode_head {
    uint64_t magic;
    uint32_t kinds;          /* bits of everything found, also where the list of findings was too short for it */
    uint32_t received_count; /* Received fields on the message's own header */
    uint32_t part_count;
    uint32_t cover_count;
    uint32_t cut_count; /* our old fields */
    uint32_t finding_count;
    uint64_t parts_at;
    uint64_t covers_at;
    uint64_t cuts_at;
    uint64_t findings_at;
    uint64_t text_at;
    uint32_t text_size;
    struct decode_text subject; /* for people: unfolded, with its encoded words decoded */
    struct decode_text from;    /* the same of the field From */
    struct decode_text message_id;
    uint32_t reserved;
    uint64_t magic_end; /* DECODE_MAGIC too: written last */
};

/* A checked report: pointers into the sealed report. */
struct decode_report {
    uint32_t kinds;
    uint32_t received_count;
    const struct decode_part *parts;
    uint32_t part_count;
    const struct decode_cover *covers;
    uint32_t cover_count;
    const struct decode_range *cuts;
    uint32_t cut_count;
    const struct decode_finding *findings;
    uint32_t finding_count;
    struct span text;
    struct span subject, from, message_id;
};

/* Is everything that the message holds among the parts, as far as the decoder can tell? */
bool decode_report_is_complete(const struct decode_report *report);

/* The cuts that a header of header_bytes can give at most. */
uint32_t decode_most_cuts(const struct decode_limits *limits);

/* The number of bytes that a report pack must have for these limits. */
uint64_t decode_report_size(const struct decode_limits *limits);

/* Checks everything that can be checked. `message` is the sealed message (stand-in included), `pack_sizes` those of
 * packs 0 to DECODE_PACKS - 1. A cut must lie behind the stand-in, in the header, begin at a line's start with a field
 * name of ours (X-Cordon-..., X-Virus-Scanned), mention `host`, and end at that field's end. 0, or -1 and *fault naming
 * the first violation. */
int decode_report_check(struct span report, struct span message, const struct decode_job *job,
                        const uint64_t pack_sizes[DECODE_PACKS], struct decode_report *report_out, struct fault *fault);

/* Is this a header field (whole, with its folds) that says something in our name? `X-Cordon-...: HOST` with nothing or
 * a ';' or a space behind it, or `X-Virus-Scanned:` with HOST as a word of its own in its value. Letter case does not
 * count. */
bool decode_field_is_ours(struct span field, struct span host);

/* A text of the report as a span; always inside. */
struct span decode_report_text(const struct decode_report *report, struct decode_text text);

#endif
