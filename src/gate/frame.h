/* The frame: what is left of a message when the bodies that parts stand for are taken out of it, but for text. */
#ifndef CORDON_GATE_FRAME_H
#define CORDON_GATE_FRAME_H

#include "base/span.h"
#include "ipc/calls/decode.h"
#include "sys/sealed.h"

#include <stdbool.h>

/* Copies all ranges of the frame, in order, into sealed memory: header fields, delimiters, and text, as they stand;
 * text although parts stand for it, because scanners look for some things in header and text together (phishing). A
 * range whose owner is much smaller than what it stands for is taken as frame as well, so that a decoder that lies
 * can't make bytes vanish; where the owner is empty that is every byte. An empty frame is none (fd -1). False where the
 * whole message is the better piece: it is nearly all frame, or there is no memory. */
bool frame_make(const struct decode_report *report, struct span message, struct sealed *frame_out);

#endif
