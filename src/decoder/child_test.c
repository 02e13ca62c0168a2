/* A child in its real box, with the gate's side played by this program. */
#include "child.h"

#include "base/test.h"
#include "decoder/memory.h"
#include "ipc/packet.h"
#include "sys/sandbox_tables.h"
#include "sys/sealed.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum { TEST_MEMORY_BYTES = 256 << 20, TEST_PATIENCE_MS = 20000 };

#define STANDIN "X-Cordon-Scan: pending\r\n"
#define MESSAGE                                                                                                        \
    STANDIN "Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\n"                 \
            "Content-Transfer-Encoding: base64\r\n\r\nYWJj\r\n--b--\r\n"

/* What the gate lends for one message. */
struct loan {
    struct decode_job job;
    struct sealed message;
    struct sealed report;
    struct sealed packs[DECODE_PACKS];
    int fds[DECODE_JOB_FDS];
    size_t fd_count;
    size_t job_size;
};

static void loan_open(struct loan *loan)
{
    struct fault fault = { 0 };
    *loan = (struct loan){ .job = { .magic = DECODE_MAGIC,
                                    .message_size = strlen(MESSAGE),
                                    .standin_bytes = (uint32_t)strlen(STANDIN),
                                    .limits = memory_limits(),
                                    .host = "h" },
                           .fd_count = DECODE_JOB_FDS,
                           .job_size = sizeof loan->job };
    bool is_made = sealed_copy(span_text(MESSAGE), "test", &loan->message, &fault) == 0 &&
                   sealed_open_pack(&loan->report, "test", decode_report_size(&loan->job.limits), &fault) == 0;
    loan->fds[0] = is_made ? sealed_lend(&loan->message, &fault) : -1;
    loan->fds[1] = loan->report.fd;
    for (unsigned i = 1; i < DECODE_PACKS; i++) {
        size_t size = i == DECODE_PACK_COMMON ? loan->job.limits.bytes_out : loan->job.limits.own_bytes;
        is_made = is_made && sealed_open_pack(&loan->packs[i], "test", size, &fault) == 0;
        loan->fds[i + 1] = loan->packs[i].fd;
    }
    if (!CHECK(is_made && loan->fds[0] >= 0)) {
        (void)fprintf(stderr, "%s\n", fault.text);
        exit(1);
    }
}

static void loan_close(struct loan *loan)
{
    (void)close(loan->fds[0]);
    sealed_close(&loan->message);
    sealed_close(&loan->report);
    for (unsigned i = 1; i < DECODE_PACKS; i++)
        sealed_close(&loan->packs[i]);
}

/* As the pool does it: nothing but the standard descriptors and the socket, and that one next to them. */
static pid_t child_start(struct child_boxes *boxes, const int pair[2])
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    int socket = STDERR_FILENO + 1;
    if (dup2(pair[1], socket) < 0 || close_range((unsigned)socket + 1, ~0U, 0) != 0)
        _exit(EX_OSERR);
    _exit(child_run(socket, 0, boxes));
}

/* The child's exit status, or 1000 and the signal. With loan NULL it gets no job. */
static int child_serve(struct child_boxes *boxes, const struct loan *loan)
{
    int pair[2];
    int status = 0;
    struct fault fault = { 0 };
    if (!CHECK(packet_pair(pair, &fault) == 0))
        return -1;
    pid_t pid = child_start(boxes, pair);
    (void)close(pair[1]);
    if (loan != NULL)
        CHECK(packet_send(pair[0], &loan->job, loan->job_size, loan->fds, loan->fd_count, deadline_in(TEST_PATIENCE_MS),
                          &fault) == 0);
    else
        (void)close(pair[0]);
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
    if (loan != NULL)
        (void)close(pair[0]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void test_serves(struct child_boxes *boxes)
{
    struct loan loan;
    struct decode_report report;
    struct fault fault = { 0 };
    loan_open(&loan);
    CHECK(child_serve(boxes, &loan) == EX_OK);
    uint64_t sizes[DECODE_PACKS] = { loan.message.size };
    for (unsigned i = 1; i < DECODE_PACKS; i++)
        sizes[i] = loan.packs[i].size;
    CHECK(sealed_finish(&loan.report, &fault) == 0 && sealed_finish(&loan.packs[DECODE_PACK_COMMON], &fault) == 0);
    int checked = decode_report_check(sealed_span(&loan.report), span_text(MESSAGE), &loan.job, sizes, &report, &fault);
    if (CHECK(checked == 0) && CHECK(report.part_count == 3)) {
        const struct decode_part *part = &report.parts[2];
        struct span pack = sealed_span(&loan.packs[DECODE_PACK_COMMON]);
        CHECK(part->pack == DECODE_PACK_COMMON && span_is(span_slice(pack, part->offset, part->size), "abc"));
        CHECK(span_is(report.subject, "x"));
    }
    loan_close(&loan);
}

static void bad_size(struct loan *loan)
{
    loan->job_size--;
}

static void bad_count(struct loan *loan)
{
    loan->fd_count--;
}

static void bad_magic(struct loan *loan)
{
    loan->job.magic++;
}

static void bad_standin(struct loan *loan)
{
    loan->job.standin_bytes = (uint32_t)loan->job.message_size + 1;
}

static void bad_host(struct loan *loan)
{
    memset(loan->job.host, 'x', sizeof loan->job.host);
}

static void bad_message_size(struct loan *loan)
{
    loan->job.message_size++;
}

static void bad_message_seals(struct loan *loan)
{
    struct fault fault;
    (void)close(loan->fds[0]);
    sealed_close(&loan->message);
    (void)sealed_open_pack(&loan->message, "test", strlen(MESSAGE), &fault);
    loan->fds[0] = dup(loan->message.fd);
}

static void bad_report(struct loan *loan)
{
    loan->fds[1] = loan->fds[0]; /* read-only */
}

static void bad_limits(struct loan *loan)
{
    loan->job.limits.parts = UINT32_MAX;
}

static void test_bad_jobs(struct child_boxes *boxes)
{
    static const struct {
        const char *name;
        void (*spoil)(struct loan *loan);
        int status;
    } rows[] = {
        { "a short job", bad_size, EX_PROTOCOL },
        { "a descriptor too few", bad_count, EX_PROTOCOL },
        { "magic", bad_magic, EX_PROTOCOL },
        { "stand-in beyond the message", bad_standin, EX_PROTOCOL },
        { "a host without an end", bad_host, EX_PROTOCOL },
        { "a message of another size", bad_message_size, EX_DATAERR },
        { "a message that is not sealed", bad_message_seals, EX_DATAERR },
        { "a report that can't be written", bad_report, EX_IOERR },
        { "more parts than memory", bad_limits, EX_UNAVAILABLE },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct loan loan;
        if (boxes->memory_bytes == 0 && rows[i].status == EX_UNAVAILABLE)
            continue;
        test_context(rows[i].name);
        loan_open(&loan);
        rows[i].spoil(&loan);
        int status = child_serve(boxes, &loan);
        if (!CHECK(status == rows[i].status))
            (void)fprintf(stderr, "its status: %d\n", status);
        loan_close(&loan);
    }
    test_context(NULL);
}

/* The pool's end: the socket closes, and the child with it. */
static void test_no_job(struct child_boxes *boxes)
{
    CHECK(child_serve(boxes, NULL) == EX_OK);
}

int main(void)
{
    struct child_boxes boxes;
    struct fault fault = { 0 };
    size_t memory_bytes = SANDBOX_IS_SANITIZED ? 0 : TEST_MEMORY_BYTES; /* a shadow is larger than any box */
    if (!CHECK(child_boxes_prepare(&boxes, memory_bytes, &fault) == 0)) {
        (void)fprintf(stderr, "%s\n", fault.text);
        return test_end();
    }
    test_serves(&boxes);
    test_bad_jobs(&boxes);
    test_no_job(&boxes);
    boxes.without_landlock = true;
    test_serves(&boxes);
    child_boxes_free(&boxes);
    return test_end();
}
