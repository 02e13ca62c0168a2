/* The intake of `cordon scan`: files in sealed memory over the local socket, judged by the same transaction as mail. */
#include "gate/session.h"

#include "gate/explain.h"
#include "ipc/calls/judge.h"
#include "ipc/packet.h"
#include "sys/log.h"
#include "sys/ready.h"

#include <assert.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { SCAN_IDLE_MS = 60000, SCAN_ANSWER_MS = 10000, SCAN_FILE_LIMIT = 2147483647 };

static void scan_json(const struct transaction *t, struct buf *json)
{
    buf_put_char(json, '{');
    explain_put_verdict(t, json);
    buf_printf(json, ",\"parts\":%" PRIu32 ",\"size\":%zu,", t->report.part_count, t->message.size);
    explain_put_scanners(t, json);
    buf_put_char(json, '}');
}

static void scan_summary(const struct transaction *t, char text_out[JUDGE_SUMMARY_SIZE])
{
    struct buf text;
    buf_init(&text, JUDGE_SUMMARY_SIZE - 1);
    explain_put_summary(t, &text);
    (void)span_copy(buf_span(&text), text_out, JUDGE_SUMMARY_SIZE);
    buf_fini(&text);
}

/* What was asked for beyond the answer; SEALED_NONE where nothing was. 0, or -1. */
static int scan_explain(const struct transaction *t, uint32_t flags, struct sealed *sealed_out)
{
    static_assert((int)EXPLAIN_SIZE <= (int)JUDGE_EXPLANATION_SIZE, "the caller takes it");
    *sealed_out = SEALED_NONE;
    if (flags == 0)
        return 0;
    struct buf text;
    buf_init(&text, EXPLAIN_SIZE);
    if ((flags & JUDGE_EXPLAIN_JSON) != 0)
        explain_json(t, &text);
    else
        explain_text(t, &text);
    int failed = sealed_copy(buf_span(&text), "cordon-explanation", sealed_out, NULL);
    buf_fini(&text);
    return failed;
}

static int scan_answer(struct session *session, const struct transaction *t, uint32_t flags)
{
    struct sealed explanation;
    if (scan_explain(t, flags, &explanation) != 0)
        return -1;

    struct judge_answer answer = { .magic = JUDGE_MAGIC, .category = verdict_gravest(&t->verdict) };
    struct buf json;
    buf_init(&json, JUDGE_ANSWER_SIZE - sizeof answer);
    scan_json(t, &json);
    scan_summary(t, answer.summary);
    answer.json_size = (uint32_t)json.size;

    struct buf packet;
    buf_init(&packet, JUDGE_ANSWER_SIZE);
    buf_put(&packet, &answer, sizeof answer);
    buf_put_span(&packet, buf_span(&json));
    struct fault fault;
    int sent = packet_send(session->packet_fd, packet.data, packet.size, &explanation.fd, explanation.fd >= 0 ? 1 : 0,
                           deadline_in(SCAN_ANSWER_MS), &fault);
    sealed_close(&explanation);
    buf_fini(&packet);
    buf_fini(&json);
    return sent;
}

/* The next file; while there is none, a gate that drains waits for nobody. As packet_receive. */
static int scan_receive(const struct session *session, struct judge_request *request, struct packet *packet)
{
    struct fault fault;
    struct deadline deadline = deadline_in(SCAN_IDLE_MS);
    if (ready_wait(session->packet_fd, POLLIN, session->listener->gate->stopping_fd, deadline, &fault) != 0)
        return -1;
    return packet_receive(session->packet_fd, request, sizeof *request, 1, packet, deadline, &fault);
}

/* Judges one file. The descriptor is taken. 0, or -1 where the caller is to be hung up on. */
static int scan_one(struct session *session, const struct judge_request *request, int fd_take, uint32_t number)
{
    struct transaction t;
    transaction_init(&t, session->listener->gate, NULL, session->id, number, "scan");
    struct fault fault;
    if (sealed_take(fd_take, SCAN_FILE_LIMIT, &t.message, &fault) != 0) {
        log_note(LOG_WARNING, "scan-refused", "%s", fault.text);
        (void)close(fd_take);
        transaction_fini(&t);
        return -1;
    }
    bool is_named = request->timeout_ms > 0 && request->timeout_ms < JUDGE_TIMEOUT_MS;
    t.deadline = deadline_in(is_named ? request->timeout_ms : JUDGE_TIMEOUT_MS);
    transaction_run(&t, NULL, NULL);
    int sent = scan_answer(session, &t, request->flags);
    transaction_fini(&t);
    return sent;
}

void scan_session(struct session *session)
{
    for (uint32_t number = 1;; number++) {
        struct judge_request request;
        struct packet packet;
        if (scan_receive(session, &request, &packet) != 1)
            return;
        if (packet.size != sizeof request || request.magic != JUDGE_MAGIC || packet.fd_count != 1 ||
            (request.flags & ~(uint32_t)(JUDGE_EXPLAIN_TEXT | JUDGE_EXPLAIN_JSON)) != 0) {
            packet_close_fds(&packet);
            return;
        }
        if (scan_one(session, &request, packet.fds[0], number) != 0)
            return;
    }
}
