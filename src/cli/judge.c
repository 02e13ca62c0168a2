#include "cli/judge.h"

#include "base/buf.h"
#include "base/memory.h"
#include "ipc/calls/judge.h"
#include "ipc/packet.h"
#include "sys/sealed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { JUDGE_READ_SIZE = 262144, JUDGE_SEND_MS = 10000, JUDGE_GRACE_MS = 10000 };

struct judge {
    int socket;
    struct sealed explanation;
    char answer[JUDGE_ANSWER_SIZE];
};

struct judge *judge_open(const char *run_directory, struct fault *fault)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int size = snprintf(address.sun_path, sizeof address.sun_path, "%s/scan.sock", run_directory);
    if (size < 0 || (size_t)size >= sizeof address.sun_path) {
        (void)fault_set(fault, ENAMETOOLONG, "%s/scan.sock is too long for a socket", run_directory);
        return NULL;
    }
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        (void)fault_set_errno(fault, errno, "cannot reach %s", address.sun_path);
        if (fd >= 0)
            (void)close(fd);
        return NULL;
    }
    struct judge *judge = memory_new(sizeof *judge);
    judge->socket = fd;
    judge->explanation = SEALED_NONE;
    return judge;
}

void judge_close(struct judge *judge)
{
    if (judge == NULL)
        return;
    (void)close(judge->socket);
    sealed_close(&judge->explanation);
    free(judge);
}

static int judge_read_file(int fd, struct sealed *sealed_out, struct fault *fault)
{
    if (sealed_open(sealed_out, "cordon-scan", fault) != 0)
        return -1;
    char *chunk = memory_new(JUDGE_READ_SIZE);
    ssize_t n = 1;
    while (n > 0) {
        n = read(fd, chunk, JUDGE_READ_SIZE);
        if (n < 0 && errno == EINTR)
            n = 1;
        else if (n < 0)
            (void)fault_set_errno(fault, errno, "cannot read");
        else if (n > 0 && sealed_append(sealed_out, chunk, (size_t)n, fault) != 0)
            n = -1;
    }
    free(chunk);
    if (n == 0 && sealed_finish(sealed_out, fault) == 0)
        return 0;
    sealed_close(sealed_out);
    return -1;
}

/* Takes the descriptor of what was asked for besides the verdict: at most `most` bytes, 0 where it was nothing. */
static int judge_take_explanation(struct judge *judge, size_t most, struct packet *packet, struct fault *fault)
{
    if (packet->fd_count != (most > 0 ? 1 : 0)) {
        packet_close_fds(packet);
        return fault_set(fault, EPROTO, "the daemon gave the verdict alone");
    }
    if (most == 0 || sealed_take(packet->fds[0], most, &judge->explanation, fault) == 0)
        return 0;
    packet_close_fds(packet);
    return -1;
}

static int judge_receive(struct judge *judge, size_t most, struct judge_result *result_out, struct fault *fault)
{
    struct packet packet;
    struct judge_answer head;
    int got = packet_receive(judge->socket, judge->answer, sizeof judge->answer, 1, &packet,
                             deadline_in(JUDGE_TIMEOUT_MS + JUDGE_GRACE_MS), fault);
    if (got < 0)
        return -1;
    if (got == 0)
        return fault_set(fault, EPIPE, "the daemon hung up");
    sealed_close(&judge->explanation);
    judge->explanation = SEALED_NONE;
    if (judge_take_explanation(judge, most, &packet, fault) != 0)
        return -1;
    memcpy(&head, judge->answer, sizeof head);
    if (packet.size < sizeof head || head.magic != JUDGE_MAGIC || head.category >= CATEGORIES ||
        head.json_size != packet.size - sizeof head || memchr(head.summary, '\0', sizeof head.summary) == NULL)
        return fault_set(fault, EPROTO, "the daemon's answer makes no sense");
    *result_out = (struct judge_result){
        .category = head.category,
        .summary = judge->answer + offsetof(struct judge_answer, summary),
        .json = span_of(judge->answer + sizeof head, head.json_size),
        .explanation = sealed_span(&judge->explanation),
    };
    return 0;
}

static int judge_ask(struct judge *judge, int fd, uint32_t flags, struct judge_result *result_out, struct fault *fault)
{
    struct sealed sealed;
    if (judge_read_file(fd, &sealed, fault) != 0)
        return -1;
    struct judge_request request = { .magic = JUDGE_MAGIC, .flags = flags };
    int failed = packet_send(judge->socket, &request, sizeof request, &sealed.fd, 1, deadline_in(JUDGE_SEND_MS), fault);
    sealed_close(&sealed);
    return failed != 0 ? -1 : judge_receive(judge, flags != 0 ? JUDGE_EXPLANATION_SIZE : 0, result_out, fault);
}

int judge_file(struct judge *judge, int fd, struct judge_result *result_out, struct fault *fault)
{
    return judge_ask(judge, fd, 0, result_out, fault);
}

int judge_explain(struct judge *judge, int fd, bool is_json, struct judge_result *result_out, struct fault *fault)
{
    return judge_ask(judge, fd, is_json ? JUDGE_EXPLAIN_JSON : JUDGE_EXPLAIN_TEXT, result_out, fault);
}

static int envelope_seal(const struct judge_wish *wish, struct sealed *sealed_out, struct fault *fault)
{
    struct judge_envelope envelope = { .magic = JUDGE_ENVELOPE_MAGIC,
                                       .recipient_count = (uint32_t)wish->recipient_count };
    struct buf text;
    if (wish->recipient_count == 0 || wish->recipient_count > JUDGE_MOST_RECIPIENTS)
        return fault_set(fault, EINVAL, "a release has from 1 to %d recipients", JUDGE_MOST_RECIPIENTS);
    if (!span_copy(span_text(wish->listener), envelope.listener, sizeof envelope.listener))
        return fault_set(fault, EINVAL, "there is no listener \"%s\"", wish->listener);
    buf_init(&text, JUDGE_ENVELOPE_SIZE);
    buf_put(&text, &envelope, sizeof envelope);
    buf_put_span(&text, wish->sender);
    buf_put_char(&text, '\0');
    buf_put_span(&text, wish->parameters);
    buf_put_char(&text, '\0');
    for (size_t i = 0; i < wish->recipient_count; i++) {
        buf_put_span(&text, wish->recipients[i]);
        buf_put_char(&text, '\0');
    }
    int failed = buf_overflowed(&text) ? fault_set(fault, E2BIG, "the envelope is too long")
                                       : sealed_copy(buf_span(&text), "cordon-envelope", sealed_out, fault);
    buf_fini(&text);
    return failed;
}

int judge_release(struct judge *judge, const struct sealed *message, const struct judge_wish *wish,
                  struct judge_result *result_out, struct span *replies_out, struct fault *fault)
{
    struct sealed envelope;
    struct judge_request request = { .magic = JUDGE_MAGIC,
                                     .flags = JUDGE_RELEASE | (wish->is_forced ? (unsigned)JUDGE_FORCE : 0U) };
    if (envelope_seal(wish, &envelope, fault) != 0)
        return -1;
    int failed = packet_send(judge->socket, &request, sizeof request, (const int[]){ message->fd, envelope.fd }, 2,
                             deadline_in(JUDGE_SEND_MS), fault);
    sealed_close(&envelope);
    if (failed != 0 || judge_receive(judge, JUDGE_REPLIES_SIZE, result_out, fault) != 0)
        return -1;
    *replies_out = result_out->explanation;
    return 0;
}
