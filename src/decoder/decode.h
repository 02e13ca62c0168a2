/* One message, decoded: the pure call that the decoder's child and the tests share. */
#ifndef CORDON_DECODER_DECODE_H
#define CORDON_DECODER_DECODE_H

#include "decoder/emit.h"

/* Reads the whole message and writes packs and report through `emit`, which has been initialised with the same job. 0,
 * or -1 and emit->fault where something could not be written; a message is never a reason for -1. */
int decode_message(struct span message, const struct decode_job *job, struct emit *emit);

#endif
