#include "gate/hop_state.h"

#include "base/memory.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static_assert((int)SMTP_REPLY_TEXT_SIZE <= (int)HOP_REPLY_SIZE, "a reply fits where it goes");

struct hop *hop_new(struct hop_pool *pool)
{
    struct hop *hop = memory_new(sizeof *hop);
    hop->pool = pool;
    hop_envelope_init(&hop->envelope);
    return hop;
}

void hop_reset(struct hop *hop)
{
    if (hop->link != NULL)
        hop_pool_give(hop->pool, hop->link);
    hop_envelope_fini(&hop->envelope);
    *hop = (struct hop){ .pool = hop->pool };
    hop_envelope_init(&hop->envelope);
}

void hop_free(struct hop *hop)
{
    if (hop == NULL)
        return;
    hop_reset(hop);
    hop_envelope_fini(&hop->envelope);
    free(hop);
}

static void hop_drop(struct hop *hop)
{
    hop_link_abort(hop->link);
    hop->link = NULL;
}

enum hop_step hop_give_up(struct hop *hop, const char *status, const char *reason)
{
    (void)snprintf(hop->trouble, sizeof hop->trouble, "451 %s next hop %s: ", status, hop_pool_text(hop->pool));
    size_t size = strlen(hop->trouble);
    /* The reason may hold a reply of several lines; ours has one. */
    (void)span_copy(span_text(reason), hop->trouble + size, sizeof hop->trouble - size);
    for (char *c = hop->trouble + size; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20)
            *c = ' ';
    }
    hop_drop(hop); /* last: the reason may be the link's own */
    return HOP_OVER;
}

static enum hop_step hop_give_up_lost_ability(struct hop *hop, unsigned lost)
{
    hop_pool_give(hop->pool, hop->link);
    hop->link = NULL;
    (void)snprintf(hop->trouble, sizeof hop->trouble, "451 4.3.0 next hop no longer offers %s", ehlo_keyword(lost));
    return HOP_OVER;
}

static unsigned hop_lost_abilities(const struct hop *hop, const struct hop_link *link)
{
    return hop->envelope.needed & ~link->abilities.bits;
}

/* An idle connection that is alive and can still do what is needed, or NULL: what the next hop said of itself when it
 * was dialled may be out of date. */
static struct hop_link *hop_take_idle(struct hop *hop)
{
    for (;;) {
        struct hop_link *link = hop_pool_take(hop->pool);
        if (link == NULL || (!hop_link_is_stale(link) && hop_lost_abilities(hop, link) == 0))
            return link;
        hop_link_close(link);
    }
}

/* XCLIENT makes the next hop speak as it would to that client, which may be offered neither XCLIENT nor XFORWARD: so
 * what it needs of these was looked at before. */
static enum hop_step hop_connect_as(struct hop *hop, struct deadline deadline, struct fault *fault)
{
    const struct hop_envelope *envelope = &hop->envelope;
    unsigned lost = hop_lost_abilities(hop, hop->link);
    if (lost != 0)
        return hop_give_up_lost_ability(hop, lost);
    if (envelope->xclient == NULL)
        return HOP_DONE;
    enum hop_step step = hop_link_xclient(hop->link, envelope->xclient, deadline, fault);
    lost = hop_lost_abilities(hop, hop->link) & ~(unsigned)(HOP_XCLIENT | HOP_XFORWARD);
    if (step == HOP_DONE && lost != 0)
        return hop_give_up_lost_ability(hop, lost);
    return step == HOP_OVER ? hop_give_up(hop, "4.3.0", fault->text) : step;
}

static enum hop_step hop_connect(struct hop *hop, bool is_fresh, struct deadline deadline, struct fault *fault)
{
    assert(hop->link == NULL);
    enum hop_step step = HOP_DONE;
    if (!is_fresh)
        hop->link = hop_take_idle(hop);
    if (hop->link != NULL)
        step = hop_link_settle(hop->link, deadline, fault);
    else
        step = hop_pool_dial(hop->pool, deadline, &hop->link, fault);
    if (step == HOP_OVER)
        return hop_give_up(hop, "4.4.1", fault->text);
    return step == HOP_DONE ? hop_connect_as(hop, deadline, fault) : step;
}

static enum hop_step hop_changed_mind(struct hop *hop, const struct smtp_reply *reply)
{
    struct fault fault;
    (void)fault_set(&fault, EPROTO, "it changed its mind: %s", reply->text);
    return hop_give_up(hop, "4.4.2", fault.text);
}

static enum hop_step hop_wrong_reply(struct hop *hop, const char *command, const struct smtp_reply *reply)
{
    struct fault fault;
    (void)fault_set(&fault, EPROTO, "it answers %s with \"%s\"", command, reply->text);
    return hop_give_up(hop, "4.4.2", fault.text);
}

/* XFORWARD, MAIL, and, where MAIL is taken, the recipients. */
static enum hop_step hop_say_envelope(struct hop *hop, struct deadline deadline, struct smtp_reply *mail_reply_out,
                                      struct fault *fault)
{
    const struct hop_envelope *envelope = &hop->envelope;
    enum hop_step step = hop_say_xforward(hop->link, &envelope->origin, deadline, fault);
    if (step == HOP_OVER)
        return hop_give_up(hop, "4.3.0", fault->text);
    if (step == HOP_DONE)
        step = hop_say_mail(hop->link, envelope, deadline, mail_reply_out, fault);
    if (step != HOP_DONE)
        return step;
    unsigned class = smtp_reply_class(mail_reply_out->code);
    if (class == 3)
        return hop_wrong_reply(hop, "MAIL", mail_reply_out);
    if (class != 2)
        return hop->is_begun ? hop_changed_mind(hop, mail_reply_out) : HOP_DONE;
    hop->is_begun = true;
    for (const struct hop_recipient *next = envelope->recipients; next != NULL; next = next->next) {
        struct smtp_reply reply;
        if (next->is_left_out)
            continue;
        step = hop_say_rcpt(hop->link, next->address, next->parameters, deadline, &reply, fault);
        if (step != HOP_DONE)
            return step;
        if (smtp_reply_class(reply.code) != 2)
            return hop_changed_mind(hop, &reply);
    }
    return HOP_DONE;
}

/* An idle connection may have died unnoticed: that its first command finds it closed is no failure of the next hop. */
static bool hop_loss_is_free(const struct hop *hop, const struct fault *loss)
{
    return hop->link != NULL && hop->link->is_untried && loss->code != ETIMEDOUT;
}

/* Connects and says the envelope, until it holds or there is no use. */
static enum hop_step hop_establish(struct hop *hop, struct deadline deadline, struct smtp_reply *mail_reply_out)
{
    bool is_fresh = hop->is_redialled;
    for (;;) {
        struct fault loss;
        enum hop_step step = hop_connect(hop, is_fresh, deadline, &loss);
        if (step == HOP_DONE)
            step = hop_say_envelope(hop, deadline, mail_reply_out, &loss);
        if (step != HOP_LOST)
            return step;
        bool is_free = hop_loss_is_free(hop, &loss);
        hop_drop(hop);
        if (!is_free && hop->is_redialled)
            return hop_give_up(hop, "4.4.2", loss.text);
        if (!is_free)
            hop->is_redialled = true;
        is_fresh = true;
    }
}

enum hop_step hop_recover(struct hop *hop, const struct fault *loss, struct deadline deadline)
{
    struct smtp_reply ignored;
    hop_drop(hop);
    if (hop->is_redialled)
        return hop_give_up(hop, "4.4.2", loss->text);
    hop->is_redialled = true;
    return hop_establish(hop, deadline, &ignored);
}

enum hop_step hop_restart(struct hop *hop, struct deadline deadline)
{
    struct smtp_reply ignored;
    struct fault loss;
    hop_link_reset(hop->link);
    enum hop_step step = hop_link_settle(hop->link, deadline, &loss);
    if (step == HOP_DONE)
        step = hop_say_envelope(hop, deadline, &ignored, &loss);
    return step == HOP_LOST ? hop_recover(hop, &loss, deadline) : step;
}

static int hop_answer(const char *text, char reply_out[HOP_REPLY_SIZE])
{
    (void)snprintf(reply_out, HOP_REPLY_SIZE, "%s", text);
    return (int)smtp_reply_code(text);
}

static bool has_parameter(const char *parameters, const char *keyword)
{
    struct span rest = span_text(parameters);
    while (rest.size > 0) {
        struct span parameter = span_cut(&rest, ' ');
        if (span_is_nocase(span_cut(&parameter, '='), keyword))
            return true;
    }
    return false;
}

static void hop_fill_envelope(struct hop *hop, const struct transaction *t, const char *xclient_line, unsigned needed)
{
    struct hop_envelope *envelope = &hop->envelope;
    envelope->origin = t->origin;
    envelope->needed = needed;
    envelope->sender = arena_try_text(&envelope->arena, span_text(t->sender));
    envelope->parameters = arena_try_text(&envelope->arena, span_text(t->sender_parameters));
    assert(envelope->sender != NULL && envelope->parameters != NULL); /* they came out of an arena of the same size */
    if (has_parameter(t->sender_parameters, "SMTPUTF8"))
        envelope->needed |= HOP_SMTPUTF8; /* never downgraded (RFC 6531 section 3.3) */
    if (xclient_line == NULL)
        return;
    envelope->needed |= HOP_XCLIENT;
    envelope->xclient = arena_try_text(&envelope->arena, span_text(xclient_line));
    assert(envelope->xclient != NULL);
}

int hop_mail(struct hop *hop, const struct transaction *t, bool with_xclient, const char *xclient_line, unsigned needed,
             struct deadline deadline, char reply_out[HOP_REPLY_SIZE])
{
    struct smtp_reply reply;
    hop_reset(hop);
    hop_fill_envelope(hop, t, with_xclient ? xclient_line : NULL, needed);
    if (hop_establish(hop, deadline, &reply) != HOP_DONE)
        return hop_answer(hop->trouble, reply_out);
    return hop_answer(reply.text, reply_out);
}

static bool needs_dsn(const char *parameters)
{
    return has_parameter(parameters, "NOTIFY") || has_parameter(parameters, "ORCPT");
}

/* What the next hop was known to offer at MAIL it may have lost since: a NOTIFY=NEVER is refused sooner than forgotten.
 */
static enum hop_step hop_try_rcpt(struct hop *hop, const char *address, const char *parameters,
                                  struct deadline deadline, struct smtp_reply *reply_out, struct fault *fault)
{
    if (!needs_dsn(parameters) || (hop->link->abilities.bits & HOP_DSN) != 0)
        return hop_say_rcpt(hop->link, address, parameters, deadline, reply_out, fault);
    smtp_reply_init(reply_out);
    (void)smtp_reply_add_line(reply_out, span_text("451 4.3.0 next hop no longer offers DSN"), fault);
    return HOP_DONE;
}

int hop_rcpt(struct hop *hop, const char *address, const char *parameters, struct deadline deadline,
             char reply_out[HOP_REPLY_SIZE])
{
    struct smtp_reply reply;
    struct fault loss;
    if (hop->trouble[0] != '\0')
        return hop_answer(hop->trouble, reply_out);
    assert(hop->is_begun);
    enum hop_step step = hop_try_rcpt(hop, address, parameters, deadline, &reply, &loss);
    while (step == HOP_LOST) {
        step = hop_recover(hop, &loss, deadline);
        if (step == HOP_DONE)
            step = hop_try_rcpt(hop, address, parameters, deadline, &reply, &loss);
    }
    if (step == HOP_DONE && smtp_reply_class(reply.code) == 3)
        step = hop_wrong_reply(hop, "RCPT", &reply);
    if (step == HOP_OVER)
        return hop_answer(hop->trouble, reply_out);
    if (smtp_reply_class(reply.code) != 2)
        return hop_answer(reply.text, reply_out);
    if (!hop_envelope_add(&hop->envelope, address, parameters)) {
        (void)hop_give_up(hop, "4.5.3", "the recipients fill the memory for one envelope");
        return hop_answer(hop->trouble, reply_out);
    }
    if (needs_dsn(parameters))
        hop->envelope.needed |= HOP_DSN;
    return hop_answer(reply.text, reply_out);
}
