#include "pool_parent.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum {
    CHILD_SOCKET_FD = STDERR_FILENO + 1,
    POOL_END_MS = 2000 /* for killed children to be gone, at the pool's end */
};

static const struct deadline at_once = { 0 };

static void child_turn(struct pool *pool, struct pool_child *child, enum pool_child_state state, int64_t limit_ms)
{
    pool->counts[child->state]--;
    pool->counts[state]++;
    child->state = state;
    child->limit = limit_ms > 0 ? deadline_in(limit_ms) : deadline_never();
}

static void child_close_socket(struct pool_child *child)
{
    if (child->socket >= 0)
        (void)close(child->socket);
    child->socket = -1;
}

static void child_end_work(struct pool_child *child, enum pool_outcome outcome, int detail, const void *answer,
                           size_t size)
{
    struct pool_work *work = child->work;
    child->work = NULL;
    child->jobs_done++;
    pool_work_end(work, outcome, detail, answer, size);
}

static void child_kill(struct pool *pool, struct pool_child *child)
{
    (void)pidfd_send_signal(child->pidfd, SIGKILL, NULL, 0); /* it may have ended by itself: no matter */
    child_close_socket(child);
    pool->killed++;
    child_turn(pool, child, POOL_CHILD_KILLED, 0);
}

/* It said what no child of ours says. */
static void child_break(struct pool *pool, struct pool_child *child)
{
    if (child->work != NULL)
        child_end_work(child, POOL_EXITED, EX_PROTOCOL, NULL, 0);
    child_kill(pool, child);
}

static void pool_back_off(struct pool *pool)
{
    pool->backoff_ms = pool->backoff_ms == 0 ? POOL_BACKOFF_FIRST_MS : pool->backoff_ms * 2;
    if (pool->backoff_ms > POOL_BACKOFF_MOST_MS)
        pool->backoff_ms = POOL_BACKOFF_MOST_MS;
    pool->fork_at = deadline_in(pool->backoff_ms);
}

/* The fresh child: nothing of its parent's but the standard descriptors and its own socket. */
static void __attribute__((noreturn)) child_run(const struct pool *pool, int socket, unsigned slot)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != pool->pid)
        _exit(EX_OSERR);
    (void)signal(SIGPIPE, SIG_IGN); /* a parent that is gone is an error of write */
    if (socket != CHILD_SOCKET_FD && dup2(socket, CHILD_SOCKET_FD) < 0)
        _exit(EX_OSERR);
    if (close_range(CHILD_SOCKET_FD + 1, ~0U, 0) != 0)
        _exit(EX_OSERR);
    _exit(pool->settings->child(CHILD_SOCKET_FD, slot, pool->settings->context));
}

static void child_fork(struct pool *pool, unsigned slot)
{
    int pair[2];
    if (packet_pair(pair, NULL) != 0) {
        pool_back_off(pool);
        return;
    }
    pid_t pid = fork();
    if (pid == 0)
        child_run(pool, pair[1], slot);
    (void)close(pair[1]);
    int pidfd = pid > 0 ? pidfd_open(pid, 0) : -1;
    if (pidfd < 0) { /* a child without a pidfd sees its socket close and ends; our own box forbids to kill by number */
        (void)close(pair[0]);
        pool_back_off(pool);
        return;
    }
    struct pool_child *child = &pool->children[slot];
    *child = (struct pool_child){ .pid = pid, .pidfd = pidfd, .socket = pair[0] };
    pool->started++;
    child_turn(pool, child, POOL_CHILD_STARTING, POOL_START_MS);
}

static bool is_child_wanted(const struct pool *pool)
{
    const unsigned *counts = pool->counts;
    unsigned ready = counts[POOL_CHILD_STARTING] + counts[POOL_CHILD_IDLE] + counts[POOL_CHILD_TIDYING];
    unsigned spares = pool->is_draining ? 0 : pool->settings->spares;
    return counts[POOL_CHILD_NONE] > 0 && (ready < spares || ready < pool->queued);
}

bool pool_children_fork(struct pool *pool)
{
    if (!is_child_wanted(pool) || !deadline_passed(pool->fork_at))
        return false;
    unsigned slot = 0;
    while (pool->children[slot].state != POOL_CHILD_NONE)
        slot++;
    child_fork(pool, slot);
    return is_child_wanted(pool) && deadline_passed(pool->fork_at);
}

static void child_is_idle(struct pool *pool, struct pool_child *child)
{
    if (child->state != POOL_CHILD_STARTING && child->state != POOL_CHILD_TIDYING) {
        child_break(pool, child);
        return;
    }
    child_turn(pool, child, POOL_CHILD_IDLE, 0);
}

static void child_has_answered(struct pool *pool, struct pool_child *child, const char *answer, size_t size)
{
    if (child->state != POOL_CHILD_BUSY) {
        child_break(pool, child);
        return;
    }
    child_end_work(child, POOL_ANSWERED, 0, answer, size);
    if (child->jobs_done < pool->settings->jobs_per_child) {
        child_turn(pool, child, POOL_CHILD_TIDYING, POOL_TIDY_MS);
    } else {
        child_close_socket(child); /* "no more jobs" */
        child_turn(pool, child, POOL_CHILD_LEAVING, POOL_TIDY_MS);
    }
}

void pool_child_hear(struct pool *pool, struct pool_child *child)
{
    while (child->socket >= 0) {
        struct packet packet;
        struct fault fault = { 0 };
        int got = packet_receive(child->socket, pool->buffer, sizeof(struct pool_word_head) + POOL_ANSWER_MOST_BYTES, 0,
                                 &packet, at_once, &fault);
        if (got < 0 && fault.code == ETIMEDOUT)
            return;
        if (got == 0) {
            child_close_socket(child); /* it ends, and pidfd will tell how; or its deadline will */
            return;
        }
        struct pool_word_head head = { 0 };
        if (got > 0 && packet.size >= sizeof head)
            memcpy(&head, pool->buffer, sizeof head);
        if (head.magic == POOL_MAGIC && head.word == POOL_WORD_IDLE)
            child_is_idle(pool, child);
        else if (head.magic == POOL_MAGIC && head.word == POOL_WORD_ANSWER)
            child_has_answered(pool, child, pool->buffer + sizeof head, packet.size - sizeof head);
        else
            child_break(pool, child);
    }
}

void pool_child_ended(struct pool *pool, struct pool_child *child)
{
    pool_child_hear(pool, child); /* its last words may still be there */
    siginfo_t info = { 0 };
    if (waitid(P_PIDFD, (id_t)child->pidfd, &info, WEXITED | WNOHANG) != 0 || info.si_pid == 0)
        return;
    bool is_exit = info.si_code == CLD_EXITED;
    bool is_start = child->state == POOL_CHILD_STARTING || (child->state == POOL_CHILD_IDLE && child->jobs_done == 0);
    if (child->state != POOL_CHILD_KILLED && (!is_exit || info.si_status != 0))
        pool->crashed++;
    if (child->work != NULL)
        child_end_work(child, is_exit ? POOL_EXITED : POOL_SIGNALLED, info.si_status, NULL, 0);
    if (is_start)
        pool_back_off(pool);
    child_close_socket(child);
    (void)close(child->pidfd);
    child->pidfd = -1;
    child_turn(pool, child, POOL_CHILD_NONE, 0);
}

void pool_child_expire(struct pool *pool, struct pool_child *child)
{
    if (child->work != NULL && deadline_passed(child->work->deadline)) {
        child_kill(pool, child);
        child_end_work(child, POOL_DEADLINE, 0, NULL, 0);
    } else if (deadline_passed(child->limit)) {
        if (child->state == POOL_CHILD_STARTING)
            pool_back_off(pool);
        child_kill(pool, child);
    }
}

void pool_child_give_up(struct pool *pool, struct pool_child *child)
{
    child_kill(pool, child);
    child_end_work(child, POOL_DEADLINE, 0, NULL, 0);
}

bool pool_child_give(struct pool *pool, struct pool_child *child, struct pool_work *work)
{
    assert(child->state == POOL_CHILD_IDLE);
    if (child->socket < 0 ||
        packet_send(child->socket, work->data, work->size, work->fds, work->fd_count, at_once, NULL) != 0) {
        if (child->jobs_done == 0)
            pool_back_off(pool);
        child_kill(pool, child);
        return false;
    }
    pool->backoff_ms = 0;
    child->work = work;
    child_turn(pool, child, POOL_CHILD_BUSY, 0);
    return true;
}

void pool_children_end(struct pool *pool)
{
    for (unsigned i = 0; i < pool->settings->most; i++) {
        if (pool->children[i].state != POOL_CHILD_NONE && pool->children[i].state != POOL_CHILD_KILLED)
            child_kill(pool, &pool->children[i]);
    }
    struct deadline deadline = deadline_in(POOL_END_MS);
    for (unsigned i = 0; i < pool->settings->most; i++) {
        if (pool->children[i].state == POOL_CHILD_NONE)
            continue;
        struct pollfd end = { .fd = pool->children[i].pidfd, .events = POLLIN };
        if (poll(&end, 1, deadline_left_ms(deadline)) > 0)
            pool_child_ended(pool, &pool->children[i]);
    }
}
