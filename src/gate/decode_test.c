/* What becomes of a message whose decoder dies, lies, or is not there: this test plays the pool's parent. */
#include "gate/decode.h"

#include "base/test.h"
#include "gate/counters.h"
#include "gate/peers.h"
#include "ipc/packet.h"
#include "ipc/pool.h"
#include "ipc/pool_wire.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000, TRIES = 2 };

/* What the pool says of one try; detail: exit status or signal. */
struct end {
    enum pool_outcome outcome;
    int detail;
};

struct decode_row {
    const char *name;
    struct end ends[TRIES];
    enum category category;
};

static const struct decode_row rows[] = {
    { "crashed twice", { { POOL_SIGNALLED, SIGSEGV }, { POOL_SIGNALLED, SIGBUS } }, CATEGORY_UNSCANNABLE },
    { "a forbidden call, twice", { { POOL_SIGNALLED, SIGSYS }, { POOL_SIGNALLED, SIGSYS } }, CATEGORY_UNSCANNABLE },
    { "no report, twice", { { POOL_EXITED, 0 }, { POOL_EXITED, 0 } }, CATEGORY_UNSCANNABLE },
    { "killed, then crashed", { { POOL_SIGNALLED, SIGKILL }, { POOL_SIGNALLED, SIGSEGV } }, CATEGORY_UNSCANNED },
    { "crashed, then killed", { { POOL_SIGNALLED, SIGSEGV }, { POOL_SIGNALLED, SIGKILL } }, CATEGORY_UNSCANNED },
    { "too slow, then crashed", { { POOL_DEADLINE, 0 }, { POOL_SIGNALLED, SIGSEGV } }, CATEGORY_UNSCANNED },
    { "killed twice", { { POOL_SIGNALLED, SIGKILL }, { POOL_SIGNALLED, SIGKILL } }, CATEGORY_UNSCANNED },
    { "gave up twice", { { POOL_EXITED, 1 }, { POOL_EXITED, 1 } }, CATEGORY_UNSCANNED },
    { "none to be had", { { POOL_NOT_STARTED, 0 }, { POOL_NOT_STARTED, 0 } }, CATEGORY_UNSCANNED },
    { "it answers by words", { { POOL_ANSWERED, 0 }, { POOL_ANSWERED, 0 } }, CATEGORY_UNSCANNED },
};

struct parent {
    int socket;
    const struct decode_row *row;
    unsigned tries;
};

static void *parent_run(void *argument)
{
    static char buffer[PACKET_MOST_BYTES];
    struct parent *parent = argument;
    struct packet packet;
    struct fault fault;
    while (packet_receive(parent->socket, buffer, sizeof buffer, POOL_JOB_MOST_FDS + 1, &packet,
                          deadline_in(PATIENCE_MS), &fault) == 1) {
        assert(parent->tries < TRIES && packet.fd_count == DECODE_JOB_FDS + 1);
        const struct end *end = &parent->row->ends[parent->tries++];
        struct pool_reply_head head = { .magic = POOL_MAGIC, .outcome = end->outcome, .detail = end->detail };
        int sent = packet_send(packet.fds[0], &head, sizeof head, NULL, 0, deadline_in(PATIENCE_MS), &fault);
        assert(sent == 0);
        packet_close_fds(&packet);
    }
    return NULL;
}

static void test_row(const struct decode_row *row)
{
    test_context(row->name);
    struct settings settings = { .hostname = "mx.test" };
    settings.decoder = (struct decoder_settings){
        .timeout_ms = PATIENCE_MS, .max_bytes_out = 65536, .max_parts = 10, .max_depth = 5, .max_header_bytes = 4096
    };
    struct gate gate = { .settings = &settings, .peers = peers_new(), .counters = counters_new() };
    slots_init(&gate.decode_slots, 1);
    int pair[2];
    struct fault fault;
    CHECK(packet_pair(pair, &fault) == 0);
    peers_renew(gate.peers, ROLE_DECODER, pair[0]);

    struct transaction t = { .gate = &gate, .message = SEALED_NONE, .report_pack = SEALED_NONE };
    for (size_t i = 0; i < DECODE_PACKS; i++)
        t.packs[i] = SEALED_NONE;
    t.deadline = deadline_in(PATIENCE_MS);
    verdict_init(&t.verdict);
    CHECK(sealed_copy(span_text(TRANSACTION_STANDIN "Subject: x\r\n\r\ny\r\n"), "test", &t.message, &fault) == 0);
    t.standin_bytes = strlen(TRANSACTION_STANDIN);

    struct parent parent = { .socket = pair[1], .row = row };
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, parent_run, &parent) == 0);
    decode_message_by_box(&t);
    peers_free(gate.peers); /* the parent sees that nobody asks any more */
    CHECK(pthread_join(thread, NULL) == 0);
    (void)close(pair[1]);

    CHECK(!t.has_report && t.report.part_count == 0 && parent.tries == TRIES);
    CHECK(verdict_gravest(&t.verdict) == CATEGORY_UNSCANNED); /* nobody has judged it yet */
    verdict_conclude(&t.verdict);
    CHECK(verdict_gravest(&t.verdict) == row->category);
    CHECK(t.report_pack.fd < 0 && t.packs[DECODE_PACK_COMMON].fd < 0);
    sealed_close(&t.message);
    slots_fini(&gate.decode_slots);
    counters_free(gate.counters);
    test_context(NULL);
}

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        test_row(&rows[i]);
    return test_end();
}
