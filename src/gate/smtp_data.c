/* DATA and BDAT: the body goes into sealed memory as it comes; at its last byte the message is judged and answered.
 *
 * A body that is not wanted any more (too large, no memory, a bare newline) is read to its end all the same, so that
 * the dialogue stays in step, and then refused.
 */
#include "gate/smtp.h"

#include "proto/smtp_command.h"
#include "sys/log.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    SMTP_RESERVATION_STEP = 262144,
    SMTP_LEAST_BYTES_A_SECOND = 100, /* on average, beyond the silence that is allowed anyway */
    SMTP_MOST_UNWANTED = 1 << 30     /* bytes beyond what was told to be too large, before we hang up */
};

static const char bad_sequence[] = "503 5.5.1 Say MAIL and RCPT first";
static const char spoilt[] = "503 5.5.1 A chunk was refused: say RSET";

/* --- Into sealed memory --- */

/* The body is not wanted. What it holds is given back at once: reading the rest may take long. */
static void mail_refuse_body(struct smtp_mail *mail, const char *reply)
{
    mail->refusal = reply;
    sealed_close(&mail->t.message);
    budget_drop(mail->t.gate->budget, &mail->reservation);
}

static void mail_look_for_flaw(struct smtp_mail *mail)
{
    if (mail->refusal == NULL && mail->body.flaw != SMTP_BODY_SOUND)
        mail_refuse_body(mail, smtp_body_flaw_reply(mail->body.flaw));
}

/* Raised in steps, so that the lock is rarely asked for; at the limit by as little as will do. */
static bool mail_may_grow(struct smtp_mail *mail, uint64_t size)
{
    struct gate_budget *budget = mail->t.gate->budget;
    uint64_t step = (size + SMTP_RESERVATION_STEP - 1) / SMTP_RESERVATION_STEP * SMTP_RESERVATION_STEP;
    return size <= mail->reservation.bytes || budget_raise(budget, &mail->reservation, step) ||
           budget_raise(budget, &mail->reservation, size);
}

static void mail_store(struct smtp_mail *mail, struct span run)
{
    struct fault fault;
    uint64_t size = (uint64_t)mail->t.message.size - mail->t.standin_bytes + run.size;
    if (run.size == 0 || mail->refusal != NULL)
        return;
    if (size > mail->largest_bytes)
        mail_refuse_body(mail, "552 5.3.4 The message is larger than is taken here");
    else if (!mail_may_grow(mail, size))
        mail_refuse_body(mail, "452 4.3.1 Too much mail at once, try again later");
    else if (sealed_append(&mail->t.message, run.data, run.size, &fault) != 0)
        mail_refuse_body(mail, "451 4.3.0 No memory for the message, try again later");
}

static void mail_store_gathered(struct smtp_mail *mail)
{
    mail_store(mail, span_of(mail->gather, mail->gathered));
    mail->gathered = 0;
}

/* Short runs are gathered: a body of bare newlines or leading dots would cost a system call for each. */
static void mail_put(void *context, struct span run)
{
    struct smtp_mail *mail = context;
    if (run.size > sizeof mail->gather - mail->gathered)
        mail_store_gathered(mail);
    if (run.size > sizeof mail->gather / 2) {
        mail_store_gathered(mail);
        mail_store(mail, run);
        return;
    }
    memcpy(mail->gather + mail->gathered, run.data, run.size);
    mail->gathered += run.size;
}

/* NULL, or the reply where the machine has no room. */
static const char *smtp_body_begin(struct smtp *smtp, enum smtp_body_kind kind)
{
    struct fault fault;
    struct smtp_mail *mail = smtp->mail;
    bool mends = smtp->settings->bare_newline == BARE_NEWLINE_NORMALISE;
    mail->has_body = true;
    mail->largest_bytes = smtp->largest_bytes;
    smtp_body_init(&mail->body, kind, mends, mail_put, mail);
    if (transaction_body_begin(&mail->t, &fault) == 0)
        return NULL;
    mail_refuse_body(mail, "451 4.3.0 No memory for the message, try again later");
    log_note(LOG_ERROR, "no-memory", "session %s: %s", smtp->session->id, fault.text);
    return mail->refusal;
}

/* --- From the client --- */

/* How a body, or a chunk of one, comes along. */
struct pace {
    int64_t began_ms;
    uint64_t taken;
    uint64_t unwanted;
};

static struct pace pace_begin(void)
{
    return (struct pace){ .began_ms = clock_now_ms() };
}

/* The next bytes. False: the client is lost, or so slow that it might as well be, and the session is over. */
static bool smtp_next_bytes(struct smtp *smtp, const struct pace *pace, struct span *bytes_out)
{
    int64_t timeout_ms = smtp->settings->client_timeout_ms;
    int64_t earned_ms = (int64_t)(pace->taken / SMTP_LEAST_BYTES_A_SECOND) * 1000;
    struct deadline slowness = { .at_ms = pace->began_ms + timeout_ms + earned_ms };
    stream_set_deadline(smtp->stream, deadline_earlier(slowness, deadline_in(timeout_ms)));
    if (stream_peek(smtp->stream, bytes_out) == 1)
        return true;
    smtp_part(smtp);
    return false;
}

/* False after a body that is far beyond all limits: then there is no staying in step, and the session is over. */
static bool smtp_consume(struct smtp *smtp, struct pace *pace, size_t size, bool is_wanted)
{
    stream_consume(smtp->stream, size);
    pace->taken += size;
    pace->unwanted += is_wanted ? 0 : size;
    if (pace->unwanted <= SMTP_MOST_UNWANTED)
        return true;
    smtp_hang_up(smtp, "421 4.3.0", "Too much of what is not wanted");
    return false;
}

/* Reads a body under DATA to its end. */
static bool smtp_receive_data(struct smtp *smtp)
{
    struct smtp_mail *mail = smtp->mail;
    struct pace pace = pace_begin();
    while (!smtp_body_is_ended(&mail->body)) {
        struct span bytes;
        if (!smtp_next_bytes(smtp, &pace, &bytes))
            return false;
        size_t taken = smtp_body_take(&mail->body, bytes);
        mail_look_for_flaw(mail);
        if (!smtp_consume(smtp, &pace, taken, mail->refusal == NULL))
            return false;
    }
    return true;
}

/* Reads a chunk of BDAT; `mail` NULL: and drops it. */
static bool smtp_receive_chunk(struct smtp *smtp, uint64_t size, struct smtp_mail *mail)
{
    struct pace pace = pace_begin();
    while (size > 0) {
        struct span bytes;
        if (!smtp_next_bytes(smtp, &pace, &bytes))
            return false;
        if (bytes.size > size)
            bytes.size = (size_t)size;
        size -= bytes.size;
        if (mail != NULL) {
            (void)smtp_body_take(&mail->body, bytes);
            mail_look_for_flaw(mail);
        }
        if (!smtp_consume(smtp, &pace, bytes.size, mail != NULL && mail->refusal == NULL))
            return false;
    }
    return true;
}

/* --- The judgement and the answer --- */

static bool smtp_client_is_gone(void *context)
{
    const struct smtp *smtp = context;
    return stream_is_gone(smtp->stream);
}

static void smtp_forward(struct transaction *t, void *context)
{
    struct smtp *smtp = context;
    hop_deliver(smtp->mail->hop, t, smtp_client_is_gone, smtp);
}

/* LMTP has one reply for each recipient that was accepted (RFC 2033 section 4.2); SMTP has one. */
static void smtp_answer_all(struct smtp *smtp, const char *reply)
{
    size_t count = smtp->is_lmtp ? smtp->mail->t.recipient_count : 1;
    for (size_t i = 0; i < count; i++)
        smtp_reply(smtp, reply);
}

static void smtp_answer_each(struct smtp *smtp, const struct transaction *t)
{
    if (!smtp->is_lmtp) {
        smtp_reply(smtp, transaction_single_reply(t));
        return;
    }
    for (size_t i = 0; i < t->recipient_count; i++)
        smtp_reply(smtp, t->recipients[i].reply);
}

static void smtp_refuse_body(struct smtp *smtp, const char *reply)
{
    smtp_log_refusal(smtp, "body", smtp->mail->t.sender, reply);
    smtp_answer_all(smtp, reply);
}

/* The whole message is here: the one deadline of its way runs from now. */
static void smtp_finish(struct smtp *smtp)
{
    struct transaction *t = &smtp->mail->t;
    t->deadline = deadline_in(smtp->settings->message_timeout_ms);
    transaction_run(t, smtp_forward, smtp);
    if (t->client_is_gone) {
        smtp->is_over = true;
    } else {
        smtp_answer_each(smtp, t);
        (void)stream_flush(smtp->stream); /* before the next hop is tidied up after */
    }
    smtp->mistakes = 0;
}

/* At the last byte. */
static void smtp_end_body(struct smtp *smtp)
{
    struct smtp_mail *mail = smtp->mail;
    mail_look_for_flaw(mail);
    mail_store_gathered(mail);
    if (mail->refusal != NULL)
        smtp_refuse_body(smtp, mail->refusal);
    else
        smtp_finish(smtp);
    smtp_mail_end(smtp);
}

void smtp_data(struct smtp *smtp, struct span arguments)
{
    (void)arguments;
    const char *refusal = smtp_body_begin(smtp, SMTP_BODY_DATA);
    if (refusal != NULL) {
        smtp_reply(smtp, refusal);
        smtp_mail_end(smtp);
        return;
    }
    smtp_reply(smtp, "354 End data with <CR><LF>.<CR><LF>");
    if (smtp_receive_data(smtp))
        smtp_end_body(smtp);
}

/* A chunk that is out of place is read and dropped before it is refused. */
static const char *smtp_bdat_misplaced(struct smtp *smtp)
{
    struct smtp_mail *mail = smtp->mail;
    if (mail == NULL || mail->t.recipient_count == 0)
        return bad_sequence;
    if (mail->is_spoilt)
        return spoilt;
    return mail->has_body ? NULL : smtp_body_begin(smtp, SMTP_BODY_BDAT);
}

void smtp_bdat(struct smtp *smtp, struct span arguments)
{
    uint64_t size = 0;
    bool is_last = false;
    if (!smtp_bdat_parse(arguments, &size, &is_last)) {
        /* How many bytes follow is unknown: they would be read as commands. */
        smtp_reply(smtp, "501 5.5.4 Syntax: BDAT size [LAST]; closing");
        smtp->is_over = true;
        return;
    }
    const char *refusal = smtp_bdat_misplaced(smtp);
    if (!smtp_receive_chunk(smtp, size, refusal == NULL ? smtp->mail : NULL))
        return;
    if (refusal == NULL && is_last) {
        smtp_body_finish(&smtp->mail->body);
        smtp_end_body(smtp);
        return;
    }
    if (refusal == NULL)
        refusal = smtp->mail->refusal;
    if (refusal == NULL) {
        char reply[64];
        (void)snprintf(reply, sizeof reply, "250 2.0.0 %" PRIu64 " octets", size);
        smtp_reply(smtp, reply);
        return;
    }
    if (smtp->mail != NULL && smtp->mail->has_body)
        smtp->mail->is_spoilt = true;
    if (smtp->mail != NULL && smtp->mail->t.recipient_count > 0 && is_last)
        smtp_answer_all(smtp, refusal);
    else
        smtp_reply(smtp, refusal);
}
