#include "gate/hop_state.h"

#include "proto/smtp_send.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { CODE_START_INPUT = 354 };

/* Who is still to be answered, and by what. */
struct delivery {
    struct hop *hop;
    struct transaction *t;
    bool (*client_is_gone)(void *context);
    void *context;
};

static bool recipient_passes(const struct recipient *recipient)
{
    return recipient->fate.action == FATE_PASS;
}

static void answer_one(struct transaction *t, struct recipient *recipient, const char *text)
{
    (void)snprintf(recipient->reply, sizeof recipient->reply, "%s", text);
    (void)snprintf(t->next_hop_reply, sizeof t->next_hop_reply, "%s", text);
}

/* Everybody from `first` on who is to be delivered to. */
static void answer_from(struct transaction *t, size_t first, const char *text)
{
    for (size_t i = first; i < t->recipient_count; i++) {
        if (recipient_passes(&t->recipients[i]))
            answer_one(t, &t->recipients[i], text);
    }
}

static enum hop_step delivery_lost(struct delivery *d, const struct fault *loss)
{
    return hop_give_up(d->hop, "4.4.2", loss->text);
}

/* Closing the connection is the one way to take a transaction back once DATA was said: no dot, no delivery. */
static bool delivery_is_unwanted(struct delivery *d)
{
    if (d->client_is_gone == NULL || !d->client_is_gone(d->context))
        return false;
    d->t->client_is_gone = true;
    hop_link_abort(d->hop->link);
    d->hop->link = NULL;
    (void)snprintf(d->hop->trouble, sizeof d->hop->trouble, "451 4.4.2 the client is gone, nothing was delivered");
    return true;
}

/* The recipients whom the next hop has accepted, without those who are not to get it. HOP_OVER where nobody is. */
static enum hop_step delivery_choose(struct delivery *d)
{
    const struct transaction *t = d->t;
    struct hop_recipient *next = d->hop->envelope.recipients;
    size_t left_out = 0;
    assert(t->recipient_count == d->hop->envelope.recipient_count);
    for (size_t i = 0; i < t->recipient_count; i++, next = next->next) {
        next->is_left_out = !recipient_passes(&t->recipients[i]);
        left_out += next->is_left_out;
    }
    if (left_out == t->recipient_count)
        return HOP_OVER;
    return left_out > 0 ? hop_restart(d->hop, t->deadline) : HOP_DONE;
}

/* The message was judged meanwhile, and that takes time: a next hop that has not waited is dialled again, as long as
 * DATA has not been said. */
static enum hop_step delivery_refresh(struct delivery *d)
{
    struct fault loss;
    if (!hop_link_is_stale(d->hop->link))
        return HOP_DONE;
    (void)fault_set(&loss, EPIPE, "it closed the connection");
    return hop_recover(d->hop, &loss, d->t->deadline);
}

static int put_body(void *context, struct span bytes)
{
    return smtp_send_put(context, bytes);
}

/* From DATA to the end of the last line. A 4xx or 5xx to DATA is given to everybody as it is: HOP_OVER. */
static enum hop_step delivery_send(struct delivery *d)
{
    struct hop *hop = d->hop;
    struct smtp_reply reply;
    struct fault loss;
    hop_link_put(hop->link, "DATA");
    if (hop_link_ask(hop->link, d->t->deadline, &reply, &loss) != HOP_DONE)
        return delivery_lost(d, &loss);
    if (reply.code != CODE_START_INPUT) {
        if (smtp_reply_class(reply.code) < 4)
            return hop_give_up(hop, "4.4.2", "its answer to DATA is none");
        (void)snprintf(hop->trouble, sizeof hop->trouble, "%s", reply.text);
        return HOP_OVER;
    }
    if (stream_has_arrived(hop->link->stream)) /* nothing is to be said before the final dot */
        return hop_give_up(hop, "4.4.2", "it speaks out of turn");
    struct smtp_send send;
    smtp_send_init(&send, hop->link->stream);
    stream_set_deadline(hop->link->stream, d->t->deadline);
    if (transaction_slices(d->t, put_body, &send) != 0 || smtp_send_finish_line(&send) != 0)
        return delivery_lost(d, stream_fault(hop->link->stream));
    if (delivery_is_unwanted(d))
        return HOP_OVER;
    if (stream_has_arrived(hop->link->stream)) /* it would be taken for the reply to the message */
        return hop_give_up(hop, "4.4.2", "it speaks out of turn, or has closed the connection");
    return smtp_send_dot(&send) == 0 ? HOP_DONE : delivery_lost(d, stream_fault(hop->link->stream));
}

/* One reply for all over SMTP, one for each over LMTP (RFC 2033 section 4.2). Whoever got none is answered 451. */
static void delivery_finish(struct delivery *d)
{
    struct hop *hop = d->hop;
    struct transaction *t = d->t;
    bool is_lmtp = hop->link->target->settings->protocol == PROTOCOL_LMTP;
    for (size_t i = 0; i < t->recipient_count; i++) {
        struct smtp_reply reply;
        struct fault loss;
        if (!recipient_passes(&t->recipients[i]))
            continue;
        enum hop_step step = hop_link_hear(hop->link, t->deadline, &reply, &loss);
        if (step != HOP_DONE)
            (void)delivery_lost(d, &loss);
        else if (smtp_reply_class(reply.code) == 3)
            (void)hop_give_up(hop, "4.4.2", "its answer to the message is none");
        if (hop->link == NULL) {
            answer_from(t, i, hop->trouble);
            return;
        }
        if (!is_lmtp) {
            answer_from(t, i, reply.text);
            break;
        }
        answer_one(t, &t->recipients[i], reply.text);
    }
    hop->link->is_dirty = false;
}

void hop_deliver(struct hop *hop, struct transaction *t, bool (*client_is_gone)(void *context), void *context)
{
    struct delivery d = { .hop = hop, .t = t, .client_is_gone = client_is_gone, .context = context };
    enum hop_step step = HOP_OVER;
    assert(hop->is_begun || hop->trouble[0] != '\0');
    if (hop->trouble[0] == '\0')
        step = delivery_choose(&d);
    if (step == HOP_DONE)
        step = delivery_refresh(&d);
    if (step == HOP_DONE && delivery_is_unwanted(&d))
        step = HOP_OVER;
    if (step == HOP_DONE)
        step = delivery_send(&d);
    if (step == HOP_DONE)
        delivery_finish(&d);
    else
        answer_from(t, 0, hop->trouble);
    hop_reset(hop);
}
