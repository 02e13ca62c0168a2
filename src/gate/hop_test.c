/* One message to two recipients, with everything that a next hop may do on the way. */
#include "gate/hop.h"

#include "base/test.h"
#include "gate/hop_test_rig.h"
#include "proto/smtp_reply.h"

#include <stdio.h>
#include <string.h>

#define LOST "451 4.4.2 next hop 127.0.0.1:"
#define UNREACHED "451 4.4.1 next hop 127.0.0.1:"
#define NO_EHLO "S 220-hop\nS 220 test\nC EHLO cordon.test\nS 502 what\nC HELO cordon.test\n"
#define REFUSED_MAIL "C MAIL FROM:<s@a.test>\nS 550-5.7.1 no\nS 550 5.7.1 never\n"
#define BOTH MAIL RCPT_A RCPT_B

/* NULL: that step is not reached, or its reply is not looked at. */
struct row {
    const char *name;
    enum protocol protocol;
    const char *script;
    const char *mail;
    const char *rcpt_a;
    const char *rcpt_b;
    const char *final_a;
    const char *final_b;
    size_t delivered; /* on which connection; 0: nowhere */
};

static const struct row rows[] = {
    { "delivered over SMTP", PROTOCOL_SMTP, HELLO MESSAGE QUIT, "250 2.1.0 sender ok", "250 2.1.5 a ok",
      "251 2.1.5 b ok", "250 2.0.0 queued", "250 2.0.0 queued", 1 },
    { "delivered over LMTP", PROTOCOL_LMTP, LHELLO BOTH DATA "S 250 2.0.0 for a\nS 452 4.2.2 b is full\n" QUIT, "250",
      "250", "251", "250 2.0.0 for a", "452 4.2.2 b is full", 1 },
    { "HELO where EHLO is not known", PROTOCOL_SMTP, NO_EHLO "S 250 hop\n" MESSAGE QUIT, "250", "250", "251", "250",
      "250", 1 },
    { "MAIL is refused", PROTOCOL_SMTP, HELLO REFUSED_MAIL RSET QUIT, "550-5.7.1 no\r\n550 5.7.1 never", NULL, NULL,
      NULL, NULL, 0 },
    { "one RCPT is refused", PROTOCOL_SMTP, HELLO MAIL RCPT_A "L\nS 450 4.2.1 later\n" DATA DONE QUIT, "250", "250",
      "450 4.2.1 later", "250", NULL, 1 },
    { "the greeting refuses", PROTOCOL_SMTP, "S 554 no service\nE\n", UNREACHED, NULL, NULL, NULL, NULL, 0 },
    { "EHLO and HELO are refused", PROTOCOL_SMTP, NO_EHLO "S 550 no\nE\n", UNREACHED, NULL, NULL, NULL, NULL, 0 },
    { "LHLO is refused", PROTOCOL_LMTP, "S 220 hop\nL\nS 500 what\nE\n", UNREACHED, NULL, NULL, NULL, NULL, 0 },
    { "MAIL is answered 3xx", PROTOCOL_SMTP, HELLO "L\nS 354 what\nE\n", LOST, NULL, NULL, NULL, NULL, 0 },
    { "RCPT is answered 3xx", PROTOCOL_SMTP, HELLO MAIL RCPT_A "L\nS 354 what\nE\n", "250", "250", LOST, LOST, NULL,
      0 },

    { "lost at the greeting", PROTOCOL_SMTP, NEXT HELLO MESSAGE QUIT, "250", "250", "251", "250", "250", 2 },
    { "lost at EHLO", PROTOCOL_SMTP, "S 220 hop\nL\n" NEXT HELLO MESSAGE QUIT, "250", "250", "251", "250", "250", 2 },
    { "lost at MAIL", PROTOCOL_SMTP, HELLO "L\nX\n" NEXT HELLO MESSAGE QUIT, "250", "250", "251", "250", "250", 2 },
    { "421 to MAIL", PROTOCOL_SMTP, HELLO "L\nS 421 4.3.2 down\n" NEXT HELLO MESSAGE QUIT, "250", "250", "251", "250",
      "250", 2 },
    { "garbage to MAIL", PROTOCOL_SMTP, HELLO "L\nS what\n" NEXT HELLO MESSAGE QUIT, "250", "250", "251", "250", "250",
      2 },
    { "lost at the first RCPT", PROTOCOL_SMTP, HELLO MAIL "L\n" NEXT HELLO MESSAGE QUIT, "250", "250", "251", "250",
      "250", 2 },
    { "lost at the second RCPT", PROTOCOL_SMTP, HELLO MAIL RCPT_A "L\n" NEXT HELLO MESSAGE QUIT, "250", "250", "251",
      "250", "250", 2 },
    { "421 to the second RCPT", PROTOCOL_LMTP,
      LHELLO MAIL RCPT_A "L\nS 421 down\n" NEXT LHELLO BOTH DATA DONE "S 250 b\n" QUIT, "250", "250", "251", "250",
      "250 b", 2 },
    { "lost twice", PROTOCOL_SMTP, HELLO MAIL RCPT_A "L\n" NEXT HELLO MAIL "L\n", "250", "250", LOST, LOST, NULL, 0 },
    { "lost twice, then not dialled again", PROTOCOL_SMTP, NEXT HELLO MAIL "L\n", "250", LOST, LOST, NULL, NULL, 0 },
    { "a recipient's reply changes class", PROTOCOL_SMTP,
      HELLO MAIL RCPT_A "L\n" NEXT HELLO MAIL "C RCPT TO:<a@b.test>\nS 550 5.1.1 gone\nE\n", "250", "250", LOST, LOST,
      NULL, 0 },
    { "a recipient's reply changes within its class", PROTOCOL_SMTP,
      HELLO MAIL RCPT_A "L\n" NEXT HELLO MAIL "C RCPT TO:<a@b.test>\nS 252 maybe\n" RCPT_B DATA DONE QUIT, "250", "250",
      "251", "250", "250", 2 },
    { "the sender is refused the second time", PROTOCOL_SMTP,
      HELLO MAIL RCPT_A "L\n" NEXT HELLO "C MAIL FROM:<s@a.test>\nS 452 4.3.1 full\nE\n", "250", "250", LOST, LOST,
      NULL, 0 },

    { "DATA is refused", PROTOCOL_SMTP, HELLO BOTH "C DATA\nS 554 5.5.1 no\n" RSET QUIT, "250", "250", "251",
      "554 5.5.1 no", "554 5.5.1 no", 0 },
    { "DATA is answered 2xx", PROTOCOL_SMTP, HELLO BOTH "C DATA\nS 250 what\nE\n", "250", "250", "251", LOST, LOST, 0 },
    { "lost at DATA, and not dialled again", PROTOCOL_SMTP, HELLO BOTH "C DATA\nX\n", "250", "250", "251", LOST, LOST,
      0 },
    { "421 to DATA", PROTOCOL_SMTP, HELLO BOTH "C DATA\nS 421 down\n", "250", "250", "251", LOST, LOST, 0 },
    { "lost in the body", PROTOCOL_SMTP, HELLO BOTH "C DATA\nS 354 go\nL\nX\n", "250", "250", "251", LOST, LOST, 0 },
    { "an early answer to the message", PROTOCOL_SMTP, HELLO BOTH "C DATA\nS 354 go\nS 250 2.0.0 early\nE\n", "250",
      "250", "251", LOST, LOST, 0 },
    { "two answers to MAIL", PROTOCOL_SMTP, HELLO "L\nS 250 a\nS 250 b\nE\n" NEXT HELLO MESSAGE QUIT, "250", "250",
      "251", "250", "250", 2 },
    { "lost behind the dot", PROTOCOL_SMTP, HELLO BOTH DATA, "250", "250", "251", LOST, LOST, 1 },
    { "421 behind the dot", PROTOCOL_SMTP, HELLO BOTH DATA "S 421 4.3.2 down\n", "250", "250", "251", LOST, LOST, 1 },
    { "3xx behind the dot", PROTOCOL_SMTP, HELLO BOTH DATA "S 354 what\nE\n", "250", "250", "251", LOST, LOST, 1 },
    { "the message is refused", PROTOCOL_SMTP, HELLO BOTH DATA "S 552 5.2.2 too big\n" QUIT, "250", "250", "251",
      "552 5.2.2 too big", "552 5.2.2 too big", 1 },
    { "lost between LMTP's replies", PROTOCOL_LMTP, LHELLO BOTH DATA "S 250 2.0.0 for a\n", "250", "250", "251",
      "250 2.0.0 for a", LOST, 1 },
};

static int code_of(const char *text)
{
    return (int)smtp_reply_code(text);
}

static void run_row(const struct row *row)
{
    struct rig rig;
    rig_start(&rig, row->script);
    rig.listener.hop.protocol = row->protocol;
    int code = rig_mail(&rig, 0);
    CHECK(reply_begins(rig.reply, row->mail));
    CHECK(code == code_of(row->mail));
    if (row->rcpt_a != NULL) {
        CHECK(rig_rcpt(&rig, "a@b.test") == code_of(row->rcpt_a));
        CHECK(reply_begins(rig.reply, row->rcpt_a));
        CHECK(rig_rcpt(&rig, "b@b.test") == code_of(row->rcpt_b));
        CHECK(reply_begins(rig.reply, row->rcpt_b));
    }
    if (row->final_a != NULL) {
        hop_deliver(rig.hop, &rig.t, NULL, NULL);
        CHECK(reply_begins(rig.recipients[0].reply, row->final_a));
        CHECK(row->final_b == NULL || reply_begins(rig.recipients[1].reply, row->final_b));
        CHECK(reply_begins(rig.t.next_hop_reply, row->final_b != NULL ? row->final_b : row->final_a));
        CHECK(!rig.t.client_is_gone);
    }
    rig_finish(&rig);
    CHECK(row->delivered == 0 || wire_is(&rig, row->delivered - 1, WIRE));
    rig_free(&rig);
}

static void test_rows(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].name);
        run_row(&rows[i]);
    }
    test_context(NULL);
}

/* Silence is a loss too, each command's and the message's. */
static void test_deadlines(void)
{
    struct rig rig;
    rig_start(&rig, HELLO MAIL RCPT_A "L\nE\n" NEXT HELLO BOTH DATA "E\n");
    rig.listener.hop.command_timeout_ms = 1500;
    rig_envelope(&rig);
    rig.t.deadline = deadline_in(1000);
    hop_deliver(rig.hop, &rig.t, NULL, NULL);
    CHECK(reply_begins(rig.recipients[0].reply, LOST));
    CHECK(reply_begins(rig.recipients[1].reply, LOST));
    rig_finish(&rig);
    rig_free(&rig);
}

/* While the message was judged. */
static void test_closed_before_data(void)
{
    struct rig rig;
    rig_start(&rig, HELLO BOTH "S 421 4.4.2 too slow\n" NEXT HELLO MESSAGE QUIT);
    rig_envelope(&rig);
    CHECK(hop_test_peer_wait(&rig.peer, 0));
    hop_deliver(rig.hop, &rig.t, NULL, NULL);
    CHECK(reply_begins(rig.recipients[0].reply, "250 2.0.0 queued"));
    rig_finish(&rig);
    CHECK(wire_is(&rig, 1, WIRE));
    rig_free(&rig);
}

struct gone_client {
    int asked;
    int gone_at;
};

static bool client_is_gone(void *context)
{
    struct gone_client *client = context;
    return ++client->asked == client->gone_at;
}

static void test_client_is_gone(void)
{
    static const struct {
        const char *name;
        int gone_at;
        const char *script;
    } cases[] = {
        { "before DATA", 1, HELLO BOTH "E\n" },
        { "before the dot", 2, HELLO BOTH "C DATA\nS 354 go\nC X-Ours: 1\nC Subject: x\nC \nC ..dot\nC end\nE\n" },
        { "not at all", 3, HELLO MESSAGE QUIT },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rig rig;
        struct gone_client client = { .gone_at = cases[i].gone_at };
        bool is_gone = client.gone_at < 3;
        test_context(cases[i].name);
        rig_start(&rig, cases[i].script);
        rig_envelope(&rig);
        hop_deliver(rig.hop, &rig.t, client_is_gone, &client);
        CHECK(client.asked == (is_gone ? client.gone_at : 2));
        CHECK(rig.t.client_is_gone == is_gone);
        CHECK(reply_begins(rig.recipients[0].reply, is_gone ? "451 4.4.2" : "250"));
        CHECK(reply_begins(rig.recipients[1].reply, is_gone ? "451 4.4.2" : "250"));
        rig_finish(&rig);
        rig_free(&rig);
    }
    test_context(NULL);
}

static void test_some_do_not_pass(void)
{
    static const struct {
        const char *name;
        const char *script;
        const char *reply;
    } cases[] = {
        { "one does not", HELLO BOTH RSET MAIL RCPT_B DATA DONE QUIT, "250" },
        { "lost at the new beginning", HELLO BOTH "C RSET\nX\n" NEXT HELLO MAIL RCPT_B DATA DONE QUIT, "250" },
        { "refused at the new beginning", HELLO BOTH RSET MAIL "C RCPT TO:<b@b.test>\nS 450 4.2.0 x\nE\n", LOST },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rig rig;
        test_context(cases[i].name);
        rig_start(&rig, cases[i].script);
        rig_envelope(&rig);
        rig.recipients[0].fate.action = FATE_REJECT;
        (void)snprintf(rig.recipients[0].reply, HOP_REPLY_SIZE, "554 5.7.1 ours");
        hop_deliver(rig.hop, &rig.t, NULL, NULL);
        CHECK(reply_begins(rig.recipients[0].reply, "554 5.7.1 ours"));
        CHECK(reply_begins(rig.recipients[1].reply, cases[i].reply));
        rig_finish(&rig);
        rig_free(&rig);
    }
    test_context(NULL);
}

static void test_nobody_passes(void)
{
    struct rig rig;
    rig_start(&rig, HELLO BOTH RSET QUIT);
    rig_envelope(&rig);
    rig.recipients[0].fate.action = FATE_DISCARD;
    rig.recipients[1].fate.action = FATE_TEMPFAIL;
    hop_deliver(rig.hop, &rig.t, NULL, NULL);
    CHECK(rig.recipients[0].reply[0] == '\0' && rig.recipients[1].reply[0] == '\0');
    rig_finish(&rig);
    rig_free(&rig);
}

int main(void)
{
    test_rows();
    test_deadlines();
    test_closed_before_data();
    test_client_is_gone();
    test_some_do_not_pass();
    test_nobody_passes();
    return test_end();
}
