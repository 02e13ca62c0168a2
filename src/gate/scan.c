/* The intake of `cordon scan`: files in sealed memory over the local socket, judged by the same transaction as mail. */
#include "gate/session.h"

#include "base/escape.h"
#include "ipc/calls/judge.h"
#include "ipc/packet.h"
#include "sys/log.h"
#include "sys/ready.h"

#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { SCAN_IDLE_MS = 60000, SCAN_ANSWER_MS = 10000, SCAN_FILE_LIMIT = 2147483647 };

static void scan_put_strings(struct buf *json, const char *key, const struct verdict *verdict, bool is_name)
{
    buf_printf(json, "\"%s\":[", key);
    bool is_first = true;
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        if ((finding->category == CATEGORY_INFECTED) != is_name)
            continue;
        struct buf text;
        buf_init(&text, 1024);
        if (finding->unscannable != UNSCANNABLE_NONE)
            buf_printf(&text, "%s: ", unscannable_text(finding->unscannable));
        buf_put_text(&text, finding->text);
        if (!is_first)
            buf_put_char(json, ',');
        escape_json(json, buf_span(&text));
        is_first = false;
        buf_fini(&text);
    }
    buf_put_text(json, "],");
}

static void scan_put_scanners(struct buf *json, const struct transaction *t)
{
    const struct scanner_set *scanners = t->gate->scanners;
    buf_put_text(json, "\"scanners\":{");
    for (size_t i = 0; i < scanners_count(scanners); i++) {
        buf_printf(json, "%s", i > 0 ? "," : "");
        escape_json(json, span_text(scanner_name(scanners, i)));
        buf_printf(json, ":{\"answer\":\"%s\",\"ms\":%" PRIu32 ",\"text\":", answer_kind_text(t->answers[i].kind),
                   t->answers[i].took_ms);
        escape_json(json, span_text(t->answers[i].text));
        buf_put_char(json, '}');
    }
    buf_put_text(json, "}");
}

static void scan_json(const struct transaction *t, struct buf *json)
{
    buf_printf(json, "{\"verdict\":\"%s\",", category_text(verdict_gravest(&t->verdict)));
    scan_put_strings(json, "names", &t->verdict, true);
    scan_put_strings(json, "reasons", &t->verdict, false);
    buf_printf(json, "\"parts\":%" PRIu32 ",\"size\":%zu,", t->report.part_count, t->message.size);
    scan_put_scanners(json, t);
    buf_put_char(json, '}');
}

/* The findings in one line, for people. */
static void scan_summary(const struct transaction *t, char text_out[JUDGE_SUMMARY_SIZE])
{
    struct buf text;
    buf_init(&text, JUDGE_SUMMARY_SIZE - 1);
    for (size_t i = 0; i < t->verdict.finding_count; i++) {
        const struct finding *finding = &t->verdict.findings[i];
        bool is_reasoned = finding->unscannable != UNSCANNABLE_NONE;
        buf_printf(&text, "%s%s%s%s (%s)", i > 0 ? "; " : "", unscannable_text(finding->unscannable),
                   is_reasoned ? ": " : "", finding->text, finding->source);
    }
    (void)span_copy(buf_span(&text), text_out, JUDGE_SUMMARY_SIZE);
    buf_fini(&text);
}

static int scan_answer(struct session *session, const struct transaction *t)
{
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
    int sent = packet_send(session->packet_fd, packet.data, packet.size, NULL, 0, deadline_in(SCAN_ANSWER_MS), &fault);
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
    int sent = scan_answer(session, &t);
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
        if (packet.size != sizeof request || request.magic != JUDGE_MAGIC || packet.fd_count != 1) {
            packet_close_fds(&packet);
            return;
        }
        if (scan_one(session, &request, packet.fds[0], number) != 0)
            return;
    }
}
