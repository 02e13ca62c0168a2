/* What a transaction has said to the next hop so far, kept so that it can be said again on another connection.
 *
 * Everything is copied: an envelope outlives what it was made from.
 */
#ifndef CORDON_GATE_HOP_ENVELOPE_H
#define CORDON_GATE_HOP_ENVELOPE_H

#include "base/arena.h"
#include "base/fault.h"
#include "gate/hop_link.h"
#include "gate/transaction.h"
#include "sys/clock.h"

#include <stdbool.h>
#include <stddef.h>

struct hop_recipient {
    const char *address;
    const char *parameters;
    bool is_left_out; /* of the delivery: its fate is not to pass */
    struct hop_recipient *next;
};

struct hop_envelope {
    struct arena arena;
    struct origin origin;
    const char *xclient; /* the whole line; NULL: none */
    const char *sender;
    const char *parameters;
    unsigned needed;                  /* abilities without which it can't be sent */
    struct hop_recipient *recipients; /* those that the next hop has accepted */
    struct hop_recipient *last;
    size_t recipient_count;
};

void hop_envelope_init(struct hop_envelope *envelope);
void hop_envelope_fini(struct hop_envelope *envelope);

/* Adds to the end of the list. False where the envelope has grown to its limit. */
bool hop_envelope_add(struct hop_envelope *envelope, const char *address, const char *parameters);

/* XFORWARD where the next hop takes it and there is something to tell. HOP_OVER where it is refused. */
enum hop_step hop_say_xforward(struct hop_link *link, const struct origin *origin, struct deadline deadline,
                               struct fault *fault);

/* MAIL and RCPT, with those parameters that the next hop knows. */
enum hop_step hop_say_mail(struct hop_link *link, const struct hop_envelope *envelope, struct deadline deadline,
                           struct smtp_reply *reply_out, struct fault *fault);
enum hop_step hop_say_rcpt(struct hop_link *link, const char *address, const char *parameters, struct deadline deadline,
                           struct smtp_reply *reply_out, struct fault *fault);

#endif
