/* A release against a scripted next hop. No decoder and no scanner answer here, so that the message is unscanned: what
 * the policy says of that stands for any verdict. */
#include "gate/release.h"

#include "base/test.h"
#include "gate/budget.h"
#include "gate/counters.h"
#include "gate/hop_test_rig.h"
#include "gate/peers.h"
#include "gate/session.h"
#include "gate/waiting.h"
#include "ipc/calls/judge.h"
#include "ipc/packet.h"
#include "ipc/pool_wire.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000, TEXT_LIMIT = 65536, MOST_RECEIVED = 3 };

#define MESSAGE_TEXT "Received: a\r\nReceived: b\r\nSubject: x\r\n\r\nbody\r\n"
#define NOT_HEARD HELLO MAIL RCPT_A RCPT_B RSET QUIT

static int no_engine(void *context, enum role role, struct deadline deadline)
{
    (void)context, (void)role, (void)deadline;
    return -1;
}

static struct settings settings = {
    .hostname = "mx.test",
    .decoder = { .timeout_ms = PATIENCE_MS,
                 .max_bytes_out = 65536,
                 .max_parts = 10,
                 .max_depth = 5,
                 .max_header_bytes = 4096 },
    .store_count = 1,
    .stores = { { .name = "quarantine" } },
};

struct world {
    struct hop_test_peer peer;
    struct listener_settings listener;
    struct gate_listener listeners[2];
    struct gate gate;
    pthread_t decoder;
    int decoder_socket;
};

/* It has no room, every time. */
static void *decoder_run(void *argument)
{
    static char buffer[PACKET_MOST_BYTES];
    const int *socket = argument;
    struct packet packet;
    struct fault fault;
    while (packet_receive(*socket, buffer, sizeof buffer, POOL_JOB_MOST_FDS + 1, &packet, deadline_in(PATIENCE_MS),
                          &fault) == 1) {
        struct pool_reply_head head = { .magic = POOL_MAGIC, .outcome = POOL_EXITED, .detail = 1 };
        int sent = packet_send(packet.fds[0], &head, sizeof head, NULL, 0, deadline_in(PATIENCE_MS), &fault);
        assert(sent == 0);
        packet_close_fds(&packet);
    }
    return NULL;
}

static void world_init(struct world *world, const char *script, enum protocol protocol, unsigned actions)
{
    *world = (struct world){ .gate = { .settings = &settings, .listener_count = 2 } };
    hop_test_peer_start(&world->peer, script, NULL);
    world->listener = (struct listener_settings){ .name = "in",
                                                  .message_timeout_ms = PATIENCE_MS,
                                                  .max_received = MOST_RECEIVED,
                                                  .hop = { .protocol = protocol,
                                                           .address = world->peer.address,
                                                           .connect_timeout_ms = PEER_WAIT_MS,
                                                           .command_timeout_ms = PEER_WAIT_MS,
                                                           .idle_timeout_ms = 60000,
                                                           .idle_connections = 4 } };
    world->listener.policy.actions[CATEGORY_UNSCANNED] = actions;
    world->listeners[1].settings = &world->listener; /* the first is the local one */
    world->listeners[1].hops = hop_pool_new(&world->listener.hop, "cordon.test", NULL);
    struct gate *gate = &world->gate;
    gate->listeners = world->listeners;
    gate->peers = peers_new();
    gate->counters = counters_new();
    gate->budget = budget_new(1 << 30);
    gate->waiting = waiting_new();
    gate->scanners = scanners_new(&settings, no_engine, NULL);
    slots_init(&gate->decode_slots, 1);
    int pair[2];
    struct fault fault;
    CHECK(packet_pair(pair, &fault) == 0);
    peers_renew(gate->peers, ROLE_DECODER, pair[0]);
    world->decoder_socket = pair[1];
    CHECK(pthread_create(&world->decoder, NULL, decoder_run, &world->decoder_socket) == 0);
}

/* The pool is closed, so that the peer hears its end. */
static void world_end(struct world *world, bool is_used)
{
    peers_free(world->gate.peers);
    CHECK(pthread_join(world->decoder, NULL) == 0);
    (void)close(world->decoder_socket);
    hop_pool_free(world->listeners[1].hops);
    const char *failure = hop_test_peer_finish(&world->peer);
    if (is_used && !CHECK(failure == NULL))
        (void)fprintf(stderr, "    %s\n", failure);
}

static void world_fini(struct world *world)
{
    hop_test_peer_free(&world->peer);
    CHECK(budget_used(world->gate.budget) == 0);
    CHECK(waiting_is_empty(world->gate.waiting)); /* nothing of it comes again by itself */
    scanners_free(world->gate.scanners);
    slots_fini(&world->gate.decode_slots);
    waiting_free(world->gate.waiting);
    budget_free(world->gate.budget);
    counters_free(world->gate.counters);
}

static void envelope_make(const char *listener, const char *sender, const char *parameters,
                          const char *const *addresses, struct buf *envelope_out)
{
    struct judge_envelope head = { .magic = JUDGE_ENVELOPE_MAGIC };
    (void)snprintf(head.listener, sizeof head.listener, "%s", listener);
    while (addresses[head.recipient_count] != NULL)
        head.recipient_count++;
    buf_clear(envelope_out);
    buf_put(envelope_out, &head, sizeof head);
    buf_put(envelope_out, sender, strlen(sender) + 1);
    buf_put(envelope_out, parameters, strlen(parameters) + 1);
    for (size_t i = 0; addresses[i] != NULL; i++)
        buf_put(envelope_out, addresses[i], strlen(addresses[i]) + 1);
}

/* "ACTION REPLY|ACTION REPLY|" */
static void replies_text(const struct release *release, struct buf *text)
{
    struct buf replies;
    buf_init(&replies, TEXT_LIMIT);
    release_put_replies(release, &replies);
    for (struct span rest = buf_span(&replies); rest.size > 0;) {
        struct span action = span_cut(&rest, '\0');
        struct span reply = span_cut(&rest, '\0');
        buf_put_span(text, action);
        buf_put_char(text, ' ');
        buf_put_span(text, reply);
        buf_put_char(text, '|');
    }
    buf_fini(&replies);
}

static const char *const both[] = { "a@b.test", "b@b.test", NULL };
static const char *const bad[] = { "a@b.test", "b@b.test> NOTIFY=NEVER <x", "c@b.test\r\nRSET", NULL };

static const struct row {
    const char *name;
    enum protocol protocol;
    const char *script;
    const char *listener;
    const char *const *recipients;
    unsigned actions;
    bool is_forced;
    bool is_delivered;
    const char *replies;
} rows[] = {
    { "passed", PROTOCOL_SMTP, HELLO MESSAGE QUIT, "in", both, ACTION_PASS, false, true,
      "pass 250 2.0.0 queued|pass 250 2.0.0 queued|" },
    { "passed over LMTP", PROTOCOL_LMTP, LHELLO MAIL RCPT_A RCPT_B DATA "S 250 2.0.0 for a\nS 452 4.2.2 full\n" QUIT,
      "in", both, ACTION_PASS, false, true, "pass 250 2.0.0 for a|pass 452 4.2.2 full|" },
    { "rejected", PROTOCOL_SMTP, NOT_HEARD, "in", both, ACTION_REJECT | ACTION_QUARANTINE, false, false,
      "reject 550 5.7.1 not scanned: try again later|reject 550 5.7.1 not scanned: try again later|" },
    { "rejected, by force", PROTOCOL_SMTP, HELLO MESSAGE QUIT, "in", both, ACTION_REJECT | ACTION_QUARANTINE, true,
      true, "pass 250 2.0.0 queued|pass 250 2.0.0 queued|" },
    { "discarded", PROTOCOL_SMTP, NOT_HEARD, "in", both, ACTION_DISCARD, false, false,
      "reject 550 5.7.1 unscanned: the policy says discard|reject 550 5.7.1 unscanned: the policy says discard|" },
    { "told to wait", PROTOCOL_SMTP, NOT_HEARD, "in", both, ACTION_TEMPFAIL, false, false,
      "tempfail 451 4.7.1 not scanned: try again later|tempfail 451 4.7.1 not scanned: try again later|" },
    { "one recipient is refused", PROTOCOL_SMTP,
      HELLO MAIL "C RCPT TO:<a@b.test>\nS 550 5.1.1 who\n" RCPT_B DATA DONE QUIT, "in", both, ACTION_PASS, false, true,
      "refused 550 5.1.1 who|pass 250 2.0.0 queued|" },
    { "MAIL is refused", PROTOCOL_SMTP, HELLO "C MAIL FROM:<s@a.test>\nS 550 5.7.1 never\n" RSET QUIT, "in", both,
      ACTION_PASS, false, false, "refused 550 5.7.1 never|refused 550 5.7.1 never|" },
    { "the message is refused", PROTOCOL_SMTP, HELLO MAIL RCPT_A RCPT_B DATA "S 554 5.6.0 no\n" QUIT, "in", both,
      ACTION_PASS, false, true, "pass 554 5.6.0 no|pass 554 5.6.0 no|" },
    { "no such listener", PROTOCOL_SMTP, "", "out", both, ACTION_PASS, false, false,
      "refused 550 5.3.5 there is no listener out, whose next hop it would go to|"
      "refused 550 5.3.5 there is no listener out, whose next hop it would go to|" },
    { "addresses with more than an address", PROTOCOL_SMTP, HELLO MAIL RCPT_A DATA DONE QUIT, "in", bad, ACTION_PASS,
      false, true,
      "pass 250 2.0.0 queued|refused 555 5.5.4 Unsupported parameter|refused 501 5.1.3 This is no address|" },
};

static void test_row(const struct row *row)
{
    struct world world;
    struct buf text;
    struct fault fault = { 0 };
    test_context(row->name);
    buf_init(&text, TEXT_LIMIT);
    world_init(&world, row->script, row->protocol, row->actions);
    envelope_make(row->listener, "s@a.test", "", row->recipients, &text);
    struct release *release = release_new(&world.gate, buf_span(&text), "s-1", 1, &fault);
    if (CHECK(release != NULL)) {
        release_run(release, span_text(MESSAGE_TEXT), row->is_forced, deadline_in(PATIENCE_MS));
        buf_clear(&text);
        replies_text(release, &text);
        if (!CHECK(strcmp(buf_text(&text), row->replies) == 0))
            (void)fprintf(stderr, "    the replies are %s\n", buf_text(&text));
        CHECK(verdict_gravest(&release_transaction(release)->verdict) == CATEGORY_UNSCANNED);
        CHECK(release_transaction(release)->kept[0] == 0);
    }
    release_free(release);
    world_end(&world, row->script[0] != '\0');
    const struct peer_conversation *heard = &world.peer.conversations[0];
    struct span body = span_of(heard->body, heard->body_size);
    CHECK((body.size > 0) == row->is_delivered);
    CHECK(body.size == 0 || (span_starts_with(body, "X-Cordon-Scan: mx.test; unscanned") &&
                             span_find(body, span_text(MESSAGE_TEXT)) != SPAN_NONE));
    CHECK(span_find(body, span_text("pending")) == SPAN_NONE); /* the stand-in stays here */
    world_fini(&world);
    buf_fini(&text);
    test_context(NULL);
}

/* Every start of an envelope, and what is behind a whole one, are none. */
static void test_broken_envelopes(void)
{
    struct gate gate = { .settings = &settings };
    struct buf text;
    struct fault fault = { 0 };
    buf_init(&text, TEXT_LIMIT);
    envelope_make("in", "s@a.test", "SIZE=1", both, &text);
    for (size_t size = 0; size < text.size; size++)
        CHECK(release_new(&gate, span_slice(buf_span(&text), 0, size), "s-1", 1, &fault) == NULL);
    buf_put_char(&text, 'x');
    CHECK(release_new(&gate, buf_span(&text), "s-1", 1, &fault) == NULL);

    static const uint32_t counts[] = { 0, JUDGE_MOST_RECIPIENTS + 1, UINT32_MAX };
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        envelope_make("in", "s@a.test", "", both, &text);
        memcpy(text.data + offsetof(struct judge_envelope, recipient_count), &counts[i], sizeof counts[i]);
        CHECK(release_new(&gate, buf_span(&text), "s-1", 1, &fault) == NULL);
    }
    envelope_make("in", "s@a.test", "", both, &text);
    memset(text.data + offsetof(struct judge_envelope, listener), 'x', JUDGE_NAME_SIZE);
    CHECK(release_new(&gate, buf_span(&text), "s-1", 1, &fault) == NULL);
    buf_fini(&text);
}

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        test_row(&rows[i]);
    test_broken_envelopes();
    return test_end();
}
