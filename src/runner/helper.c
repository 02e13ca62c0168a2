#include "helper.h"

#include "base/memory.h"
#include "runner/communigate.h"
#include "runner/program.h"
#include "sys/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    HELPER_STACK_BYTES = 262144,
    HELPER_INTERFACE = 4,    /* the version that we speak */
    HELPER_START_MS = 30000, /* until it has said which it speaks */
    HELPER_QUIT_MS = 2000,
    HELPER_PAUSE_LEAST_MS = 100,
    HELPER_PAUSE_MOST_MS = 30000,
    HELPER_MOST_DEATHS = 2, /* under one request, or failed starts in a row: then it fails at once */
    HELPER_LOOK_MS = 250,   /* how often those who wait look whether their callers still do */
    HELPER_BEHIND_MS = 2,   /* how often it is looked whether it has read its last line */
    HELPER_READ_SIZE = 16384,
    HELPER_REMARK_SIZE = 160
};

enum helper_state { HELPER_DOWN, HELPER_STARTING, HELPER_WORKING, HELPER_STOPPED };

/* Somebody's question. Lives on his stack, in the list while he waits. */
struct helper_request {
    struct helper_request *next;
    uint64_t number;
    const char *name;
    bool is_sent;
    unsigned deaths; /* of helpers that had it */
    bool is_done;
    struct buf *answer;
    char why[FAULT_TEXT_SIZE]; /* "": answered */
};

struct helper {
    const struct scanner_settings *scanner;
    const char *folder;
    int waker; /* an eventfd: there is something for the thread */

    struct lock lock; /* for all of this block */
    struct signal_point changed;
    enum helper_state state;
    struct helper_request *requests;
    uint64_t last_number;
    bool must_end; /* a request missed its deadline */
    bool is_stopping;
    unsigned deaths;        /* in a row without an answer: the pause grows with them */
    unsigned failed_starts; /* in a row: it did not even say which INTF it speaks */
    uint64_t interface;
    uint64_t answers;
    char remark[HELPER_REMARK_SIZE]; /* the last of its standard error, or why it did not start */

    /* The thread's own. */
    struct program program;
    int in;
    int out;
    int error;
    uint64_t hello; /* the number of our INTF */
    uint64_t key;   /* the number of our KEY; 0: not sent */
    size_t have;
    char line[COMMUNIGATE_LINE_MOST + 1];
};

static void helper_wake(const struct helper *helper)
{
    uint64_t one = 1;
    (void)!write(helper->waker, &one, sizeof one);
}

static void helper_remark(struct helper *helper, struct span text)
{
    text = span_trim(text);
    size_t size = text.size < HELPER_REMARK_SIZE ? text.size : HELPER_REMARK_SIZE - 1;
    (void)span_copy(span_from(text, text.size - size), helper->remark, sizeof helper->remark);
    for (char *p = helper->remark; *p != '\0'; p++) {
        if (*p < 0x20 || *p > 0x7e)
            *p = ' ';
    }
}

/* --- Requests, under the lock --- */

static void request_fail(struct helper_request *request, const char *what, const char *why)
{
    (void)snprintf(request->why, sizeof request->why, "%s%s%.150s", what, why[0] != '\0' ? ": " : "", why);
    request->is_done = true;
}

static void requests_answer(struct helper *helper, uint64_t number, struct span answer)
{
    for (struct helper_request *request = helper->requests; request != NULL; request = request->next) {
        if (request->number != number || !request->is_sent || request->is_done)
            continue;
        buf_put_span(request->answer, answer);
        request->is_done = true;
        helper->answers++;
        helper->deaths = 0;
        helper->failed_starts = 0;
        signal_point_wake_all(&helper->changed);
        return;
    }
}

/* The helper is gone: what it had is the next one's, but not for ever. */
static void requests_take_back(struct helper *helper)
{
    for (struct helper_request *request = helper->requests; request != NULL; request = request->next) {
        request->deaths += request->is_sent ? 1 : 0;
        request->is_sent = false;
        if (request->is_done)
            continue;
        if (request->deaths >= HELPER_MOST_DEATHS)
            request_fail(request, "the helper ended twice without an answer", helper->remark);
        else if (helper->failed_starts >= HELPER_MOST_DEATHS)
            request_fail(request, "the helper does not run", helper->remark);
    }
    signal_point_wake_all(&helper->changed);
}

/* --- The thread --- */

static bool helper_write(const struct helper *helper, const char *text)
{
    size_t size = strlen(text);
    return write(helper->in, text, size) == (ssize_t)size; /* less than a pipe takes at once: all or nothing */
}

/* Many a helper reads more than a line at once, and then waits for another one with the rest in its own hands. So it
 * gets a line only where it has taken the one before. */
static bool helper_is_behind(const struct helper *helper)
{
    int size = 0;
    return ioctl(helper->in, FIONREAD, &size) == 0 && size > 0;
}

/* False where there is more to say, later. */
static bool helper_send_requests(struct helper *helper)
{
    char text[LINE_MAX];
    for (struct helper_request *request = helper->requests; request != NULL; request = request->next) {
        if (request->is_sent || request->is_done)
            continue;
        if (helper_is_behind(helper))
            return false;
        (void)snprintf(text, sizeof text, "%05" PRIu64 " FILE %s\n", request->number, request->name);
        if (!helper_write(helper, text))
            return false;
        request->is_sent = true;
    }
    return true;
}

/* What it says to its INTF: now it is shown the key, before any message. Whether that is taken shows later, for some
 * never answer a KEY: until a message is answered a start is not counted as one that worked. */
static void helper_greet(struct helper *helper, struct span answer)
{
    const char *key = helper->scanner->run.key;
    helper->interface = 0;
    if (span_starts_with(answer, "INTF "))
        (void)span_number(span_trim(span_from(answer, sizeof "INTF " - 1)), &helper->interface);
    helper->state = HELPER_WORKING;
    if (key == NULL || key[0] == '\0') {
        helper->failed_starts = 0;
        return;
    }
    char text[LINE_MAX];
    helper->key = ++helper->last_number;
    (void)snprintf(text, sizeof text, "%05" PRIu64 " KEY %s\n", helper->key, key);
    helper->must_end = helper->must_end || !helper_write(helper, text);
}

static void helper_take_refusal(struct helper *helper, struct span answer)
{
    char text[HELPER_REMARK_SIZE];
    (void)snprintf(text, sizeof text, "it refused the key: %.*s", (int)(answer.size < 100 ? answer.size : 100),
                   answer.data);
    helper_remark(helper, span_text(text));
    helper->state = HELPER_STARTING; /* this start has failed */
    helper->must_end = true;
}

static void helper_take_line(struct helper *helper, struct span line)
{
    uint64_t number = 0;
    struct span answer = { 0 };
    if (!communigate_line_read(line, &number, &answer))
        return;
    lock_take(&helper->lock);
    if (helper->state == HELPER_STARTING && number == helper->hello) {
        helper_greet(helper, answer);
    } else if (helper->key != 0 && number == helper->key) {
        if (!span_starts_with(answer, "OK"))
            helper_take_refusal(helper, answer);
    } else if (helper->state == HELPER_WORKING) { /* of one that refused the key no answer counts */
        requests_answer(helper, number, answer);
    }
    lock_drop(&helper->lock);
}

/* -1: it is to be ended: its output has, or a line of it is too long. */
static int helper_hear(struct helper *helper)
{
    ssize_t n = read(helper->out, helper->line + helper->have, sizeof helper->line - helper->have);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    if (n == 0)
        return -1;
    helper->have += (size_t)n;
    struct span rest = span_of(helper->line, helper->have);
    for (size_t end = span_find_byte(rest, '\n'); end != SPAN_NONE; end = span_find_byte(rest, '\n')) {
        helper_take_line(helper, span_slice(rest, 0, end));
        rest = span_from(rest, end + 1);
    }
    if (rest.size == sizeof helper->line) {
        lock_take(&helper->lock);
        helper_remark(helper, span_text("it wrote a line that is longer than 4096 bytes"));
        lock_drop(&helper->lock);
        return -1;
    }
    memmove(helper->line, rest.data, rest.size);
    helper->have = rest.size;
    return 0;
}

/* Always read, or a helper that complains would stand still. */
static void helper_hear_error(struct helper *helper)
{
    char bytes[HELPER_READ_SIZE];
    ssize_t n = read(helper->error, bytes, sizeof bytes);
    if (n > 0) {
        lock_take(&helper->lock);
        helper_remark(helper, span_of(bytes, (size_t)n));
        lock_drop(&helper->lock);
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        (void)close(helper->error);
        helper->error = -1;
    }
}

static void pipes_close(int pipes[3][2])
{
    for (size_t i = 0; i < 3; i++) {
        for (size_t k = 0; k < 2; k++) {
            if (pipes[i][k] >= 0)
                (void)close(pipes[i][k]);
        }
    }
}

static int helper_start(struct helper *helper, struct fault *fault)
{
    int pipes[3][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 } };
    const struct run_settings *run = &helper->scanner->run;
    char *arguments[SETTINGS_MOST_LIST + 1] = { NULL };
    for (size_t i = 0; i < run->command.count; i++)
        arguments[i] = (char *)run->command.items[i];
    if (pipe2(pipes[0], O_CLOEXEC) != 0 || pipe2(pipes[1], O_CLOEXEC) != 0 || pipe2(pipes[2], O_CLOEXEC) != 0) {
        int code = errno;
        pipes_close(pipes);
        return fault_set_errno(fault, code, "cannot make pipes");
    }
    struct program_request request = { .arguments = arguments,
                                       .input_fd = pipes[0][0],
                                       .output_fd = pipes[1][1],
                                       .error_fd = pipes[2][1],
                                       .piece_fd = -1,
                                       .folder = run->base_folder[0] != '\0' ? run->base_folder : helper->folder,
                                       .temporary = helper->folder,
                                       .file_bytes = run->folder_bytes };
    if (program_start(&request, &helper->program, fault) != 0) {
        pipes_close(pipes);
        return -1;
    }
    (void)close(pipes[0][0]);
    (void)close(pipes[1][1]);
    (void)close(pipes[2][1]);
    helper->in = pipes[0][1];
    helper->out = pipes[1][0];
    helper->error = pipes[2][0];
    helper->have = 0;
    (void)fcntl(helper->in, F_SETFL, O_NONBLOCK);
    (void)fcntl(helper->out, F_SETFL, O_NONBLOCK);
    (void)fcntl(helper->error, F_SETFL, O_NONBLOCK);
    return 0;
}

/* Waits for anything to do. */
static void helper_poll(const struct helper *helper, struct deadline deadline, struct pollfd polls_out[4])
{
    polls_out[0] = (struct pollfd){ .fd = helper->waker, .events = POLLIN };
    polls_out[1] = (struct pollfd){ .fd = helper->program.pidfd, .events = POLLIN };
    polls_out[2] = (struct pollfd){ .fd = helper->out, .events = POLLIN };
    polls_out[3] = (struct pollfd){ .fd = helper->error, .events = POLLIN };
    if (poll(polls_out, 4, deadline_left_ms(deadline)) < 0) {
        for (size_t i = 0; i < 4; i++)
            polls_out[i].revents = 0;
    }
    uint64_t count = 0;
    if (polls_out[0].revents != 0)
        (void)!read(helper->waker, &count, sizeof count);
}

/* One process, from INTF to its end. Returns when it has ended, or is to be ended. */
static void helper_attend(struct helper *helper)
{
    struct deadline start = deadline_in(HELPER_START_MS);
    for (;;) {
        lock_take(&helper->lock);
        bool is_working = helper->state == HELPER_WORKING;
        bool is_behind = is_working && !helper_send_requests(helper);
        bool must_end = helper->must_end || helper->is_stopping;
        if (!is_working && deadline_passed(start)) {
            must_end = true;
            helper_remark(helper, span_text("it did not say which INTF it speaks"));
        }
        lock_drop(&helper->lock);
        if (must_end)
            return;
        struct pollfd polls[4];
        struct deadline next = is_behind ? deadline_in(HELPER_BEHIND_MS) : deadline_never();
        helper_poll(helper, is_working ? next : start, polls);
        if (polls[3].revents != 0)
            helper_hear_error(helper);
        if (polls[2].revents != 0 && helper_hear(helper) != 0)
            return;
        if (polls[1].revents != 0 && polls[2].revents == 0)
            return;
    }
}

/* With QUIT, under that number, where it is told to go for good; 0 where it isn't. */
static void helper_end(struct helper *helper, uint64_t quit)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%05" PRIu64 " QUIT\n", quit);
    if (quit != 0 && helper_write(helper, text)) {
        struct pollfd end = { .fd = helper->program.pidfd, .events = POLLIN };
        (void)poll(&end, 1, HELPER_QUIT_MS);
    }
    if (helper->error >= 0)
        helper_hear_error(helper);
    program_end(&helper->program, NULL);
    (void)close(helper->in);
    (void)close(helper->out);
    if (helper->error >= 0)
        (void)close(helper->error);
}

static void helper_run_once(struct helper *helper)
{
    char text[64];
    struct fault fault = { 0 };
    if (helper_start(helper, &fault) != 0) {
        lock_take(&helper->lock);
        helper_remark(helper, span_text(fault.text));
        lock_drop(&helper->lock);
        return;
    }
    lock_take(&helper->lock);
    helper->state = HELPER_STARTING;
    helper->must_end = false;
    helper->hello = ++helper->last_number;
    helper->key = 0;
    (void)snprintf(text, sizeof text, "%05" PRIu64 " INTF %d\n", helper->hello, HELPER_INTERFACE);
    lock_drop(&helper->lock);
    if (helper_write(helper, text))
        helper_attend(helper);
    lock_take(&helper->lock);
    uint64_t quit = helper->is_stopping ? ++helper->last_number : 0;
    lock_drop(&helper->lock);
    helper_end(helper, quit);
}

/* A pause that a request does not shorten. */
static void helper_pause(struct helper *helper, int64_t pause_ms)
{
    struct deadline end = deadline_in(pause_ms);
    lock_take(&helper->lock);
    while (!helper->is_stopping && signal_point_wait(&helper->changed, &helper->lock, end))
        continue;
    lock_drop(&helper->lock);
}

static void helper_thread(void *argument)
{
    struct helper *helper = argument;
    lock_take(&helper->lock);
    while (!helper->is_stopping) {
        lock_drop(&helper->lock);
        helper_run_once(helper);
        lock_take(&helper->lock);
        helper->failed_starts += helper->state == HELPER_WORKING ? 0 : 1;
        helper->state = HELPER_DOWN;
        helper->deaths++;
        requests_take_back(helper);
        unsigned doublings = helper->deaths < 10 ? helper->deaths - 1 : 9;
        int64_t pause_ms = (int64_t)HELPER_PAUSE_LEAST_MS << doublings;
        lock_drop(&helper->lock);
        helper_pause(helper, pause_ms < HELPER_PAUSE_MOST_MS ? pause_ms : HELPER_PAUSE_MOST_MS);
        lock_take(&helper->lock);
    }
    helper->state = HELPER_STOPPED;
    signal_point_wake_all(&helper->changed);
    lock_drop(&helper->lock); /* from here on it may be gone */
}

/* --- For others --- */

struct helper *helper_new(const struct scanner_settings *scanner, const char *folder, struct fault *fault)
{
    struct helper *helper = memory_new(sizeof *helper);
    *helper = (struct helper){ .scanner = scanner, .folder = folder, .waker = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
    lock_init(&helper->lock);
    signal_point_init(&helper->changed);
    if (helper->waker < 0 || thread_start(helper_thread, helper, HELPER_STACK_BYTES, fault) != 0) {
        free(helper);
        return NULL;
    }
    return helper;
}

void helper_free(struct helper *helper)
{
    lock_take(&helper->lock);
    helper->is_stopping = true;
    signal_point_wake_all(&helper->changed);
    helper_wake(helper);
    while (helper->state != HELPER_STOPPED)
        (void)signal_point_wait(&helper->changed, &helper->lock, deadline_never());
    lock_drop(&helper->lock);
    (void)close(helper->waker);
    signal_point_fini(&helper->changed);
    lock_fini(&helper->lock);
    free(helper);
}

static void requests_remove(struct helper *helper, const struct helper_request *request)
{
    struct helper_request **link = &helper->requests;
    while (*link != request)
        link = &(*link)->next;
    *link = request->next;
}

static bool caller_is_gone(int caller)
{
    struct pollfd poll_one = { .fd = caller, .events = POLLIN };
    return caller >= 0 && poll(&poll_one, 1, 0) > 0;
}

/* Until it is answered, or nobody waits any more. */
static int request_wait(struct helper *helper, const struct helper_request *request, struct deadline deadline,
                        int caller, struct fault *fault)
{
    while (!request->is_done) {
        bool is_gone = caller_is_gone(caller);
        if (is_gone || deadline_passed(deadline)) {
            helper->must_end = helper->must_end || (request->is_sent && !is_gone);
            helper_wake(helper);
            return fault_set(fault, is_gone ? ECANCELED : ETIMEDOUT, "%s",
                             request->is_sent ? "no answer from the helper" : helper->remark);
        }
        (void)signal_point_wait(&helper->changed, &helper->lock,
                                deadline_earlier(deadline, deadline_in(HELPER_LOOK_MS)));
    }
    return request->why[0] == '\0' ? 0 : fault_set(fault, EPIPE, "%s", request->why);
}

int helper_ask(struct helper *helper, const char *name, struct deadline deadline, int caller, struct buf *answer_out,
               struct fault *fault)
{
    struct helper_request request = { .name = name, .answer = answer_out };
    lock_take(&helper->lock);
    if (helper->failed_starts >= HELPER_MOST_DEATHS && helper->state == HELPER_DOWN) {
        int failed = fault_set(fault, EPIPE, "the helper does not run: %.150s", helper->remark);
        lock_drop(&helper->lock);
        return failed;
    }
    request.number = ++helper->last_number;
    request.next = helper->requests;
    helper->requests = &request;
    helper_wake(helper);
    int failed = request_wait(helper, &request, deadline, caller, fault);
    requests_remove(helper, &request);
    lock_drop(&helper->lock);
    return failed;
}

void helper_describe(struct helper *helper, struct buf *text_out)
{
    static const char *const texts[] = { [HELPER_DOWN] = "down",
                                         [HELPER_STARTING] = "starting",
                                         [HELPER_WORKING] = "working",
                                         [HELPER_STOPPED] = "stopped" };
    lock_take(&helper->lock);
    buf_printf(text_out, "%s, INTF %" PRIu64 ", %" PRIu64 " answers%s%s", texts[helper->state], helper->interface,
               helper->answers, helper->remark[0] != '\0' ? ": " : "", helper->remark);
    lock_drop(&helper->lock);
}
