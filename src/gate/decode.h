/* The gate's side of the decoder's call. */
#ifndef CORDON_GATE_DECODE_H
#define CORDON_GATE_DECODE_H

#include "gate/transaction.h"

/* Has the sealed message decoded and fills t->report, t->report_pack and t->packs. What went wrong becomes findings: a
 * decoder that crashes twice on this message is `unscannable: decoder`, trouble of the machine (time, memory, no
 * decoder) is `unscanned`, what the report says is incomplete is `unscannable` by its reason. */
void decode_message_by_box(struct transaction *t);

#endif
