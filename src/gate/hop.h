/* The next hop: connections to it that are reused, what it can do, and one mail transaction on one of them.
 *
 * MAIL and RCPT go to the next hop in step with the client's, so each recipient's reply is the next hop's own. Until
 * DATA has been sent a lost connection is dialled again once and MAIL and the accepted RCPTs are said again; a
 * recipient whose reply changes class makes 451 for all. Idle connections are never kept awake: they are closed after a
 * while.
 *
 * Thread safety: the pool is shared by a listener's sessions; a struct hop belongs to one session.
 */
#ifndef CORDON_GATE_HOP_H
#define CORDON_GATE_HOP_H

#include "base/fault.h"
#include "conf/settings.h"
#include "gate/transaction.h"
#include "proto/ehlo.h" /* enum hop_ability, struct hop_abilities */
#include "sys/clock.h"
#include "sys/tls.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hop_pool;

/* `settings` must outlive the pool; `hostname` is what we say in EHLO; `tls` may be NULL. */
struct hop_pool *hop_pool_new(const struct hop_settings *settings, const char *hostname, struct tls_context *tls);
void hop_pool_free(struct hop_pool *pool);

/* What the next hop can do: as remembered, else it is dialled and asked now. 0, or -1 and *fault. */
int hop_pool_abilities(struct hop_pool *pool, struct deadline deadline, struct hop_abilities *abilities_out,
                       struct fault *fault);

/* Closes connections that have been idle too long; about once a second from one thread. */
void hop_pool_tend(struct hop_pool *pool);

enum { HOP_REPLY_SIZE = TRANSACTION_REPLY_SIZE };

/* One mail transaction at the next hop, or several after one another: each begins with hop_mail. */
struct hop;

/* Nothing is dialled yet. Never NULL. */
struct hop *hop_new(struct hop_pool *pool);

/* Ends the transaction: the connection goes back to the pool where it may be used again, else it is closed. Accepts
 * NULL. */
void hop_free(struct hop *hop);

/* Ends what the hop did before. Takes an idle connection or dials, says XFORWARD (where the next hop takes it) or
 * XCLIENT as asked (`xclient_line`: the client's whole line, "XCLIENT NAME=...", without its line end; a connection
 * that carried it is not used again), and MAIL. `needed` are the abilities that the client was offered and uses in this
 * message: if the next hop has lost one, 451 and it is learnt anew. reply_out gets the next hop's reply, or ours (4xx)
 * where it can't be reached. Returns the reply's code, which is 2xx, 4xx or 5xx and never 421. */
int hop_mail(struct hop *hop, const struct transaction *t, bool with_xclient, const char *xclient_line, unsigned needed,
             struct deadline deadline, char reply_out[HOP_REPLY_SIZE]);

/* RCPT, after a hop_mail that was answered 2xx. The hop remembers accepted ones for saying them again; so a caller must
 * keep whoever is answered 2xx as a recipient. Returns the reply's code, as hop_mail. */
int hop_rcpt(struct hop *hop, const char *address, const char *parameters, struct deadline deadline,
             char reply_out[HOP_REPLY_SIZE]);

/* DATA, body (dot-stuffed, our edits applied), final dot, for those recipients whose fate is FATE_PASS; where that is
 * not all of them the transaction is begun anew with those alone. t->recipients are exactly those whom hop_rcpt
 * answered 2xx, in that order. Sets the reply of each one that passes, t->next_hop_reply and t->client_is_gone.
 * `client_is_gone` is asked before DATA and before the final dot: where it says yes, the transaction is broken off and
 * nothing is delivered. Fits transaction_forward through a wrapper of smtp.c. The connection has gone back to the pool
 * when it returns; the next call is hop_mail or hop_free. */
void hop_deliver(struct hop *hop, struct transaction *t, bool (*client_is_gone)(void *context), void *context);

/* The client gave the transaction up (RSET, a new EHLO): RSET at the next hop, without waiting for it; the connection
 * goes back to the pool. The next call is hop_mail or hop_free. */
void hop_reset(struct hop *hop);

#endif
