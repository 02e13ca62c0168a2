/* One connection to the next hop: dialled, greeted, told who we are, made safe; then one command and one reply at a
 * time.
 *
 * Thread safety: a link belongs to one thread, or to the pool while it is idle.
 */
#ifndef CORDON_GATE_HOP_LINK_H
#define CORDON_GATE_HOP_LINK_H

#include "base/fault.h"
#include "base/span.h"
#include "conf/settings.h"
#include "proto/ehlo.h"
#include "proto/smtp_reply.h"
#include "sys/clock.h"
#include "sys/net.h"
#include "sys/stream.h"
#include "sys/tls.h"

#include <stdbool.h>

/* Where the next hop is and how to speak to it: the same for all links of a pool. */
struct hop_target {
    const struct hop_settings *settings;
    struct net_address address;
    const char *hostname; /* ours */
    const struct tls_context *tls;
};

struct hop_link {
    const struct hop_target *target;
    struct stream *stream;
    struct hop_abilities abilities; /* of its newest EHLO */
    struct deadline idle_until;     /* while it is idle */
    struct hop_link *next;          /* in the pool: one that has been idle for longer */
    bool is_untried;                /* from the pool, and it has not answered since */
    bool is_tainted;                /* carried XCLIENT: nobody else may use it */
    bool is_dirty;                  /* something was begun that needs RSET before the next use */
    bool owes_reply;                /* RSET was said, its reply not read yet */
};

/* What became of a step. */
enum hop_step {
    HOP_DONE,
    HOP_LOST, /* the connection is lost: end of file, reset, deadline, 421, or no SMTP; *fault says which */
    HOP_OVER  /* it is there but will not have us, or nobody is there: of no use to dial again at once */
};

/* Dials, hears the greeting, says EHLO or LHLO, and STARTTLS as the settings want it. The link is set on HOP_DONE
 * alone. */
enum hop_step hop_link_open(const struct hop_target *target, struct deadline deadline, struct hop_link **link_out,
                            struct fault *fault);

/* QUIT without waiting for its reply, and close. Accepts NULL. */
void hop_link_close(struct hop_link *link);

/* Closes at once: whatever was being said stays unfinished. Accepts NULL. */
void hop_link_abort(struct hop_link *link);

/* A piece of a command's line. It must hold no CR and no LF. */
void hop_link_put(struct hop_link *link, const char *text);
void hop_link_put_span(struct hop_link *link, struct span piece);

/* Ends the line that was put and reads its reply. HOP_DONE with a reply that is not 421, or HOP_LOST, also where
 * something was at hand before. */
enum hop_step hop_link_ask(struct hop_link *link, struct deadline deadline, struct smtp_reply *reply_out,
                           struct fault *fault);

/* Reads one more reply, until `deadline` alone. */
enum hop_step hop_link_hear(struct hop_link *link, struct deadline deadline, struct smtp_reply *reply_out,
                            struct fault *fault);

/* The XCLIENT line as the client had it, and EHLO again after it. HOP_OVER where the next hop refuses it. */
enum hop_step hop_link_xclient(struct hop_link *link, const char *line, struct deadline deadline, struct fault *fault);

/* Says RSET where it is needed. Its reply is owed, and read by hop_link_settle: so nobody waits for it. */
void hop_link_reset(struct hop_link *link);
enum hop_step hop_link_settle(struct hop_link *link, struct deadline deadline, struct fault *fault);

/* The next hop has closed it, or speaks unasked (a 421 before it closes). */
bool hop_link_is_stale(const struct hop_link *link);

#endif
