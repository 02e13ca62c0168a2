/* A kept message that goes on after all (JUDGE_RELEASE): it is judged once more, as mail of its listener is, and given
 * to that listener's next hop.
 *
 * What is said to the next hop is what the parser of SMTP commands made of the envelope, like any client's.
 */
#ifndef CORDON_GATE_RELEASE_H
#define CORDON_GATE_RELEASE_H

#include "base/fault.h"
#include "base/span.h"
#include "gate/transaction.h"
#include "sys/sealed.h"

#include <stdbool.h>
#include <stdint.h>

struct release;

/* Reads the envelope (struct judge_envelope, and its texts). NULL and *fault where it is none. */
struct release *release_new(struct gate *gate, struct span envelope, const char *session_id, uint32_t number,
                            struct fault *fault);
void release_free(struct release *release);

/* Judges and delivers; the message's bytes are copied. Whatever goes wrong becomes a reply. The transaction is
 * release_transaction's afterwards. */
void release_run(struct release *release, struct span message, bool is_forced, struct deadline deadline);

const struct transaction *release_transaction(const struct release *release);

/* For each recipient of the envelope the action and the reply, as judge.h has it. */
void release_put_replies(const struct release *release, struct buf *replies_out);

#endif
