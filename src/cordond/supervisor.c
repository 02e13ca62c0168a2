#include "supervisor.h"

#include "conf/conf.h"
#include "cordond/generations.h"
#include "cordond/notify.h"
#include "cordond/status.h"
#include "cordond/status_socket.h"
#include "cordond/update_socket.h"
#include "sys/log.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* Where each descriptor stands in what is polled. */
enum {
    POLL_SIGNALS = 0,
    POLL_STATUS = 1,
    POLL_UPDATE = POLL_STATUS + STATUS_POLLS,
    POLL_WATCH = POLL_UPDATE + UPDATE_POLLS,
    POLL_CHILDREN = POLL_WATCH + 1,
    POLL_PER_CHILD = 2, /* its control socket, its end */
    POLLS = POLL_CHILDREN + POLL_PER_CHILD * SUPERVISOR_MOST_CHILDREN
};

static int signals_open(struct fault *fault)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGHUP);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)signal(SIGPIPE, SIG_IGN);
    int fd = sigprocmask(SIG_BLOCK, &set, NULL) == 0 ? signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK) : -1;
    return fd >= 0 ? fd : fault_set_errno(fault, errno, "cannot take signals");
}

static void signals_read(struct supervisor *supervisor)
{
    struct signalfd_siginfo signal;
    while (read(supervisor->signal_fd, &signal, sizeof signal) == (ssize_t)sizeof signal) {
        if (signal.ssi_signo == SIGHUP) {
            generations_reload(supervisor);
            continue;
        }
        log_note(LOG_NOTICE, "stopping", "signal %u%s", signal.ssi_signo,
                 supervisor->is_stopping ? " again: the roles are killed" : "");
        generations_stop(supervisor);
    }
}

static void polls_fill(const struct supervisor *supervisor, struct pollfd polls_out[POLLS])
{
    polls_out[POLL_SIGNALS] = (struct pollfd){ .fd = supervisor->signal_fd, .events = POLLIN };
    status_socket_fill(supervisor->status_socket, &polls_out[POLL_STATUS]);
    update_socket_fill(supervisor->update_socket, &polls_out[POLL_UPDATE]);
    polls_out[POLL_WATCH] = (struct pollfd){ .fd = supervisor->signatures.watch.fd, .events = POLLIN };
    for (size_t i = 0; i < SUPERVISOR_MOST_CHILDREN; i++) {
        const struct child *child = &supervisor->children[i];
        struct pollfd *two = &polls_out[POLL_CHILDREN + POLL_PER_CHILD * i];
        two[0] = (struct pollfd){ .fd = child->is_used ? child->control : -1, .events = POLLIN };
        two[1] = (struct pollfd){ .fd = child->is_used ? child->pidfd : -1, .events = POLLIN };
    }
}

static struct deadline next_timer(const struct supervisor *supervisor)
{
    struct deadline next = deadline_earlier(supervisor->watchdog, status_socket_deadline(supervisor->status_socket));
    next = deadline_earlier(next, update_socket_deadline(supervisor->update_socket));
    next = deadline_earlier(next, signatures_deadline(supervisor));
    if (supervisor->pending != NULL)
        next = deadline_earlier(next, supervisor->pending_limit);
    for (size_t i = 0; i < SUPERVISOR_MOST_CHILDREN; i++) {
        if (supervisor->children[i].is_used)
            next = deadline_earlier(next, supervisor->children[i].timer);
    }
    return next;
}

/* What a process said before its end is read first. */
static void children_serve(struct supervisor *supervisor, const struct pollfd polls[POLLS])
{
    for (size_t i = 0; i < SUPERVISOR_MOST_CHILDREN; i++) {
        struct child *child = &supervisor->children[i];
        const struct pollfd *two = &polls[POLL_CHILDREN + POLL_PER_CHILD * i];
        if (two[0].revents != 0)
            child_read(child);
        if (two[1].revents != 0)
            child_reap(child);
    }
}

static void timers_serve(struct supervisor *supervisor)
{
    for (size_t i = 0; i < SUPERVISOR_MOST_CHILDREN; i++) {
        struct child *child = &supervisor->children[i];
        if (child->is_used && deadline_passed(child->timer))
            child_handle(child, CHILD_TIMER);
    }
    if (deadline_passed(supervisor->watchdog)) {
        notify_alive();
        supervisor->watchdog = deadline_in(supervisor->watchdog_ms);
    }
}

static void supervisor_answer(const void *context, struct buf *text_out)
{
    status_put(context, text_out);
}

static void supervisor_loop(struct supervisor *supervisor)
{
    struct pollfd polls[POLLS];
    generations_tend(supervisor);
    while (!generations_are_gone(supervisor)) {
        polls_fill(supervisor, polls);
        if (poll(polls, POLLS, deadline_left_ms(next_timer(supervisor))) < 0) {
            if (errno != EINTR)
                log_note(LOG_ERROR, "poll-failed", "%s", strerror(errno));
            continue;
        }
        children_serve(supervisor, polls);
        if (polls[POLL_SIGNALS].revents != 0)
            signals_read(supervisor);
        if (polls[POLL_WATCH].revents != 0)
            watch_read(&supervisor->signatures.watch);
        if (update_socket_serve(supervisor->update_socket, &polls[POLL_UPDATE]))
            signatures_hurry(supervisor);
        status_socket_serve(supervisor->status_socket, &polls[POLL_STATUS], supervisor_answer, supervisor);
        timers_serve(supervisor);
        generations_tend(supervisor);
    }
}

/* Starting anew does not bring a key back: so it counts as a wrong configuration. */
static int supervisor_take_keys(struct supervisor *supervisor, const struct settings *settings,
                                struct key_ring *keys_out, struct fault *fault)
{
    if (key_ring_take(settings, &supervisor->user, NULL, keys_out, fault) == 0)
        return 0;
    supervisor->exit_status = CONF_EXIT_BAD;
    return -1;
}

static int supervisor_begin(struct supervisor *supervisor, struct settings *settings_take, struct fault *fault)
{
    const char *run_directory = settings_take->run_directory;
    struct key_ring keys = { 0 };
    (void)snprintf(supervisor->reload_result, sizeof supervisor->reload_result, "never");
    supervisor->started_ms = clock_now_ms();
    supervisor->watchdog_ms = notify_watchdog_ms();
    supervisor->watchdog = supervisor->watchdog_ms > 0 ? deadline_in(supervisor->watchdog_ms) : deadline_never();
    supervisor->status_socket = status_socket_open(run_directory, &supervisor->user, fault);
    if (supervisor->status_socket != NULL)
        supervisor->update_socket = update_socket_open(run_directory, fault);
    supervisor->signal_fd = supervisor->update_socket != NULL ? signals_open(fault) : -1;
    if (supervisor->signal_fd < 0 || signatures_begin(&supervisor->signatures, fault) != 0 ||
        supervisor_take_keys(supervisor, settings_take, &keys, fault) != 0 ||
        service_rights_reduce(&supervisor->user, fault) != 0) {
        key_ring_close(&keys);
        settings_free(settings_take);
        return -1;
    }
    return generations_begin(supervisor, settings_take, &keys, fault);
}

int supervisor_run(struct supervisor *supervisor, struct settings *settings_take)
{
    struct fault fault = { 0 };
    supervisor->signal_fd = -1;
    supervisor->signatures.watch.fd = -1;
    if (supervisor_begin(supervisor, settings_take, &fault) == 0) {
        supervisor_loop(supervisor);
        log_note(LOG_NOTICE, "stopped", "all roles have ended");
    } else {
        log_note(LOG_ERROR, "start-failed", "%s", fault.text);
        if (supervisor->exit_status == 0)
            supervisor->exit_status = 1;
    }
    signatures_end(&supervisor->signatures);
    update_socket_close(supervisor->update_socket);
    status_socket_close(supervisor->status_socket);
    if (supervisor->signal_fd >= 0)
        (void)close(supervisor->signal_fd);
    return supervisor->exit_status;
}
