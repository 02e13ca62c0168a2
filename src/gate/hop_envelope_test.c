/* What is said of a message before its body: XFORWARD, XCLIENT, parameters, and abilities that are gone. */
#include "gate/hop_envelope.h"

#include "base/test.h"
#include "gate/hop_test_rig.h"

#include <stdio.h>
#include <string.h>

#define XHELLO                                                                                                         \
    "S 220 hop.test ESMTP\nC EHLO cordon.test\nS 250-hop.test\n"                                                       \
    "S 250-XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE\nS 250 XCLIENT NAME ADDR\n"
#define OK "S 250 ok\n"

static const struct {
    const char *name;
    const char *script;
    const char *helo;
    const char *source;
    const char *reply;
} xforward_rows[] = {
    { "all",
      XHELLO "C XFORWARD NAME=a+2Bb.test ADDR=IPV6:2001:db8::1 PORT=[UNAVAILABLE] HELO=helo.test "
             "IDENT=[UNAVAILABLE] PROTO=ESMTP SOURCE=REMOTE\n" OK MAIL RSET QUIT,
      "helo.test", "REMOTE", "250" },
    { "some",
      "S 220 hop\nC EHLO cordon.test\nS 250-hop\nS 250 XFORWARD HELO PROTO\n"
      "C XFORWARD HELO=helo.test PROTO=ESMTP\n" OK MAIL RSET QUIT,
      "helo.test", "", "250" },
    { "not offered", HELLO MAIL RSET QUIT, "helo.test", "", "250" },
    { "refused", XHELLO "L\nS 550 5.7.0 who are you\nE\n", "helo.test", "", "451 4.3.0 next hop 127.0.0.1:" },
    { "lost", XHELLO "L\n" NEXT XHELLO "L\n" OK MAIL RSET QUIT, "helo.test", "", "250" },
};

static void rig_origin(struct rig *rig, const char *helo, const char *source)
{
    struct origin *origin = &rig->t.origin;
    (void)snprintf(origin->address, sizeof origin->address, "2001:db8::1");
    (void)snprintf(origin->name, sizeof origin->name, "a+b.test");
    (void)snprintf(origin->protocol, sizeof origin->protocol, "ESMTP");
    (void)snprintf(origin->helo, sizeof origin->helo, "%s", helo);
    (void)snprintf(origin->source, sizeof origin->source, "%s", source);
}

static void test_xforward(void)
{
    for (size_t i = 0; i < sizeof xforward_rows / sizeof xforward_rows[0]; i++) {
        struct rig rig;
        test_context(xforward_rows[i].name);
        rig_start(&rig, xforward_rows[i].script);
        rig_origin(&rig, xforward_rows[i].helo, xforward_rows[i].source);
        (void)rig_mail(&rig, 0);
        CHECK(reply_begins(rig.reply, xforward_rows[i].reply));
        rig_finish(&rig);
        rig_free(&rig);
    }
    test_context(NULL);
}

/* Commands of at most 512 bytes; a value that fills one by itself is not told. */
static void test_xforward_long(void)
{
    struct rig rig;
    char script[4096];
    char plain[ORIGIN_VALUE_SIZE];
    char encoded[ORIGIN_VALUE_SIZE];
    memset(plain, 'h', sizeof plain);
    memset(encoded, '+', sizeof encoded);
    plain[sizeof plain - 1] = '\0';
    encoded[sizeof encoded - 1] = '\0';
    (void)snprintf(script, sizeof script,
                   XHELLO "C XFORWARD NAME=[UNAVAILABLE] ADDR=IPV6:2001:db8::1 PORT=[UNAVAILABLE] HELO=%s "
                          "IDENT=[UNAVAILABLE] PROTO=ESMTP\n" OK "C XFORWARD SOURCE=%s\n" OK MAIL RSET QUIT,
                   plain, plain);
    rig_start(&rig, script);
    rig_origin(&rig, plain, plain);
    (void)snprintf(rig.t.origin.name, ORIGIN_VALUE_SIZE, "%s", encoded);
    CHECK(rig_mail(&rig, 0) == 250);
    rig_finish(&rig);
    rig_free(&rig);
}

/* Said again with each message, and nothing of one's origin clings to the next. */
static void test_xforward_each_message(void)
{
    struct rig rig;
    rig_start(&rig, XHELLO "L\n" OK MESSAGE "L\n" OK MAIL RSET MAIL RSET QUIT);
    rig_origin(&rig, "helo.test", "");
    rig_envelope(&rig);
    hop_deliver(rig.hop, &rig.t, NULL, NULL);
    rig_next_message(&rig);
    rig_origin(&rig, "helo.test", "");
    CHECK(rig_mail(&rig, 0) == 250);
    rig_next_message(&rig);
    CHECK(rig_mail(&rig, 0) == 250);
    rig_finish(&rig);
    rig_free(&rig);
}

#define XCLIENT "XCLIENT NAME=c.test ADDR=10.1.2.3"
#define AS_CLIENT XHELLO "C " XCLIENT "\nS 220 again\nC EHLO cordon.test\nS 250 hop\n"

static int rig_xclient(struct rig *rig)
{
    return hop_mail(rig->hop, &rig->t, true, XCLIENT, HOP_XCLIENT, deadline_in(PEER_WAIT_MS), rig->reply);
}

/* Its second greeting offers no XCLIENT, as to a stranger. The connection is not used again, and what was learnt on it
 * is not what the next hop offers to us. */
static void test_xclient(void)
{
    struct rig rig;
    struct hop_abilities abilities;
    struct fault fault;
    rig_start(&rig, AS_CLIENT MESSAGE QUIT NEXT AS_CLIENT MESSAGE QUIT NEXT XHELLO MAIL RSET QUIT);
    for (int i = 0; i < 2; i++) {
        CHECK(rig_xclient(&rig) == 250);
        CHECK(rig_rcpt(&rig, "a@b.test") == 250);
        CHECK(rig_rcpt(&rig, "b@b.test") == 251);
        hop_deliver(rig.hop, &rig.t, NULL, NULL);
        CHECK(reply_begins(rig.recipients[0].reply, "250"));
        CHECK(hop_pool_abilities(rig.pool, deadline_in(PEER_WAIT_MS), &abilities, &fault) == 0);
        CHECK(abilities.bits == (HOP_XFORWARD | HOP_XCLIENT));
        rig_next_message(&rig);
    }
    CHECK(rig_mail(&rig, 0) == 250); /* in our own name */
    rig_finish(&rig);
    rig_free(&rig);
}

static void test_xclient_refused(void)
{
    struct rig rig;
    rig_start(&rig, XHELLO "C " XCLIENT "\nS 550 5.7.0 no\nE\n" NEXT HELLO QUIT);
    CHECK(rig_xclient(&rig) == 451);
    CHECK(reply_begins(rig.reply, "451 4.3.0 next hop 127.0.0.1:"));
    CHECK(rig_xclient(&rig) == 451);
    CHECK(reply_begins(rig.reply, "451 4.3.0 next hop no longer offers XCLIENT"));
    rig_finish(&rig);
    rig_free(&rig);
}

#define OFFER "S 220 hop\nC EHLO cordon.test\nS 250-hop\n"

static const struct {
    const char *name;
    const char *script;
    int rcpt;
} parameter_rows[] = {
    { "all",
      OFFER "S 250-SIZE\nS 250-8BITMIME\nS 250-SMTPUTF8\nS 250 DSN\n"
            "C MAIL FROM:<s@a.test> SIZE=10 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=x\n" OK
            "C RCPT TO:<a@b.test> NOTIFY=NEVER ORCPT=rfc822;a@b.test\n" OK RSET QUIT,
      250 },
    { "SMTPUTF8 alone", OFFER "S 250 SMTPUTF8\nC MAIL FROM:<s@a.test> SMTPUTF8\n" OK RSET QUIT, 451 },
};

static void test_parameters(void)
{
    for (size_t i = 0; i < sizeof parameter_rows / sizeof parameter_rows[0]; i++) {
        struct rig rig;
        test_context(parameter_rows[i].name);
        rig_start(&rig, parameter_rows[i].script);
        rig.t.sender_parameters = arena_try_text(&rig.t.arena,
                                                 span_text("SIZE=10 BODY=8BITMIME AUTH=<> SMTPUTF8 RET=HDRS ENVID=x"));
        CHECK(rig_mail(&rig, 0) == 250);
        CHECK(hop_rcpt(rig.hop, "a@b.test", "NOTIFY=NEVER ORCPT=rfc822;a@b.test", deadline_in(PEER_WAIT_MS),
                       rig.reply) == parameter_rows[i].rcpt);
        rig_finish(&rig);
        rig_free(&rig);
    }
    test_context(NULL);
}

/* A recipient said "never notify me", and the next hop that is dialled again can't keep that. */
static void test_lost_dsn(void)
{
    struct rig rig;
    rig_start(&rig, HELLO MAIL "C RCPT TO:<a@b.test> NOTIFY=NEVER\nS 250 ok\nL\n" NEXT OFFER OK QUIT);
    CHECK(rig_mail(&rig, 0) == 250);
    CHECK(hop_rcpt(rig.hop, "a@b.test", "NOTIFY=NEVER", deadline_in(PEER_WAIT_MS), rig.reply) == 250);
    CHECK(rig_rcpt(&rig, "b@b.test") == 451);
    CHECK(reply_begins(rig.reply, "451 4.3.0 next hop no longer offers DSN"));
    rig_finish(&rig);
    rig_free(&rig);
}

static void test_lost_ability(void)
{
    struct rig rig;
    struct hop_abilities abilities;
    struct fault fault;
    rig_start(&rig, OFFER "S 250-SIZE 1000\nS 250 SMTPUTF8\n" NEXT HELLO QUIT);
    CHECK(hop_pool_abilities(rig.pool, deadline_in(PEER_WAIT_MS), &abilities, &fault) == 0);
    CHECK(abilities.bits == (HOP_SIZE | HOP_SMTPUTF8) && abilities.size_limit == 1000);
    CHECK(hop_test_peer_wait(&rig.peer, 0));
    rig.t.sender_parameters = arena_try_text(&rig.t.arena, span_text("SMTPUTF8")); /* whatever the caller needs */
    CHECK(rig_mail(&rig, 0) == 451);
    CHECK(reply_begins(rig.reply, "451 4.3.0 next hop no longer offers SMTPUTF8"));
    CHECK(hop_pool_abilities(rig.pool, deadline_in(PEER_WAIT_MS), &abilities, &fault) == 0);
    CHECK(abilities.bits == HOP_DSN && abilities.size_limit == 0);
    rig_finish(&rig);
    rig_free(&rig);
}

/* An idle connection that does not know the ability yet is no reason to refuse. */
static void test_gained_ability(void)
{
    struct rig rig;
    rig_start(&rig, HELLO MESSAGE QUIT NEXT OFFER "S 250 8BITMIME\n" MAIL RSET QUIT);
    rig_envelope(&rig);
    hop_deliver(rig.hop, &rig.t, NULL, NULL);
    rig_next_message(&rig);
    CHECK(rig_mail(&rig, HOP_8BITMIME) == 250);
    rig_finish(&rig);
    rig_free(&rig);
}

int main(void)
{
    test_xforward();
    test_xforward_long();
    test_xforward_each_message();
    test_xclient();
    test_xclient_refused();
    test_parameters();
    test_lost_dsn();
    test_lost_ability();
    test_gained_ability();
    return test_end();
}
