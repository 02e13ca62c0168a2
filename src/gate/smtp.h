/* One SMTP or LMTP session: what its files share. smtp.c is the dialogue; read it first.
 *
 *   smtp.c         greeting, reading commands, the table of commands, the small ones
 *   smtp_hello.c   EHLO, HELO, LHLO, STARTTLS: what is offered
 *   smtp_origin.c  XFORWARD, XCLIENT: where a message comes from
 *   smtp_mail.c    MAIL, RCPT: a transaction, in step with the next hop's
 *   smtp_data.c    DATA, BDAT: the body, the judgement, the answer
 *
 * All of a session runs in one thread. What an idle session needs on the heap is its client's name; everything else
 * lives from MAIL to the answer.
 */
#ifndef CORDON_GATE_SMTP_H
#define CORDON_GATE_SMTP_H

#include "base/buf.h"
#include "base/span.h"
#include "gate/budget.h"
#include "gate/hop.h"
#include "gate/session.h"
#include "gate/transaction.h"
#include "proto/smtp_body.h"
#include "proto/xforward.h"

#include <stdbool.h>
#include <stdint.h>

enum { SMTP_GATHER_SIZE = 4096 };

/* One mail transaction, from MAIL to its answer, RSET, or the session's end. */
struct smtp_mail {
    struct transaction t;
    struct reservation reservation;
    struct hop *hop;
    size_t recipient_room; /* of t.recipients */
    bool is_utf8;          /* SMTPUTF8 stood in MAIL */

    bool has_body;  /* DATA or BDAT has begun */
    bool is_spoilt; /* a chunk was refused: nothing but RSET helps */
    uint64_t largest_bytes;
    struct smtp_body body;
    const char *refusal; /* the body is not wanted: the reply; NULL: it is */
    size_t gathered;
    char gather[SMTP_GATHER_SIZE]; /* short runs on their way into sealed memory */
};

/* What the client told of where messages come from. */
struct smtp_origin {
    struct origin values;
    unsigned given; /* bits of enum xforward_attribute */
};

struct smtp {
    struct session *session;
    struct stream *stream;
    struct gate *gate;
    const struct listener_settings *settings;
    bool is_lmtp;
    bool is_over;     /* no more commands are read */
    bool is_admitted; /* for one message, at the greeting */

    char *hello;            /* the name in EHLO; NULL before it */
    bool is_extended;       /* it was EHLO or LHLO */
    bool offers_xclient;    /* it was offered, because the next hop has it */
    unsigned extensions;    /* bits of enum smtp_extension that were offered */
    uint64_t largest_bytes; /* the limit that SIZE told */

    struct smtp_origin *xforward; /* for the next transaction; NULL: nothing was said */
    struct smtp_origin *xclient;  /* for the whole session */
    struct buf xclient_line;      /* to be said to the next hop; empty: nothing */

    uint32_t mail_count;
    struct smtp_mail *mail; /* NULL between transactions */
    unsigned mistakes;      /* since the last message was taken */
    unsigned commands;
};

/* --- smtp.c: for all handlers --- */

/* One reply, whole: lines parted by CRLF, none at the end. */
void smtp_reply(struct smtp *smtp, const char *reply);

/* "CODE E.E.E HOSTNAME TEXT", for replies that begin or end a session. */
void smtp_reply_as_host(struct smtp *smtp, const char *status, const char *text);

void smtp_say_ready(struct smtp *smtp);

/* A last reply, and the session is over. */
void smtp_hang_up(struct smtp *smtp, const char *status, const char *text);

/* As smtp_reply, for what is the client's mistake: after many it is hung up on. */
void smtp_mistake(struct smtp *smtp, const char *reply);

/* The stream has come to its end: a last word where that makes sense, and the session is over. */
void smtp_part(struct smtp *smtp);

/* A line in the log about something that is not taken, beside the one that each judged message has. */
void smtp_log_refusal(const struct smtp *smtp, const char *what, const char *address, const char *reply);

/* --- the handlers; `arguments` is what stands behind the verb --- */

void smtp_hello(struct smtp *smtp, struct span arguments);
void smtp_extended_hello(struct smtp *smtp, struct span arguments);
void smtp_starttls(struct smtp *smtp, struct span arguments);
void smtp_xforward(struct smtp *smtp, struct span arguments);
void smtp_xclient(struct smtp *smtp, struct span arguments);
void smtp_mail(struct smtp *smtp, struct span arguments);
void smtp_rcpt(struct smtp *smtp, struct span arguments);
void smtp_data(struct smtp *smtp, struct span arguments);
void smtp_bdat(struct smtp *smtp, struct span arguments);

/* --- the rest --- */

/* smtp_hello.c: as before the first EHLO. Ends a transaction. */
void smtp_forget_hello(struct smtp *smtp);

/* smtp_origin.c: a proxy that brings the connection says first whose it is. 0, or -1 where it is a stranger, or says
 * something else; that is in the log. */
int smtp_hear_proxy(struct smtp *smtp);

/* smtp_origin.c: what is known of where a message comes from. */
void smtp_fill_origin(const struct smtp *smtp, struct origin *origin_out);
void smtp_forget_origin(struct smtp *smtp); /* of the whole session */

/* smtp_mail.c: ends the transaction, if there is one, and what XFORWARD said for it. The next hop is told where it has
 * begun one too. */
void smtp_mail_end(struct smtp *smtp);

/* A deadline for one thing that the next hop is asked. */
struct deadline smtp_hop_deadline(const struct smtp *smtp);

#endif
