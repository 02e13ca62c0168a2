#include "gate/hop_link.h"

#include "base/memory.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

enum { FAREWELL_MS = 100, CODE_READY = 220, CODE_CLOSING = 421 };

static struct deadline command_deadline(const struct hop_link *link, struct deadline deadline)
{
    return deadline_earlier(deadline, deadline_in(link->target->settings->command_timeout_ms));
}

void hop_link_abort(struct hop_link *link)
{
    if (link == NULL)
        return;
    stream_free(link->stream);
    free(link);
}

void hop_link_close(struct hop_link *link)
{
    if (link == NULL)
        return;
    stream_set_deadline(link->stream, deadline_in(FAREWELL_MS));
    if (stream_write_text(link->stream, "QUIT\r\n") == 0)
        (void)stream_flush(link->stream);
    hop_link_abort(link);
}

void hop_link_put_span(struct hop_link *link, struct span piece)
{
    /* Or an address could be a command. */
    assert(span_find_byte(piece, '\r') == SPAN_NONE && span_find_byte(piece, '\n') == SPAN_NONE);
    (void)stream_write(link->stream, piece.data, piece.size); /* a fault sticks until the reply is read */
}

void hop_link_put(struct hop_link *link, const char *text)
{
    hop_link_put_span(link, span_text(text));
}

static enum hop_step link_hear(struct hop_link *link, struct deadline deadline, struct smtp_reply *reply_out,
                               smtp_reply_each each, void *context, struct fault *fault)
{
    stream_set_deadline(link->stream, deadline);
    if (smtp_reply_read(link->stream, reply_out, each, context, fault) != 0)
        return HOP_LOST;
    if (reply_out->code == CODE_CLOSING) {
        (void)fault_set(fault, EPIPE, "it closes the connection: %s", reply_out->text);
        return HOP_LOST;
    }
    link->is_untried = false;
    return HOP_DONE;
}

/* One command, one reply: what is at hand before a command is said would be taken for its reply. */
static bool link_is_out_of_turn(const struct hop_link *link, struct fault *fault)
{
    if (!stream_has_arrived(link->stream))
        return false;
    (void)fault_set(fault, EPROTO, "it %s",
                    stream_is_gone(link->stream) ? "closed the connection" : "speaks out of turn");
    return true;
}

enum hop_step hop_link_hear(struct hop_link *link, struct deadline deadline, struct smtp_reply *reply_out,
                            struct fault *fault)
{
    return link_hear(link, deadline, reply_out, NULL, NULL, fault);
}

enum hop_step hop_link_ask(struct hop_link *link, struct deadline deadline, struct smtp_reply *reply_out,
                           struct fault *fault)
{
    if (link_is_out_of_turn(link, fault))
        return HOP_LOST;
    (void)stream_write_text(link->stream, "\r\n");
    return hop_link_hear(link, command_deadline(link, deadline), reply_out, fault);
}

static enum hop_step link_refused(const char *command, const struct smtp_reply *reply, struct fault *fault)
{
    (void)fault_set(fault, EPROTO, "it answers %s with \"%s\"", command, reply->text);
    return HOP_OVER;
}

static enum hop_step link_greeting(struct hop_link *link, struct deadline deadline, struct fault *fault)
{
    struct smtp_reply reply;
    enum hop_step step = hop_link_hear(link, command_deadline(link, deadline), &reply, fault);
    if (step == HOP_DONE && reply.code != CODE_READY)
        return link_refused("the connection", &reply, fault);
    return step;
}

static enum hop_step link_say_hello(struct hop_link *link, const char *verb, struct deadline deadline,
                                    struct smtp_reply *reply_out, struct fault *fault)
{
    if (link_is_out_of_turn(link, fault))
        return HOP_LOST;
    link->abilities = (struct hop_abilities){ 0 };
    hop_link_put(link, verb);
    hop_link_put(link, " ");
    hop_link_put(link, link->target->hostname);
    (void)stream_write_text(link->stream, "\r\n");
    return link_hear(link, command_deadline(link, deadline), reply_out, ehlo_add_line, &link->abilities, fault);
}

/* EHLO, or HELO where that is not known (RFC 5321 section 3.2); LHLO has no such way back (RFC 2033 section 4.1). */
static enum hop_step link_hello(struct hop_link *link, struct deadline deadline, struct fault *fault)
{
    struct smtp_reply reply;
    bool is_lmtp = link->target->settings->protocol == PROTOCOL_LMTP;
    const char *verb = is_lmtp ? "LHLO" : "EHLO";
    enum hop_step step = link_say_hello(link, verb, deadline, &reply, fault);
    if (step == HOP_DONE && smtp_reply_class(reply.code) == 5 && !is_lmtp) {
        verb = "HELO";
        step = link_say_hello(link, verb, deadline, &reply, fault);
        link->abilities = (struct hop_abilities){ 0 };
    }
    if (step == HOP_DONE && smtp_reply_class(reply.code) != 2)
        return link_refused(verb, &reply, fault);
    return step;
}

/* Nothing that was learnt in plain text counts afterwards (RFC 3207 section 4.2). */
static enum hop_step link_secure(struct hop_link *link, struct deadline deadline, struct fault *fault)
{
    const struct hop_target *target = link->target;
    bool is_required = target->settings->tls == TLS_REQUIRE;
    bool is_offered = (link->abilities.bits & HOP_STARTTLS) != 0;
    if (target->settings->tls == TLS_NO || (!is_required && (!is_offered || target->tls == NULL)))
        return HOP_DONE;
    if (!is_offered || target->tls == NULL) {
        (void)fault_set(fault, EPROTO, "TLS is required, and %s",
                        is_offered ? "there are no settings for it" : "it does not offer STARTTLS");
        return HOP_OVER;
    }
    struct smtp_reply reply;
    hop_link_put(link, "STARTTLS");
    enum hop_step step = hop_link_ask(link, deadline, &reply, fault);
    if (step != HOP_DONE)
        return step;
    if (reply.code != CODE_READY)
        return is_required ? link_refused("STARTTLS", &reply, fault) : HOP_DONE;
    stream_set_deadline(link->stream, command_deadline(link, deadline));
    const char *host = target->address.family == NET_INET ? target->address.host : "localhost";
    if (stream_start_tls_client(link->stream, target->tls, host) != 0) {
        *fault = *stream_fault(link->stream);
        return HOP_OVER;
    }
    return link_hello(link, deadline, fault);
}

enum hop_step hop_link_open(const struct hop_target *target, struct deadline deadline, struct hop_link **link_out,
                            struct fault *fault)
{
    *link_out = NULL;
    struct deadline dialling = deadline_earlier(deadline, deadline_in(target->settings->connect_timeout_ms));
    int fd = net_dial(&target->address, dialling, fault);
    if (fd < 0)
        return HOP_OVER;
    struct hop_link *link = memory_new(sizeof *link);
    link->target = target;
    link->stream = stream_new(fd);
    enum hop_step step = link_greeting(link, deadline, fault);
    if (step == HOP_DONE)
        step = link_hello(link, deadline, fault);
    if (step == HOP_DONE)
        step = link_secure(link, deadline, fault);
    if (step == HOP_DONE)
        *link_out = link;
    else
        hop_link_abort(link);
    return step;
}

enum hop_step hop_link_xclient(struct hop_link *link, const char *line, struct deadline deadline, struct fault *fault)
{
    struct smtp_reply reply;
    link->is_tainted = true;
    hop_link_put(link, line);
    enum hop_step step = hop_link_ask(link, deadline, &reply, fault);
    if (step != HOP_DONE)
        return step;
    if (reply.code != CODE_READY)
        return link_refused("XCLIENT", &reply, fault);
    return link_hello(link, deadline, fault);
}

void hop_link_reset(struct hop_link *link)
{
    if (!link->is_dirty)
        return;
    stream_set_deadline(link->stream, deadline_in(FAREWELL_MS));
    (void)stream_write_text(link->stream, "RSET\r\n");
    (void)stream_flush(link->stream); /* the next hop need not keep the transaction open while the link is idle */
    link->is_dirty = false;
    link->owes_reply = true;
}

enum hop_step hop_link_settle(struct hop_link *link, struct deadline deadline, struct fault *fault)
{
    if (!link->owes_reply)
        return HOP_DONE;
    struct smtp_reply reply;
    bool was_untried = link->is_untried; /* the reply may have lain there since before the connection died */
    link->owes_reply = false;
    enum hop_step step = hop_link_hear(link, command_deadline(link, deadline), &reply, fault);
    link->is_untried = was_untried;
    if (step == HOP_DONE && smtp_reply_class(reply.code) != 2) {
        (void)link_refused("RSET", &reply, fault);
        return HOP_LOST;
    }
    return step;
}

bool hop_link_is_stale(const struct hop_link *link)
{
    return stream_fault(link->stream)->code != 0 || stream_is_gone(link->stream) ||
           (!link->owes_reply && stream_has_arrived(link->stream));
}
