#include "gate/decode.h"

#include "gate/counters.h"
#include "gate/peers.h"
#include "ipc/pool.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum {
    DECODE_TRIES = 2, /* the second one in a fresh decoder */
    /* How long to wait for a decoder that the supervisor is restarting: a retry, not an outage. */
    DECODE_PEER_WAIT_MS = 5000,
    DECODE_PATH_SHOWN = 64,
    DECODE_OWN_SHARE = 4 /* a pack of its own has this part of the common pack's size */
};

/* How one try ended. */
enum decode_end { DECODE_END_REPORT, DECODE_END_CRASH, DECODE_END_TROUBLE };

static void decode_job_fill(const struct transaction *t, struct decode_job *job)
{
    const struct decoder_settings *settings = &t->gate->settings->decoder;
    *job = (struct decode_job){
        .magic = DECODE_MAGIC,
        .message_size = t->message.size,
        .standin_bytes = (uint32_t)t->standin_bytes,
        .limits = { .bytes_out = settings->max_bytes_out,
                    .own_bytes = settings->max_bytes_out / DECODE_OWN_SHARE,
                    .parts = settings->max_parts,
                    .depth = settings->max_depth,
                    .header_bytes = settings->max_header_bytes,
                    .text_bytes = settings->max_header_bytes,
                    .ratio = settings->max_ratio,
                    .readings = settings->max_readings,
                    .steps = settings->max_steps },
    };
    ssize_t n = getrandom(&job->seed, sizeof job->seed, 0); /* so few bytes come at once */
    assert(n == sizeof job->seed);
    (void)snprintf(job->host, sizeof job->host, "%s", t->gate->settings->hostname);
}

static void decode_packs_close(struct transaction *t)
{
    sealed_close(&t->report_pack);
    for (size_t i = 1; i < DECODE_PACKS; i++)
        sealed_close(&t->packs[i]);
}

static int decode_packs_open(struct transaction *t, const struct decode_limits *limits, struct fault *fault)
{
    if (sealed_open_pack(&t->report_pack, "cordon-report", (size_t)decode_report_size(limits), fault) != 0)
        return -1;
    for (size_t i = 1; i < DECODE_PACKS; i++) {
        uint64_t size = i == DECODE_PACK_COMMON ? limits->bytes_out : limits->own_bytes;
        if (sealed_open_pack(&t->packs[i], "cordon-pack", (size_t)size, fault) != 0)
            return -1;
    }
    return 0;
}

/* The packs that parts lie in are sealed and mapped, the others are given back. */
static int decode_packs_seal(struct transaction *t, struct fault *fault)
{
    bool is_used[DECODE_PACKS] = { false };
    for (uint32_t i = 0; i < t->report.part_count; i++)
        is_used[t->report.parts[i].pack] = true;
    for (size_t i = 1; i < DECODE_PACKS; i++) {
        if (!is_used[i])
            sealed_close(&t->packs[i]);
        else if (sealed_finish(&t->packs[i], fault) != 0)
            return -1;
    }
    return 0;
}

/* The decoder is gone: nobody but us can reach the packs any more. */
static enum decode_end decode_report_take(struct transaction *t, const struct decode_job *job, struct fault *fault)
{
    uint64_t sizes[DECODE_PACKS] = { t->message.size };
    for (size_t i = 1; i < DECODE_PACKS; i++)
        sizes[i] = t->packs[i].size;
    if (sealed_finish(&t->report_pack, fault) != 0)
        return DECODE_END_TROUBLE;
    if (decode_report_check(sealed_span(&t->report_pack), sealed_span(&t->message), job, sizes, &t->report, fault) != 0)
        return DECODE_END_CRASH;
    return decode_packs_seal(t, fault) == 0 ? DECODE_END_REPORT : DECODE_END_TROUBLE;
}

static bool is_crash(int signal_number)
{
    static const int crashes[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS };
    for (size_t i = 0; i < sizeof crashes / sizeof crashes[0]; i++) {
        if (crashes[i] == signal_number)
            return true;
    }
    return false;
}

static int decode_call(struct transaction *t, const struct decode_job *job, struct pool_result *result,
                       struct fault *fault)
{
    struct gate *gate = t->gate;
    struct deadline deadline = deadline_earlier(t->deadline, deadline_in(gate->settings->decoder.timeout_ms));
    int pool = peers_socket(gate->peers, ROLE_DECODER, deadline_earlier(deadline, deadline_in(DECODE_PEER_WAIT_MS)));
    if (pool < 0)
        return fault_set(fault, ECONNREFUSED, "no decoder is running");
    int fds[DECODE_JOB_FDS] = { sealed_lend(&t->message, fault), t->report_pack.fd };
    for (size_t i = 1; i < DECODE_PACKS; i++)
        fds[i + 1] = t->packs[i].fd;
    char answer[1]; /* a decoder answers by its report alone */
    struct pool_request request = {
        .job = job, .size = sizeof *job, .fds = fds, .fd_count = DECODE_JOB_FDS, .deadline = deadline
    };
    int failed = fds[0] < 0 ? -1 : pool_call(pool, &request, answer, sizeof answer, result, fault);
    if (fds[0] >= 0)
        (void)close(fds[0]);
    if (failed == 0 && result->outcome == POOL_GONE)
        peers_forget(gate->peers, ROLE_DECODER, pool);
    (void)close(pool);
    return failed;
}

static enum decode_end decode_try(struct transaction *t, const struct decode_job *job, struct fault *fault)
{
    struct pool_result result = { 0 };
    if (decode_packs_open(t, &job->limits, fault) != 0 || decode_call(t, job, &result, fault) != 0)
        return DECODE_END_TROUBLE;
    if (result.outcome == POOL_EXITED && result.detail == 0)
        return decode_report_take(t, job, fault);
    (void)fault_set(fault, EIO, "the decoder %s (%d)", pool_outcome_text(result.outcome), result.detail);
    return result.outcome == POOL_SIGNALLED && is_crash(result.detail) ? DECODE_END_CRASH : DECODE_END_TROUBLE;
}

struct kind_row {
    enum category category;
    enum unscannable unscannable;
    const char *text; /* where the report has none of its own */
};

static const struct kind_row kind_rows[DECODE_KINDS] = {
    [DECODE_MALFORMED] = { CATEGORY_MALFORMED, UNSCANNABLE_NONE, "mail programs disagree about it" },
    [DECODE_DAMAGED] = { CATEGORY_UNSCANNABLE, UNSCANNABLE_DAMAGED, "a part is damaged" },
    [DECODE_UNSUPPORTED] = { CATEGORY_UNSCANNABLE, UNSCANNABLE_UNSUPPORTED, "a part is in a format that is not known" },
    [DECODE_ENCRYPTED] = { CATEGORY_UNSCANNABLE, UNSCANNABLE_ENCRYPTED, "a part is encrypted" },
    [DECODE_LIMIT] = { CATEGORY_UNSCANNABLE, UNSCANNABLE_LIMIT, "a limit is reached" },
};

/* "zip: method 77 (part 1.2)"; of the message itself without the part. */
static void decode_finding_text(const struct decode_report *report, const struct decode_finding *finding,
                                struct buf *text)
{
    const struct decode_part *part = &report->parts[finding->part];
    struct span said = decode_report_text(report, finding->text);
    buf_clear(text);
    buf_put_span(text, said.size > 0 ? said : span_text(kind_rows[finding->kind].text));
    if (part->parent == DECODE_NO_PARENT)
        return;
    buf_put_text(text, " (part ");
    buf_put_span(text, span_slice(decode_report_text(report, part->path), 0, DECODE_PATH_SHOWN));
    buf_put_char(text, ')');
}

/* What the report says becomes findings; a kind that its list had no room for is one all the same. */
static void decode_findings(struct transaction *t)
{
    const struct decode_report *report = &t->report;
    uint32_t told = 0;
    struct buf text;
    buf_init(&text, DECODE_TEXT_OTHER);
    for (uint32_t i = 0; i < report->finding_count; i++) {
        const struct decode_finding *finding = &report->findings[i];
        const struct kind_row *row = &kind_rows[finding->kind];
        decode_finding_text(report, finding, &text);
        char reason[VERDICT_TEXT_SIZE];
        (void)span_copy(buf_span(&text), reason, sizeof reason);
        verdict_add(&t->verdict, row->category, row->unscannable, "decoder", reason);
        told |= DECODE_KIND_BIT(finding->kind);
    }
    buf_fini(&text);
    for (unsigned kind = 0; kind < DECODE_KINDS; kind++) {
        const struct kind_row *row = &kind_rows[kind];
        if ((report->kinds & ~told & DECODE_KIND_BIT(kind)) != 0)
            verdict_add(&t->verdict, row->category, row->unscannable, "decoder", row->text);
    }
}

/* What was decoded stays in memory until the message is judged, so it counts like the message itself. While it is being
 * decoded it does not: the decoders' number and max_size_out bound that. */
static bool decode_reserve(struct transaction *t)
{
    uint64_t ends[DECODE_PACKS] = { 0 };
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < t->report.part_count; i++) {
        const struct decode_part *part = &t->report.parts[i];
        if (part->pack != DECODE_PACK_MESSAGE && part->offset + part->size > ends[part->pack])
            ends[part->pack] = part->offset + part->size;
    }
    for (size_t i = 0; i < DECODE_PACKS; i++)
        bytes += ends[i];
    if (t->reservation != NULL)
        return budget_raise(t->gate->budget, t->reservation, t->reservation->bytes + bytes);
    return budget_take(t->gate->budget, &t->own_reservation, bytes);
}

void decode_message_by_box(struct transaction *t)
{
    struct decode_job job;
    decode_job_fill(t, &job);
    if (!slots_take(&t->gate->decode_slots, t->deadline)) {
        verdict_add(&t->verdict, CATEGORY_UNSCANNED, UNSCANNABLE_NONE, "decoder",
                    "no free decoder before the deadline");
        return;
    }
    struct fault fault = { 0 };
    enum decode_end end = DECODE_END_TROUBLE;
    unsigned crashes = 0;
    for (unsigned i = 0; i < DECODE_TRIES && end != DECODE_END_REPORT && !deadline_passed(t->deadline); i++) {
        decode_packs_close(t);
        end = decode_try(t, &job, &fault);
        crashes += end == DECODE_END_CRASH ? 1 : 0;
    }
    counters_decoder_crashes(t->gate->counters, crashes);
    slots_drop(&t->gate->decode_slots);

    t->has_report = end == DECODE_END_REPORT && decode_reserve(t);
    if (t->has_report) {
        decode_findings(t);
        return;
    }
    if (end == DECODE_END_REPORT)
        (void)fault_set(&fault, ENOMEM, "no room in memory_budget for what was decoded");
    decode_packs_close(t);
    t->report = (struct decode_report){ 0 };
    /* One death says nothing yet about the message, nor does trouble before or after it. */
    if (crashes == DECODE_TRIES)
        verdict_add(&t->verdict, CATEGORY_UNSCANNABLE, UNSCANNABLE_DECODER, "decoder", fault.text);
    else
        verdict_add(&t->verdict, CATEGORY_UNSCANNED, UNSCANNABLE_NONE, "decoder", fault.text);
}
