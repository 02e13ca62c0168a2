/* Whether mail is judged, or told to wait because the scanners that are required do not work.
 *
 * Each listener has a requirement of its own; the gate is ready where the scanners meet all of them. */
#ifndef CORDON_GATE_READY_H
#define CORDON_GATE_READY_H

#include "base/buf.h"
#include "gate/gate.h"

#include <stdbool.h>

/* False: some listener's mail waits; then `text_out` says whose and why: "listener inbound: 1 of 2 required scanners
 * work". NULL: nobody asks. */
bool gate_is_ready(const struct gate *gate, struct buf *text_out);

#endif
