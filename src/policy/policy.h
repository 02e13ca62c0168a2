/* What becomes of a message: verdict and settings in, fate out. A pure function. */
#ifndef CORDON_POLICY_POLICY_H
#define CORDON_POLICY_POLICY_H

#include "verdict/action.h"
#include "verdict/verdict.h"

#include <stdbool.h>

enum fate_action { FATE_PASS, FATE_REJECT, FATE_DISCARD, FATE_TEMPFAIL };

const char *fate_action_text(enum fate_action action); /* "pass" */

enum { FATE_REPLY_SIZE = 256, FATE_FINDING_SIZE = 256 };

/* What one recipient gets. */
struct fate {
    enum fate_action action;
    bool is_tagged;                  /* an X-Cordon-Tag field is to be added */
    bool wants_keeping;              /* it is to be on stable storage before anybody is answered */
    char reply[FATE_REPLY_SIZE];     /* "550 5.7.1 ..."; empty where the next hop's own reply is to be given */
    char finding[FATE_FINDING_SIZE]; /* for the log: what the operator's policy wanted and could not have; empty:
                                        nothing */
};

/* Decides by the gravest category. `has_store`: whether an action with quarantine can be carried out. Where it
 * can, the fate says so (wants_keeping). Before the queue a reject is a 5xx. After the queue it never is: it means
 * quarantine and 250, and 451 while there is no store. Anything that can't be carried out is a 451, never a pass. */
void policy_decide(const struct verdict *verdict, const struct policy_settings *policy, enum mode mode, bool has_store,
                   struct fate *fate_out);

#endif
