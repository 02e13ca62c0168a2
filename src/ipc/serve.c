#include "serve.h"

#include "base/memory.h"
#include "ipc/roles.h"
#include "pool_wire.h"
#include "sys/thread.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SERVE_MOST_PEERS = 8,
    SERVE_STATUS_MS = 1000,
    SERVE_DRAIN_STEP_MS = 50,
    SERVE_JOBS_AT_ONCE = 32,
    SERVE_ACCEPT_PAUSE_MS = 1000 /* after accept(2) failed: there are no descriptors */
};

/* Where each stands in what is polled. */
enum {
    POLL_CONTROL = 0,
    POLL_LISTENER = 1,
    POLL_PEERS = 2,
    POLL_GUESTS = POLL_PEERS + SERVE_MOST_PEERS,
    POLLS = POLL_GUESTS + SERVE_MOST_GUESTS
};

struct serve_guest {
    int fd; /* -1: none */
    struct deadline idle;
};

struct serve {
    const struct serve_settings *settings;
    int peers[SERVE_MOST_PEERS];
    int listener; /* -1: none */
    struct deadline accept_from;
    struct serve_guest guests[SERVE_MOST_GUESTS];
    bool is_draining;
    struct deadline report_from;
    unsigned long long jobs;
    struct lock lock; /* for the rest */
    unsigned running;
    unsigned guest_running; /* of them */
};

struct serve_work {
    struct serve *serve;
    int fds[PACKET_MOST_FDS]; /* the first is the reply socket */
    size_t fd_count;
    struct deadline deadline;
    bool is_guest;
    size_t size;
    _Alignas(8) char data[];
};

static const struct deadline at_once = { 0 };

static void work_free(struct serve_work *work)
{
    for (size_t i = 0; i < work->fd_count; i++) {
        if (work->fds[i] >= 0)
            (void)close(work->fds[i]);
    }
    free(work);
}

static void caller_reply(int caller, enum pool_outcome outcome, struct span answer)
{
    struct buf reply;
    struct pool_reply_head head = { .magic = POOL_MAGIC, .outcome = outcome, .size = (uint32_t)answer.size };
    buf_init(&reply, sizeof head + POOL_ANSWER_MOST_BYTES);
    buf_put(&reply, &head, sizeof head);
    buf_put_span(&reply, answer);
    assert(!buf_overflowed(&reply));
    /* A caller that is gone does not want it. */
    (void)packet_send(caller, reply.data, reply.size, NULL, 0, at_once, NULL);
    buf_fini(&reply);
}

void serve_tell(const struct serve_job *job, struct span answer)
{
    caller_reply(job->caller, POOL_ANSWERED, answer);
}

static void serve_uncount(struct serve *serve, bool is_guest)
{
    lock_take(&serve->lock);
    serve->running--;
    serve->guest_running -= is_guest ? 1 : 0;
    lock_drop(&serve->lock);
}

static void work_run(void *argument)
{
    struct serve_work *work = argument;
    struct serve *serve = work->serve;
    struct serve_job job = { .bytes = span_of(work->data, work->size),
                             .fds = work->fds + 1,
                             .fd_count = work->fd_count - 1,
                             .deadline = work->deadline,
                             .is_guest = work->is_guest,
                             .caller = work->fds[0] };
    struct buf answer;
    buf_init(&answer, POOL_ANSWER_MOST_BYTES);
    serve->settings->serve(&job, serve->settings->context, &answer);
    caller_reply(work->fds[0], POOL_ANSWERED, buf_span(&answer));
    buf_fini(&answer);
    bool is_guest = work->is_guest;
    work_free(work);
    serve_uncount(serve, is_guest); /* from here on `serve` may be gone */
}

/* A packet that is no job is dropped. */
static struct serve_work *work_new(struct serve *serve, const char *data, struct packet *packet, bool is_guest)
{
    struct pool_job_head head;
    bool is_job = packet->size > sizeof head && packet->fd_count >= 1;
    if (is_job)
        memcpy(&head, data, sizeof head);
    if (!is_job || head.magic != POOL_MAGIC) {
        packet_close_fds(packet);
        return NULL;
    }
    size_t size = packet->size - sizeof head;
    struct serve_work *work = memory_new(sizeof *work + size);
    work->serve = serve;
    work->is_guest = is_guest;
    work->deadline.at_ms = head.deadline_ms;
    work->fd_count = packet->fd_count;
    memcpy(work->fds, packet->fds, packet->fd_count * sizeof packet->fds[0]);
    work->size = size;
    memcpy(work->data, data + sizeof head, size);
    return work;
}

static bool serve_count(struct serve *serve, bool is_guest)
{
    lock_take(&serve->lock);
    bool has_room = serve->running < serve->settings->most && (!is_guest || serve->guest_running < SERVE_GUEST_JOBS);
    serve->running += has_room ? 1 : 0;
    serve->guest_running += has_room && is_guest ? 1 : 0;
    lock_drop(&serve->lock);
    return has_room;
}

static void serve_begin(struct serve *serve, struct serve_work *work_take)
{
    bool has_room = serve_count(serve, work_take->is_guest);
    serve->jobs++;
    if (has_room && thread_start(work_run, work_take, serve->settings->stack_bytes, NULL) == 0)
        return;
    if (has_room)
        serve_uncount(serve, work_take->is_guest);
    caller_reply(work_take->fds[0], POOL_NOT_STARTED, span_of("", 0));
    work_free(work_take);
}

/* False where the peer is gone. */
static bool serve_hear(struct serve *serve, int peer, bool is_guest)
{
    char *data = memory_new(PACKET_MOST_BYTES);
    bool is_there = true;
    for (unsigned i = 0; i < SERVE_JOBS_AT_ONCE && is_there; i++) {
        struct packet packet;
        struct fault fault = { 0 };
        int got = packet_receive(peer, data, PACKET_MOST_BYTES, PACKET_MOST_FDS, &packet, at_once, &fault);
        if (got < 0 && fault.code == ETIMEDOUT)
            break;
        is_there = got > 0 || (got < 0 && fault.code == EPROTO);
        struct serve_work *work = got > 0 ? work_new(serve, data, &packet, is_guest) : NULL;
        if (work != NULL)
            serve_begin(serve, work);
    }
    free(data);
    return is_there;
}

static void serve_close(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

static void serve_drain(struct serve *serve)
{
    serve->is_draining = true;
    serve_close(&serve->listener);
    for (unsigned i = 0; i < SERVE_MOST_PEERS; i++)
        serve_close(&serve->peers[i]);
    for (unsigned i = 0; i < SERVE_MOST_GUESTS; i++)
        serve_close(&serve->guests[i].fd);
}

/* The place of a guest that is to come; SERVE_MOST_GUESTS: there is none. */
static unsigned guest_place(const struct serve *serve)
{
    unsigned place = 0;
    while (place < SERVE_MOST_GUESTS && serve->guests[place].fd >= 0)
        place++;
    return place;
}

static void serve_accept(struct serve *serve)
{
    for (unsigned place = guest_place(serve); place < SERVE_MOST_GUESTS; place = guest_place(serve)) {
        int fd = accept4(serve->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM))
            serve->accept_from = deadline_in(SERVE_ACCEPT_PAUSE_MS);
        if (fd < 0)
            return;
        serve->guests[place] = (struct serve_guest){ .fd = fd, .idle = deadline_in(SERVE_GUEST_IDLE_MS) };
    }
}

/* His jobs go on, for they are answered on sockets of their own. */
static void guests_dismiss_idle(struct serve *serve)
{
    for (unsigned i = 0; i < SERVE_MOST_GUESTS; i++) {
        if (serve->guests[i].fd >= 0 && deadline_passed(serve->guests[i].idle))
            serve_close(&serve->guests[i].fd);
    }
}

static void serve_add_peer(struct serve *serve, int fd_take)
{
    for (unsigned i = 0; i < SERVE_MOST_PEERS && !serve->is_draining; i++) {
        if (serve->peers[i] < 0) {
            serve->peers[i] = fd_take;
            return;
        }
    }
    (void)close(fd_take);
}

static void serve_add_listener(struct serve *serve, int fd_take)
{
    serve_close(&serve->listener);
    if (serve->is_draining)
        (void)close(fd_take);
    else
        serve->listener = fd_take;
}

static int serve_obey(struct serve *serve, struct fault *fault)
{
    struct control_message message;
    struct fault receiving = { 0 };
    int got = control_receive(serve->settings->control, &message, at_once, &receiving);
    if (got < 0 && receiving.code == ETIMEDOUT)
        return 0;
    if (got < 0)
        return fault_set(fault, receiving.code, "%s: %s", serve->settings->name, receiving.text);
    if (got == 0 || message.kind == CONTROL_DRAIN)
        serve_drain(serve);
    if (got == 0)
        return 0;
    if (message.kind == CONTROL_PEER && message.fd >= 0)
        serve_add_peer(serve, message.fd);
    else if (message.kind == CONTROL_LISTENER && message.fd >= 0)
        serve_add_listener(serve, message.fd);
    else if (serve->settings->told != NULL)
        serve->settings->told(serve->settings->context, &message);
    else if (message.fd >= 0)
        (void)close(message.fd);
    return 0;
}

static unsigned serve_running(struct serve *serve)
{
    lock_take(&serve->lock);
    unsigned running = serve->running;
    lock_drop(&serve->lock);
    return running;
}

/* Never waits for a supervisor that does not read. */
static void serve_say(const struct serve *serve, enum control_kind kind, const char *text)
{
    struct pollfd room = { .fd = serve->settings->control, .events = POLLOUT };
    if (poll(&room, 1, 0) > 0 && (room.revents & POLLOUT) != 0)
        (void)control_send(serve->settings->control, kind, ROLE_RUNNER, text, -1, NULL);
}

static void serve_report(struct serve *serve, struct buf *said)
{
    struct buf text;
    serve->report_from = deadline_in(SERVE_STATUS_MS);
    buf_init(&text, CONTROL_TEXT_SIZE - 1);
    buf_printf(&text, "busy=%u\njobs=%llu\n", serve_running(serve), serve->jobs);
    if (serve->settings->status != NULL)
        serve->settings->status(serve->settings->context, &text);
    if (!span_equal(buf_span(&text), buf_span(said))) {
        serve_say(serve, CONTROL_STATUS, buf_text(&text));
        buf_clear(said);
        buf_put_span(said, buf_span(&text));
    }
    buf_fini(&text);
}

static void polls_fill(const struct serve *serve, struct pollfd polls_out[POLLS])
{
    bool may_accept = guest_place(serve) < SERVE_MOST_GUESTS && deadline_passed(serve->accept_from);
    polls_out[POLL_CONTROL] = (struct pollfd){ .fd = serve->is_draining ? -1 : serve->settings->control,
                                               .events = POLLIN };
    polls_out[POLL_LISTENER] = (struct pollfd){ .fd = may_accept ? serve->listener : -1, .events = POLLIN };
    for (unsigned i = 0; i < SERVE_MOST_PEERS; i++)
        polls_out[POLL_PEERS + i] = (struct pollfd){ .fd = serve->peers[i], .events = POLLIN };
    for (unsigned i = 0; i < SERVE_MOST_GUESTS; i++)
        polls_out[POLL_GUESTS + i] = (struct pollfd){ .fd = serve->guests[i].fd, .events = POLLIN };
}

static void serve_hear_all(struct serve *serve, const struct pollfd polls[POLLS])
{
    for (unsigned i = 0; i < SERVE_MOST_PEERS; i++) {
        if (polls[POLL_PEERS + i].revents != 0 && !serve_hear(serve, serve->peers[i], false))
            serve_close(&serve->peers[i]);
    }
    for (unsigned i = 0; i < SERVE_MOST_GUESTS; i++) {
        struct serve_guest *guest = &serve->guests[i];
        if (polls[POLL_GUESTS + i].revents == 0)
            continue;
        guest->idle = deadline_in(SERVE_GUEST_IDLE_MS);
        if (!serve_hear(serve, guest->fd, true))
            serve_close(&guest->fd);
    }
}

static int serve_turn(struct serve *serve, struct buf *said, struct fault *fault)
{
    struct pollfd polls[POLLS];
    polls_fill(serve, polls);
    int n = poll(polls, POLLS, serve->is_draining ? SERVE_DRAIN_STEP_MS : SERVE_STATUS_MS);
    if (n < 0 && errno != EINTR)
        return fault_set_errno(fault, errno, "%s: cannot poll", serve->settings->name);
    if (n > 0) {
        serve_hear_all(serve, polls);
        if (polls[POLL_LISTENER].revents != 0)
            serve_accept(serve);
        if (polls[POLL_CONTROL].revents != 0 && serve_obey(serve, fault) != 0)
            return -1;
    }
    guests_dismiss_idle(serve);
    if (!serve->is_draining && deadline_passed(serve->report_from))
        serve_report(serve, said);
    return 0;
}

int serve_run(const struct serve_settings *settings, struct fault *fault)
{
    assert(settings->most > 0 && settings->serve != NULL);
    struct serve *serve = memory_new(sizeof *serve);
    serve->settings = settings;
    lock_init(&serve->lock);
    serve->listener = -1;
    for (unsigned i = 0; i < SERVE_MOST_PEERS; i++)
        serve->peers[i] = -1;
    for (unsigned i = 0; i < SERVE_MOST_GUESTS; i++)
        serve->guests[i].fd = -1;
    struct buf said;
    buf_init(&said, CONTROL_TEXT_SIZE);
    serve_say(serve, CONTROL_READY, "");
    serve_report(serve, &said);
    int failed = 0;
    while (failed == 0 && !(serve->is_draining && serve_running(serve) == 0))
        failed = serve_turn(serve, &said, fault);
    buf_fini(&said);
    if (failed != 0)
        return -1; /* threads may still look at it, and the process is about to end */
    lock_fini(&serve->lock);
    free(serve);
    return 0;
}
