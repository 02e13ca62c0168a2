/* The intake of `cordon scan` and of releases: files in sealed memory over the local socket, judged by the same
 * transaction as mail. */
#include "gate/session.h"

#include "gate/explain.h"
#include "gate/release.h"
#include "ipc/calls/judge.h"
#include "ipc/packet.h"
#include "sys/log.h"
#include "sys/ready.h"

#include <assert.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SCAN_IDLE_MS = 60000, SCAN_ANSWER_MS = 10000, SCAN_FILE_LIMIT = 2147483647, SCAN_MOST_FDS = 2 };

static void scan_json(const struct transaction *t, struct buf *json)
{
    buf_put_char(json, '{');
    explain_put_verdict(t, json);
    buf_printf(json, ",\"parts\":%" PRIu32 ",\"size\":%zu,", t->report.part_count, t->message.size - t->standin_bytes);
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

/* `beside` goes along, where there is one. */
static int scan_answer(struct session *session, const struct transaction *t, const struct sealed *beside)
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
    int sent = packet_send(session->packet_fd, packet.data, packet.size, &beside->fd, beside->fd >= 0 ? 1 : 0,
                           deadline_in(SCAN_ANSWER_MS), &fault);
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
    return packet_receive(session->packet_fd, request, sizeof *request, SCAN_MOST_FDS, packet, deadline, &fault);
}

static struct deadline scan_deadline(const struct judge_request *request)
{
    bool is_named = request->timeout_ms > 0 && request->timeout_ms < JUDGE_TIMEOUT_MS;
    return deadline_in(is_named ? request->timeout_ms : JUDGE_TIMEOUT_MS);
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
    t.deadline = scan_deadline(request);
    transaction_run(&t, NULL, NULL);
    struct sealed explanation;
    int sent = scan_explain(&t, request->flags, &explanation);
    if (sent == 0)
        sent = scan_answer(session, &t, &explanation);
    sealed_close(&explanation);
    transaction_fini(&t);
    return sent;
}

static int scan_answer_release(struct session *session, const struct release *release)
{
    struct buf text;
    struct sealed replies = SEALED_NONE;
    buf_init(&text, JUDGE_REPLIES_SIZE);
    release_put_replies(release, &text);
    int sent = sealed_copy(buf_span(&text), "cordon-replies", &replies, NULL);
    if (sent == 0)
        sent = scan_answer(session, release_transaction(release), &replies);
    sealed_close(&replies);
    buf_fini(&text);
    return sent;
}

/* As scan_one, of a message and its envelope. */
static int scan_release(struct session *session, const struct judge_request *request, struct packet *packet_take,
                        uint32_t number)
{
    struct sealed message = SEALED_NONE;
    struct sealed envelope = SEALED_NONE;
    struct fault fault = { 0 };
    struct release *release = NULL;
    int sent = -1;
    bool has_message = sealed_take(packet_take->fds[0], SCAN_FILE_LIMIT, &message, &fault) == 0;
    bool has_both = has_message && sealed_take(packet_take->fds[1], JUDGE_ENVELOPE_SIZE, &envelope, &fault) == 0;
    if (has_both)
        release = release_new(session->listener->gate, sealed_span(&envelope), session->id, number, &fault);
    if (release != NULL) {
        release_run(release, sealed_span(&message), (request->flags & JUDGE_FORCE) != 0, scan_deadline(request));
        sent = scan_answer_release(session, release);
    } else {
        log_note(LOG_WARNING, "release-refused", "%s", fault.text);
    }
    release_free(release);
    if (!has_message)
        (void)close(packet_take->fds[0]);
    if (!has_both)
        (void)close(packet_take->fds[1]);
    sealed_close(&message);
    sealed_close(&envelope);
    return sent;
}

/* What is asked for has its descriptors, and nothing beside it. */
static bool scan_request_is_sound(const struct judge_request *request, const struct packet *packet)
{
    bool is_release = (request->flags & JUDGE_RELEASE) != 0;
    uint32_t allowed = is_release ? JUDGE_RELEASE | JUDGE_FORCE : JUDGE_EXPLAIN_TEXT | JUDGE_EXPLAIN_JSON;
    return packet->size == sizeof *request && request->magic == JUDGE_MAGIC &&
           packet->fd_count == (is_release ? SCAN_MOST_FDS : 1) && (request->flags & ~allowed) == 0;
}

/* The group of the socket may have files judged. To send mail past the verdict is for root, and for whom we run as. */
static bool scan_may_release(const struct session *session)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    return getsockopt(session->packet_fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           (peer.uid == 0 || peer.uid == geteuid());
}

void scan_session(struct session *session)
{
    for (uint32_t number = 1;; number++) {
        struct judge_request request;
        struct packet packet;
        if (scan_receive(session, &request, &packet) != 1)
            return;
        if (!scan_request_is_sound(&request, &packet)) {
            packet_close_fds(&packet);
            return;
        }
        bool is_release = (request.flags & JUDGE_RELEASE) != 0;
        if (is_release && !scan_may_release(session)) {
            log_note(LOG_WARNING, "release-refused", "the caller is neither root nor Cordon's own user");
            packet_close_fds(&packet);
            return;
        }
        if ((is_release ? scan_release(session, &request, &packet, number)
                        : scan_one(session, &request, packet.fds[0], number)) != 0)
            return;
    }
}
