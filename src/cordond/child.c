#include "child.h"

#include "base/memory.h"
#include "cordond/spawn.h"
#include "ipc/packet.h"
#include "sys/log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *child_name(const struct child *child)
{
    return child->name;
}

int child_init(struct child *child, const struct child_settings *settings, struct fault *fault)
{
    int text = fcntl(settings->text->fd, F_DUPFD_CLOEXEC, 0);
    if (text < 0)
        return fault_set_errno(fault, errno, "cannot keep the settings of a role");
    *child = (struct child){ .is_used = true,
                             .state = CHILD_WAITING,
                             .settings = *settings,
                             .text = { .fd = text, .size = settings->text->size },
                             .pidfd = -1,
                             .control = -1,
                             .timer = deadline_in(0) };
    child->settings.text = NULL;
    (void)snprintf(child->instance, sizeof child->instance, "%s", settings->instance);
    child->settings.instance = child->instance;
    (void)snprintf(child->name, sizeof child->name, "%s%s%s", role_row(settings->role)->name,
                   settings->instance[0] != '\0' ? "-" : "", settings->instance);
    return 0;
}

static void child_close(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

/* The process is gone: what belonged to it goes too. */
static void child_forget_process(struct child *child)
{
    child_close(&child->pidfd);
    child_close(&child->control);
    child->pid = 0;
    free(child->status);
    child->status = NULL;
    for (size_t i = 0; i < CHILD_TOLDS; i++) {
        free(child->told[i]);
        child->told[i] = NULL;
    }
}

void child_fini(struct child *child)
{
    assert(child->state == CHILD_ENDED && child->pid == 0);
    child_forget_process(child);
    child_close(&child->text.fd);
    *child = (struct child){ 0 };
}

bool child_is_alive(const struct child *child)
{
    return child->pid != 0 && child->control >= 0;
}

/* By its descriptor: a process id could be somebody else's by now. */
static void child_signal(const struct child *child, int number)
{
    if (child->pidfd >= 0 && pidfd_send_signal(child->pidfd, number, NULL, 0) != 0 && errno != ESRCH)
        log_note(LOG_ERROR, "role-not-killed", "%s: %s", child_name(child), strerror(errno));
}

void child_send(struct child *child, enum control_kind kind, enum role role, const char *text, int fd)
{
    struct fault fault = { 0 };
    if (!child_is_alive(child) || control_send(child->control, kind, role, text, fd, &fault) == 0 ||
        fault.code == EPIPE || fault.code == ECONNRESET) /* its end is about to be seen */
        return;
    log_note(LOG_ERROR, "role-deaf", "%s is killed: %s", child_name(child), fault.text);
    child_signal(child, SIGKILL);
}

static int child_spawn(struct child *child, struct fault *fault)
{
    int pair[2];
    int settings = sealed_lend(&child->text, fault);
    if (settings < 0)
        return -1;
    if (packet_pair(pair, fault) != 0) {
        (void)close(settings);
        return -1;
    }
    struct spawn_request request = { .directory = child->settings.directory,
                                     .program = role_row(child->settings.role)->program,
                                     .instance = child->instance,
                                     .control_fd = pair[1],
                                     .settings_fd = settings };
    pid_t pid = spawn_role(&request, &child->pidfd, fault);
    (void)close(settings);
    (void)close(pair[1]);
    if (pid < 0) {
        (void)close(pair[0]);
        return -1;
    }
    child->pid = pid;
    child->control = pair[0];
    return 0;
}

enum child_event child_start(struct child *child)
{
    struct fault fault = { 0 };
    child->timer = deadline_never();
    child->exit_code = 0;
    child->settings.prepare(child, child->settings.context);
    if (child_spawn(child, &fault) != 0) {
        log_note(LOG_ERROR, "role-not-started", "%s: %s", child_name(child), fault.text);
        return CHILD_EXITED;
    }
    child->timer = deadline_in(CHILD_START_MS);
    struct log_line line;
    log_line_begin(&line, LOG_INFO, "role-started");
    log_put_text(&line, "role", child_name(child));
    log_put_number(&line, "pid", child->pid);
    log_line_send(&line);
    if (child->settings.introduce(child, child->settings.context, &fault) != 0) {
        log_note(LOG_ERROR, "role-not-started", "%s: %s", child_name(child), fault.text);
        child_signal(child, SIGKILL);
        return CHILD_NOTHING;
    }
    child_send(child, CONTROL_START, child->settings.role, "", -1);
    return CHILD_NOTHING;
}

enum child_event child_note_ready(struct child *child)
{
    child->was_ready = true;
    child->timer = deadline_in(BACKOFF_FORGET_MS);
    struct log_line line;
    log_line_begin(&line, LOG_INFO, "role-ready");
    log_put_text(&line, "role", child_name(child));
    log_put_number(&line, "pid", child->pid);
    log_line_send(&line);
    return CHILD_NOTHING;
}

enum child_event child_forget_deaths(struct child *child)
{
    backoff_reset(&child->backoff);
    child->timer = deadline_never();
    return CHILD_NOTHING;
}

static void child_log_end(const struct child *child, enum log_level level, const char *event)
{
    struct log_line line;
    log_line_begin(&line, level, event);
    log_put_text(&line, "role", child_name(child));
    if (child->exit_code == CLD_EXITED)
        log_put_number(&line, "status", child->exit_status);
    else if (child->exit_code != 0)
        log_put_number(&line, "signal", child->exit_status);
    if (child->exit_code == CLD_EXITED && child->exit_status == SPAWN_EXIT_NOT_EXECUTED)
        log_put_text(&line, "reason", "its program could not be executed");
    log_put_number(&line, "restarts", child->restarts);
    log_line_send(&line);
}

enum child_event child_note_death(struct child *child)
{
    child->restarts++;
    child->timer = deadline_in(backoff_next_ms(&child->backoff));
    child_log_end(child, LOG_WARNING, "role-died");
    return CHILD_NOTHING;
}

enum child_event child_send_retire(struct child *child)
{
    child->timer = deadline_in(CHILD_RETIRE_MS);
    child_send(child, CONTROL_RETIRE, child->settings.role, "", -1);
    return CHILD_NOTHING;
}

enum child_event child_send_drain(struct child *child)
{
    child->timer = deadline_in(child->settings.drain_ms);
    child_send(child, CONTROL_DRAIN, child->settings.role, "", -1);
    return CHILD_NOTHING;
}

enum child_event child_kill(struct child *child)
{
    child->timer = deadline_never();
    child_signal(child, SIGKILL);
    return CHILD_NOTHING;
}

enum child_event child_note_end(struct child *child)
{
    child->timer = deadline_never();
    child_log_end(child, LOG_INFO, "role-ended");
    return CHILD_NOTHING;
}

/* The other end is closed. A role that is ending may do that before it does; any other one is broken, or is just
 * exiting (then the signal changes nothing about how it is seen to end). */
static void child_hung_up(struct child *child)
{
    child_close(&child->control);
    if (child->state != CHILD_DRAINING && child->state != CHILD_RETIRING)
        child_signal(child, SIGKILL);
}

static void child_take(struct child *child, const struct control_message *message)
{
    if (message->fd >= 0)
        (void)close(message->fd); /* no role has any to give */
    if (message->kind == CONTROL_READY) {
        child_handle(child, CHILD_READY);
    } else if (message->kind == CONTROL_STATUS) {
        free(child->status);
        child->status = memory_copy_text(message->text);
    } else {
        log_note(LOG_ERROR, "role-confused", "%s is killed: it sent control message %d", child_name(child),
                 (int)message->kind);
        child_signal(child, SIGKILL);
    }
}

void child_read(struct child *child)
{
    struct control_message message;
    struct fault fault = { 0 };
    for (unsigned i = 0; i < CHILD_READ_AT_ONCE && child->control >= 0; i++) {
        int got = control_receive(child->control, &message, deadline_in(0), &fault);
        if (got < 0 && fault.code == ETIMEDOUT)
            return;
        if (got <= 0)
            child_hung_up(child);
        else
            child_take(child, &message);
    }
}

void child_reap(struct child *child)
{
    siginfo_t end = { 0 };
    if (waitid(P_PIDFD, (id_t)child->pidfd, &end, WEXITED | WNOHANG) != 0 || end.si_pid == 0)
        return;
    child->exit_code = end.si_code;
    child->exit_status = end.si_status;
    child_forget_process(child);
    child_handle(child, CHILD_EXITED);
}
