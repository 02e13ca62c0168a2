/* One message, decoded: the pure call that the decoder's child and the tests share. */
#ifndef CORDON_DECODER_DECODE_H
#define CORDON_DECODER_DECODE_H

#include "decoder/emit.h"

/* Reads the whole message, writes what it finds into the packs and the report through `write`. 0, or -1 and *fault
 * where there was no memory or the report could not be written; a message is never a reason for -1. */
int decode_message(struct span message, const struct decode_job *job, const struct emit_pack packs[DECODE_PACKS],
                   emit_write *write, void *context, struct fault *fault);

#endif
