/* A gate's side of a decoding, in ordinary memory: for the unit tests and fuzz targets alone.
 *
 * Packs and report are exactly as large as a gate makes them; a write beyond them is an assertion.
 */
#ifndef CORDON_DECODER_MEMORY_H
#define CORDON_DECODER_MEMORY_H

#include "decoder/decode.h"

struct memory {
    struct span message;
    struct decode_job job;
    uint64_t pack_sizes[DECODE_PACKS];
    struct emit_pack packs[DECODE_PACKS];
    char *report_data;
    uint64_t report_size;
    struct decode_report report;
};

struct decode_limits memory_limits(void); /* ample ones */

/* Decodes, and checks the report as the gate does: that every message yields a sound report is asserted. */
void memory_decode(struct memory *memory, struct span message, size_t standin_bytes, const char *host,
                   const struct decode_limits *limits);
void memory_free(struct memory *memory);

/* A part's bytes. */
struct span memory_part(const struct memory *memory, uint32_t index);

#endif
