/* STARTTLS with the next hop, as the settings want it. */
#include "gate/hop_link.h"

#include "base/test.h"
#include "gate/hop_test_rig.h"
#include "sys/tls_test_keys.h"

#include <stdlib.h>
#include <unistd.h>

#define OFFER "S 220 hop.test\nC EHLO cordon.test\nS 250-hop.test\nS 250-XCLIENT NAME\nS 250 STARTTLS\n"
#define SECURE "C STARTTLS\nS 220 go\nT\n"
#define AGAIN "C EHLO cordon.test\nS 250-hop.test\nS 250 DSN\n"
#define UNREACHED "451 4.4.1 next hop 127.0.0.1:"

enum verifying { BLINDLY, RIGHT_CA, OTHER_CA, NO_CONTEXT, VERIFYINGS };

static const struct {
    const char *name;
    enum tls_mode tls;
    enum verifying verifying;
    const char *script;
    const char *reply; /* to MAIL; where it is 250, the message is delivered */
    unsigned abilities;
} rows[] = {
    { "may, and offered", TLS_MAY, BLINDLY, OFFER SECURE AGAIN MESSAGE QUIT, "250", HOP_DSN },
    { "may, and not offered", TLS_MAY, BLINDLY, HELLO MESSAGE QUIT, "250", HOP_DSN },
    { "may, and not now", TLS_MAY, BLINDLY, OFFER "C STARTTLS\nS 454 later\n" MESSAGE QUIT, "250",
      HOP_STARTTLS | HOP_XCLIENT },
    { "may, and we have none", TLS_MAY, NO_CONTEXT, OFFER MESSAGE QUIT, "250", HOP_STARTTLS | HOP_XCLIENT },
    { "no, and offered", TLS_NO, BLINDLY, OFFER MESSAGE QUIT, "250", HOP_STARTTLS | HOP_XCLIENT },
    { "required, and offered", TLS_REQUIRE, RIGHT_CA, OFFER SECURE AGAIN MESSAGE QUIT, "250", HOP_DSN },
    { "required, and not offered", TLS_REQUIRE, BLINDLY, HELLO "E\n", UNREACHED, 0 },
    { "required, and not now", TLS_REQUIRE, BLINDLY, OFFER "C STARTTLS\nS 454 later\nE\n", UNREACHED, 0 },
    { "required, and we have none", TLS_REQUIRE, NO_CONTEXT, OFFER "E\n", UNREACHED, 0 },
    { "required, and somebody else's", TLS_REQUIRE, OTHER_CA, OFFER "C STARTTLS\nS 220 go\nT?\n", UNREACHED, 0 },
    { "what was said before TLS is dropped", TLS_MAY, BLINDLY,
      OFFER "C STARTTLS\nS 220 go\nS 250-injected\nS 250 SMTPUTF8\nT\n" AGAIN MESSAGE QUIT, "250", HOP_DSN },
    { "lost at STARTTLS", TLS_MAY, BLINDLY, OFFER "C STARTTLS\n" NEXT OFFER SECURE AGAIN MESSAGE QUIT, "250", HOP_DSN },
};

static void test_starttls(struct tls_context *server, struct tls_context *const clients[VERIFYINGS])
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rig rig;
        test_context(rows[i].name);
        rig_start_tls(&rig, rows[i].script, server, clients[rows[i].verifying]);
        rig.listener.hop.tls = rows[i].tls;
        int code = rig_mail(&rig, 0);
        CHECK(reply_begins(rig.reply, rows[i].reply));
        if (code == 250) {
            struct hop_abilities abilities;
            struct fault fault;
            CHECK(rig_rcpt(&rig, "a@b.test") == 250);
            CHECK(rig_rcpt(&rig, "b@b.test") == 251);
            hop_deliver(rig.hop, &rig.t, NULL, NULL);
            CHECK(reply_begins(rig.recipients[0].reply, "250 2.0.0 queued"));
            CHECK(hop_pool_abilities(rig.pool, deadline_in(PEER_WAIT_MS), &abilities, &fault) == 0);
            CHECK(abilities.bits == rows[i].abilities);
        }
        rig_finish(&rig);
        rig_free(&rig);
    }
    test_context(NULL);
}

int main(void)
{
    char folder[] = "/tmp/cordon-hop-test-XXXXXX";
    struct test_keys right;
    struct test_keys other;
    struct fault fault;
    if (!CHECK(mkdtemp(folder) != NULL) ||
        !CHECK(test_keys_make(folder, "right", "DNS:hop.test,IP:127.0.0.1", NULL, &right)) ||
        !CHECK(test_keys_make(folder, "other", "DNS:hop.test,IP:127.0.0.1", NULL, &other)))
        return test_end();
    struct tls_context *server = tls_context_new_server(right.certificate_path, right.key_path, &fault);
    struct tls_context *const clients[VERIFYINGS] = {
        [BLINDLY] = tls_context_new_client(false, NULL, &fault),
        [RIGHT_CA] = tls_context_new_client(true, right.certificate_path, &fault),
        [OTHER_CA] = tls_context_new_client(true, other.certificate_path, &fault),
    };
    if (CHECK(server != NULL) && CHECK(clients[RIGHT_CA] != NULL) && CHECK(clients[OTHER_CA] != NULL))
        test_starttls(server, clients);
    for (size_t i = 0; i < VERIFYINGS; i++)
        tls_context_free(clients[i]);
    tls_context_free(server);
    test_keys_remove(&right);
    test_keys_remove(&other);
    (void)rmdir(folder);
    return test_end();
}
