/* The dialogue over a socket pair. The next hop, the scanners and the judgement are replaced by what stands here: they
 * write down what they are asked. */
#include "gate/smtp.h"

#include "base/memory.h"
#include "base/test.h"
#include "sys/tls_test_keys.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TRANSCRIPT_LIMIT = 65536, REPLY_LIMIT = 4096, CLIENT_WAIT_MS = 20000, MESSAGE_LIMIT = 1000 };

/* What a scenario starts from, and what it left behind. */
struct world {
    bool is_lmtp;
    bool hop_is_lmtp;
    bool is_before_queue;
    bool is_stranger;
    struct tls_context *server_tls; /* STARTTLS is offered */
    struct tls_context *client_tls;
    bool mends;
    bool hop_is_down;
    bool scanners_are_down;
    bool has_proxy;
    bool is_somebody_older; /* who holds a byte of the budget */
    uint32_t client_timeout_ms;
    uint64_t budget_bytes;
    unsigned hop_lacks;   /* bits of enum hop_ability */
    struct buf said;      /* to the next hop, a line each */
    struct buf message;   /* as it was judged, behind the stand-in */
    struct origin origin; /* of the last MAIL */
    unsigned hops;        /* not freed yet */
};

static struct world world;

/* --- Stand-ins --- */

struct hop {
    char unused;
};

int hop_pool_abilities(struct hop_pool *pool, struct deadline deadline, struct hop_abilities *abilities_out,
                       struct fault *fault)
{
    (void)pool;
    (void)deadline;
    if (world.hop_is_down)
        return fault_set(fault, ECONNREFUSED, "nobody is there");
    unsigned all = HOP_8BITMIME | HOP_SMTPUTF8 | HOP_DSN | HOP_SIZE | HOP_XFORWARD | HOP_XCLIENT;
    *abilities_out = (struct hop_abilities){
        .bits = all & ~world.hop_lacks, .size_limit = 5000, .xforward = "NAME ADDR", .xclient = "NAME ADDR LOGIN"
    };
    return 0;
}

struct hop *hop_new(struct hop_pool *pool)
{
    (void)pool;
    world.hops++;
    return memory_new(sizeof(struct hop));
}

void hop_free(struct hop *hop)
{
    if (hop == NULL)
        return;
    world.hops--;
    free(hop);
}

int hop_mail(struct hop *hop, const struct transaction *t, bool with_xclient, const char *xclient_line, unsigned needed,
             struct deadline deadline, char reply_out[HOP_REPLY_SIZE])
{
    (void)hop;
    (void)deadline;
    if (with_xclient)
        buf_printf(&world.said, "%s\n", xclient_line);
    buf_printf(&world.said, "MAIL %s %s needs %u\n", t->sender, t->sender_parameters, needed);
    world.origin = t->origin;
    bool is_bad = strncmp(t->sender, "bad@", 4) == 0;
    (void)snprintf(reply_out, HOP_REPLY_SIZE, "%s", is_bad ? "450-4.7.1 not\r\n450 4.7.1 now" : "250 2.1.0 Sender ok");
    return is_bad ? 450 : 250;
}

int hop_rcpt(struct hop *hop, const char *address, const char *parameters, struct deadline deadline,
             char reply_out[HOP_REPLY_SIZE])
{
    (void)hop;
    (void)deadline;
    buf_printf(&world.said, "RCPT %s %s\n", address, parameters);
    bool is_bad = strncmp(address, "nobody@", 7) == 0;
    (void)snprintf(reply_out, HOP_REPLY_SIZE, "%s", is_bad ? "550 5.1.1 Nobody" : "250 2.1.5 Recipient ok");
    return is_bad ? 550 : 250;
}

void hop_deliver(struct hop *hop, struct transaction *t, bool (*client_is_gone)(void *context), void *context)
{
    (void)hop;
    t->client_is_gone = client_is_gone(context);
    buf_printf(&world.said, "DELIVER%s\n", t->client_is_gone ? " not" : "");
    for (size_t i = 0; i < t->recipient_count; i++)
        (void)snprintf(t->recipients[i].reply, TRANSACTION_REPLY_SIZE, "250 2.0.0 %s", t->recipients[i].address);
}

bool scanners_admit(struct scanner_set *set, const struct policy_settings *policy)
{
    (void)set;
    (void)policy;
    return !world.scanners_are_down;
}

void transaction_init(struct transaction *t, struct gate *gate, const struct listener_settings *listener,
                      const char *session_id, uint32_t number, const char *intake)
{
    *t = (struct transaction){ .gate = gate, .listener = listener, .number = number, .intake = intake };
    (void)snprintf(t->id, sizeof t->id, "%s", session_id);
    arena_init(&t->arena, TRANSACTION_ARENA_LIMIT);
    t->message = SEALED_NONE;
}

void transaction_fini(struct transaction *t)
{
    sealed_close(&t->message);
    arena_fini(&t->arena);
}

int transaction_body_begin(struct transaction *t, struct fault *fault)
{
    t->standin_bytes = strlen(TRANSACTION_STANDIN);
    return sealed_open(&t->message, "test", fault) == 0
               ? sealed_append(&t->message, TRANSACTION_STANDIN, t->standin_bytes, fault)
               : -1;
}

void transaction_run(struct transaction *t, transaction_forward forward, void *context)
{
    struct fault fault;
    if (sealed_finish(&t->message, &fault) != 0)
        abort();
    buf_clear(&world.message);
    buf_put_span(&world.message, span_from(sealed_span(&t->message), t->standin_bytes));
    forward(t, context);
}

const char *transaction_single_reply(const struct transaction *t)
{
    return t->recipients[0].reply;
}

/* --- The client --- */

struct client {
    struct stream *stream;
    char reply[REPLY_LIMIT];
};

/* One whole reply, lines parted by CRLF; "" where the server has closed. */
static void client_read_reply(struct client *client)
{
    char line[1024];
    size_t used = 0;
    client->reply[0] = '\0';
    while (stream_read_line(client->stream, line, sizeof line, true) == 1) {
        int n = snprintf(client->reply + used, sizeof client->reply - used, "%s\r\n", line);
        assert(n > 0 && (size_t)n < sizeof client->reply - used);
        used += (size_t)n;
        if (strlen(line) < 4 || line[3] != '-')
            return;
    }
}

static void client_send(const struct client *client, const char *text, const char *end)
{
    CHECK(stream_write_text(client->stream, text) == 0 && stream_write_text(client->stream, end) == 0);
    CHECK(stream_flush(client->stream) == 0);
}

static void client_trickle(const struct client *client)
{
    struct pollfd reply = { .fd = stream_fd(client->stream), .events = POLLIN };
    for (int i = 0; i < 1000 && poll(&reply, 1, (int)world.client_timeout_ms / 10) == 0; i++)
        client_send(client, "x", "");
}

/* One step of a scenario:
 *   C: a line that the client sends   R: bytes that it sends as they are   S: how the next reply begins
 *   +: what that reply also has       -: what it has not                   X  the server has closed
 *   D  the gate drains   T  the client trickles bytes until there is a reply   L  TLS begins */
static void client_step(struct client *client, const struct gate *gate, const char *step)
{
    const char *text = step[1] == ':' ? step + 3 : "";
    uint64_t one = 1;
    switch (step[0]) {
    case 'C':
        client_send(client, text, "\r\n");
        break;
    case 'R':
        client_send(client, text, "");
        break;
    case 'S':
        client_read_reply(client);
        if (!CHECK(strncmp(client->reply, text, strlen(text)) == 0))
            printf("    expected %s, got %s\n", text, client->reply);
        break;
    case '+':
        CHECK(strstr(client->reply, text) != NULL);
        break;
    case '-':
        CHECK(strstr(client->reply, text) == NULL);
        break;
    case 'X':
        client_read_reply(client);
        CHECK(client->reply[0] == '\0');
        break;
    case 'L':
        CHECK(stream_start_tls_client(client->stream, world.client_tls, "localhost") == 0);
        break;
    case 'T':
        client_trickle(client);
        break;
    case 'D':
        CHECK(write(gate->stopping_fd, &one, sizeof one) == (ssize_t)sizeof one);
        break;
    default:
        abort(); /* a step of no kind */
    }
}

/* --- A scenario --- */

static void *session_thread(void *argument)
{
    struct session *session = argument;
    smtp_session(session);
    stream_free(session->stream);
    session->stream = NULL;
    return NULL;
}

static void fill_settings(struct listener_settings *settings)
{
    *settings = (struct listener_settings){ .name = "test",
                                            .protocol = world.is_lmtp ? PROTOCOL_LMTP : PROTOCOL_SMTP,
                                            .mode = world.is_before_queue ? MODE_BEFORE_QUEUE : MODE_AFTER_QUEUE,
                                            .tls = world.server_tls != NULL ? TLS_REQUIRE : TLS_NO,
                                            .client_timeout_ms = world.client_timeout_ms > 0 ? world.client_timeout_ms
                                                                                             : 20000,
                                            .message_timeout_ms = 20000,
                                            .max_message_bytes = MESSAGE_LIMIT,
                                            .max_recipients = 3 };
    settings->proxy_protocol = world.has_proxy;
    settings->bare_newline = world.mends ? BARE_NEWLINE_NORMALISE : BARE_NEWLINE_REJECT;
    settings->hop.protocol = world.hop_is_lmtp ? PROTOCOL_LMTP : PROTOCOL_SMTP;
    settings->hop.command_timeout_ms = 1000;
}

/* Plays the steps, which end with NULL. Afterwards world.said, world.message and world.origin tell what happened. */
static void play(const char *name, const char *const *steps)
{
    test_context(name);
    struct settings global = { .hostname = "mx.test" };
    struct listener_settings settings;
    fill_settings(&settings);
    buf_init(&world.said, TRANSCRIPT_LIMIT);
    buf_init(&world.message, TRANSCRIPT_LIMIT);
    struct gate gate = { .settings = &global, .stopping_fd = eventfd(0, EFD_CLOEXEC) };
    gate.budget = budget_new(world.budget_bytes > 0 ? world.budget_bytes : 1 << 20);
    struct reservation older = { 0 };
    CHECK(!world.is_somebody_older || budget_take(gate.budget, &older, 1));
    struct gate_listener listener = { .gate = &gate, .settings = &settings, .tls = world.server_tls };
    listener.trust = net_trust_new();
    CHECK(net_trust_add(listener.trust, "192.0.2.0/28", NULL) == 0);

    int pair[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    struct session session = { .listener = &listener, .stream = stream_new(pair[1]), .packet_fd = -1, .id = "s-1" };
    stream_set_waker(session.stream, gate.stopping_fd);
    session.is_trusted = !world.is_stranger;
    struct sockaddr_in peer = { .sin_family = AF_INET, .sin_port = htons(4711), .sin_addr = { htonl(0xc0000205) } };
    memcpy(&session.peer, &peer, sizeof peer);

    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, session_thread, &session) == 0);
    struct client client = { .stream = stream_new(pair[0]) };
    stream_set_deadline(client.stream, deadline_in(CLIENT_WAIT_MS));
    for (; *steps != NULL; steps++)
        client_step(&client, &gate, *steps);
    stream_free(client.stream);
    CHECK(pthread_join(thread, NULL) == 0);

    CHECK(world.hops == 0);
    CHECK(world.message.size <= MESSAGE_LIMIT);
    budget_drop(gate.budget, &older);
    CHECK(budget_used(gate.budget) == 0);
    budget_free(gate.budget);
    net_trust_free(listener.trust);
    (void)close(gate.stopping_fd);
    test_context(NULL);
}

static void finish(void)
{
    buf_fini(&world.said);
    buf_fini(&world.message);
    world = (struct world){ 0 };
}

#define PLAY(...) play(__func__, (const char *const[]){ __VA_ARGS__, NULL })

/* `first`, many x, `last`, and a NUL at the end of step[size]. */
static void fill_step(char *step, size_t size, const char *first, const char *last)
{
    int width = (int)(size - 1 - strlen(last));
    memset(step, 'x', size);
    CHECK(snprintf(step, strlen(first) + 1, "%s", first) > 0);
    step[strlen(first)] = 'x';
    CHECK(snprintf(step + width, size - (size_t)width, "%s", last) >= 0);
}

#define BEGIN "S: 220 mx.test ESMTP", "C: EHLO client.test", "S: 250"
#define ENVELOPE                                                                                                       \
    "C: MAIL FROM:<a@client.test>", "S: 250 2.1.0 Sender ok", "C: RCPT TO:<b@example.test>", "S: 250 2.1.5 Recipient ok"

static void test_a_message(void)
{
    PLAY(BEGIN, "+: 250-mx.test", "+: PIPELINING", "+: SIZE 1000", "+: 8BITMIME", "+: SMTPUTF8", "+: DSN",
         "+: ENHANCEDSTATUSCODES", "+: CHUNKING", "+: XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE",
         "+: XCLIENT NAME ADDR LOGIN", "-: STARTTLS", "-: DESTADDR", ENVELOPE, "C: DATA", "S: 354",
         "R: Subject: x\r\n\r\n..dot\r\n.\r\n", "S: 250 2.0.0 b@example.test", "C: QUIT", "S: 221 2.0.0 mx.test", "X");
    CHECK(strcmp(buf_text(&world.said), "MAIL a@client.test  needs 0\nRCPT b@example.test \nDELIVER\n") == 0);
    CHECK(strcmp(buf_text(&world.message), "Subject: x\r\n\r\n.dot\r\n") == 0);
    CHECK(strcmp(world.origin.address, "192.0.2.5") == 0 && strcmp(world.origin.port, "4711") == 0);
    CHECK(strcmp(world.origin.helo, "client.test") == 0 && strcmp(world.origin.protocol, "ESMTP") == 0);
    finish();
}

static void test_pipelining(void)
{
    PLAY(BEGIN,
         "R: MAIL FROM:<a@client.test> SIZE=50 BODY=8BITMIME RET=HDRS AUTH=<>\r\nRCPT TO:<nobody@example.test>\r\n",
         "R: RCPT TO:<b@example.test> NOTIFY=NEVER\r\nDATA\r\n", "S: 250", "S: 550 5.1.1 Nobody", "S: 250", "S: 354",
         "R: x: y\r\n.\r\nRSET\r\nQUIT\r\n", "S: 250", "S: 250", "S: 221", "X");
    char expected[512];
    (void)snprintf(expected, sizeof expected,
                   "MAIL a@client.test SIZE=50 BODY=8BITMIME RET=HDRS needs %u\nRCPT nobody@example.test \n"
                   "RCPT b@example.test NOTIFY=NEVER\nDELIVER\n",
                   (unsigned)(HOP_8BITMIME | HOP_DSN));
    CHECK(strcmp(buf_text(&world.said), expected) == 0);
    finish();
    PLAY(BEGIN, "R: MAIL FROM:<bad@client.test>\r\nRCPT TO:<b@example.test>\r\nDATA\r\n", "S: 450-4.7.1 not\r\n450 4.7",
         "S: 503 5.5.1", "S: 503 5.5.1", "C: NOOP", "S: 250");
    finish();
}

static void test_bdat(void)
{
    PLAY(BEGIN, ENVELOPE, "R: BDAT 3\r\nx: ", "S: 250 2.0.0 3 octets", "R: BDAT 0\r\n", "S: 250", "C: DATA", "S: 503",
         "C: RCPT TO:<c@example.test>", "S: 503", "R: BDAT 7 LAST\r\ny\r\n.\r\n.NOOP\r\n", "S: 250 2.0.0 b@", "S: 250");
    CHECK(strcmp(buf_text(&world.message), "x: y\r\n.\r\n.\r\n") == 0);
    finish();
    PLAY(BEGIN, "R: BDAT 6\r\nRSET\r\n", "S: 503", "C: NOOP", "S: 250", ENVELOPE, "R: BDAT 4 LAST\r\nx: y", "S: 250",
         "C: BDAT nonsense", "S: 501 5.5.4", "X");
    finish();
    PLAY(BEGIN, ENVELOPE, "R: BDAT 3\r\na\nb", "S: 550 5.6.0", "R: BDAT 3\r\nabc", "S: 503", "R: BDAT 3 LAST\r\nabc",
         "S: 503", "C: DATA", "S: 503", "C: RSET", "S: 250", ENVELOPE, "R: BDAT 4 LAST\r\nx: y", "S: 250");
    CHECK(strcmp(buf_text(&world.message), "x: y\r\n") == 0);
    finish();
}

static void test_bare_newlines(void)
{
    PLAY(BEGIN, ENVELOPE, "C: DATA", "S: 354", "R: x: y\n.\nMAIL FROM:<evil@x.test>\r\n.\r\n", "S: 550 5.6.0",
         "C: NOOP", "S: 250");
    CHECK(strstr(buf_text(&world.said), "evil") == NULL && strstr(buf_text(&world.said), "DELIVER") == NULL);
    finish();
    world.mends = true;
    PLAY(BEGIN, ENVELOPE, "C: DATA", "S: 354", "R: x: y\n.\nz\r.\r\r\n.\r\n", "S: 250", "C: NOOP", "S: 250");
    CHECK(strcmp(buf_text(&world.message), "x: y\r\n.\r\nz\r\n.\r\n") == 0);
    finish();
    world.mends = true;
    PLAY(BEGIN, ENVELOPE, "C: DATA", "S: 354", "R:  folded\r\n.\r\n", "S: 550 5.6.0");
    finish();
    PLAY(BEGIN, "R: NOOP\nNOOP\r\n", "S: 500 5.5.2", "R: NO\rOP\r\n", "S: 500 5.5.2", "C: NOOP", "S: 250");
    finish();
}

static void test_order_of_commands(void)
{
    PLAY("S: 220", "C: MAIL FROM:<a@b.test>", "S: 503", "C: FOO", "S: 500 5.5.2", "C: LHLO x", "S: 500", "C: EHLO",
         "S: 501", "C: EHLO two words", "S: 501", "C: EHLO x", "S: 250", "C: RCPT TO:<a@b.test>", "S: 503", "C: DATA",
         "S: 503", "C: DATA now", "S: 501", "C: MAIL FROM:<a@b.test", "S: 501", ENVELOPE, "C: MAIL FROM:<c@d.test>",
         "S: 503", "C: XFORWARD NAME=x", "S: 503", "C: VRFY x", "S: 252", "C: HELP", "S: 214", "C: STARTTLS", "S: 503",
         "C: EHLO again", "S: 250", "C: RCPT TO:<a@b.test>", "S: 503", "C: HELO y", "S: 250 mx.test",
         "C: MAIL FROM:<a@b.test> SIZE=1", "S: 555", "C: MAIL FROM:<a@b.test>", "S: 250", "C: DATA", "S: 503");
    CHECK(strcmp(world.origin.protocol, "SMTP") == 0 && strcmp(world.origin.helo, "y") == 0);
    finish();
}

static void test_mistakes_have_an_end(void)
{
    const char *steps[64] = { "S: 220" };
    size_t count = 1;
    for (int i = 0; i < 20; i++) {
        steps[count++] = "C: FOO";
        steps[count++] = "S: 500 5.5.2";
    }
    steps[count++] = "S: 421 4.7.0 mx.test";
    steps[count++] = "X";
    play(__func__, steps);
    finish();

    char step[3100];
    fill_step(step, sizeof step, "C: NOOP ", "");
    PLAY("S: 220", step, "S: 500 5.5.2", "C: NOOP", "S: 250");
    finish();
    step[1500] = '\0';
    PLAY("S: 220", step, "S: 500 5.5.2", "C: NOOP", "S: 250");
    finish();
}

static void test_offers_follow_the_next_hop(void)
{
    world.hop_lacks = HOP_DSN | HOP_SMTPUTF8 | HOP_8BITMIME | HOP_XCLIENT;
    PLAY(BEGIN, "-: 8BITMIME", "-: SMTPUTF8", "-: DSN", "-: XCLIENT", "+: XFORWARD", "C: MAIL FROM:<a@b.test> SMTPUTF8",
         "S: 555 5.5.4", "C: MAIL FROM:<a@b.test> BODY=8BITMIME", "S: 555", "C: XCLIENT NAME=x", "S: 550",
         "C: MAIL FROM:<a@b.test> SIZE=100", "S: 250", "C: RCPT TO:<a@b.test> NOTIFY=NEVER", "S: 555");
    finish();
    world.hop_is_down = true;
    PLAY("S: 220", "C: EHLO x", "S: 421 4.4.1 mx.test", "X");
    finish();
}

static void test_limits(void)
{
    PLAY(BEGIN, "C: MAIL FROM:<a@b.test> SIZE=1001", "S: 552 5.3.4", "C: MAIL FROM:<a@b.test> SIZE=1000", "S: 250",
         "C: RCPT TO:<1@b.test>", "S: 250", "C: RCPT TO:<2@b.test>", "S: 250", "C: RCPT TO:<3@b.test>", "S: 250",
         "C: RCPT TO:<4@b.test>", "S: 452 4.5.3", "C: RSET", "S: 250");
    finish();

    char body[2100];
    fill_step(body, sizeof body, "R: ", "\r\n.\r\n");
    PLAY(BEGIN, ENVELOPE, "C: DATA", "S: 354", body, "S: 552 5.3.4", "C: NOOP", "S: 250");
    CHECK(world.message.size == 0);
    finish();

    world.budget_bytes = 1; /* the oldest can always finish */
    PLAY(BEGIN, ENVELOPE, "C: DATA", "S: 354", "R: x: y\r\n.\r\n", "S: 250");
    finish();
    char half[500];
    fill_step(half, sizeof half, "R: ", "\r\n.\r\n");
    world.budget_bytes = 300;
    world.is_somebody_older = true;
    PLAY(BEGIN, "C: MAIL FROM:<a@b.test> SIZE=400", "S: 452 4.3.1", "C: MAIL FROM:<a@b.test> SIZE=10", "S: 250",
         "C: RCPT TO:<b@example.test>", "S: 250", "C: DATA", "S: 354", "R: x: y\r\n.\r\n", "S: 250",
         "C: MAIL FROM:<a@b.test> SIZE=10", "S: 250", "C: RCPT TO:<b@example.test>", "S: 250", "C: DATA", "S: 354",
         half, "S: 452 4.3.1", "C: NOOP", "S: 250");
    finish();
}

static void test_one_recipient_for_an_lmtp_hop(void)
{
    world.hop_is_lmtp = true;
    PLAY(BEGIN, ENVELOPE, "C: RCPT TO:<c@example.test>", "S: 452 4.5.3", "C: DATA", "S: 354", "R: .\r\n", "S: 250");
    finish();
}

static void test_lmtp(void)
{
    world.is_lmtp = true;
    world.hop_is_lmtp = true;
    PLAY("S: 220 mx.test LMTP", "C: EHLO x", "S: 500", "C: HELO x", "S: 500", "C: LHLO x", "S: 250", ENVELOPE,
         "C: RCPT TO:<c@example.test>", "S: 250", "C: DATA", "S: 354", "R: x: y\r\n.\r\n",
         "S: 250 2.0.0 b@example.test", "S: 250 2.0.0 c@example.test", ENVELOPE, "C: RCPT TO:<c@example.test>",
         "S: 250", "C: DATA", "S: 354", "R: a\nb\r\n.\r\n", "S: 550", "S: 550", "C: NOOP", "S: 250");
    CHECK(strcmp(world.origin.protocol, "LMTP") == 0);
    finish();
}

static void test_scanners_that_do_not_answer(void)
{
    world.scanners_are_down = true;
    PLAY("S: 421 4.3.2 mx.test", "X");
    finish();
    world.scanners_are_down = true;
    world.is_before_queue = true;
    PLAY(BEGIN, "C: MAIL FROM:<a@b.test>", "S: 451 4.7.1", "C: RCPT TO:<a@b.test>", "S: 503");
    CHECK(world.said.size == 0);
    finish();
}

static void test_xforward(void)
{
    PLAY(BEGIN, "C: XFORWARD NAME=client.test ADDR=IPV6:2001:db8::1 PORT=[UNAVAILABLE]", "S: 250",
         "C: XFORWARD HELO=he+2Blo IDENT=4Zq", "S: 250", "C: XFORWARD FOO=1", "S: 501", "C: MAIL FROM:<a@b.test>",
         "S: 250");
    CHECK(strcmp(world.origin.address, "2001:db8::1") == 0 && strcmp(world.origin.name, "client.test") == 0);
    CHECK(strcmp(world.origin.helo, "he+lo") == 0 && strcmp(world.origin.queue_id, "4Zq") == 0);
    CHECK(world.origin.port[0] == '\0' && world.origin.protocol[0] == '\0');
    finish();
    PLAY(BEGIN, "C: XFORWARD ADDR=192.0.2.77", "S: 250", ENVELOPE, "C: RSET", "S: 250", "C: MAIL FROM:<a@b.test>",
         "S: 250");
    CHECK(strcmp(world.origin.address, "192.0.2.5") == 0);
    finish();
    world.is_stranger = true;
    PLAY(BEGIN, "-: XFORWARD", "-: XCLIENT", "C: XFORWARD ADDR=192.0.2.77", "S: 550 5.7.0",
         "C: XCLIENT ADDR=192.0.2.77", "S: 550 5.7.0", "C: MAIL FROM:<a@b.test>", "S: 250");
    CHECK(strcmp(world.origin.address, "192.0.2.5") == 0);
    finish();
}

static void test_xclient(void)
{
    PLAY(BEGIN, "C: XCLIENT NAME=spoken.test PORT=99", "S: 220 mx.test ESMTP", "C: MAIL FROM:<a@b.test>", "S: 503",
         "C: EHLO x", "S: 250", "C: XCLIENT ADDR=192.0.2.9", "S: 220", "C: EHLO y", "S: 250", ENVELOPE, "C: RSET",
         "S: 250", "C: MAIL FROM:<a@b.test>", "S: 250");
    CHECK(strncmp(buf_text(&world.said), "XCLIENT NAME=spoken.test ADDR=192.0.2.9\nMAIL", 44) == 0);
    CHECK(strcmp(world.origin.address, "192.0.2.9") == 0 && strcmp(world.origin.port, "99") == 0);
    CHECK(strcmp(world.origin.name, "spoken.test") == 0 && strcmp(world.origin.helo, "y") == 0);
    finish();
}

static void test_proxy(void)
{
    world.has_proxy = true;
    PLAY("R: PROXY TCP4 192.0.2.33 192.0.2.1 5555 25\r\nEHLO early\r\n", "S: 220", "S: 250", "-: XFORWARD",
         "C: XFORWARD ADDR=192.0.2.1", "S: 550", "C: MAIL FROM:<a@b.test>", "S: 250");
    CHECK(strcmp(world.origin.address, "192.0.2.33") == 0 && strcmp(world.origin.port, "5555") == 0);
    finish();
    world.has_proxy = true;
    PLAY("R: PROXY TCP4 192.0.2.3 192.0.2.1 5555 25\r\nEHLO early\r\n", "S: 220", "S: 250", "+: XFORWARD");
    finish();
    world.has_proxy = true;
    PLAY("C: EHLO client.test", "X");
    finish();
    world.has_proxy = true;
    world.is_stranger = true;
    PLAY("X");
    finish();
}

static void test_starttls(void)
{
    char folder[] = "/tmp/cordon-smtp-test-XXXXXX";
    struct test_keys keys;
    struct fault fault = { 0 };
    CHECK(mkdtemp(folder) != NULL && test_keys_make(folder, "mx", "DNS:localhost", NULL, &keys));
    world.server_tls = tls_context_new_server(keys.certificate_path, keys.key_path, &fault);
    world.client_tls = tls_context_new_client(true, keys.certificate_path, &fault);
    CHECK(world.server_tls != NULL && world.client_tls != NULL);
    struct tls_context *contexts[] = { world.server_tls, world.client_tls };
    PLAY(BEGIN, "+: STARTTLS", "C: MAIL FROM:<a@b.test>", "S: 530 5.7.0", "C: XFORWARD ADDR=192.0.2.77", "S: 250",
         "R: STARTTLS\r\nMAIL FROM:<injected@x.test>\r\n", "S: 220", "L", "C: MAIL FROM:<a@b.test>", "S: 503",
         "C: EHLO safe.test", "S: 250", "-: STARTTLS", "C: STARTTLS", "S: 503", ENVELOPE, "C: DATA", "S: 354",
         "R: x: y\r\n.\r\n", "S: 250", "C: QUIT", "S: 221", "X");
    CHECK(strncmp(buf_text(&world.said), "MAIL a@client.test", 18) == 0);
    CHECK(strcmp(world.origin.protocol, "ESMTPS") == 0 && strcmp(world.origin.address, "192.0.2.5") == 0);
    CHECK(strcmp(world.origin.helo, "safe.test") == 0);
    finish();
    for (size_t i = 0; i < 2; i++)
        tls_context_free(contexts[i]);
    test_keys_remove(&keys);
    CHECK(rmdir(folder) == 0);
}

/* More than one line to the next hop can hold is refused, and nothing of it is kept. */
static void test_xclient_has_a_limit(void)
{
    char step[1990];
    fill_step(step, sizeof step, "C: XCLIENT NAME=", "");
    PLAY(BEGIN, step, "S: 220", "C: EHLO y", "S: 250", step, "S: 501 5.5.4", ENVELOPE);
    CHECK(strncmp(buf_text(&world.said), "MAIL", 4) == 0);
    CHECK(strcmp(world.origin.address, "192.0.2.5") == 0 && world.origin.name[0] == '\0');
    finish();
}

/* Never silent for as long as is allowed, and yet. */
static void test_slow_clients(void)
{
    world.client_timeout_ms = 1000;
    PLAY(BEGIN, ENVELOPE, "C: DATA", "S: 354", "T", "S: 421 4.4.2", "X");
    finish();
    world.client_timeout_ms = 1000;
    PLAY(BEGIN, ENVELOPE, "R: BDAT 1000\r\n", "T", "S: 421 4.4.2", "X");
    finish();
}

static void test_silence_and_draining(void)
{
    world.client_timeout_ms = 500;
    PLAY("S: 220", "S: 421 4.4.2 mx.test", "X");
    finish();
    world.client_timeout_ms = 500;
    PLAY(BEGIN, ENVELOPE, "C: DATA", "S: 354", "R: x: y\r\n", "S: 421 4.4.2", "X");
    finish();
    PLAY(BEGIN, "D", "S: 421 4.3.2 mx.test", "X");
    finish();
    PLAY(BEGIN, ENVELOPE, "D", "C: DATA", "S: 354", "R: x: y\r\n.\r\n", "S: 250", "S: 421 4.3.2", "X");
    finish();
}

/* Every way in which a client can leave must give everything back; play() looks. */
static void test_clients_that_leave(void)
{
    PLAY("S: 220");
    finish();
    PLAY(BEGIN, "C: MAIL FROM:<a@b.test>");
    finish();
    PLAY(BEGIN, "C: XFORWARD NAME=x", "S: 250");
    finish();
    PLAY(BEGIN, ENVELOPE, "C: DATA", "S: 354", "R: half a li");
    CHECK(strstr(buf_text(&world.said), "DELIVER") == NULL);
    finish();
    PLAY(BEGIN, ENVELOPE, "R: BDAT 100\r\nabc");
    finish();
    PLAY(BEGIN, ENVELOPE, "C: DATA", "S: 354", "R: x: y\r\n.\r\n");
    CHECK(strstr(buf_text(&world.said), "DELIVER") != NULL);
    finish();
}

int main(void)
{
    test_a_message();
    test_pipelining();
    test_bdat();
    test_bare_newlines();
    test_order_of_commands();
    test_mistakes_have_an_end();
    test_offers_follow_the_next_hop();
    test_limits();
    test_one_recipient_for_an_lmtp_hop();
    test_lmtp();
    test_scanners_that_do_not_answer();
    test_xforward();
    test_xclient();
    test_xclient_has_a_limit();
    test_slow_clients();
    test_proxy();
    test_starttls();
    test_silence_and_draining();
    test_clients_that_leave();
    return test_end();
}
