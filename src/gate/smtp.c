/* The dialogue with a mail server that brings us mail: SMTP (RFC 5321) and LMTP (RFC 2033). */
#include "gate/smtp.h"

#include "proto/smtp_command.h"
#include "sys/log.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    SMTP_MOST_MISTAKES = 20,
    SMTP_MOST_COMMANDS = 100000, /* without one message being taken */
    SMTP_FAREWELL_MS = 5000,
    SMTP_LINGER_MS = 1000,
    SMTP_LINGER_BYTES = 16 * 1024 * 1024
};

void smtp_reply(struct smtp *smtp, const char *reply)
{
    stream_set_deadline(smtp->stream, deadline_in(smtp->settings->client_timeout_ms));
    (void)stream_write_text(smtp->stream, reply); /* a fault sticks until the next command is read */
    (void)stream_write_text(smtp->stream, "\r\n");
}

void smtp_reply_as_host(struct smtp *smtp, const char *status, const char *text)
{
    char reply[512];
    (void)snprintf(reply, sizeof reply, "%s %.255s %s", status, smtp->gate->settings->hostname, text);
    smtp_reply(smtp, reply);
}

void smtp_hang_up(struct smtp *smtp, const char *status, const char *text)
{
    smtp_reply_as_host(smtp, status, text);
    smtp->is_over = true;
}

void smtp_say_ready(struct smtp *smtp)
{
    smtp_reply_as_host(smtp, "220", smtp->is_lmtp ? "LMTP Cordon" : "ESMTP Cordon");
}

void smtp_mistake(struct smtp *smtp, const char *reply)
{
    smtp_reply(smtp, reply);
    if (++smtp->mistakes >= SMTP_MOST_MISTAKES)
        smtp_hang_up(smtp, "421 4.7.0", "Too many errors");
}

void smtp_log_refusal(const struct smtp *smtp, const char *what, const char *address, const char *reply)
{
    char id[SESSION_ID_SIZE + 16];
    struct origin origin;
    smtp_fill_origin(smtp, &origin);
    (void)snprintf(id, sizeof id, "%s-%u", smtp->session->id, (unsigned)smtp->mail_count);
    struct log_line line;
    log_line_begin(&line, LOG_NOTICE, "refused");
    log_put_text(&line, "session", id);
    log_put_text(&line, "listener", smtp->settings->name);
    log_put_text(&line, "client", origin.address);
    if (origin.queue_id[0] != '\0')
        log_put_text(&line, "queue_id", origin.queue_id);
    log_put_text(&line, "what", what);
    if (address != NULL)
        log_put_private(&line, "address", span_text(address));
    log_put_text(&line, "reply", reply);
    log_line_send(&line);
}

/* --- The small commands --- */

static void smtp_rset(struct smtp *smtp, struct span arguments)
{
    (void)arguments;
    smtp_mail_end(smtp);
    smtp_reply(smtp, "250 2.0.0 Ok");
}

static void smtp_noop(struct smtp *smtp, struct span arguments)
{
    (void)arguments;
    smtp_reply(smtp, "250 2.0.0 Ok");
}

static void smtp_help(struct smtp *smtp, struct span arguments)
{
    (void)arguments;
    smtp_reply(smtp, "214 2.0.0 This is Cordon, a virus-scanning gateway between mail servers");
}

/* Only the next hop knows, and it is asked at RCPT (RFC 5321 section 3.5.3). */
static void smtp_vrfy(struct smtp *smtp, struct span arguments)
{
    if (arguments.size == 0)
        smtp_mistake(smtp, "501 5.5.4 Syntax: VRFY address");
    else
        smtp_reply(smtp, "252 2.5.2 Cannot say before RCPT");
}

static void smtp_quit(struct smtp *smtp, struct span arguments)
{
    (void)arguments;
    smtp_hang_up(smtp, "221 2.0.0", "Bye");
}

/* --- What may be said when --- */

static bool breaks_smtp(const struct smtp *smtp)
{
    return smtp->is_lmtp;
}

static bool breaks_lmtp(const struct smtp *smtp)
{
    return !smtp->is_lmtp;
}

static bool lacks_hello(const struct smtp *smtp)
{
    return smtp->hello == NULL;
}

static bool is_in_mail(const struct smtp *smtp)
{
    return smtp->mail != NULL;
}

static bool lacks_mail(const struct smtp *smtp)
{
    return smtp->mail == NULL;
}

static bool has_body(const struct smtp *smtp)
{
    return smtp->mail != NULL && smtp->mail->has_body;
}

static bool lacks_recipients(const struct smtp *smtp)
{
    return smtp->mail == NULL || smtp->mail->t.recipient_count == 0;
}

enum {
    IN_SMTP = 1U << 0,
    IN_LMTP = 1U << 1,
    AFTER_HELLO = 1U << 2,
    OUTSIDE_MAIL = 1U << 3,
    INSIDE_MAIL = 1U << 4,
    BEFORE_BODY = 1U << 5,
    AFTER_RCPT = 1U << 6
};

/* A client that pipelines goes on when MAIL or RCPT was refused, so that is no mistake of its own (RFC 2920 section
 * 3.1). */
static const struct {
    bool (*is_broken)(const struct smtp *smtp);
    const char *reply;
    unsigned rule;
    bool is_mistake;
} rules[] = {
    { breaks_smtp, "500 5.5.1 This is LMTP: say LHLO", IN_SMTP, true },
    { breaks_lmtp, "500 5.5.1 This is SMTP: say EHLO", IN_LMTP, true },
    { lacks_hello, "503 5.5.1 Introduce yourself first", AFTER_HELLO, true },
    { is_in_mail, "503 5.5.1 A mail transaction is under way", OUTSIDE_MAIL, true },
    { lacks_mail, "503 5.5.1 Say MAIL first", INSIDE_MAIL, false },
    { has_body, "503 5.5.1 The body has begun with BDAT: go on with it, or say RSET", BEFORE_BODY, false },
    { lacks_recipients, "503 5.5.1 There is no valid recipient", AFTER_RCPT, false },
};

/* BDAT looks after its own order, because its bytes have to be read in any case. */
static const struct {
    void (*handle)(struct smtp *smtp, struct span arguments);
    unsigned rules;
} commands[SMTP_VERBS] = {
    [SMTP_HELO] = { smtp_hello, IN_SMTP },
    [SMTP_EHLO] = { smtp_extended_hello, IN_SMTP },
    [SMTP_LHLO] = { smtp_extended_hello, IN_LMTP },
    [SMTP_STARTTLS] = { smtp_starttls, 0 },
    [SMTP_XFORWARD] = { smtp_xforward, AFTER_HELLO | OUTSIDE_MAIL },
    [SMTP_XCLIENT] = { smtp_xclient, AFTER_HELLO | OUTSIDE_MAIL },
    [SMTP_MAIL] = { smtp_mail, AFTER_HELLO | OUTSIDE_MAIL },
    [SMTP_RCPT] = { smtp_rcpt, AFTER_HELLO | INSIDE_MAIL | BEFORE_BODY },
    [SMTP_DATA] = { smtp_data, AFTER_HELLO | INSIDE_MAIL | BEFORE_BODY | AFTER_RCPT },
    [SMTP_BDAT] = { smtp_bdat, 0 },
    [SMTP_RSET] = { smtp_rset, 0 },
    [SMTP_NOOP] = { smtp_noop, 0 },
    [SMTP_HELP] = { smtp_help, 0 },
    [SMTP_VRFY] = { smtp_vrfy, 0 },
    [SMTP_QUIT] = { smtp_quit, 0 },
};

static bool smtp_keeps_rules(struct smtp *smtp, enum smtp_verb verb)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if ((commands[verb].rules & rules[i].rule) == 0 || !rules[i].is_broken(smtp))
            continue;
        if (rules[i].is_mistake)
            smtp_mistake(smtp, rules[i].reply);
        else
            smtp_reply(smtp, rules[i].reply);
        return false;
    }
    return true;
}

static void smtp_obey(struct smtp *smtp, struct span line)
{
    struct span arguments;
    enum smtp_verb verb = smtp_verb_parse(line, &arguments);
    if (verb == SMTP_UNKNOWN)
        smtp_mistake(smtp, "500 5.5.2 Command not recognised");
    else if (line.size > smtp_verb_line_limit(verb))
        smtp_mistake(smtp, "500 5.5.2 Line too long");
    else if (arguments.size > 0 && !smtp_verb_takes_arguments(verb))
        smtp_mistake(smtp, "501 5.5.4 This command takes no arguments");
    else if (smtp_keeps_rules(smtp, verb))
        commands[verb].handle(smtp, arguments);
}

/* --- The dialogue --- */

void smtp_part(struct smtp *smtp)
{
    smtp->is_over = true;
    if (stream_fault(smtp->stream)->code == ECANCELED)
        smtp_reply_as_host(smtp, "421 4.3.2", "Cordon is being stopped, try again later");
    else if (stream_forgive_timeout(smtp->stream))
        smtp_reply_as_host(smtp, "421 4.4.2", "Too slow");
}

/* Reads one command and does it. */
static void smtp_command(struct smtp *smtp)
{
    char line[SMTP_LINE_LIMIT + 1];
    stream_set_deadline(smtp->stream, deadline_in(smtp->settings->client_timeout_ms));
    switch (stream_read_line(smtp->stream, line, sizeof line, true)) {
    case 1:
        smtp_obey(smtp, span_text(line));
        break;
    case 2:
        smtp_mistake(smtp, "500 5.5.2 Line too long");
        break;
    case 3:
        smtp_mistake(smtp, "500 5.5.2 A line ends with CRLF, and has no CR, LF or NUL before that");
        break;
    default:
        smtp_part(smtp);
        break;
    }
    if (++smtp->commands >= SMTP_MOST_COMMANDS && !smtp->is_over)
        smtp_hang_up(smtp, "421 4.7.0", "Too many commands without a message");
}

/* While the scanners can't answer, mail that is queued somewhere stays there, before anybody carries a body. */
static void smtp_greet(struct smtp *smtp)
{
    bool is_queued = smtp->settings->mode == MODE_AFTER_QUEUE;
    smtp->is_admitted = is_queued && scanners_admit(smtp->gate->scanners, &smtp->settings->policy);
    if (is_queued && !smtp->is_admitted)
        smtp_hang_up(smtp, "421 4.3.2", "The scanners do not answer, try again later");
    else
        smtp_say_ready(smtp);
}

void smtp_session(struct session *session)
{
    struct smtp smtp = { .session = session,
                         .stream = session->stream,
                         .gate = session->listener->gate,
                         .settings = session->listener->settings,
                         .is_lmtp = session->listener->settings->protocol == PROTOCOL_LMTP };

    if (smtp.settings->proxy_protocol && smtp_hear_proxy(&smtp) != 0)
        smtp.is_over = true; /* without a word */
    else
        smtp_greet(&smtp);
    while (!smtp.is_over)
        smtp_command(&smtp);

    stream_set_deadline(smtp.stream, deadline_in(SMTP_FAREWELL_MS));
    (void)stream_flush(smtp.stream);
    smtp_forget_hello(&smtp);
    smtp_forget_origin(&smtp);
    stream_set_deadline(smtp.stream, deadline_in(SMTP_LINGER_MS));
    stream_linger(smtp.stream, SMTP_LINGER_BYTES);
}
