/* A pool with a real parent in a process of its own, and children that do what the first byte of a job says. */
#include "pool.h"

#include "base/test.h"
#include "ipc/packet.h"
#include "ipc/roles.h"
#include "sys/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000, SHORT_MS = 400, LONGER_MS = 2000, HANG_MS = 200000 };

/* --- The children --- */

struct child_boxes {
    struct sandbox_program *idle, *busy;
    bool dies_at_start;
};

static void child_answer_fds(int socket, const struct pool_job *job)
{
    unsigned count = 0;
    for (int fd = 0; fd < 512; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    char text[32];
    int n = snprintf(text, sizeof text, "%u %zu", count, job->fd_count);
    (void)pool_job_answer(socket, text, (size_t)n, NULL);
}

static void child_answer_number(int socket, long number)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%ld", number);
    (void)pool_job_answer(socket, text, (size_t)n, NULL);
}

/* Does one job. -1: goes on; else the exit status. */
static int child_obey(int socket, unsigned slot, const char *job, const struct pool_job *got)
{
    switch (job[0]) {
    case 'e':
        (void)pool_job_answer(socket, job, got->size, NULL);
        break;
    case '0':
        (void)pool_job_answer(socket, NULL, 0, NULL);
        break;
    case 'p':
        child_answer_number(socket, (long)getpid());
        break;
    case 'l':
        child_answer_number(socket, (long)slot);
        break;
    case 'f':
        child_answer_fds(socket, got);
        break;
    case 'x': /* ends with this status */
        return job[1] - '0';
    case 'a': /* answers and ends at once */
        (void)pool_job_answer(socket, job, got->size, NULL);
        return 3;
    case 's': /* ends by this signal */
        (void)signal(job[1], SIG_DFL);
        (void)raise(job[1]);
        break;
    case 'h': /* hangs; its descriptor, if any, tells when it has ended */
        for (;;)
            (void)pause();
    case 'g': /* says what is no word */
        (void)!write(socket, "garbage", 7);
        break;
    case 't': /* says it is idle in the middle of a job */
        return -1;
    case 'd': /* sends a descriptor */
        (void)packet_send(socket, "x", 1, &socket, 1, deadline_in(1000), NULL);
        break;
    case 'c': /* closes its socket and lives on */
        (void)close(socket);
        for (;;)
            (void)pause();
    default:
        return 9;
    }
    return -1;
}

static int child_main(int socket, unsigned slot, void *context)
{
    const struct child_boxes *boxes = context;
    struct fault fault = { 0 };
    if (boxes->dies_at_start)
        return 1;
    struct sandbox_settings settings = { .program = boxes->idle, .may_not_fork = true };
    if (boxes->idle != NULL && sandbox_enter(&settings, NULL, &fault) != 0)
        return 8;
    static char job[POOL_JOB_MOST_BYTES];
    for (;;) {
        struct pool_job got;
        int status = pool_job_receive(socket, job, sizeof job, &got, &fault);
        if (status <= 0)
            return status < 0 ? 7 : 0;
        if (boxes->busy != NULL && sandbox_tighten(boxes->busy, &fault) != 0)
            return 6;
        status = child_obey(socket, slot, job, &got);
        for (size_t i = 0; i < got.fd_count; i++)
            (void)close(got.fds[i]);
        if (status >= 0)
            return status;
    }
}

/* --- The parent --- */

struct rig {
    pid_t parent;
    int control;
    int pool;
};

static struct rig rig_start(struct pool_settings settings)
{
    struct rig rig = { .parent = -1 };
    int control[2] = { -1, -1 };
    int peer[2] = { -1, -1 };
    struct fault fault = { 0 };
    CHECK(packet_pair(control, &fault) == 0 && packet_pair(peer, &fault) == 0);
    (void)fflush(stdout);
    rig.parent = fork();
    if (rig.parent == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)close(control[0]);
        (void)close(peer[0]);
        (void)close(peer[1]);
        settings.control = control[1];
        settings.child = child_main;
        _exit(pool_run(&settings, &fault) == 0 ? 0 : 1);
    }
    rig.control = control[0];
    rig.pool = peer[0];
    (void)close(control[1]);
    CHECK(control_send(rig.control, CONTROL_PEER, ROLE_GATE, "", peer[1], &fault) == 0);
    (void)close(peer[1]);
    return rig;
}

/* Waits for a message of this kind, over others. */
static bool rig_await(const struct rig *rig, enum control_kind kind, struct control_message *message)
{
    struct deadline deadline = deadline_in(PATIENCE_MS);
    struct fault fault;
    while (control_receive(rig->control, message, deadline, &fault) == 1) {
        if (message->kind == kind)
            return true;
    }
    return false;
}

static struct rig rig_start_ready(struct pool_settings settings)
{
    struct rig rig = rig_start(settings);
    struct control_message message;
    CHECK(rig_await(&rig, CONTROL_READY, &message));
    return rig;
}

/* The exit status of the parent, once it was told to end by closing the control socket. */
static int rig_end(struct rig *rig)
{
    if (rig->control >= 0)
        (void)close(rig->control);
    (void)close(rig->pool);
    int status = -1;
    CHECK(waitpid(rig->parent, &status, 0) == rig->parent);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

/* Any thread may call; an outcome of 0 is a fault. */
static struct pool_result rig_call(const struct rig *rig, const char *job, int64_t deadline_ms, char answer_out[64])
{
    struct pool_result result = { 0 };
    memset(answer_out, 0, 64);
    struct pool_request request = { .job = job, .size = strlen(job), .deadline = deadline_in(deadline_ms) };
    if (pool_call(rig->pool, &request, answer_out, 63, &result, NULL) != 0)
        return (struct pool_result){ 0 };
    return result;
}

static struct child_boxes open_boxes;

static struct pool_settings settings_of(unsigned spares, unsigned most, unsigned jobs_per_child, unsigned queue)
{
    return (struct pool_settings){ .name = "test",
                                   .spares = spares,
                                   .most = most,
                                   .jobs_per_child = jobs_per_child,
                                   .queue = queue,
                                   .context = &open_boxes };
}

/* --- The tests --- */

static void test_outcomes(void)
{
    static const struct row {
        const char *name;
        const char *job;
        enum pool_outcome outcome;
        int detail;
        const char *answer;
    } cases[] = {
        { "echo", "echo", POOL_ANSWERED, 0, "echo" },
        { "empty answer", "0", POOL_ANSWERED, 0, "" },
        { "answer and end", "a", POOL_ANSWERED, 0, "a" },
        { "exit 0", "x0", POOL_EXITED, 0, "" },
        { "exit 5", "x5", POOL_EXITED, 5, "" },
        { "killed", "s\x09", POOL_SIGNALLED, SIGKILL, "" },
        { "abort", "s\x06", POOL_SIGNALLED, SIGABRT, "" },
        { "crash", "s\x0b", POOL_SIGNALLED, SIGSEGV, "" },
        { "hang", "h", POOL_DEADLINE, 0, "" },
        { "garbage", "g", POOL_EXITED, 76, "" },
        { "idle too early", "t", POOL_EXITED, 76, "" },
        { "descriptor", "d", POOL_EXITED, 76, "" },
        { "closed socket", "c", POOL_DEADLINE, 0, "" },
        { "echo again", "echo", POOL_ANSWERED, 0, "echo" },
    };
    struct rig rig = rig_start_ready(settings_of(2, 4, 100, 10));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        test_context(cases[i].name);
        char answer[64];
        bool is_slow = cases[i].outcome == POOL_DEADLINE;
        struct pool_result result = rig_call(&rig, cases[i].job, is_slow ? SHORT_MS : PATIENCE_MS, answer);
        CHECK(result.outcome == cases[i].outcome && result.detail == cases[i].detail);
        CHECK(strcmp(answer, cases[i].answer) == 0 && result.size == strlen(cases[i].answer));
    }
    test_context(NULL);
    struct fault fault = { 0 };
    struct pool_result result;
    char small[2];
    struct pool_request request = { .job = "echo", .size = 4, .deadline = deadline_in(PATIENCE_MS) };
    CHECK(pool_call(rig.pool, &request, small, sizeof small, &result, &fault) == -1 && fault.code == EPROTO);
    CHECK(rig_end(&rig) == 0);
}

static void test_sizes_and_fds(void)
{
    struct rig rig = rig_start_ready(settings_of(1, 2, 100, 10));
    static char job[POOL_JOB_MOST_BYTES];
    static char answer[POOL_ANSWER_MOST_BYTES];
    memset(job, 'e', sizeof job);
    struct pool_result result;
    struct fault fault = { 0 };
    struct pool_request request = { .job = job, .size = sizeof answer, .deadline = deadline_in(PATIENCE_MS) };
    CHECK(pool_call(rig.pool, &request, answer, sizeof answer, &result, &fault) == 0);
    CHECK(result.outcome == POOL_ANSWERED && result.size == sizeof answer && memcmp(job, answer, sizeof answer) == 0);

    job[0] = 'f'; /* 0 to 2, the socket, and the job's */
    int fds[POOL_JOB_MOST_FDS];
    for (size_t i = 0; i < POOL_JOB_MOST_FDS; i++)
        fds[i] = STDIN_FILENO;
    char expected[32];
    (void)snprintf(expected, sizeof expected, "%d %d", 4 + POOL_JOB_MOST_FDS, POOL_JOB_MOST_FDS);
    for (unsigned i = 0; i < 3; i++) {
        request = (struct pool_request){ .job = job,
                                         .size = sizeof job,
                                         .fds = fds,
                                         .fd_count = POOL_JOB_MOST_FDS,
                                         .deadline = deadline_in(PATIENCE_MS) };
        CHECK(pool_call(rig.pool, &request, answer, sizeof answer, &result, &fault) == 0);
        CHECK(result.outcome == POOL_ANSWERED && result.size == strlen(expected) &&
              memcmp(answer, expected, result.size) == 0);
    }
    CHECK(rig_end(&rig) == 0);
}

/* A child ends after its number of jobs, and another takes its place. */
static void test_jobs_per_child(void)
{
    struct rig rig = rig_start_ready(settings_of(1, 1, 2, 10));
    char pids[6][64];
    for (size_t i = 0; i < 6; i++)
        CHECK(rig_call(&rig, "p", PATIENCE_MS, pids[i]).outcome == POOL_ANSWERED);
    for (size_t i = 0; i < 6; i += 2)
        CHECK(strcmp(pids[i], pids[i + 1]) == 0 && (i == 0 || strcmp(pids[i], pids[i - 1]) != 0));
    CHECK(rig_end(&rig) == 0);
}

struct caller {
    const struct rig *rig;
    const char *job;
    int64_t deadline_ms;
    pthread_t thread;
    struct pool_result result;
    char answer[64];
};

static void *caller_main(void *memory)
{
    struct caller *caller = memory;
    caller->result = rig_call(caller->rig, caller->job, caller->deadline_ms, caller->answer);
    return NULL;
}

static void callers_run(struct caller *callers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        (void)pthread_create(&callers[i].thread, NULL, caller_main, &callers[i]);
    for (size_t i = 0; i < count; i++)
        (void)pthread_join(callers[i].thread, NULL);
}

/* With one child, one waiting place and three that hang, one runs, one waits, one is refused: all end at a deadline. */
static void test_queue(void)
{
    struct rig rig = rig_start_ready(settings_of(1, 1, 1, 1));
    struct caller callers[3];
    unsigned counts[POOL_GONE + 1] = { 0 };
    for (size_t i = 0; i < 3; i++)
        callers[i] = (struct caller){ .rig = &rig, .job = "h", .deadline_ms = LONGER_MS };
    callers_run(callers, 3);
    for (size_t i = 0; i < 3; i++)
        counts[callers[i].result.outcome]++;
    CHECK(counts[POOL_DEADLINE] == 1 && counts[POOL_NOT_STARTED] == 2);
    CHECK(rig_end(&rig) == 0);

    rig = rig_start_ready(settings_of(1, 1, 1, 2));
    struct caller both[2] = { { .rig = &rig, .job = "h", .deadline_ms = SHORT_MS },
                              { .rig = &rig, .job = "e", .deadline_ms = PATIENCE_MS } };
    callers_run(both, 2); /* whichever comes first, the echo waits for its turn and gets it */
    CHECK(both[0].result.outcome == POOL_DEADLINE || both[0].result.outcome == POOL_NOT_STARTED);
    CHECK(both[1].result.outcome == POOL_ANSWERED);
    CHECK(rig_end(&rig) == 0);
}

static bool is_closed_in_time(int fd)
{
    char byte;
    struct pollfd end = { .fd = fd, .events = POLLIN };
    return poll(&end, 1, PATIENCE_MS) > 0 && read(fd, &byte, 1) == 0;
}

/* A job that hangs, sent by a process of its own; the pipe's reading end closes when nobody holds the job any more. */
static pid_t send_hanging(struct rig *rig, int *end_out)
{
    int ends[2];
    CHECK(pipe(ends) == 0);
    *end_out = ends[0];
    pid_t caller = fork();
    if (caller == 0) {
        struct pool_result result;
        char answer[1];
        struct pool_request request = {
            .job = "h", .size = 1, .fds = &ends[1], .fd_count = 1, .deadline = deadline_in(HANG_MS)
        };
        (void)pool_call(rig->pool, &request, answer, 1, &result, NULL);
        _exit((int)result.outcome);
    }
    (void)close(ends[1]);
    return caller;
}

static void await_busy(const struct rig *rig)
{
    struct control_message message;
    do {
        if (!CHECK(rig_await(rig, CONTROL_STATUS, &message)))
            return;
    } while (strstr(message.text, "busy=1\n") == NULL);
}

/* The caller dies: its child is killed, and the place is free again. */
static void test_caller_gone(void)
{
    struct rig rig = rig_start_ready(settings_of(1, 1, 1, 4));
    int end;
    pid_t caller = send_hanging(&rig, &end);
    await_busy(&rig);
    (void)kill(caller, SIGKILL);
    (void)waitpid(caller, NULL, 0);
    CHECK(is_closed_in_time(end));
    (void)close(end);
    char answer[64];
    CHECK(rig_call(&rig, "e", PATIENCE_MS, answer).outcome == POOL_ANSWERED);
    CHECK(rig_end(&rig) == 0);
}

/* The waker speaks while a child is at work: the caller does not wait for its deadline, the child is killed, and its
 * place is free again. Silent, it changes nothing. */
static void test_waker(void)
{
    struct rig rig = rig_start_ready(settings_of(1, 1, 1, 4));
    int waker = eventfd(0, EFD_CLOEXEC);
    struct deadline deadline = deadline_in(HANG_MS);
    struct pool_request request = { .job = "e", .size = 1, .deadline = deadline, .waker = &waker };
    struct pool_result result;
    struct fault fault = { 0 };
    char answer[64];
    CHECK(pool_call(rig.pool, &request, answer, sizeof answer, &result, &fault) == 0);
    CHECK(result.outcome == POOL_ANSWERED);

    int ends[2];
    uint64_t one = 1;
    CHECK(pipe2(ends, O_CLOEXEC) == 0 && write(waker, &one, sizeof one) == sizeof one);
    request.job = "h";
    request.fds = &ends[1];
    request.fd_count = 1;
    CHECK(pool_call(rig.pool, &request, answer, sizeof answer, &result, &fault) == -1 && fault.code == ECANCELED);
    (void)close(ends[1]);
    CHECK(is_closed_in_time(ends[0]) && deadline_left_ms(deadline) > 0);
    (void)close(ends[0]);
    (void)close(waker);
    CHECK(rig_call(&rig, "e", PATIENCE_MS, answer).outcome == POOL_ANSWERED);
    CHECK(rig_end(&rig) == 0);
}

/* The parent dies: callers learn it, before and after; its children die too. */
static void test_parent_gone(void)
{
    struct rig rig = rig_start_ready(settings_of(1, 1, 1, 4));
    int end;
    pid_t caller = send_hanging(&rig, &end);
    await_busy(&rig);
    (void)kill(rig.parent, SIGKILL);
    CHECK(is_closed_in_time(end));
    (void)close(end);
    int status = -1;
    CHECK(waitpid(caller, &status, 0) == caller && WIFEXITED(status) && WEXITSTATUS(status) == POOL_GONE);
    char answer[64];
    CHECK(rig_call(&rig, "e", PATIENCE_MS, answer).outcome == POOL_GONE);
    CHECK(rig_end(&rig) == 256 + SIGKILL);
}

/* A parent that is stopped never answers: the caller's own clock ends it. */
static void test_parent_stopped(void)
{
    struct rig rig = rig_start_ready(settings_of(1, 1, 1, 4));
    (void)kill(rig.parent, SIGSTOP);
    char answer[64];
    CHECK(rig_call(&rig, "e", SHORT_MS, answer).outcome == POOL_DEADLINE);
    (void)kill(rig.parent, SIGCONT);
    CHECK(rig_call(&rig, "e", PATIENCE_MS, answer).outcome == POOL_ANSWERED);
    CHECK(rig_end(&rig) == 0);
}

static void test_drain(void)
{
    struct rig rig = rig_start_ready(settings_of(1, 2, 1, 4));
    int end;
    pid_t caller = send_hanging(&rig, &end);
    await_busy(&rig);
    struct fault fault = { 0 };
    CHECK(control_send(rig.control, CONTROL_DRAIN, ROLE_GATE, "", -1, &fault) == 0);
    char answer[64];
    enum pool_outcome outcome = POOL_ANSWERED; /* the gate's socket closes at once */
    for (unsigned i = 0; i < 1000 && outcome == POOL_ANSWERED; i++)
        outcome = rig_call(&rig, "e", PATIENCE_MS, answer).outcome;
    CHECK(outcome == POOL_GONE || outcome == POOL_NOT_STARTED);
    CHECK(waitpid(rig.parent, NULL, WNOHANG) == 0); /* what is in flight goes on */
    (void)kill(caller, SIGKILL);
    (void)waitpid(caller, NULL, 0);
    CHECK(is_closed_in_time(end));
    (void)close(end);
    CHECK(rig_end(&rig) == 0);
}

static int64_t cpu_us(int who)
{
    struct rusage usage;
    (void)getrusage(who, &usage);
    return (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 + usage.ru_utime.tv_usec +
           usage.ru_stime.tv_usec;
}

/* Children that can't start are tried again ever more slowly, and the job learns it. */
static void test_crash_loop(void)
{
    static struct child_boxes dying = { .dies_at_start = true };
    struct pool_settings settings = settings_of(2, 4, 1, 4);
    settings.context = &dying;
    int64_t cpu = cpu_us(RUSAGE_CHILDREN);
    struct rig rig = rig_start(settings);
    char answer[64];
    CHECK(rig_call(&rig, "e", 1200, answer).outcome == POOL_NOT_STARTED);
    struct control_message message;
    CHECK(rig_await(&rig, CONTROL_STATUS, &message));
    CHECK(rig_await(&rig, CONTROL_STATUS, &message));
    const char *started = strstr(message.text, "started=");
    long count = started != NULL ? strtol(started + strlen("started="), NULL, 10) : -1;
    CHECK(count >= 2 && count <= 14);
    CHECK(strstr(message.text, "idle=0\n") != NULL);
    CHECK(rig_end(&rig) == 0);
    CHECK(cpu_us(RUSAGE_CHILDREN) - cpu < 600000); /* it waited, and did not spin */
}

enum { CROWD = 8, CROWD_CALLS = 100 };

struct crowd {
    const struct rig *rig;
    int number;
    int done; /* calls that got their own answer */
    pthread_t thread;
};

static void *crowd_main(void *memory)
{
    struct crowd *one = memory;
    for (int i = 0; i < CROWD_CALLS; i++) {
        char job[64];
        char answer[64];
        (void)snprintf(job, sizeof job, "%s %d %d", i % 10 == 9 ? "a" : "e", one->number, i);
        struct pool_result result = rig_call(one->rig, job, PATIENCE_MS, answer);
        one->done += result.outcome == POOL_ANSWERED && strcmp(job, answer) == 0;
    }
    return NULL;
}

static void test_crowd(void)
{
    struct rig rig = rig_start_ready(settings_of(2, 4, 7, CROWD));
    struct crowd crowd[CROWD];
    for (int i = 0; i < CROWD; i++) {
        crowd[i] = (struct crowd){ .rig = &rig, .number = i };
        (void)pthread_create(&crowd[i].thread, NULL, crowd_main, &crowd[i]);
    }
    for (int i = 0; i < CROWD; i++) {
        (void)pthread_join(crowd[i].thread, NULL);
        CHECK(crowd[i].done == CROWD_CALLS);
    }
    CHECK(rig_end(&rig) == 0);
}

static void test_slots(void)
{
    struct rig rig = rig_start_ready(settings_of(3, 3, 1, 10));
    for (unsigned i = 0; i < 12; i++) {
        char answer[64];
        CHECK(rig_call(&rig, "l", PATIENCE_MS, answer).outcome == POOL_ANSWERED);
        CHECK(answer[0] >= '0' && answer[0] <= '2' && answer[1] == '\0');
    }
    CHECK(rig_end(&rig) == 0);
}

/* Not a check, a figure: what a job costs all processes together. */
static void bench(const char *name, struct child_boxes *boxes, const char *job, unsigned jobs_per_child)
{
    enum { CALLS = 400 };
    struct pool_settings settings = settings_of(4, 8, jobs_per_child, 10);
    settings.context = boxes;
    int64_t cpu = cpu_us(RUSAGE_SELF) + cpu_us(RUSAGE_CHILDREN);
    struct rig rig = rig_start_ready(settings);
    int64_t before = clock_now_us();
    unsigned done = 0;
    for (unsigned i = 0; i < CALLS; i++) {
        char answer[64];
        struct pool_result result = rig_call(&rig, job, PATIENCE_MS, answer);
        done += result.outcome == POOL_ANSWERED || (result.outcome == POOL_EXITED && result.detail == 0);
    }
    int64_t took = clock_now_us() - before;
    CHECK(done == CALLS);
    CHECK(rig_end(&rig) == 0);
    cpu = cpu_us(RUSAGE_SELF) + cpu_us(RUSAGE_CHILDREN) - cpu;
    (void)printf("%-34s %5lld us a job, of which processor %5lld us\n", name, (long long)(took / CALLS),
                 (long long)(cpu / CALLS));
}

int main(void)
{
    test_outcomes();
    test_sizes_and_fds();
    test_jobs_per_child();
    test_queue();
    test_caller_gone();
    test_waker();
    test_parent_gone();
    test_parent_stopped();
    test_drain();
    test_crash_loop();
    test_crowd();
    test_slots();

    struct fault fault = { 0 };
    struct child_boxes boxed = { .idle = sandbox_prepare(SANDBOX_DECODER, &fault),
                                 .busy = sandbox_prepare(SANDBOX_DECODER_BUSY, &fault) };
    CHECK(boxed.idle != NULL && boxed.busy != NULL);
    bench("one child for all jobs", &open_boxes, "e", 1000000);
    bench("a child for each job", &open_boxes, "x0", 1);
    bench("a boxed child for each job", &boxed, "x0", 1);
    sandbox_program_free(boxed.idle);
    sandbox_program_free(boxed.busy);
    return test_end();
}
