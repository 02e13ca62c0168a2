#include "ipc/serve.h"

#include "base/test.h"
#include "ipc/packet.h"
#include "ipc/pool.h"
#include "ipc/roles.h"
#include "sys/thread.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_JOBS = 4, WAIT_MS = 40000, WAITER_MS = 4000 };

static bool is_told_of_store;

/* Echoes the job in capitals; "wait" waits until the caller hangs up or the deadline, "tell" says something before. */
static void serve_one(const struct serve_job *job, void *context, struct buf *answer_out)
{
    (void)context;
    bool is_told = span_is(job->bytes, "tell");
    if (is_told)
        serve_tell(job, span_text("first"));
    if (is_told || span_is(job->bytes, "wait")) {
        struct pollfd caller = { .fd = job->caller, .events = POLLIN };
        (void)poll(&caller, 1, deadline_left_ms(job->deadline));
    }
    for (size_t i = 0; i < job->bytes.size; i++)
        buf_put_char(answer_out, (char)(job->bytes.data[i] - 'a' + 'A'));
    buf_printf(answer_out, "%zu%s", job->fd_count, job->is_guest ? " guest" : "");
}

/* What the supervisor says that is not the loop's own. */
static void note_told(void *context, const struct control_message *message)
{
    (void)context;
    is_told_of_store = message->kind == CONTROL_STORE && message->fd >= 0;
    (void)close(message->fd);
}

static void put_status(void *context, struct buf *text_out)
{
    (void)context;
    buf_printf(text_out, "hello=%s\n", is_told_of_store ? "store" : "yes");
}

/* The role, in a process of its own. */
static pid_t role_start(int *control_out)
{
    int pair[2];
    struct fault fault = { 0 };
    CHECK(packet_pair(pair, &fault) == 0);
    (void)fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        (void)close(pair[0]);
        struct serve_settings settings = { .name = "test",
                                           .most = MOST_JOBS,
                                           .stack_bytes = 262144,
                                           .serve = serve_one,
                                           .status = put_status,
                                           .told = note_told,
                                           .control = pair[1] };
        _exit(serve_run(&settings, &fault) == 0 ? 0 : 1);
    }
    (void)close(pair[1]);
    *control_out = pair[0];
    return pid;
}

static int role_connect(int control)
{
    int pair[2];
    struct fault fault = { 0 };
    CHECK(packet_pair(pair, &fault) == 0);
    CHECK(control_send(control, CONTROL_PEER, ROLE_GATE, "", pair[1], &fault) == 0);
    (void)close(pair[1]);
    return pair[0];
}

static enum pool_outcome call(int peer, const char *job, int64_t wait_ms, char answer_out[64])
{
    struct pool_result result;
    struct fault fault = { 0 };
    int fd = STDIN_FILENO;
    memset(answer_out, 0, 64);
    struct pool_request request = {
        .job = job, .size = strlen(job), .fds = &fd, .fd_count = 1, .deadline = deadline_in(wait_ms)
    };
    CHECK(pool_call(peer, &request, answer_out, 63, &result, &fault) == 0);
    return result.outcome;
}

static void test_two_answers(int peer)
{
    struct pool_result result;
    struct fault fault = { 0 };
    struct deadline deadline = deadline_in(WAIT_MS);
    char answer[64] = "";
    int line = -1;
    struct pool_request request = { .job = "tell", .size = 4, .deadline = deadline };
    CHECK(pool_open(peer, &request, &line, &result, &fault) == 0 && line >= 0);
    CHECK(pool_hear(peer, line, deadline, answer, sizeof answer, &result, &fault) == 0);
    CHECK(result.outcome == POOL_ANSWERED && result.size == 5 && memcmp(answer, "first", 5) == 0);
    CHECK(shutdown(line, SHUT_WR) == 0);
    CHECK(pool_hear(peer, line, deadline, answer, sizeof answer, &result, &fault) == 0);
    CHECK(result.outcome == POOL_ANSWERED && result.size == 5 && memcmp(answer, "TELL0", 5) == 0);
    CHECK(!deadline_passed(deadline));
    (void)close(line);
}

struct waiter {
    int peer;
    struct lock *lock;
    struct signal_point *ended;
    unsigned *left;
    enum pool_outcome outcome;
};

static void wait_run(void *argument)
{
    struct waiter *waiter = argument;
    char answer[64];
    struct pool_result result = { .outcome = POOL_NOT_STARTED };
    struct pool_request request = { .job = "wait", .size = 4, .deadline = deadline_in(WAITER_MS) };
    (void)pool_call(waiter->peer, &request, answer, sizeof answer, &result, NULL);
    waiter->outcome = result.outcome; /* CHECK is for one thread */
    lock_take(waiter->lock);
    (*waiter->left)--;
    signal_point_wake_all(waiter->ended);
    lock_drop(waiter->lock);
}

static void test_side_by_side(int peer, int control)
{
    struct waiter waiters[MOST_JOBS];
    struct lock lock;
    struct signal_point ended;
    unsigned left = MOST_JOBS;
    char answer[64];
    lock_init(&lock);
    signal_point_init(&ended);
    for (size_t i = 0; i < MOST_JOBS; i++) {
        waiters[i] = (struct waiter){ .peer = peer, .lock = &lock, .ended = &ended, .left = &left };
        CHECK(thread_start(wait_run, &waiters[i], 262144, NULL) == 0);
    }
    /* With all its threads taken, one more is told so at once. */
    struct control_message message = { .kind = CONTROL_STATUS };
    struct fault fault = { 0 };
    while (strstr(message.text, "busy=4\n") == NULL &&
           CHECK(control_receive(control, &message, deadline_in(WAIT_MS), &fault) == 1))
        continue;
    CHECK(call(peer, "abc", WAIT_MS, answer) == POOL_NOT_STARTED);
    lock_take(&lock);
    while (left > 0)
        (void)signal_point_wait(&ended, &lock, deadline_never());
    lock_drop(&lock);
    for (size_t i = 0; i < MOST_JOBS; i++)
        CHECK(waiters[i].outcome == POOL_ANSWERED);
    signal_point_fini(&ended);
    lock_fini(&lock);
}

static bool send_store(int control)
{
    struct control_message message = { .kind = CONTROL_STATUS };
    struct fault fault = { 0 };
    if (control_send(control, CONTROL_STORE, ROLE_KEEPER, "archive", STDIN_FILENO, &fault) != 0)
        return false;
    while (strstr(message.text, "hello=store\n") == NULL) {
        if (control_receive(control, &message, deadline_in(WAIT_MS), &fault) != 1)
            return false;
    }
    return true;
}

/* Guests come by a listener, as many at a time as there are places for. */
static void test_guests(int control)
{
    int guests[SERVE_MOST_GUESTS + 1];
    struct fault fault = { 0 };
    char answer[64];
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
                                 (size_t)snprintf(at.sun_path + 1, 64, "cordon-serve-test-%d", (int)getpid()));
    int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    CHECK(bind(listener, (struct sockaddr *)&at, size) == 0 && listen(listener, SOMAXCONN) == 0);
    CHECK(control_send(control, CONTROL_LISTENER, ROLE_KEEPER, "keeper", listener, &fault) == 0);
    for (size_t i = 0; i <= SERVE_MOST_GUESTS; i++) {
        guests[i] = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        CHECK(connect(guests[i], (struct sockaddr *)&at, size) == 0);
    }
    for (size_t i = 0; i < SERVE_MOST_GUESTS; i++)
        CHECK(call(guests[i], "abc", WAIT_MS, answer) == POOL_ANSWERED && strcmp(answer, "ABC1 guest") == 0);
    CHECK(packet_send(guests[0], "garbage", 7, NULL, 0, deadline_in(WAIT_MS), &fault) == 0);
    CHECK(call(guests[0], "abc", WAIT_MS, answer) == POOL_ANSWERED);
    /* The last one waits until a place is free. */
    (void)close(guests[1]);
    CHECK(call(guests[SERVE_MOST_GUESTS], "abc", WAIT_MS, answer) == POOL_ANSWERED);
    for (size_t i = 0; i <= SERVE_MOST_GUESTS; i++) {
        if (i != 1)
            (void)close(guests[i]);
    }
    (void)close(listener);
}

int main(void)
{
    int control = -1;
    struct fault fault = { 0 };
    struct control_message message;
    char answer[64];
    (void)signal(SIGPIPE, SIG_IGN);
    pid_t pid = role_start(&control);
    CHECK(control_receive(control, &message, deadline_in(WAIT_MS), &fault) == 1 && message.kind == CONTROL_READY);
    CHECK(control_receive(control, &message, deadline_in(WAIT_MS), &fault) == 1 && message.kind == CONTROL_STATUS);
    CHECK(strcmp(message.text, "busy=0\njobs=0\nhello=yes\n") == 0);
    int first = role_connect(control);
    int second = role_connect(control);
    CHECK(call(first, "abc", WAIT_MS, answer) == POOL_ANSWERED && strcmp(answer, "ABC1") == 0);
    CHECK(call(second, "xyz", WAIT_MS, answer) == POOL_ANSWERED && strcmp(answer, "XYZ1") == 0);
    CHECK(packet_send(first, "garbage", 7, NULL, 0, deadline_in(WAIT_MS), &fault) == 0);
    CHECK(call(first, "abc", WAIT_MS, answer) == POOL_ANSWERED);
    test_two_answers(first);
    test_side_by_side(first, control);
    test_guests(control);
    CHECK(send_store(control));
    (void)close(second);
    CHECK(call(first, "abc", WAIT_MS, answer) == POOL_ANSWERED);

    int status = -1;
    CHECK(control_send(control, CONTROL_DRAIN, ROLE_GATE, "", -1, &fault) == 0);
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK(call(first, "abc", WAIT_MS, answer) == POOL_GONE);
    return test_end();
}
