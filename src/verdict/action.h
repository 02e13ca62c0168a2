/* What can be done with a message, and which of it the operator wants for each category. */
#ifndef CORDON_VERDICT_ACTION_H
#define CORDON_VERDICT_ACTION_H

#include "base/buf.h"
#include "verdict/verdict.h"

#include <stdint.h>

/* Bits. */
enum action {
    ACTION_PASS = 1U << 0,
    ACTION_TAG = 1U << 1,
    ACTION_REJECT = 1U << 2,
    ACTION_DISCARD = 1U << 3,
    ACTION_TEMPFAIL = 1U << 4,
    ACTION_QUARANTINE = 1U << 5,
    ACTION_FORGET = 1U << 6 /* beside discard: without a durable record */
};

/* Where Cordon stands decides what "reject" means. */
enum mode { MODE_AFTER_QUEUE, MODE_BEFORE_QUEUE };

#define REQUIRE_ANY 1U
#define REQUIRE_ALL UINT32_MAX

struct policy_settings {
    uint32_t require;                           /* REQUIRE_ANY, REQUIRE_ALL, or how many primaries */
    unsigned actions[CATEGORIES];               /* bits of enum action; the row of UNSCANNABLE is unused */
    unsigned unscannable_actions[UNSCANNABLES]; /* by reason */
};

/* One action's bit by its word in the configuration, or 0. */
unsigned action_from_text(struct span text);

/* "reject, quarantine" for a set of actions. */
void actions_text(unsigned actions, struct buf *text_out);

#endif
