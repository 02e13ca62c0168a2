/* A body in a transfer encoding becomes a part's bytes, and each other reading of it a part below that one. */
#ifndef CORDON_DECODER_TRANSFER_H
#define CORDON_DECODER_TRANSFER_H

#include "decoder/walk.h"
#include "mail/encoding.h"

/* Fills the part, which has no bytes yet. */
void transfer_fill(struct walk *walk, uint32_t index, enum mail_encoding encoding, struct span body, bool is_message);

#endif
