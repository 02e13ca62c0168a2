/* A session: one accepted connection in one thread, straight-line and blocking.
 *
 * The acceptor makes it, checks the caps, and runs the intake's function in a fresh thread; session_close alone frees
 * it.
 */
#ifndef CORDON_GATE_SESSION_H
#define CORDON_GATE_SESSION_H

#include "gate/gate.h"
#include "gate/transaction.h"
#include "sys/net.h"
#include "sys/stream.h"
#include "sys/tls.h"

#include <stdbool.h>
#include <sys/socket.h>

struct hop_pool;

struct session;

struct gate_listener {
    struct gate *gate;
    const struct listener_settings *settings; /* NULL: the local socket of `cordon scan` */
    struct net_trust *trust;
    struct tls_context *tls;                 /* NULL: STARTTLS is not offered */
    struct hop_pool *hops;                   /* connections to the next hop, and what it can do (hop.h) */
    int fd;                                  /* listening */
    _Atomic unsigned sessions;               /* open now, held against max_sessions */
    bool is_monitor;                         /* its sessions are no mail's and are not counted */
    void (*intake)(struct session *session); /* smtp_session (SMTP and LMTP), scan_session or monitor_session */
};

struct session {
    struct gate_listener *listener;
    struct stream *stream; /* NULL for the local socket, whose packets carry descriptors */
    int packet_fd;         /* that local socket; else -1 */
    struct sockaddr_storage peer;
    bool is_trusted;
    char id[SESSION_ID_SIZE];
};

/* The intakes. Each returns when the session is over; the caller closes. */
void smtp_session(struct session *session); /* smtp.c: SMTP and LMTP, by listener->settings->protocol */
void scan_session(struct session *session); /* scan.c: `cordon scan` on the local socket */

#endif
