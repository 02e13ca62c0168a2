#include "gate/release.h"

#include "base/memory.h"
#include "gate/hop.h"
#include "gate/session.h"
#include "ipc/calls/judge.h"
#include "proto/smtp_command.h"
#include "proto/smtp_reply.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RELEASE_ALL_EXTENSIONS = SMTP_EXT_SIZE | SMTP_EXT_8BITMIME | SMTP_EXT_SMTPUTF8 | SMTP_EXT_DSN,
    RELEASE_HOP_COMMANDS = 3 /* that a slow next hop may each take the whole command timeout for, at one of ours */
};

/* One recipient of the envelope. */
struct release_recipient {
    const char *address; /* as it was asked for */
    bool is_accepted;    /* by the next hop: then the transaction has it */
    char reply[HOP_REPLY_SIZE];
};

struct release {
    struct gate *gate;
    const struct gate_listener *listener; /* NULL: there is none of that name */
    char listener_name[JUDGE_NAME_SIZE];
    const char *sender; /* as it was asked for */
    const char *parameters;
    struct release_recipient *recipients;
    uint32_t count;
    bool is_utf8;
    struct transaction t;
    struct reservation reservation;
    struct hop *hop;
};

/* --- The envelope --- */

static const char *release_cut_text(struct span *rest)
{
    const char *text = rest->data;
    size_t end = span_find_byte(*rest, '\0');
    if (end == SPAN_NONE)
        return NULL;
    *rest = span_from(*rest, end + 1);
    return text;
}

/* The texts stay where they are: the caller keeps the envelope. */
static int release_read(struct release *release, struct span envelope, struct fault *fault)
{
    struct judge_envelope head;
    if (envelope.size < sizeof head)
        return fault_set(fault, EPROTO, "an envelope of %zu bytes is none", envelope.size);
    memcpy(&head, envelope.data, sizeof head);
    if (head.magic != JUDGE_ENVELOPE_MAGIC || head.recipient_count == 0 ||
        head.recipient_count > JUDGE_MOST_RECIPIENTS || memchr(head.listener, '\0', sizeof head.listener) == NULL)
        return fault_set(fault, EPROTO, "the envelope's head makes no sense");
    memcpy(release->listener_name, head.listener, sizeof release->listener_name);
    struct span rest = span_from(envelope, sizeof head);
    release->sender = release_cut_text(&rest);
    release->parameters = release->sender != NULL ? release_cut_text(&rest) : NULL;
    release->recipients = memory_new(head.recipient_count * sizeof *release->recipients);
    bool is_whole = release->parameters != NULL;
    while (is_whole && release->count < head.recipient_count) {
        const char *address = release_cut_text(&rest);
        is_whole = address != NULL;
        if (is_whole)
            release->recipients[release->count++].address = address;
    }
    return is_whole && rest.size == 0 ? 0 : fault_set(fault, EPROTO, "the envelope's texts do not add up");
}

static const struct gate_listener *release_find_listener(const struct gate *gate, const char *name)
{
    for (size_t i = 0; i < gate->listener_count; i++) {
        const struct gate_listener *listener = &gate->listeners[i];
        if (listener->hops != NULL && strcmp(listener->settings->name, name) == 0)
            return listener;
    }
    return NULL;
}

struct release *release_new(struct gate *gate, struct span envelope, const char *session_id, uint32_t number,
                            struct fault *fault)
{
    struct release *release = memory_new(sizeof *release);
    release->gate = gate;
    if (release_read(release, envelope, fault) != 0) {
        free(release->recipients);
        free(release);
        return NULL;
    }
    release->listener = release_find_listener(gate, release->listener_name);
    const struct listener_settings *settings = release->listener != NULL ? release->listener->settings : NULL;
    transaction_init(&release->t, gate, settings, session_id, number, "release");
    release->t.mode = MODE_BEFORE_QUEUE; /* what is refused is refused to whoever asks for the release */
    return release;
}

void release_free(struct release *release)
{
    if (release == NULL)
        return;
    hop_free(release->hop);
    budget_drop(release->gate->budget, &release->reservation);
    transaction_fini(&release->t);
    free(release->recipients);
    free(release);
}

/* --- At the next hop --- */

static struct deadline release_hop_deadline(const struct release *release)
{
    const struct hop_settings *hop = &release->listener->settings->hop;
    int64_t ms = (int64_t)hop->connect_timeout_ms + (int64_t)hop->command_timeout_ms * RELEASE_HOP_COMMANDS;
    return deadline_earlier(release->t.deadline, deadline_in(ms));
}

/* Everybody who has no reply yet. */
static void release_refuse(struct release *release, const char *reply)
{
    for (uint32_t i = 0; i < release->count; i++) {
        struct release_recipient *recipient = &release->recipients[i];
        if (!recipient->is_accepted && recipient->reply[0] == '\0')
            (void)snprintf(recipient->reply, sizeof recipient->reply, "%s", reply);
    }
}

/* "FROM:<ADDRESS> PARAMETERS", as a client would write it. 0, or -1 and the reply. */
static int release_parse(enum smtp_verb verb, const char *address, const char *parameters, bool is_utf8,
                         struct buf *line, struct smtp_envelope *envelope_out, const char **reply_out)
{
    buf_init(line, SMTP_LINE_LIMIT);
    buf_printf(line, "%s:<%s>%s%s", verb == SMTP_MAIL ? "FROM" : "TO", address, parameters[0] != '\0' ? " " : "",
               parameters);
    *reply_out = "501 5.1.3 This is no address";
    if (buf_overflowed(line) || strpbrk(buf_text(line), "\r\n") != NULL)
        return -1;
    return smtp_envelope_parse(verb, buf_span(line), RELEASE_ALL_EXTENSIONS, is_utf8, envelope_out, reply_out);
}

static unsigned release_needed_abilities(unsigned extensions)
{
    unsigned needed = (extensions & SMTP_EXT_8BITMIME) != 0 ? HOP_8BITMIME : 0;
    return needed | ((extensions & SMTP_EXT_SMTPUTF8) != 0 ? HOP_SMTPUTF8 : 0);
}

/* MAIL. False where nobody can be delivered to. */
static bool release_say_mail(struct release *release)
{
    struct transaction *t = &release->t;
    struct buf line;
    struct buf parameters;
    struct smtp_envelope envelope;
    const char *refusal = NULL;
    char reply[HOP_REPLY_SIZE];
    bool is_sound = release_parse(SMTP_MAIL, release->sender, release->parameters, false, &line, &envelope, &refusal) ==
                    0;
    if (is_sound) {
        buf_init(&parameters, SMTP_LINE_LIMIT);
        smtp_envelope_put_parameters(&envelope, RELEASE_ALL_EXTENSIONS, &parameters);
        t->sender = arena_try_text(&t->arena, envelope.address);
        t->sender_parameters = arena_try_text(&t->arena, buf_span(&parameters));
        buf_fini(&parameters);
        release->is_utf8 = (envelope.extensions & SMTP_EXT_SMTPUTF8) != 0;
        release->hop = hop_new(release->listener->hops);
        int code = hop_mail(release->hop, t, false, NULL, release_needed_abilities(envelope.extensions),
                            release_hop_deadline(release), reply);
        refusal = smtp_reply_class((unsigned)code) == 2 ? NULL : reply;
    }
    buf_fini(&line);
    if (refusal != NULL)
        release_refuse(release, refusal);
    return refusal == NULL;
}

/* RCPT. Whom the next hop takes becomes a recipient of the transaction. */
static void release_say_rcpt(struct release *release, struct release_recipient *recipient)
{
    struct transaction *t = &release->t;
    struct buf line;
    struct smtp_envelope envelope;
    const char *refusal = NULL;
    int failed = release_parse(SMTP_RCPT, recipient->address, "", release->is_utf8, &line, &envelope, &refusal);
    char *address = failed == 0 ? arena_try_text(&t->arena, envelope.address) : NULL;
    char *parameters = arena_try_text(&t->arena, span_text(""));
    buf_fini(&line);
    if (address == NULL || parameters == NULL) {
        (void)snprintf(recipient->reply, sizeof recipient->reply, "%s",
                       refusal != NULL ? refusal : "452 4.5.3 Too many recipients for one message");
        return;
    }
    int code = hop_rcpt(release->hop, address, parameters, release_hop_deadline(release), recipient->reply);
    recipient->is_accepted = smtp_reply_class((unsigned)code) == 2;
    if (recipient->is_accepted)
        t->recipients[t->recipient_count++] = (struct recipient){ .address = address, .parameters = parameters };
}

static void release_begin_at_hop(struct release *release)
{
    struct transaction *t = &release->t;
    t->recipients = arena_try(&t->arena, release->count * sizeof *t->recipients);
    if (t->recipients == NULL) {
        release_refuse(release, "452 4.5.3 Too many recipients for one message");
        return;
    }
    if (!release_say_mail(release))
        return;
    for (uint32_t i = 0; i < release->count; i++)
        release_say_rcpt(release, &release->recipients[i]);
}

static void release_forward(struct transaction *t, void *context)
{
    struct release *release = context;
    hop_deliver(release->hop, t, NULL, NULL);
}

/* --- The whole --- */

/* The message once more, behind the stand-in that every mail is judged with. */
static int release_body(struct release *release, struct span message, struct fault *fault)
{
    struct transaction *t = &release->t;
    if (!budget_take(release->gate->budget, &release->reservation, message.size))
        return fault_set(fault, ENOMEM, "too much mail at once");
    t->reservation = &release->reservation;
    if (transaction_body_begin(t, fault) != 0)
        return -1;
    return sealed_append(&t->message, message.data, message.size, fault);
}

static void release_give_up(struct release *release, const char *status, const char *reason)
{
    char reply[HOP_REPLY_SIZE];
    (void)snprintf(reply, sizeof reply, "%s %s", status, reason);
    release_refuse(release, reply);
    verdict_add(&release->t.verdict, CATEGORY_UNSCANNED, UNSCANNABLE_NONE, "gate", reason);
}

void release_run(struct release *release, struct span message, bool is_forced, struct deadline deadline)
{
    struct transaction *t = &release->t;
    struct fault fault = { 0 };
    t->release = is_forced ? RELEASE_FORCED : RELEASE_ASKED;
    if (release->listener == NULL) {
        (void)fault_set(&fault, ENOENT, "there is no listener %s, whose next hop it would go to",
                        release->listener_name);
        release_give_up(release, "550 5.3.5", fault.text);
        return;
    }
    t->deadline = deadline_earlier(deadline, deadline_in(release->listener->settings->message_timeout_ms));
    if (release_body(release, message, &fault) != 0) {
        release_give_up(release, "451 4.3.0", fault.text);
        return;
    }
    release_begin_at_hop(release);
    transaction_run(t, release_forward, release);
}

const struct transaction *release_transaction(const struct release *release)
{
    return &release->t;
}

void release_put_replies(const struct release *release, struct buf *replies_out)
{
    const struct recipient *accepted = release->t.recipients; /* in the envelope's order */
    for (uint32_t i = 0; i < release->count; i++) {
        const struct release_recipient *recipient = &release->recipients[i];
        const char *action = recipient->is_accepted ? fate_action_text(accepted->fate.action) : "refused";
        const char *reply = recipient->is_accepted ? accepted->reply : recipient->reply;
        buf_put(replies_out, action, strlen(action) + 1);
        buf_put(replies_out, reply, strlen(reply) + 1);
        accepted += recipient->is_accepted;
    }
}
