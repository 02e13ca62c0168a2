/* For tests: a pool, a hop and a transaction in front of a scripted next hop, and the pieces of its scripts. */
#ifndef CORDON_GATE_HOP_TEST_RIG_H
#define CORDON_GATE_HOP_TEST_RIG_H

#include "gate/hop.h"
#include "gate/hop_test_peer.h"

#define HELLO "S 220 hop.test ESMTP\nC EHLO cordon.test\nS 250-hop.test\nS 250 DSN\n"
#define LHELLO "S 220 hop.test LMTP\nC LHLO cordon.test\nS 250 hop.test\n"
#define MAIL "C MAIL FROM:<s@a.test>\nS 250 2.1.0 sender ok\n"
#define RCPT_A "C RCPT TO:<a@b.test>\nS 250 2.1.5 a ok\n"
#define RCPT_B "C RCPT TO:<b@b.test>\nS 251 2.1.5 b ok\n"
#define DATA "C DATA\nS 354 go\nD\n"
#define DONE "S 250 2.0.0 queued\n"
#define MESSAGE MAIL RCPT_A RCPT_B DATA DONE
#define RSET "C RSET\nS 250 2.0.0 ok\n"
#define QUIT "C QUIT\nE?\n" /* the pool was freed */
#define NEXT "N\n"

#define BODY "Subject: x\r\n\r\n.dot\r\nend\r\n"
#define WIRE "X-Ours: 1\r\nSubject: x\r\n\r\n..dot\r\nend\r\n.\r\n"

enum { RIG_RECIPIENTS = 2 };

struct rig {
    struct hop_test_peer peer;
    struct listener_settings listener;
    struct hop_pool *pool;
    struct hop *hop;
    struct transaction t;
    struct recipient recipients[RIG_RECIPIENTS];
    char reply[HOP_REPLY_SIZE]; /* the last one */
};

/* Starts the peer; settings may still be changed afterwards. */
void rig_start(struct rig *rig, const char *script);
void rig_start_tls(struct rig *rig, const char *script, struct tls_context *server, struct tls_context *client);

/* A transaction with BODY; the second ends the one before it. */
void rig_message(struct rig *rig);
void rig_next_message(struct rig *rig);

int rig_mail(struct rig *rig, unsigned needed);

/* As smtp.c does: whoever is accepted becomes a recipient. */
int rig_rcpt(struct rig *rig, const char *address);

/* MAIL, and both recipients accepted. */
void rig_envelope(struct rig *rig);

/* Ends hop and pool, so that what is kept is closed and the peer hears it, and checks that the peer is content. */
void rig_finish(struct rig *rig);
void rig_free(struct rig *rig);

/* Prints the reply where it does not. */
bool reply_begins(const char *reply, const char *text);

/* Whether the body that came on that connection is this on the wire. After rig_finish. */
bool wire_is(const struct rig *rig, size_t connection, const char *wire);

#endif
