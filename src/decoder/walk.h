/* The walk over a message's MIME tree: every part that the reader finds goes to emit.
 *
 * This is where alternatives at a node belong: for now there is one, a multipart or message that is encoded as a whole,
 * which is read as it stands and given decoded beside that.
 */
#ifndef CORDON_DECODER_WALK_H
#define CORDON_DECODER_WALK_H

#include "decoder/emit.h"

#include <stddef.h>

/* Walks the message from `start` on, where its header begins. 0, or -1 and emit->fault. Counts its work in
 * emit->steps. */
int walk_message(struct span message, size_t start, struct emit *emit);

#endif
