#include "gate/hop_test_rig.h"

#include "base/test.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

void rig_message(struct rig *rig)
{
    struct fault fault;
    struct transaction *t = &rig->t;
    transaction_init(t, NULL, &rig->listener, "s-1", 1, "smtp");
    bool is_made = transaction_body_begin(t, &fault) == 0 &&
                   sealed_append(&t->message, BODY, strlen(BODY), &fault) == 0 &&
                   sealed_finish(&t->message, &fault) == 0;
    assert(is_made); /* CHECK is for one thread */
    buf_init(&t->edits.fields, 4096);
    buf_put_text(&t->edits.fields, "X-Ours: 1\r\n");
    t->sender = arena_try_text(&t->arena, span_text("s@a.test"));
    t->sender_parameters = arena_try_text(&t->arena, span_text(""));
    t->recipients = rig->recipients;
    t->deadline = deadline_in(PEER_WAIT_MS);
    memset(rig->recipients, 0, sizeof rig->recipients);
}

void rig_next_message(struct rig *rig)
{
    transaction_fini(&rig->t);
    rig_message(rig);
}

void rig_start_tls(struct rig *rig, const char *script, struct tls_context *server, struct tls_context *client)
{
    *rig = (struct rig){ .reply = "" };
    hop_test_peer_start(&rig->peer, script, server);
    rig->listener.hop = (struct hop_settings){ .address = rig->peer.address,
                                               .connect_timeout_ms = PEER_WAIT_MS,
                                               .command_timeout_ms = PEER_WAIT_MS,
                                               .idle_timeout_ms = 60000,
                                               .idle_connections = 4 };
    rig->pool = hop_pool_new(&rig->listener.hop, "cordon.test", client);
    rig->hop = hop_new(rig->pool);
    rig_message(rig);
}

void rig_start(struct rig *rig, const char *script)
{
    rig_start_tls(rig, script, NULL, NULL);
}

int rig_mail(struct rig *rig, unsigned needed)
{
    return hop_mail(rig->hop, &rig->t, false, NULL, needed, deadline_in(PEER_WAIT_MS), rig->reply);
}

int rig_rcpt(struct rig *rig, const char *address)
{
    int code = hop_rcpt(rig->hop, address, "", deadline_in(PEER_WAIT_MS), rig->reply);
    if (code / 100 == 2)
        rig->t.recipient_count++;
    return code;
}

void rig_envelope(struct rig *rig)
{
    CHECK(rig_mail(rig, 0) == 250);
    CHECK(rig_rcpt(rig, "a@b.test") == 250);
    CHECK(rig_rcpt(rig, "b@b.test") == 251);
}

void rig_finish(struct rig *rig)
{
    hop_free(rig->hop);
    hop_pool_free(rig->pool);
    const char *failure = hop_test_peer_finish(&rig->peer);
    if (!CHECK(failure == NULL))
        fprintf(stderr, "    %s\n", failure);
    transaction_fini(&rig->t);
}

void rig_free(struct rig *rig)
{
    hop_test_peer_free(&rig->peer);
}

bool reply_begins(const char *reply, const char *text)
{
    bool begins = strncmp(reply, text, strlen(text)) == 0;
    if (!begins)
        fprintf(stderr, "    got \"%s\"\n", reply);
    return begins;
}

bool wire_is(const struct rig *rig, size_t connection, const char *wire)
{
    const struct peer_conversation *c = &rig->peer.conversations[connection];
    return span_is(span_of(c->body, c->body_size), wire);
}
