#include "pool_parent.h"

#include "base/buf.h"
#include "base/memory.h"
#include "ipc/roles.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    POOL_OTHER_FDS = 64, /* besides what jobs and children hold */
    CHILD_POLLS = 3,     /* its socket, its end, its caller */
    CHILDREN_AT = 1 + POOL_MOST_PEERS,
    STATUS_MOST_BYTES = CONTROL_TEXT_SIZE - 1
};

static const struct deadline at_once = { 0 };

/* What the supervisor was told last. */
struct pool_report {
    struct buf said;
    struct deadline next; /* not before */
    bool is_due;
};

/* A job that waits holds descriptors, and running out of them would lose jobs on the way in: the queue is cut to fit.
 */
static unsigned queue_that_fits(const struct pool_settings *settings)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return settings->queue;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    rlim_t taken = POOL_OTHER_FDS + (rlim_t)settings->most * CHILD_POLLS;
    rlim_t room = limit.rlim_cur > taken ? (limit.rlim_cur - taken) / (POOL_JOB_MOST_FDS + 1) : 0;
    return settings->queue < room ? settings->queue : (unsigned)room;
}

static struct pool *pool_new(const struct pool_settings *settings)
{
    struct pool *pool = memory_new(sizeof *pool);
    pool->settings = settings;
    pool->pid = getpid();
    pool->queue_limit = queue_that_fits(settings);
    pool->last_next = &pool->first;
    for (unsigned i = 0; i < POOL_MOST_PEERS; i++)
        pool->peers[i] = -1;
    pool->children = memory_new(settings->most * sizeof *pool->children);
    for (unsigned i = 0; i < settings->most; i++)
        pool->children[i] = (struct pool_child){ .pidfd = -1, .socket = -1, .limit = deadline_never() };
    pool->counts[POOL_CHILD_NONE] = settings->most;
    return pool;
}

static void pool_free(struct pool *pool)
{
    assert(pool->first == NULL);
    free(pool->children);
    free(pool);
}

static void peer_close(struct pool *pool, unsigned i)
{
    (void)close(pool->peers[i]);
    pool->peers[i] = -1;
}

/* Callers whose jobs were not taken yet see their reply sockets close. */
static void pool_drain(struct pool *pool)
{
    pool->is_draining = true;
    for (unsigned i = 0; i < POOL_MOST_PEERS; i++) {
        if (pool->peers[i] >= 0)
            peer_close(pool, i);
    }
}

static void pool_add_peer(struct pool *pool, int fd_take)
{
    for (unsigned i = 0; i < POOL_MOST_PEERS && !pool->is_draining; i++) {
        if (pool->peers[i] < 0) {
            pool->peers[i] = fd_take;
            return;
        }
    }
    (void)close(fd_take); /* it sees that nobody is there */
}

static int pool_obey(struct pool *pool, struct fault *fault)
{
    struct control_message message;
    struct fault receiving = { 0 };
    int got = control_receive(pool->settings->control, &message, at_once, &receiving);
    if (got < 0 && receiving.code == ETIMEDOUT)
        return 0;
    if (got < 0)
        return fault_set(fault, receiving.code, "%s: %s", pool->settings->name, receiving.text);
    if (got == 0 || message.kind == CONTROL_DRAIN)
        pool_drain(pool);
    if (got == 0 || message.fd < 0)
        return 0;
    if (message.kind == CONTROL_PEER)
        pool_add_peer(pool, message.fd);
    else
        (void)close(message.fd);
    return 0;
}

static void pool_put_status(const struct pool *pool, struct buf *text)
{
    const unsigned *counts = pool->counts;
    buf_printf(text, "idle=%u\nbusy=%u\nqueued=%u\n", counts[POOL_CHILD_IDLE], counts[POOL_CHILD_BUSY], pool->queued);
    buf_printf(text, "jobs=%llu\nstarted=%llu\ncrashed=%llu\nkilled=%llu\n", (unsigned long long)pool->jobs,
               (unsigned long long)pool->started, (unsigned long long)pool->crashed, (unsigned long long)pool->killed);
    const char *more = pool->settings->status != NULL ? pool->settings->status(pool->settings->context) : NULL;
    if (more != NULL)
        buf_put_text(text, more);
}

/* Never waits for a supervisor that does not read: then this report is left out. The role says nothing here. */
static void pool_say(const struct pool *pool, enum control_kind kind, const char *text)
{
    struct pollfd room = { .fd = pool->settings->control, .events = POLLOUT };
    if (poll(&room, 1, 0) > 0 && (room.revents & POLLOUT) != 0)
        (void)control_send(pool->settings->control, kind, ROLE_DECODER, text, -1, NULL);
}

static void pool_report(struct pool *pool, struct pool_report *report)
{
    bool is_first = !pool->is_ready && pool->counts[POOL_CHILD_IDLE] > 0;
    if (!is_first && (!report->is_due || !deadline_passed(report->next)))
        return;
    report->is_due = false;
    struct buf text;
    buf_init(&text, STATUS_MOST_BYTES);
    pool_put_status(pool, &text);
    if (!span_equal(buf_span(&text), buf_span(&report->said))) {
        pool_say(pool, CONTROL_STATUS, buf_text(&text));
        report->next = deadline_in(POOL_STATUS_MS);
        buf_clear(&report->said);
        buf_put_span(&report->said, buf_span(&text));
    }
    buf_fini(&text);
    if (is_first) { /* last, so that whoever hears it knows the status */
        pool->is_ready = true;
        pool_say(pool, CONTROL_READY, "");
    }
}

/* The layout of what is polled: control, peers, three for each slot, then the callers of the jobs that wait. */
static nfds_t pool_fill_polls(const struct pool *pool, struct pollfd *polls)
{
    polls[0] = (struct pollfd){ .fd = pool->is_draining ? -1 : pool->settings->control, .events = POLLIN };
    for (unsigned i = 0; i < POOL_MOST_PEERS; i++)
        polls[1 + i] = (struct pollfd){ .fd = pool->peers[i], .events = POLLIN };
    for (unsigned i = 0; i < pool->settings->most; i++) {
        const struct pool_child *child = &pool->children[i];
        struct pollfd *three = polls + CHILDREN_AT + (size_t)i * CHILD_POLLS;
        three[0] = (struct pollfd){ .fd = child->socket, .events = POLLIN };
        three[1] = (struct pollfd){ .fd = child->pidfd, .events = POLLIN };
        three[2] = (struct pollfd){ .fd = child->work != NULL ? child->work->reply : -1 };
    }
    nfds_t count = CHILDREN_AT + (nfds_t)pool->settings->most * CHILD_POLLS;
    for (const struct pool_work *work = pool->first; work != NULL; work = work->next)
        polls[count++] = (struct pollfd){ .fd = work->reply };
    return count;
}

static struct deadline pool_next_deadline(const struct pool *pool, const struct pool_report *report)
{
    struct deadline next = deadline_never();
    for (unsigned i = 0; i < pool->settings->most; i++) {
        const struct pool_child *child = &pool->children[i];
        next = deadline_earlier(next, child->limit);
        if (child->work != NULL)
            next = deadline_earlier(next, child->work->deadline);
    }
    for (const struct pool_work *work = pool->first; work != NULL; work = work->next)
        next = deadline_earlier(next, work->deadline);
    if (!deadline_passed(pool->fork_at))
        next = deadline_earlier(next, pool->fork_at);
    return report->is_due ? deadline_earlier(next, report->next) : next;
}

/* The queue first: its entries stand in the order in which they were polled only until something else changes it. */
static void pool_drop_deserted(struct pool *pool, const struct pollfd *polls)
{
    struct pool_work **link = &pool->first;
    for (size_t i = 0; *link != NULL; i++) {
        if (polls[i].revents != 0)
            pool_jobs_drop(pool, link);
        else
            link = &(*link)->next;
    }
}

static void pool_hear_children(struct pool *pool, const struct pollfd *polls)
{
    for (unsigned i = 0; i < pool->settings->most; i++) {
        struct pool_child *child = &pool->children[i];
        const struct pollfd *three = polls + (size_t)i * CHILD_POLLS;
        if (three[0].revents != 0)
            pool_child_hear(pool, child);
        if (three[2].revents != 0 && child->work != NULL)
            pool_child_give_up(pool, child);
        if (three[1].revents != 0)
            pool_child_ended(pool, child);
        if (child->state != POOL_CHILD_NONE)
            pool_child_expire(pool, child);
    }
}

static void pool_hear_peers(struct pool *pool, const struct pollfd *polls)
{
    for (unsigned i = 0; i < POOL_MOST_PEERS; i++) {
        if (polls[i].revents != 0 && pool->peers[i] >= 0 && !pool_jobs_take(pool, pool->peers[i]))
            peer_close(pool, i);
    }
}

/* One turn: wait, hear everybody, hand out what can be handed out, fork at most one child. */
static int pool_turn(struct pool *pool, struct pool_report *report, bool is_hurried, bool *wants_more_out,
                     struct fault *fault)
{
    size_t room = CHILDREN_AT + (size_t)pool->settings->most * CHILD_POLLS + pool->queued;
    struct pollfd *polls = memory_new(room * sizeof *polls);
    nfds_t count = pool_fill_polls(pool, polls);
    int timeout_ms = is_hurried ? 0 : deadline_left_ms(pool_next_deadline(pool, report));
    int n = poll(polls, count, timeout_ms);
    if (n < 0 && errno != EINTR) { /* interrupted: nobody has said anything */
        int code = errno;
        free(polls);
        return fault_set_errno(fault, code, "%s: cannot poll", pool->settings->name);
    }
    int failed = 0;
    pool_drop_deserted(pool, polls + CHILDREN_AT + (size_t)pool->settings->most * CHILD_POLLS);
    pool_hear_children(pool, polls + CHILDREN_AT);
    pool_hear_peers(pool, polls + 1);
    if (polls[0].revents != 0)
        failed = pool_obey(pool, fault);
    free(polls);

    pool_jobs_expire(pool);
    pool_jobs_assign(pool);
    *wants_more_out = pool_children_fork(pool);
    report->is_due = report->is_due || n != 0 || *wants_more_out;
    pool_report(pool, report);
    return failed;
}

int pool_run(const struct pool_settings *settings, struct fault *fault)
{
    assert(settings->most > 0 && settings->jobs_per_child > 0 && settings->child != NULL);
    struct pool *pool = pool_new(settings);
    struct pool_report report = { .is_due = true };
    buf_init(&report.said, STATUS_MOST_BYTES);
    bool is_hurried = true;
    int failed = 0;
    while (failed == 0 && !(pool->is_draining && pool->queued == 0 && pool->counts[POOL_CHILD_BUSY] == 0))
        failed = pool_turn(pool, &report, is_hurried, &is_hurried, fault);
    pool_children_end(pool);
    if (failed != 0) {
        pool_drain(pool);
        while (pool->first != NULL)
            pool_jobs_drop(pool, &pool->first);
    }
    buf_fini(&report.said);
    pool_free(pool);
    return failed;
}
