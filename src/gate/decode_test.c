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
#include <stdio.h>
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
    uint32_t kinds; /* 0: no report; else it has a finding of the first of these, and of the others their bits alone */
    enum unscannable unscannable;
    const char *findings; /* their texts, each ended by a semicolon */
};

#define SOUND                                                                                                          \
    {                                                                                                                  \
        { POOL_EXITED, 0 },                                                                                            \
        {                                                                                                              \
            POOL_EXITED, 0                                                                                             \
        }                                                                                                              \
    }
#define NOTHING 0, UNSCANNABLE_NONE, ""
#define KIND(kind) DECODE_KIND_BIT(kind)
#define COMPLETE KIND(31) /* a report without any */

static const struct decode_row rows[] = {
    { "crashed twice", { { POOL_SIGNALLED, SIGSEGV }, { POOL_SIGNALLED, SIGBUS } }, CATEGORY_UNSCANNABLE, NOTHING },
    { "a forbidden call, twice",
      { { POOL_SIGNALLED, SIGSYS }, { POOL_SIGNALLED, SIGSYS } },
      CATEGORY_UNSCANNABLE,
      NOTHING },
    { "no report, twice", { { POOL_EXITED, 0 }, { POOL_EXITED, 0 } }, CATEGORY_UNSCANNABLE, NOTHING },
    { "killed, then crashed",
      { { POOL_SIGNALLED, SIGKILL }, { POOL_SIGNALLED, SIGSEGV } },
      CATEGORY_UNSCANNED,
      NOTHING },
    { "crashed, then killed",
      { { POOL_SIGNALLED, SIGSEGV }, { POOL_SIGNALLED, SIGKILL } },
      CATEGORY_UNSCANNED,
      NOTHING },
    { "too slow, then crashed", { { POOL_DEADLINE, 0 }, { POOL_SIGNALLED, SIGSEGV } }, CATEGORY_UNSCANNED, NOTHING },
    { "killed twice", { { POOL_SIGNALLED, SIGKILL }, { POOL_SIGNALLED, SIGKILL } }, CATEGORY_UNSCANNED, NOTHING },
    { "gave up twice", { { POOL_EXITED, 1 }, { POOL_EXITED, 1 } }, CATEGORY_UNSCANNED, NOTHING },
    { "none to be had", { { POOL_NOT_STARTED, 0 }, { POOL_NOT_STARTED, 0 } }, CATEGORY_UNSCANNED, NOTHING },
    { "it answers by words", { { POOL_ANSWERED, 0 }, { POOL_ANSWERED, 0 } }, CATEGORY_UNSCANNED, NOTHING },
    { "complete", SOUND, CATEGORY_CLEAN, COMPLETE, UNSCANNABLE_NONE, "" },
    { "malformed", SOUND, CATEGORY_MALFORMED, KIND(DECODE_MALFORMED), UNSCANNABLE_NONE, "said (part 1.1);" },
    { "damaged", SOUND, CATEGORY_UNSCANNABLE, KIND(DECODE_DAMAGED), UNSCANNABLE_DAMAGED, "said (part 1.1);" },
    { "unsupported", SOUND, CATEGORY_UNSCANNABLE, KIND(DECODE_UNSUPPORTED), UNSCANNABLE_UNSUPPORTED,
      "said (part 1.1);" },
    { "encrypted", SOUND, CATEGORY_UNSCANNABLE, KIND(DECODE_ENCRYPTED), UNSCANNABLE_ENCRYPTED, "said (part 1.1);" },
    { "limit", SOUND, CATEGORY_UNSCANNABLE, KIND(DECODE_LIMIT), UNSCANNABLE_LIMIT, "said (part 1.1);" },
    { "several kinds, one of them listed", SOUND, CATEGORY_UNSCANNABLE,
      KIND(DECODE_MALFORMED) | KIND(DECODE_ENCRYPTED) | KIND(DECODE_LIMIT), UNSCANNABLE_LIMIT,
      "said (part 1.1);a part is encrypted;a limit is reached;" },
    { "a lie, twice", SOUND, CATEGORY_UNSCANNABLE, KIND(DECODE_KINDS), UNSCANNABLE_DECODER, "" },
};

struct parent {
    int socket;
    const struct decode_row *row;
    uint64_t message_size;
    unsigned tries;
};

/* A root with a part that speaks. The kind with the lowest bit is a finding. */
static void report_write(int fd, uint32_t kinds, uint64_t message_size)
{
    static const char text[] = "11.1said";
    struct {
        struct decode_head head;
        struct decode_part parts[2];
        struct decode_cover cover;
        struct decode_finding finding;
        char text[sizeof text];
    } report = { .head = { .magic = DECODE_MAGIC, .part_count = 2, .cover_count = 1, .magic_end = DECODE_MAGIC } };
    report.head.kinds = kinds & ~COMPLETE;
    report.head.parts_at = (uint64_t)((char *)report.parts - (char *)&report);
    report.head.covers_at = (uint64_t)((char *)&report.cover - (char *)&report);
    report.head.cuts_at = report.head.covers_at;
    report.head.findings_at = (uint64_t)((char *)&report.finding - (char *)&report);
    report.head.text_at = (uint64_t)(report.text - (char *)&report);
    report.head.text_size = sizeof text - 1;
    memcpy(report.text, text, sizeof text);
    report.parts[0] = (struct decode_part){ .parent = DECODE_NO_PARENT, .path = { 0, 1 } };
    report.parts[1] = (struct decode_part){ .depth = 1, .path = { 1, 3 } };
    report.cover = (struct decode_cover){ .size = message_size, .owner = DECODE_FRAME };
    if (report.head.kinds != 0) {
        report.head.finding_count = 1;
        report.finding = (struct decode_finding){ .kind = (uint32_t)__builtin_ctz(kinds), .part = 1, .text = { 4, 4 } };
    }
    ssize_t n = pwrite(fd, &report, sizeof report, 0);
    assert(n == sizeof report);
}

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
        if (parent->row->kinds != 0)
            report_write(packet.fds[2], parent->row->kinds, parent->message_size);
        int sent = packet_send(packet.fds[0], &head, sizeof head, NULL, 0, deadline_in(PATIENCE_MS), &fault);
        assert(sent == 0);
        packet_close_fds(&packet);
    }
    return NULL;
}

static void check_findings(const struct verdict *verdict, const struct decode_row *row)
{
    struct buf text;
    buf_init(&text, 4096);
    for (size_t i = 0; i < verdict->finding_count; i++)
        buf_printf(&text, "%s;", verdict->findings[i].text);
    if (!CHECK(strcmp(buf_text(&text), row->findings) == 0))
        (void)fprintf(stderr, "the findings are: %s\n", buf_text(&text));
    CHECK(verdict->unscannable == row->unscannable);
    buf_fini(&text);
}

static void test_row(const struct decode_row *row)
{
    test_context(row->name);
    struct settings settings = { .hostname = "mx.test" };
    settings.decoder = (struct decoder_settings){
        .timeout_ms = PATIENCE_MS, .max_bytes_out = 65536, .max_parts = 10, .max_depth = 5, .max_header_bytes = 4096
    };
    struct gate gate = {
        .settings = &settings, .peers = peers_new(), .counters = counters_new(), .budget = budget_new(1 << 30)
    };
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

    struct parent parent = { .socket = pair[1], .row = row, .message_size = t.message.size };
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, parent_run, &parent) == 0);
    decode_message_by_box(&t);
    peers_free(gate.peers); /* the parent sees that nobody asks any more */
    CHECK(pthread_join(thread, NULL) == 0);
    (void)close(pair[1]);

    bool has_report = row->kinds != 0 && row->unscannable != UNSCANNABLE_DECODER;
    CHECK(t.has_report == has_report && t.report.part_count == (has_report ? 2 : 0));
    CHECK(parent.tries == (has_report ? 1 : TRIES));
    CHECK(verdict_gravest(&t.verdict) == CATEGORY_UNSCANNED); /* nobody has judged it yet */
    verdict_conclude(&t.verdict);
    CHECK(verdict_gravest(&t.verdict) == row->category);
    CHECK((t.report_pack.fd < 0) == !has_report && t.packs[DECODE_PACK_COMMON].fd < 0);
    if (has_report)
        check_findings(&t.verdict, row);
    sealed_close(&t.report_pack);
    sealed_close(&t.message);
    slots_fini(&gate.decode_slots);
    CHECK(budget_used(gate.budget) == 0);
    budget_drop(gate.budget, &t.own_reservation);
    budget_free(gate.budget);
    counters_free(gate.counters);
    test_context(NULL);
}

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        test_row(&rows[i]);
    return test_end();
}
