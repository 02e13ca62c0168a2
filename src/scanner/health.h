/* Whether a scanner works: a small state machine that knows no clock and no lock.
 *
 *   unknown --canary--> working --a message got no answer--> doubtful --canary--> working
 *      any --canary missed--> failed --canary--> working
 *
 * Only a canary makes a scanner failed or working again, because a message alone may be at fault.
 *
 * The same as a circuit breaker: it is closed while the scanner is working, or doubtful by what may be a message's own
 * fault; it is open while it is failed, and from the moment on that a message could not reach it or waited in vain;
 * half open while canaries are being shown, which are its probe.
 */
#ifndef CORDON_SCANNER_HEALTH_H
#define CORDON_SCANNER_HEALTH_H

#include "verdict/verdict.h"

#include <stdbool.h>
#include <stdint.h>

enum health_state { HEALTH_UNKNOWN, HEALTH_WORKING, HEALTH_DOUBTFUL, HEALTH_FAILED, HEALTH_STATES };

/* While it is failed, canaries are shown after 2 s, then 3, 4, and every 5. */
enum { HEALTH_RETRY_LEAST_MS = 2000, HEALTH_RETRY_STEP_MS = 1000, HEALTH_RETRY_MOST_MS = 5000 };

struct health {
    enum health_state state;
    int64_t since_ms;            /* the state's */
    int64_t canary_at_ms;        /* when the next is due */
    int64_t answered_at_ms;      /* the last definite answer to a real message; 0: none */
    unsigned misses;             /* in a row */
    bool is_open;                /* doubtful: nobody is to be sent there */
    int64_t passed_at_ms;        /* the last canary that passed; 0: none */
    char text[ANSWER_TEXT_SIZE]; /* doubtful, failed: why */
    enum health_state told;      /* the state that health_take_change has told */
};

const char *health_state_text(enum health_state state); /* "working" */

void health_init(struct health *health, int64_t now_ms);

/* What the canaries showed. */
void health_canary_passed(struct health *health, int64_t now_ms, uint32_t interval_ms);
void health_canary_missed(struct health *health, int64_t now_ms, const char *text);

/* A canary that got no answer in time, sent at `sent_at_ms`: missed, unless a real message was answered meanwhile. Then
 * the scanner is busy and not broken, and another canary is due soon. */
void health_canary_late(struct health *health, int64_t sent_at_ms, int64_t now_ms, const char *text);

/* What a real message got. */
void health_message_answered(struct health *health, int64_t now_ms);
void health_message_failed(struct health *health, int64_t now_ms, enum blame blame, const char *text);

/* It did what no scanner may: failed, until a canary passes. */
void health_accuse(struct health *health, int64_t now_ms, const char *text);

/* Its signatures are others now: a canary is due. */
void health_renewed(struct health *health, int64_t now_ms);

bool health_canary_is_due(const struct health *health, int64_t now_ms);

/* Its answers count, and messages may be sent there: working, and doubtful where that may be a message's fault. */
bool health_is_trusted(const struct health *health);

/* True once after each change between working, doubtful and failed. */
bool health_take_change(struct health *health, enum health_state *before_out);

#endif
