#include "gate/acceptor.h"

#include "base/memory.h"
#include "gate/counters.h"
#include "sys/log.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum {
    SESSION_STACK_BYTES = 256 * 1024,
    ACCEPTOR_STACK_BYTES = 128 * 1024,
    LOCAL_MOST_SESSIONS = 32,
    ACCEPT_PAUSE_MS = 100 /* when descriptors or memory have run out */
};

static void session_id_make(char id_out[SESSION_ID_SIZE])
{
    uint64_t random = 0;
    ssize_t n = getrandom(&random, sizeof random, 0);
    assert(n == (ssize_t)sizeof random);
    (void)snprintf(id_out, SESSION_ID_SIZE, "s-%016" PRIx64, random);
}

static void session_close(struct session *session)
{
    struct gate_listener *listener = session->listener;
    stream_free(session->stream);
    if (session->packet_fd >= 0)
        (void)close(session->packet_fd);
    free(session);
    atomic_fetch_sub(&listener->sessions, 1);
    if (!listener->is_monitor)
        counters_session_ended(listener->gate->counters);
}

static void session_run(void *argument)
{
    struct session *session = argument;
    session->listener->intake(session);
    session_close(session);
}

/* Over the cap: a reply at once, from here, without a thread. It fits into any socket buffer. */
static void session_refuse(const struct gate_listener *listener, int fd, const char *why)
{
    char reply[512];
    int size = snprintf(reply, sizeof reply, "421 4.3.2 %s %s, try again later\r\n", listener->gate->settings->hostname,
                        why);
    if (listener->settings != NULL && !listener->is_monitor)
        (void)send(fd, reply, (size_t)size, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)close(fd);
    if (!listener->is_monitor)
        counters_session_refused(listener->gate->counters);
}

static unsigned listener_most_sessions(const struct gate_listener *listener)
{
    return listener->settings != NULL ? listener->settings->max_sessions : LOCAL_MOST_SESSIONS;
}

static void session_start(struct gate_listener *listener, int fd, const struct sockaddr_storage *peer)
{
    if (atomic_fetch_add(&listener->sessions, 1) >= listener_most_sessions(listener)) {
        atomic_fetch_sub(&listener->sessions, 1);
        session_refuse(listener, fd, "too many sessions");
        return;
    }
    struct session *session = memory_new(sizeof *session);
    *session = (struct session){ .listener = listener, .peer = *peer, .packet_fd = -1 };
    session->is_trusted = net_trust_has(listener->trust, peer);
    session_id_make(session->id);
    if (listener->settings != NULL) {
        session->stream = stream_new(fd);
        stream_set_waker(session->stream, listener->gate->stopping_fd);
    } else {
        session->packet_fd = fd;
    }
    if (!listener->is_monitor)
        counters_session_began(listener->gate->counters);

    struct fault fault;
    if (thread_start(session_run, session, SESSION_STACK_BYTES, &fault) != 0) {
        log_note(LOG_ERROR, "session-refused", "%s", fault.text);
        session_refuse(listener, dup(fd), "has no room for a session");
        session_close(session);
    }
}

/* 1: a connection; 0: none now; -1: the machine has run out of something. */
static int acceptor_take(struct gate_listener *listener)
{
    struct sockaddr_storage peer;
    memset(&peer, 0, sizeof peer);
    socklen_t size = sizeof peer;
    int fd = accept4(listener->fd, (struct sockaddr *)&peer, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0) {
        session_start(listener, fd, &peer);
        return 1;
    }
    if (errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM)
        return 0; /* EAGAIN, or a connection that broke off before we came */
    log_note(LOG_ERROR, "accept-failed", "%s: raise LimitNOFILE or lower max_sessions", strerror(errno));
    return -1;
}

static void acceptor_run(void *argument)
{
    struct gate_listener *listener = argument;
    struct pollfd waits[] = { { .fd = listener->gate->retiring_fd, .events = POLLIN },
                              { .fd = listener->fd, .events = POLLIN } };
    for (;;) {
        if (poll(waits, 2, -1) < 0 && errno != EINTR)
            break;
        if (waits[0].revents != 0)
            break;
        int taken = waits[1].revents != 0 ? acceptor_take(listener) : 0;
        if (taken < 0)
            (void)poll(waits, 1, ACCEPT_PAUSE_MS);
    }
    (void)close(listener->fd);
}

int acceptor_start(struct gate_listener *listener, struct fault *fault)
{
    return thread_start(acceptor_run, listener, ACCEPTOR_STACK_BYTES, fault);
}
