/* MAIL and RCPT: a transaction, in step with the next hop's, so that each reply is the next hop's own. */
#include "gate/smtp.h"

#include "base/memory.h"
#include "proto/smtp_command.h"
#include "proto/smtp_reply.h"

#include <stdlib.h>
#include <string.h>

enum {
    SMTP_DEFAULT_RESERVATION = 65536, /* for a message whose size is not told */
    SMTP_FIRST_RECIPIENTS = 4,
    SMTP_HOP_COMMANDS = 3 /* that a slow next hop may each take the whole command timeout for, at one of ours */
};

static const struct {
    unsigned extension;
    unsigned ability;
} needs[] = {
    { SMTP_EXT_8BITMIME, HOP_8BITMIME },
    { SMTP_EXT_SMTPUTF8, HOP_SMTPUTF8 },
    { SMTP_EXT_DSN, HOP_DSN },
};

struct deadline smtp_hop_deadline(const struct smtp *smtp)
{
    const struct hop_settings *hop = &smtp->settings->hop;
    return deadline_in((int64_t)hop->connect_timeout_ms + (int64_t)hop->command_timeout_ms * SMTP_HOP_COMMANDS);
}

void smtp_mail_end(struct smtp *smtp)
{
    struct smtp_mail *mail = smtp->mail;
    free(smtp->xforward);
    smtp->xforward = NULL;
    if (mail == NULL)
        return;
    hop_free(mail->hop);
    budget_drop(smtp->gate->budget, &mail->reservation);
    transaction_fini(&mail->t);
    free(mail);
    smtp->mail = NULL;
    stream_set_waker(smtp->stream, smtp->gate->stopping_fd);
}

static void smtp_refuse_mail(struct smtp *smtp, const char *sender, const char *reply)
{
    smtp_log_refusal(smtp, "MAIL", sender, reply);
    smtp_reply(smtp, reply);
    smtp_mail_end(smtp);
}

/* That the scanners can't answer a client is told at MAIL before the queue, and after it as well for all but the first
 * message of a session. The last question before the next hop's, because one message is let through to see whether
 * they do. */
static bool smtp_may_begin(struct smtp *smtp)
{
    bool is_admitted = smtp->is_admitted;
    smtp->is_admitted = false;
    return is_admitted || scanners_admit(smtp->gate->scanners, &smtp->settings->policy);
}

/* What the client was offered and uses now. SIZE is ours in any case: a next hop that does not know it is not told. */
static unsigned smtp_needed_abilities(const struct smtp_envelope *envelope)
{
    unsigned needed = 0;
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        if ((envelope->extensions & needs[i].extension) != 0)
            needed |= needs[i].ability;
    }
    return needed;
}

static struct smtp_mail *smtp_mail_new(struct smtp *smtp, const struct smtp_envelope *envelope)
{
    struct smtp_mail *mail = memory_new(sizeof *mail);
    struct transaction *t = &mail->t;
    struct buf parameters;
    transaction_init(t, smtp->gate, smtp->settings, smtp->session->id, ++smtp->mail_count,
                     smtp->is_lmtp ? "lmtp" : "smtp");
    smtp_fill_origin(smtp, &t->origin);
    buf_init(&parameters, SMTP_LINE_LIMIT);
    smtp_envelope_put_parameters(envelope, smtp->extensions, &parameters);
    t->sender = arena_try_text(&t->arena, envelope->address);
    t->sender_parameters = arena_try_text(&t->arena, buf_span(&parameters));
    buf_fini(&parameters);
    mail->is_utf8 = (envelope->extensions & SMTP_EXT_SMTPUTF8) != 0;
    mail->hop = hop_new(smtp->session->listener->hops);
    return mail;
}

void smtp_mail(struct smtp *smtp, struct span arguments)
{
    struct smtp_envelope envelope;
    const char *refusal = NULL;
    if (smtp->settings->tls == TLS_REQUIRE && stream_tls_text(smtp->stream)[0] == '\0') {
        smtp_mistake(smtp, "530 5.7.0 Say STARTTLS first");
        return;
    }
    if (smtp_envelope_parse(SMTP_MAIL, arguments, smtp->extensions, false, &envelope, &refusal) != 0) {
        smtp_mistake(smtp, refusal);
        return;
    }

    struct smtp_mail *mail = smtp->mail = smtp_mail_new(smtp, &envelope);
    uint64_t size = envelope.size > 0 ? envelope.size : SMTP_DEFAULT_RESERVATION;
    mail->t.reservation = &mail->reservation;
    refusal = NULL;
    if (envelope.size > smtp->largest_bytes)
        refusal = "552 5.3.4 The message is larger than is taken here";
    else if (!budget_take(smtp->gate->budget, &mail->reservation, size))
        refusal = "452 4.3.1 Too much mail at once, try again later";
    else if (!smtp_may_begin(smtp))
        refusal = "451 4.7.1 The scanners do not answer, try again later";
    if (refusal != NULL) {
        smtp_refuse_mail(smtp, mail->t.sender, refusal);
        return;
    }

    char reply[HOP_REPLY_SIZE];
    const char *xclient = smtp->xclient_line.size > 0 ? buf_text(&smtp->xclient_line) : NULL;
    int code = hop_mail(mail->hop, &mail->t, xclient != NULL, xclient, smtp_needed_abilities(&envelope),
                        smtp_hop_deadline(smtp), reply);
    if (smtp_reply_class((unsigned)code) != 2) {
        smtp_refuse_mail(smtp, mail->t.sender, reply);
        return;
    }
    smtp->commands = 0;
    stream_set_waker(smtp->stream, -1); /* what has begun is finished, even while the gate drains */
    smtp_reply(smtp, reply);
}

static bool mail_make_room(struct smtp_mail *mail)
{
    struct transaction *t = &mail->t;
    if (t->recipient_count < mail->recipient_room)
        return true;
    size_t room = mail->recipient_room > 0 ? mail->recipient_room * 2 : SMTP_FIRST_RECIPIENTS;
    struct recipient *recipients = arena_try(&t->arena, room * sizeof *recipients);
    if (recipients == NULL)
        return false;
    if (t->recipient_count > 0)
        memcpy(recipients, t->recipients, t->recipient_count * sizeof *recipients);
    t->recipients = recipients;
    mail->recipient_room = room;
    return true;
}

/* The place of the next recipient, filled but not counted yet: once the next hop has accepted somebody there must be
 * one. NULL where memory for one envelope ends. */
static struct recipient *smtp_place_recipient(struct smtp *smtp, const struct smtp_envelope *envelope)
{
    struct smtp_mail *mail = smtp->mail;
    struct buf parameters;
    buf_init(&parameters, SMTP_LINE_LIMIT);
    smtp_envelope_put_parameters(envelope, smtp->extensions, &parameters);
    struct recipient recipient = { .address = arena_try_text(&mail->t.arena, envelope->address),
                                   .parameters = arena_try_text(&mail->t.arena, buf_span(&parameters)) };
    buf_fini(&parameters);
    if (recipient.address == NULL || recipient.parameters == NULL || !mail_make_room(mail))
        return NULL;
    struct recipient *place = &mail->t.recipients[mail->t.recipient_count];
    *place = recipient;
    return place;
}

/* Whether the next hop may still be told DSN parameters, which come after MAIL: it may have been dialled anew. */
static bool smtp_hop_has_dsn(const struct smtp *smtp)
{
    struct hop_abilities hop;
    struct fault fault;
    return hop_pool_abilities(smtp->session->listener->hops, smtp_hop_deadline(smtp), &hop, &fault) == 0 &&
           (hop.bits & HOP_DSN) != 0;
}

/* One reply after the body can't tell several fates apart: LMTP gives us one for each recipient, SMTP takes one. */
static bool smtp_takes_more(const struct smtp *smtp)
{
    bool has_one_fate = !smtp->is_lmtp && smtp->settings->hop.protocol == PROTOCOL_LMTP;
    return smtp->mail->t.recipient_count < (has_one_fate ? 1 : smtp->settings->max_recipients);
}

static void smtp_refuse_rcpt(struct smtp *smtp, const char *address, const char *reply)
{
    smtp_log_refusal(smtp, "RCPT", address, reply);
    smtp_reply(smtp, reply);
}

void smtp_rcpt(struct smtp *smtp, struct span arguments)
{
    struct smtp_mail *mail = smtp->mail;
    struct smtp_envelope envelope;
    const char *refusal = NULL;
    if (smtp_envelope_parse(SMTP_RCPT, arguments, smtp->extensions, mail->is_utf8, &envelope, &refusal) != 0) {
        smtp_mistake(smtp, refusal);
        return;
    }
    struct recipient *recipient = smtp_takes_more(smtp) ? smtp_place_recipient(smtp, &envelope) : NULL;
    if (recipient == NULL) {
        smtp_refuse_rcpt(smtp, NULL, "452 4.5.3 Too many recipients for one message");
        return;
    }
    if ((envelope.extensions & SMTP_EXT_DSN) != 0 && !smtp_hop_has_dsn(smtp)) {
        smtp_refuse_rcpt(smtp, recipient->address, "451 4.3.0 The next hop has lost an ability, try again later");
        return;
    }

    char reply[HOP_REPLY_SIZE];
    int code = hop_rcpt(mail->hop, recipient->address, recipient->parameters, smtp_hop_deadline(smtp), reply);
    if (smtp_reply_class((unsigned)code) != 2) {
        smtp_refuse_rcpt(smtp, recipient->address, reply);
        return;
    }
    mail->t.recipient_count++;
    smtp_reply(smtp, reply);
}
