/* The truth on top of the message: our header fields, and which old ones in our name are cut. */
#ifndef CORDON_GATE_STAMP_H
#define CORDON_GATE_STAMP_H

#include "gate/transaction.h"

/* Fills t->edits from the verdict and the answers:
 *   X-Cordon-Scan: HOST; VERDICT; SCANNER=ANSWER (VERSION), ...; reason="..."; id=SESSION-NUMBER
 *   X-Cordon-Tag: HOST; CATEGORY; reason       where a recipient's fate is tagged
 *   X-Virus-Scanned: Cordon at HOST            where configured, and every required scanner answered
 * A message that was judged with the test signature alone is stamped "test" and never X-Virus-Scanned. */
void stamp_make(struct transaction *t);

#endif
